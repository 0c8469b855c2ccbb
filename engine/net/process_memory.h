// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>

namespace reverxy::net {

/// Bytes of memory that the process holds itself: what is mapped from files and shared does not count. Nothing
/// where the system does not tell. Any thread.
std::optional<uint64_t> processMemory();

/// Gives what the allocator keeps for later back to the system, where it can. Takes up to some milliseconds.
void returnFreeMemory();

} // namespace reverxy::net
