// SPDX-License-Identifier: MIT
#pragma once

#include "engine_host.h"

#include <optional>

// Two sources implement this, and CMake chooses: window.cpp where Qt Widgets is, window_absent.cpp otherwise.

namespace reverxy::app {

/// Runs the engine behind a window until the window is closed or a signal comes. Returns the process's exit code,
/// or nothing when there is no display to show a window on: nothing has been started then, no QCoreApplication
/// exists, and why has been said on standard error.
std::optional<int> runWindow(ConfigurationSource source, int argc, char** argv);

} // namespace reverxy::app
