// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

namespace reverxy::demo {

/// `wanted` when nothing listens there on loopback, else any port that is free now in both address families; 0 when
/// there is none. 0 is any port too. Any thread.
uint16_t freePort(uint16_t wanted);

} // namespace reverxy::demo
