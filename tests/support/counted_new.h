// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>

namespace reverxy::test {

// What a thread has taken by operator new, in any form but the aligned ones; tests set it to 0 and look again. For
// tests whose sources name support/counted_new.cpp. What is taken otherwise, or by all threads:
// behaviour/allocation_count.h.

extern thread_local size_t allocations;
extern thread_local size_t bytesAllocated;

} // namespace reverxy::test
