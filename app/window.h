// SPDX-License-Identifier: MIT
#pragma once

#include "app/run_session.h"

#include <QCoreApplication>

#include <memory>

// Two sources implement this, and CMake chooses: window.cpp where Qt Widgets is, window_absent.cpp otherwise.

namespace reverxy::app {

/// The application that windows need; null when there is no display to show one on, which has then been said on
/// standard error, and no other application exists. `argc` must stay where it is for the application's life.
std::unique_ptr<QCoreApplication> makeWindowApplication(int& argc, char** argv);

/// Runs the engine behind a window until that is closed or a signal comes; needs the application made above.
/// Returns the process's exit code.
int runWindow(ConfigurationSource source, const Companion& companion = nullptr);

} // namespace reverxy::app
