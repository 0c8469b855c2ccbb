// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

namespace reverxy::limit {

/// Milliseconds since the moment that all windows are aligned on.
using Ticks = uint64_t;

/// What an algorithm remembers of one client: what the numbers mean is the algorithm's own affair. As it is made,
/// it is that of a client which has not asked for anything yet.
struct Count {
    Ticks time = 0;
    uint32_t used = 0;
    uint32_t rest = 0;
    friend bool operator==(const Count&, const Count&) = default;
};

/// How a client stands with its quota.
struct Standing {
    /// The request may pass; of a mere look: the next one could.
    bool allowed = true;
    /// Requests that may be used up at most, and those that are: never more.
    uint32_t limit = 0;
    uint32_t used = 0;
    /// Until fewer are used up than now (milliseconds); 0 when none are.
    Ticks resetAfter = 0;

    uint32_t remaining() const { return limit - used; }
};

} // namespace reverxy::limit
