// SPDX-License-Identifier: MIT
#pragma once

#include "app/command_line.h"

namespace reverxy::app {

/// Runs the demo, `windowed` where makeWindowApplication() gave an application; otherwise with a line of live
/// figures every few seconds. Needs a QCoreApplication. Returns the process's exit code.
int runDemo(const CommandLine& commandLine, const config::Environment& environment, bool windowed);

} // namespace reverxy::app
