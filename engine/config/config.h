// SPDX-License-Identifier: MIT
#pragma once

#include "base/ip_address.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

// The configuration as plain values, after reading and validation. Immutable once compiled into a Runtime. Key
// names, units and defaults are those of the settings table (settings.h); the structs here only give them a type.

namespace reverxy::config {

using Milliseconds = std::chrono::milliseconds;
using Bytes = uint64_t;

enum class HostHeader : uint8_t { Preserve, Backend };
enum class ReadyWhen : uint8_t { AllPools, AnyPool };
enum class LogLevel : uint8_t { Debug, Info, Warn, Error };
enum class LogFormat : uint8_t { Text, Json };
enum class LimitAlgorithm : uint8_t { FixedWindow, SlidingWindow, TokenBucket };
enum class BalanceAlgorithm : uint8_t { RoundRobin, WeightedRoundRobin, LeastConnections };
enum class WhenAllDown : uint8_t { TryAll, Refuse };

struct Queue {
    uint32_t size = 1000;
    Milliseconds timeout{5000};
    bool operator==(const Queue&) const = default;
};

struct Proxy {
    std::string host = "localhost";
    uint16_t port = 8080;
    uint16_t probePort = 8085;
    std::string probeHost = "localhost";
    std::vector<std::string> probeNames; // lower case, without a final dot
    ReadyWhen readyWhen = ReadyWhen::AllPools;
    uint32_t workers = 0; // 0 = auto
    uint32_t maxConnections = 10000;
    uint32_t maxConnectionsPerClient = 0;
    Bytes memoryLimit = 0;
    uint32_t maxHeaderSize = 64 * 1024;
    uint32_t maxHeaderCount = 128;
    Bytes maxBodySize = 0;
    HostHeader hostHeader = HostHeader::Preserve;
    Milliseconds headerTimeout{10000};
    Milliseconds idleTimeout{60000};
    Bytes minRate = 240; // bytes per second
    Milliseconds connectTimeout{2000};
    Milliseconds upstreamIdleTimeout{30000};
    uint32_t retries = 2;
    Queue queue;
    Milliseconds responseTimeout{60000};
    Milliseconds drainTimeout{10000};
    std::vector<CidrBlock> trustedProxies;
    bool operator==(const Proxy&) const = default;
};

struct Log {
    LogLevel level = LogLevel::Info;
    LogFormat format = LogFormat::Text;
    bool access = true;
    std::vector<std::string> redact;
    bool operator==(const Log&) const = default;
};

struct Cache {
    bool enabled = true;
    Bytes maxSize = 256ull << 20;
    Bytes maxEntrySize = 16ull << 20;
    Milliseconds defaultTtl{0};
    Milliseconds maxAge{24 * 3600 * 1000};
    Milliseconds staleIfError{0};
    Milliseconds staleIfDown{3600 * 1000};
    bool collapse = true;
    bool statusHeader = true;
    bool operator==(const Cache&) const = default;
};

struct RateLimiter {
    bool enabled = false;
    LimitAlgorithm algorithm = LimitAlgorithm::FixedWindow;
    uint32_t limit = 100;
    Milliseconds window{60000};
    uint32_t burst = 0;
    uint32_t ipv6Prefix = 64;
    std::string key = "client-ip"; // or header:NAME
    uint32_t maxClients = 100000;
    std::vector<CidrBlock> exempt;
    bool headers = true;
    bool operator==(const RateLimiter&) const = default;
};

struct StatusRange {
    uint16_t first = 200;
    uint16_t last = 399;
    bool operator==(const StatusRange&) const = default;
};

struct HealthChecker {
    bool enabled = true;
    Milliseconds interval{10000};
    Milliseconds timeout{2000};
    uint32_t rise = 2;
    uint32_t fall = 3;
    uint32_t concurrency = 8;
    StatusRange expectStatus;
    bool operator==(const HealthChecker&) const = default;
};

/// `http://host[:port][/base]` taken apart.
struct BackendUrl {
    std::string text;
    std::string host; // lower case, without brackets
    uint16_t port = 80;
    std::string basePath; // "" or "/a/b", without a trailing slash
    bool operator==(const BackendUrl&) const = default;
};

struct Backend {
    std::string name;
    BackendUrl url;
    std::string healthUrl; // as written; "" = connect only
    uint32_t weight = 1;
    uint32_t maxConnections = 0;
    bool enabled = true;
    bool operator==(const Backend&) const = default;
};

struct Pool {
    std::string name;
    HealthChecker healthChecker;
    WhenAllDown whenAllDown = WhenAllDown::TryAll;
    BalanceAlgorithm balance =
        BalanceAlgorithm::RoundRobin; // the pool's own load_balancer.type, else the global one
    std::vector<Backend> backends;
    bool operator==(const Pool&) const = default;
};

struct Route {
    std::string name;
    std::string host;        // "" = any; lower case; "*.example" = one or more labels before it
    std::string path = "/";  // prefix, by whole segments
    std::string stripPrefix; // "" = none
    std::string poolName = "default";
    uint32_t pool = 0; // index into Config::pools of `poolName`
    std::optional<RateLimiter> rateLimiter;
    bool operator==(const Route&) const = default;
};

/// A whole configuration. `pools` always holds the pool "default" (perhaps without backends) when no routes are
/// written, and `routes` then holds the one route named "default" to it.
struct Config {
    Proxy proxy;
    Log log;
    Cache cache;
    RateLimiter rateLimiter;
    BalanceAlgorithm balance = BalanceAlgorithm::RoundRobin; // for the pools without their own
    std::vector<Pool> pools;
    std::vector<Route> routes;
    bool operator==(const Config&) const = default;
};

} // namespace reverxy::config
