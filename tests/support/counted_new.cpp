// SPDX-License-Identifier: MIT
#include "support/counted_new.h"

#include <cstdlib>
#include <new>

namespace reverxy::test {

thread_local size_t allocations = 0;
thread_local size_t bytesAllocated = 0;

} // namespace reverxy::test

void* operator new(size_t size) {
    ++reverxy::test::allocations;
    reverxy::test::bytesAllocated += size;
    if (void* memory = std::malloc(size))
        return memory;
    throw std::bad_alloc();
}

void operator delete(void* memory) noexcept {
    std::free(memory);
}

void operator delete(void* memory, size_t) noexcept {
    std::free(memory);
}
