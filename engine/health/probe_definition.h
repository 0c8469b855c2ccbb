// SPDX-License-Identifier: MIT
#pragma once

#include "base/clock.h"
#include "config/config.h"

#include <cstdint>
#include <optional>
#include <string>

namespace reverxy::health {

/// All that a verdict on an address depends on: what is asked, where, what passes, how often, and how many in a
/// row. Backends of several pools that agree in all of it share one target.
struct ProbeDefinition {
    std::string host; // where the probe goes: a name or an address without brackets
    uint16_t port = 80;
    std::string target;    // path and query; "" = a connection is enough
    std::string authority; // the Host field (RFC 9110 section 7.2)
    uint16_t firstStatus = 200;
    uint16_t lastStatus = 399;
    Duration interval{};
    Duration timeout{};
    uint32_t rise = 2;
    uint32_t fall = 3;

    bool operator==(const ProbeDefinition&) const = default;

    bool connectOnly() const { return target.empty(); }

    /// The same question with the same right answers, perhaps at other times.
    bool asksTheSame(const ProbeDefinition& other) const;
    /// `GET http://localhost:8081/health`, or `connect to localhost:8081`.
    std::string description() const;
};

/// The probe of a backend; nothing where its pool's checker is off. A path in `health_url` is one on the backend's
/// host: its base path is not put in front of it (RFC 3986 section 5.2). Takes only what the reader accepts.
std::optional<ProbeDefinition> probeOf(const config::HealthChecker& checker, const config::Backend& backend);

} // namespace reverxy::health
