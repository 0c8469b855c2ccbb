// SPDX-License-Identifier: MIT
#pragma once

#include <QString>

#include <cstdint>
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

/// Which stored responses a command means.
struct CacheScope {
    enum class Kind : uint8_t {
        Key,        // one key with all its variants: `key` of an entry listed
        Url,        // `text` is a URL with its query
        Prefix,     // `text` is a host and the beginning of a path, as "shop.localhost:8080/api/"
        Host,       // `text` is a host; without a port, every port
        Everything, // all of it
    };

    Kind kind = Kind::Everything;
    QString text; // http:// or https:// may be left out, and then stands for both
    uint64_t key = 0;
    bool operator==(const CacheScope&) const = default;
};

/// Removes stored responses. What was asked for before is not stored any more either.
struct PurgeCache {
    CacheScope scope;
    bool operator==(const PurgeCache&) const = default;
};

/// Has stored responses validated before they are used again; while backends fail they still serve.
struct SoftPurgeCache {
    CacheScope scope;
    bool operator==(const SoftPurgeCache&) const = default;
};

using Command = std::variant<StartEngine, StopEngine, ReloadConfiguration, SetBackendEnabled, ResetClient,
                             ResetAllClients, PurgeCache, SoftPurgeCache>;

/// What became of a command.
struct CommandResult {
    bool done = false;
    QString message; // for people: what was done, or what is wrong and what would be right
    bool operator==(const CommandResult&) const = default;
};

} // namespace reverxy::api
