// SPDX-License-Identifier: MIT
#pragma once

#include "config/config.h"
#include "health/rise_and_fall.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace reverxy::health {

/// A pool after something has changed.
struct PoolStanding {
    uint32_t available = 0;
    uint32_t enabled = 0;
    uint32_t total = 0;
    config::WhenAllDown whenAllDown = config::WhenAllDown::TryAll;
};

/// "2 of 3 backends are left", or what happens to requests when none is.
std::string consequenceOf(const PoolStanding& pool);

/// The log's line for a flip: who, why, and what it means for the pool. `backendEnabled`: by the operator.
std::string flipMessage(std::string_view pool, std::string_view backend, Flip flip, std::string_view reason,
                        bool backendEnabled, const PoolStanding& standing);
/// The same for the operator's switch. `down`: what observation says of the backend.
std::string switchMessage(std::string_view pool, std::string_view backend, bool enabled, bool down,
                          const PoolStanding& standing);

} // namespace reverxy::health
