// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>

namespace reverxy {

/// Monotonic time, the only kind that deadlines and durations are measured in. Decisions receive it as `now`.
using TimePoint = std::chrono::steady_clock::time_point;
using Duration = std::chrono::steady_clock::duration;

/// Calendar time, for what people and the protocol's date fields see.
using WallTime = std::chrono::system_clock::time_point;

/// Microseconds from `from` to `to`, saturated into 32 bits (about 71 minutes); 0 when `to` lies before `from`.
inline uint32_t microsBetween(TimePoint from, TimePoint to) {
    const auto micros = std::chrono::duration_cast<std::chrono::microseconds>(to - from).count();
    if (micros <= 0)
        return 0;
    return micros > INT64_C(0xffffffff) ? UINT32_MAX : static_cast<uint32_t>(micros);
}

} // namespace reverxy
