// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

namespace reverxy::limit {

/// What is known when memory is looked after.
struct MemoryUse {
    uint64_t limit = 0;   // memory_limit, bytes; 0 = none
    uint64_t used = 0;    // by the process itself
    uint64_t cache = 0;   // of that, by stored responses
    uint32_t clients = 0; // connections of clients
};

/// What is done about it, in this order as it grows scarce.
struct MemoryMeasures {
    static constexpr uint64_t noBound = UINT64_MAX;

    /// Stored responses may take so many bytes, if their own bound is not lower.
    uint64_t cacheBound = noBound;
    /// Only small buffers are used, and none are kept for later.
    bool frugalBuffers = false;
    /// New connections wait in the listen queue.
    bool holdClients = false;

    friend bool operator==(const MemoryMeasures&, const MemoryMeasures&) = default;
};

/// The cache gives up what goes beyond 80 % of the limit, and gets what is free below; from 88 % on buffers are
/// kept small, from 95 % on new connections wait. Each of the latter ends where a little less is used, so that it
/// does not come and go. Without a client nobody is made to wait: nothing that they might wait for would become
/// free.
MemoryMeasures measuresFor(const MemoryUse& use, const MemoryMeasures& before);

} // namespace reverxy::limit
