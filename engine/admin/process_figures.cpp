// SPDX-License-Identifier: MIT
#include "admin/process_figures.h"

#include <array>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include <sys/resource.h>
#include <unistd.h>

namespace reverxy::admin {

namespace {

std::string contentOf(const char* path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

std::optional<uint64_t> numberIn(std::string_view text) {
    uint64_t number = 0;
    const auto result = std::from_chars(text.data(), text.data() + text.size(), number);
    if (result.ec != std::errc() || result.ptr != text.data() + text.size())
        return std::nullopt;
    return number;
}

std::optional<uint64_t> countDescriptors() {
    std::error_code error;
    uint64_t count = 0;
    for (std::filesystem::directory_iterator entry("/proc/self/fd", error), end; !error && entry != end;
         entry.increment(error))
        ++count;
    if (error || count == 0)
        return std::nullopt;
    return count - 1; // the one that reads the folder
}

uint64_t microsOf(const timeval& time) {
    return static_cast<uint64_t>(time.tv_sec) * 1'000'000 + static_cast<uint64_t>(time.tv_usec);
}

} // namespace

std::optional<ProcessFigures> parseProcessStat(std::string_view stat, uint64_t ticksPerSecond, uint64_t pageSize,
                                               uint64_t bootSecond) {
    // The name, in parentheses, may hold anything, more parentheses and spaces among it.
    const size_t name = stat.rfind(')');
    if (name == std::string_view::npos || ticksPerSecond == 0)
        return std::nullopt;
    stat.remove_prefix(name + 1);
    std::array<std::string_view, 22> fields{}; // from the third field of proc(5) on
    for (std::string_view& field : fields) {
        stat.remove_prefix(std::min(stat.find_first_not_of(" \n"), stat.size()));
        field = stat.substr(0, stat.find_first_of(" \n"));
        stat.remove_prefix(field.size());
    }
    const auto field = [&](size_t number) { return numberIn(fields[number - 3]); };
    const auto user = field(14);
    const auto system = field(15);
    const auto threads = field(20);
    const auto start = field(22);
    const auto virtualBytes = field(23);
    const auto residentPages = field(24);
    if (!user || !system || !threads || !start || !virtualBytes || !residentPages)
        return std::nullopt;
    ProcessFigures figures;
    figures.cpuMicros = (*user + *system) * 1'000'000 / ticksPerSecond;
    figures.threads = threads;
    figures.virtualBytes = virtualBytes;
    figures.residentBytes = *residentPages * pageSize;
    figures.startMillis = bootSecond * 1000 + *start * 1000 / ticksPerSecond;
    return figures;
}

std::optional<uint64_t> parseBootSecond(std::string_view stat) {
    const size_t line = stat.starts_with("btime ") ? 0 : stat.find("\nbtime ");
    if (line == std::string_view::npos)
        return std::nullopt;
    stat.remove_prefix(stat.find(' ', line) + 1);
    return numberIn(stat.substr(0, stat.find('\n')));
}

ProcessFigures readProcessFigures() {
    ProcessFigures figures;
    if (const auto boot = parseBootSecond(contentOf("/proc/stat"))) {
        const auto stat =
            parseProcessStat(contentOf("/proc/self/stat"), static_cast<uint64_t>(::sysconf(_SC_CLK_TCK)),
                             static_cast<uint64_t>(::sysconf(_SC_PAGESIZE)), *boot);
        figures = stat.value_or(ProcessFigures{});
    }
    rusage usage{};
    if (::getrusage(RUSAGE_SELF, &usage) == 0) // finer than the ticks
        figures.cpuMicros = microsOf(usage.ru_utime) + microsOf(usage.ru_stime);
    figures.openDescriptors = countDescriptors();
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) == 0)
        figures.maxDescriptors = limit.rlim_cur;
    return figures;
}

} // namespace reverxy::admin
