// SPDX-License-Identifier: MIT
#pragma once

#include "app/config_file.h"
#include "engine_host.h"

namespace reverxy::app {

/// Gives what `loaded` holds at the first call and reads the file again at each later one. The source keeps copies
/// of all three.
ConfigurationSource configurationSource(CommandLine commandLine, config::Environment environment,
                                        LoadedConfig loaded);

} // namespace reverxy::app
