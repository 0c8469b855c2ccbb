// SPDX-License-Identifier: MIT
#pragma once

namespace reverxy {

/// Has the processor fetch the cache line at `address` and goes on. Any address will do, one without memory too.
inline void prefetch([[maybe_unused]] const void* address) {
#ifdef __GNUC__
    __builtin_prefetch(address);
#endif
}

} // namespace reverxy
