// SPDX-License-Identifier: MIT
#pragma once

#include "api/cache.h"
#include "api/exchange.h"
#include "api/outcome.h"

#include <QDateTime>
#include <QString>
#include <QStringList>

#include <array>
#include <cstdint>
#include <vector>

// What a face may know of the engine: plain values, complete at one moment, safe to keep.

namespace reverxy::api {

enum class EngineState : uint8_t {
    Stopped,  // not running; `problem` says why when it could not start
    Running,  // serving
    Draining, // no new connections; what runs is finished
};

/// What observation says of a backend. Not yet probed counts as up, and is told apart for display.
enum class Health : uint8_t { NotYetProbed, Up, Down };

/// Traffic of the last ten seconds, and since the start.
struct TrafficFigures {
    double requestsPerSecond = 0;
    double errorsPerSecond = 0; // failures and 5xx
    uint32_t p50Micros = 0;     // 0: no request in the last ten seconds
    uint32_t p95Micros = 0;
    uint64_t requests = 0;
    uint64_t errors = 0;
    bool operator==(const TrafficFigures&) const = default;
};

struct ProbeResult {
    QDateTime at;
    bool passed = false;
    uint32_t micros = 0;
    QString reason; // "200 OK", "connection refused"
    bool operator==(const ProbeResult&) const = default;
};

struct BackendSnapshot {
    QString name;
    QString url;
    Health health = Health::NotYetProbed;
    QString healthReason; // a sentence; empty while not yet probed
    QString downBecause;  // while down: the last failure in a few words, as "status 503" or "connection refused"
    QDateTime healthSince;
    bool enabled = true;   // the operator's axis
    bool available = true; // enabled and not down: takes part in balancing
    uint32_t weight = 1;
    uint32_t inFlight = 0;
    uint32_t connections = 0;
    uint32_t maxConnections = 0; // 0 = no limit
    TrafficFigures traffic;
    std::vector<ProbeResult> probes; // newest last, at most ten
    bool operator==(const BackendSnapshot&) const = default;
};

struct PoolSnapshot {
    QString name;
    QString algorithm; // the configuration's word
    uint32_t inFlight = 0;
    uint32_t waiting = 0; // requests that wait for a backend with a free slot
    QStringList routes;   // names of the routes that lead here
    std::vector<BackendSnapshot> backends;
    TrafficFigures traffic;
    bool operator==(const PoolSnapshot&) const = default;
};

/// A client of a rate limiter.
struct LimitedClient {
    QString key; // an address, a network, or `field:` and a hash
    uint32_t used = 0;
    uint32_t limit = 0;
    uint32_t resetMillis = 0; // until fewer are used
    bool throttled = false;   // could make no request now
    uint64_t requestsAllowed = 0;
    uint64_t requestsThrottled = 0;
    QDateTime firstSeen;
    QDateTime lastSeen;
    bool operator==(const LimitedClient&) const = default;
};

struct LimiterSnapshot {
    QString name;   // `global`, or the route whose own it is
    QString policy; // "100 requests in 1 min, fixed-window"
    uint64_t requestsAllowed = 0;
    uint64_t requestsThrottled = 0;
    uint64_t clientsKnown = 0;
    uint64_t evictions = 0;
    std::vector<LimitedClient> clients; // the throttled first, then those seen last first; at most 200
    bool operator==(const LimiterSnapshot&) const = default;
};

/// One second of the last 15 minutes, over all workers.
struct SecondTotals {
    int64_t second = 0; // Unix time
    std::array<uint32_t, outcomes> requests{};
    uint64_t bytesIn = 0; // bodies
    uint64_t bytesOut = 0;
    uint32_t p50Micros = 0; // 0: no request
    uint32_t p95Micros = 0;
    bool operator==(const SecondTotals&) const = default;
};

struct EngineSnapshot {
    QDateTime taken;
    EngineState state = EngineState::Stopped;
    QString problem;           // why it could not start or what a command could not do; empty when all is well
    QStringList addresses;     // base URLs that clients can use, the one to copy first
    QString probeAddress;      // base URL of /live /ready /metrics
    QString configurationPath; // empty: no file, all defaults
    QDateTime startedAt;
    uint32_t workers = 0;
    uint32_t clientConnections = 0;
    uint32_t runningExchanges = 0;
    TrafficFigures traffic;
    CacheSnapshot cache;
    std::vector<LimiterSnapshot> limiters;
    std::vector<PoolSnapshot> pools;   // in the configuration's order
    std::vector<SecondTotals> seconds; // oldest first, without gaps, at most 900; the running second is not in it
    std::vector<Exchange> running;     // those that have run longest first, at most 200
    bool operator==(const EngineSnapshot&) const = default;
};

QString nameOf(EngineState state);
QString nameOf(Health health);

} // namespace reverxy::api
