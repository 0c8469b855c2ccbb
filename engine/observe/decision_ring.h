// SPDX-License-Identifier: MIT
#pragma once

#include "observe/decision.h"

#include <vector>

namespace reverxy::observe {

/// The last decisions of one worker, as many as have room in some bytes, packed one behind the other: what is
/// written for every request must not push what requests need out of the processor's caches. Belongs to the
/// worker's thread; others ask by message.
class DecisionRing {
  public:
    /// At least one decision has room, however few the `bytes`.
    explicit DecisionRing(size_t bytes);

    /// The oldest ones go, as many as need be.
    void add(const Decision& decision);

    /// How many were ever added.
    uint64_t added() const { return m_added; }

    /// At most `count` decisions, the newest last.
    std::vector<Decision> latest(size_t count) const;

    /// What was added after the first `position` of all: the newest of it, at most `count`, the newest last. The
    /// rest of it, overwritten or too much, is `skipped`.
    struct Part {
        std::vector<Decision> decisions;
        uint64_t skipped = 0;
    };

    Part after(uint64_t position, size_t count) const;

  private:
    char* room(size_t size);
    void dropOldest();
    size_t next(size_t record) const;

    std::vector<char> m_bytes; // records: their size, then the packed decision
    size_t m_begin = 0;        // of the oldest record
    size_t m_end = 0;          // behind the newest one
    bool m_wrapped = false;    // the newest records lie at the front again, before the oldest
    size_t m_wrappedAt = 0;    // when m_wrapped: behind the last of the older ones
    uint64_t m_held = 0;
    uint64_t m_added = 0;
};

} // namespace reverxy::observe
