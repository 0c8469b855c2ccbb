// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>

namespace reverxy {

/// Has the processor fetch the cache line at `address` and goes on. Any address will do, one without memory too.
inline void prefetch([[maybe_unused]] const void* address) {
#ifdef __GNUC__
    __builtin_prefetch(address);
#endif
}

/// The same for all lines that hold some of the `size` bytes from there on.
inline void prefetch(const void* address, size_t size) {
    constexpr uintptr_t line = 64;
    const auto begin = reinterpret_cast<uintptr_t>(address);
    for (uintptr_t at = begin & ~(line - 1); at < begin + size; at += line)
        prefetch(reinterpret_cast<const void*>(at)); // NOLINT(performance-no-int-to-ptr): of no object, of a line
}

} // namespace reverxy
