// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

// Counts what the whole process takes from the heap: malloc and all that stands on it, in the C++ library and in Qt
// too. One program, one count: link it into a test of its own.

namespace reverxy::test {

/// Whether counting works with this C library and these sanitizers.
bool canCountAllocations();

/// Allocations (malloc, calloc, realloc, operator new in all its forms) of the threads whose names begin with
/// `thread`, between its construction and stop(). One at a time.
class AllocationCount {
  public:
    explicit AllocationCount(const char* thread);

    ~AllocationCount() { stop(); }

    AllocationCount(const AllocationCount&) = delete;
    AllocationCount& operator=(const AllocationCount&) = delete;

    void stop();

    uint64_t count() const;
    /// Where the first of them were made: a stack for each place, with how often it was met.
    std::string places() const;
};

/// Bytes that the process has from the heap now, with what the allocator adds by rounding.
int64_t bytesAllocated();

} // namespace reverxy::test
