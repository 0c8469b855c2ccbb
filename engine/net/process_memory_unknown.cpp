// SPDX-License-Identifier: MIT
// For systems that this program does not know how to ask.
#include "net/process_memory.h"

namespace reverxy::net {

std::optional<uint64_t> processMemory() {
    return std::nullopt;
}

void returnFreeMemory() {}

} // namespace reverxy::net
