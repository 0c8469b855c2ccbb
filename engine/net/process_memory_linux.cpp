// SPDX-License-Identifier: MIT
#include "net/process_memory.h"

#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <unistd.h>

#ifdef __GLIBC__
#include <malloc.h>
#endif

namespace reverxy::net {

std::optional<uint64_t> processMemory() {
    // A plain descriptor: nothing is allocated when memory is scarce.
    const int file = ::open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return std::nullopt;
    char text[128];
    const ssize_t size = ::read(file, text, sizeof text - 1);
    ::close(file);
    if (size <= 0)
        return std::nullopt;
    text[size] = '\0';
    // Pages: all of the address space, resident, and of those the ones that files stand behind.
    unsigned long long all = 0, resident = 0, ofFiles = 0;
    if (std::sscanf(text, "%llu %llu %llu", &all, &resident, &ofFiles) != 3 || ofFiles > resident)
        return std::nullopt;
    return (resident - ofFiles) * static_cast<uint64_t>(::sysconf(_SC_PAGESIZE));
}

void returnFreeMemory() {
#ifdef __GLIBC__
    ::malloc_trim(0);
#endif
}

} // namespace reverxy::net
