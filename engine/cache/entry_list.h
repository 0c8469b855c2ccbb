// SPDX-License-Identifier: MIT
#pragma once

#include "cache/stored_response.h"

namespace reverxy::cache {

/// A shard's entries in the order of their last use, linked through the entries themselves. Holds no references.
/// Not thread-safe.
class EntryList {
  public:
    /// Null when it is empty.
    const StoredResponse* oldest() const { return m_oldest; }

    void addNewest(const StoredResponse& entry) {
        entry.m_older = m_newest;
        entry.m_newer = nullptr;
        (m_newest ? m_newest->m_newer : m_oldest) = &entry;
        m_newest = &entry;
    }

    void remove(const StoredResponse& entry) {
        (entry.m_newer ? entry.m_newer->m_older : m_newest) = entry.m_older;
        (entry.m_older ? entry.m_older->m_newer : m_oldest) = entry.m_newer;
        entry.m_newer = entry.m_older = nullptr;
    }

    void makeNewest(const StoredResponse& entry) {
        if (&entry == m_newest)
            return;
        remove(entry);
        addNewest(entry);
    }

  private:
    const StoredResponse* m_newest = nullptr;
    const StoredResponse* m_oldest = nullptr;
};

} // namespace reverxy::cache
