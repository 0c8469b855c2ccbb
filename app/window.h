// SPDX-License-Identifier: MIT
#pragma once

#include "api/engine_control.h"
#include "engine_host.h"

#include <QCoreApplication>

#include <functional>
#include <memory>

// Two sources implement this, and CMake chooses: window.cpp where Qt Widgets is, window_absent.cpp otherwise.

namespace reverxy::app {

/// Goes along with an engine that is run: made when the engine is about to start, gone before it is.
using Companion = std::function<std::unique_ptr<QObject>(api::EngineControl&)>;

/// The application that windows need; null when there is no display to show one on, which has then been said on
/// standard error, and no other application exists. `argc` must stay where it is for the application's life.
std::unique_ptr<QCoreApplication> makeWindowApplication(int& argc, char** argv);

/// Runs the engine behind a window until that is closed or a signal comes; needs the application made above.
/// Returns the process's exit code.
int runWindow(ConfigurationSource source, const Companion& companion = nullptr);

} // namespace reverxy::app
