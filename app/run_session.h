// SPDX-License-Identifier: MIT
#pragma once

#include "app/session.h"
#include "engine_host.h"

#include <functional>
#include <memory>

namespace reverxy::app {

/// Goes along with an engine that is run: made when the engine is about to start, gone before it is.
using Companion = std::function<std::unique_ptr<QObject>(api::EngineControl&)>;

/// Starts the engine and may return what shows it: made after the companion, gone before it is.
using Face = std::function<std::unique_ptr<QObject>(LocalEngineControl&, Session&)>;

/// Runs an engine, with its log on standard output, until its session ends. Needs an application; on the main
/// thread. `companion` may be empty. Returns the process's exit code.
int runSession(ConfigurationSource source, const Companion& companion, const Face& face);

} // namespace reverxy::app
