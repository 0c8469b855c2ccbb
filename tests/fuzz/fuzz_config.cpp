// SPDX-License-Identifier: MIT
#include "config/print.h"
#include "config/reader.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

// Whatever the file says: a configuration that prints and reads back as the same, or at least one problem with its
// line.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    using namespace reverxy::config;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const Reading reading = readConfiguration({"config.yaml", text, nullptr, nullptr});
    if (reading.config.has_value() == !reading.problems.empty())
        std::abort();
    for (const Problem& problem : reading.problems) {
        if (problem.message.empty() || problem.line == 0 || problem.column == 0)
            std::abort();
    }
    if (!reading.config)
        return 0;
    const std::string print = printConfiguration(*reading.config, reading.sources);
    const Reading again = readConfiguration({"config.yaml", std::string_view(print), nullptr, nullptr});
    if (!again.config || !(*again.config == *reading.config))
        std::abort();
    return 0;
}
