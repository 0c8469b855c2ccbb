// SPDX-License-Identifier: MIT
#pragma once

#include "observe/decision.h"

#include <vector>

namespace reverxy::observe {

/// The last decisions of one worker, the oldest overwritten first. Belongs to the worker's thread; others ask by
/// message.
class DecisionRing {
  public:
    /// Holds `capacity` decisions, at least one.
    explicit DecisionRing(size_t capacity) : m_slots(capacity > 0 ? capacity : 1) {}

    void add(const Decision& decision) {
        m_slots[m_next % m_slots.size()] = decision;
        ++m_next;
    }

    /// How many were ever added.
    uint64_t added() const { return m_next; }

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
    std::vector<Decision> m_slots;
    uint64_t m_next = 0;
};

} // namespace reverxy::observe
