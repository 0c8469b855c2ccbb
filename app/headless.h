// SPDX-License-Identifier: MIT
#pragma once

#include "app/config_file.h"

namespace reverxy::app {

/// Runs the engine without a window until it is told to end by a signal; needs a QCoreApplication. Returns the
/// process's exit code.
int runHeadless(const CommandLine& commandLine, const config::Environment& environment, const LoadedConfig& loaded);

} // namespace reverxy::app
