// SPDX-License-Identifier: MIT
#include "behaviour/allocation_count.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdlib>
#include <cstring>
#include <cxxabi.h>
#include <execinfo.h>
#include <malloc.h>
#include <sys/prctl.h>

#if defined(__SANITIZE_ADDRESS__)
// Not every compiler brings the header that declares these.
extern "C" {
int __sanitizer_install_malloc_and_free_hooks(void (*allocated)(const volatile void* pointer, size_t size),
                                              void (*released)(const volatile void* pointer));
size_t __sanitizer_get_allocated_size(const volatile void* pointer);
}
#endif

namespace reverxy::test {

namespace {

constexpr size_t framesKept = 24;
constexpr size_t placesKept = 32;
constexpr size_t nameSize = 16; // of a thread, with the end

struct Place {
    std::array<void*, framesKept> frames{};
    int depth = 0;
    uint64_t count = 0;
};

std::atomic<bool> counting{false};
std::atomic<uint64_t> allocations{0};
std::atomic<int64_t> live{0};
char wantedName[nameSize] = {};
std::array<Place, placesKept> places;
std::atomic<size_t> placeCount{0};
std::atomic_flag placesTaken;

thread_local bool inside = false; // noting down allocates as well

bool isWanted() {
    char name[nameSize] = {};
    ::prctl(PR_GET_NAME, name); // each time: a thread gets its name when it has begun already
    return std::strncmp(name, wantedName, std::strlen(wantedName)) == 0;
}

void noteStack() {
    Place place;
    place.depth = ::backtrace(place.frames.data(), static_cast<int>(framesKept));
    while (placesTaken.test_and_set(std::memory_order_acquire)) {
    }
    const size_t known = placeCount.load();
    const auto end = places.begin() + static_cast<std::ptrdiff_t>(known);
    const auto found = std::find_if(places.begin(), end, [&](const Place& other) {
        return other.depth == place.depth && other.frames == place.frames;
    });
    if (found != end) {
        ++found->count;
    } else if (known < places.size()) {
        place.count = 1;
        places[known] = place;
        placeCount.store(known + 1);
    }
    placesTaken.clear(std::memory_order_release);
}

void allocated(size_t size) {
    live.fetch_add(static_cast<int64_t>(size), std::memory_order_relaxed);
    if (!counting.load(std::memory_order_acquire) || inside || !isWanted())
        return;
    inside = true;
    allocations.fetch_add(1, std::memory_order_relaxed);
    noteStack();
    inside = false;
}

void released(size_t size) {
    live.fetch_sub(static_cast<int64_t>(size), std::memory_order_relaxed);
}

std::string readable(const char* symbol) {
    // program(mangled+offset) [address]
    const char* const open = std::strchr(symbol, '(');
    const char* const plus = open ? std::strchr(open, '+') : nullptr;
    if (!plus || plus == open + 1)
        return symbol;
    const std::string mangled(open + 1, plus);
    int status = 0;
    char* const name = abi::__cxa_demangle(mangled.c_str(), nullptr, nullptr, &status);
    std::string text = name ? name : mangled;
    std::free(name);
    return text;
}

} // namespace

AllocationCount::AllocationCount(const char* thread) {
    void* frame[1];
    ::backtrace(frame, 1); // loads what it needs the first time
    std::strncpy(wantedName, thread, nameSize - 1);
    allocations = 0;
    placeCount = 0;
    counting = true;
}

void AllocationCount::stop() {
    counting = false;
}

uint64_t AllocationCount::count() const {
    return allocations.load();
}

std::string AllocationCount::places() const {
    std::string text;
    for (size_t i = 0; i < placeCount.load(); ++i) {
        const Place& place = test::places[i];
        text += "\n" + std::to_string(place.count) + " times at";
        char** const symbols = ::backtrace_symbols(place.frames.data(), place.depth);
        for (int frame = 0; symbols && frame < place.depth; ++frame)
            text += "\n    " + readable(symbols[frame]);
        std::free(symbols);
    }
    return text;
}

int64_t bytesAllocated() {
    return live.load();
}

#if defined(__SANITIZE_ADDRESS__)

// The sanitizer's allocator stands where ours would; it tells about every allocation.
bool canCountAllocations() {
    static const bool installed =
        __sanitizer_install_malloc_and_free_hooks([](const volatile void*, size_t size) { allocated(size); },
                                                  [](const volatile void* pointer) {
                                                      if (pointer)
                                                          released(__sanitizer_get_allocated_size(pointer));
                                                  }) != 0;
    return installed;
}

#elif defined(__GLIBC__)

bool canCountAllocations() {
    return true;
}

#else

bool canCountAllocations() {
    return false;
}

#endif

} // namespace reverxy::test

#if defined(__GLIBC__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)

// The names by which the C library's own functions stay reachable when a program brings its own.
extern "C" {
void* __libc_malloc(size_t size);
void* __libc_calloc(size_t count, size_t size);
void* __libc_realloc(void* pointer, size_t size);
void* __libc_memalign(size_t alignment, size_t size);
void __libc_free(void* pointer);

void* malloc(size_t size) {
    void* const pointer = __libc_malloc(size);
    reverxy::test::allocated(::malloc_usable_size(pointer));
    return pointer;
}

void* calloc(size_t count, size_t size) {
    void* const pointer = __libc_calloc(count, size);
    reverxy::test::allocated(::malloc_usable_size(pointer));
    return pointer;
}

void* realloc(void* old, size_t size) {
    const size_t before = ::malloc_usable_size(old);
    void* const pointer = __libc_realloc(old, size);
    if (pointer || size == 0)
        reverxy::test::released(before);
    if (pointer)
        reverxy::test::allocated(::malloc_usable_size(pointer));
    return pointer;
}

void* memalign(size_t alignment, size_t size) {
    void* const pointer = __libc_memalign(alignment, size);
    reverxy::test::allocated(::malloc_usable_size(pointer));
    return pointer;
}

void* aligned_alloc(size_t alignment, size_t size) {
    return memalign(alignment, size);
}

int posix_memalign(void** out, size_t alignment, size_t size) {
    *out = memalign(alignment, size);
    return *out ? 0 : ENOMEM;
}

void free(void* pointer) {
    reverxy::test::released(::malloc_usable_size(pointer));
    __libc_free(pointer);
}
}

#endif
