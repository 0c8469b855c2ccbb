// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string_view>

namespace reverxy {

/// The secret of a hash. Drawn once a process, so that nobody outside can make up values that meet in a table.
struct HashSeed {
    uint64_t first = 0;
    uint64_t second = 0;
};

/// SipHash-2-4 of `bytes`: whoever does not know the seed can neither foresee it nor find collisions. Thread-safe.
uint64_t sipHash(const HashSeed& seed, std::string_view bytes);

} // namespace reverxy
