// SPDX-License-Identifier: MIT
#pragma once

#include "base/prefetch.h"
#include "cache/stored_response.h"

#include <utility>

namespace reverxy::cache {

/// A shard's entries in the order of their last use, linked through the entries themselves. Holds no references.
/// Not thread-safe.
class EntryList {
  public:
    /// Null when it is empty.
    const StoredResponse* oldest() const { return m_oldest; }

    void addNewest(const StoredResponse& entry) {
        settle();
        append(entry);
    }

    void remove(const StoredResponse& entry) {
        settle();
        take(entry);
    }

    void makeNewest(const StoredResponse& entry) {
        if (&entry == m_used)
            return;
        settle();
        m_used = &entry;
        if (m_used == m_oldest)
            return settle();
        prefetch(entry.m_newer);
        prefetch(entry.m_older);
    }

  private:
    void append(const StoredResponse& entry) {
        entry.m_older = m_newest;
        entry.m_newer = nullptr;
        (m_newest ? m_newest->m_newer : m_oldest) = &entry;
        m_newest = &entry;
    }

    void take(const StoredResponse& entry) {
        (entry.m_newer ? entry.m_newer->m_older : m_newest) = entry.m_older;
        (entry.m_older ? entry.m_older->m_newer : m_oldest) = entry.m_newer;
        entry.m_newer = entry.m_older = nullptr;
    }

    /// Puts in its place what was used last.
    void settle() {
        const StoredResponse* const used = std::exchange(m_used, nullptr);
        if (!used || used == m_newest)
            return;
        take(*used);
        append(*used);
    }

    const StoredResponse* m_newest = nullptr;
    const StoredResponse* m_oldest = nullptr;
    // The newest in truth, which is moved only at the next call: until then its neighbours, which may be far away
    // in memory, have been fetched. Never the oldest.
    const StoredResponse* m_used = nullptr;
};

} // namespace reverxy::cache
