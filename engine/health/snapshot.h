// SPDX-License-Identifier: MIT
#pragma once

#include "base/clock.h"
#include "health/rise_and_fall.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

// What is known of health at one moment, as plain values for display and metrics.

namespace reverxy::health {

struct ProbeRecord {
    WallTime at; // when it ended
    bool passed = false;
    uint32_t micros = 0;
    std::string reason; // a few words
};

struct TargetSnapshot {
    State state = State::Unknown;
    WallTime since{};        // of the state
    std::string reason;      // of the state, a phrase; "" while unknown
    std::string lastFailure; // in as few words as a list has room for; "" when none was seen
    std::string description; // what is asked
    uint32_t passes = 0;     // probes, in a row
    uint32_t probeFailures = 0;
    uint32_t trafficFailures = 0;
    uint64_t probesPassed = 0; // in all
    uint64_t probesFailed = 0;
    uint64_t probeMicros = 0;        // of all probes together
    std::vector<ProbeRecord> probes; // the last ones, newest last
};

struct BackendSnapshot {
    std::string name;
    bool enabled = true;                  // the operator's axis
    bool available = true;                // enabled and not down
    std::optional<TargetSnapshot> target; // nothing where the pool's checker is off
};

struct PoolSnapshot {
    std::string name;
    uint32_t available = 0;
    uint32_t total = 0;
    std::vector<BackendSnapshot> backends; // in the configuration's order
};

} // namespace reverxy::health
