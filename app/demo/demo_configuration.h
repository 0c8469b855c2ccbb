// SPDX-License-Identifier: MIT
#pragma once

#include "config/reader.h"

#include <cstdint>
#include <string>
#include <vector>

namespace reverxy::demo {

/// Where the parts of a demo listen.
struct DemoPorts {
    uint16_t shopQuick = 0;
    uint16_t shopSlow = 0;
    uint16_t news = 0;
    uint16_t proxy = 8080; // where nothing else is said
    uint16_t probe = 8085;
};

/// The demo's config.yaml: routes by host and by path, two pools, short probe intervals, a limiter that a burst
/// meets.
std::string demoConfigurationText(const DemoPorts& ports);

/// The demo's configuration as the flags and the environment change it. Pure; any thread.
config::Reading demoConfiguration(const DemoPorts& ports, const config::Environment& environment,
                                  const std::vector<config::Override>& overrides);

} // namespace reverxy::demo
