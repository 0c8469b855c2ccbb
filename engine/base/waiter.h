// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

namespace reverxy {

/// Who waits: a worker, and its own number for the waiting exchange. Numbers are never used twice, so that a late
/// wake-up finds nobody rather than somebody else.
struct Waiter {
    uint32_t worker = 0;
    uint64_t token = 0;
    friend bool operator==(const Waiter&, const Waiter&) = default;
};

} // namespace reverxy
