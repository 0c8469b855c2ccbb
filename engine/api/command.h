// SPDX-License-Identifier: MIT
#pragma once

#include <QString>

#include <variant>

// What a face may ask the engine to do.

namespace reverxy::api {

/// Reads the configuration and begins to serve.
struct StartEngine {
    bool operator==(const StartEngine&) const = default;
};

/// Drains: finishes what runs, within drain_timeout. One while draining changes nothing, unless it cuts.
struct StopEngine {
    bool cut = false; // ends what runs at once, also when draining already
    bool operator==(const StopEngine&) const = default;
};

/// Reads the configuration again and swaps it in without dropping a request.
struct ReloadConfiguration {
    bool operator==(const ReloadConfiguration&) const = default;
};

/// The operator's axis of a backend. Requests that run there are finished. Lasts until the configuration file says
/// otherwise or the engine stops.
struct SetBackendEnabled {
    QString pool;
    QString backend;
    bool enabled = true;
    bool operator==(const SetBackendEnabled&) const = default;
};

/// A client of the limiter named begins anew, with nothing used.
struct ResetClient {
    QString limiter;
    QString key; // as in LimitedClient
    bool operator==(const ResetClient&) const = default;
};

/// All clients of all limiters begin anew.
struct ResetAllClients {
    bool operator==(const ResetAllClients&) const = default;
};

using Command =
    std::variant<StartEngine, StopEngine, ReloadConfiguration, SetBackendEnabled, ResetClient, ResetAllClients>;

/// What became of a command.
struct CommandResult {
    bool done = false;
    QString message; // for people: what was done, or what is wrong and what would be right
    bool operator==(const CommandResult&) const = default;
};

} // namespace reverxy::api
