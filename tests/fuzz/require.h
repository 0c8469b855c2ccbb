// SPDX-License-Identifier: MIT
#pragma once

#include <cstdio>
#include <cstdlib>

namespace reverxy::fuzz {

/// Ends the process, which the fuzzer takes for a finding, when an invariant does not hold.
inline void require(bool holds, const char* invariant) {
    if (holds)
        return;
    std::fprintf(stderr, "does not hold: %s\n", invariant);
    std::abort();
}

} // namespace reverxy::fuzz
