// SPDX-License-Identifier: MIT
#pragma once

#include "config/reader.h"

#include <string>

namespace reverxy::config {

/// Every effective value on its line, with its source behind it: `port: 9090  # flag --port`. The text is a
/// configuration file itself that reads back as the same values. Pure; any thread.
std::string printConfiguration(const Config& config, const Sources& sources);

} // namespace reverxy::config
