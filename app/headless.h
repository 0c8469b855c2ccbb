// SPDX-License-Identifier: MIT
#pragma once

#include "engine_host.h"

namespace reverxy::app {

/// Runs the engine on this thread without a window until it is told to end by a signal; needs a QCoreApplication.
/// Returns the process's exit code.
int runHeadless(ConfigurationSource source);

} // namespace reverxy::app
