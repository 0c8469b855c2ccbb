// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace reverxy::admin {

/// What the process has used so far. What the system does not tell is not there.
struct ProcessFigures {
    std::optional<uint64_t> cpuMicros; // user and system
    std::optional<uint64_t> residentBytes;
    std::optional<uint64_t> virtualBytes;
    std::optional<uint64_t> openDescriptors;
    std::optional<uint64_t> maxDescriptors;
    std::optional<uint64_t> threads;
    std::optional<uint64_t> startMillis; // Unix time
};

/// Linux: what /proc/self/stat says, with the system's units (ticks per second, bytes per page) and the time at
/// which it was booted (Unix, seconds). Nothing where the text is not what proc(5) describes.
std::optional<ProcessFigures> parseProcessStat(std::string_view stat, uint64_t ticksPerSecond, uint64_t pageSize,
                                               uint64_t bootSecond);
/// The `btime` of /proc/stat.
std::optional<uint64_t> parseBootSecond(std::string_view stat);

/// Of this process, now. Reads a few small files.
ProcessFigures readProcessFigures();

} // namespace reverxy::admin
