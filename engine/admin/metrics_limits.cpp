// SPDX-License-Identifier: MIT
// Metrics of the rate limiters.
#include "admin/metrics.h"

#include "admin/metrics_writer.h"
#include "proxy/limited_clients.h"

namespace reverxy::admin {

using Type = MetricsWriter::Type;

/// The label is the limiter's name, `global` or a route's; no client ever becomes one.
void writeLimiters(MetricsWriter& writer, const MetricsFacts& facts) {
    const std::vector<proxy::LimiterFigures> limiters = proxy::limiterFigures(facts.runtime);
    const auto labelFor = [&](NameId limiter) { return Label{"limiter", labelOf(limiter, facts.names)}; };
    writer.family("reverxy_rate_limit_requests_total", Type::Counter,
                  "Requests that a rate limiter judged, by what became of them.");
    for (const auto& [name, totals] : limiters) {
        writer.sample({labelFor(name), {"verdict", "allowed"}}, totals.allowed);
        writer.sample({labelFor(name), {"verdict", "throttled"}}, totals.throttled);
    }
    writer.family("reverxy_rate_limit_clients", Type::Gauge, "Clients that a rate limiter remembers.");
    for (const auto& [name, totals] : limiters)
        writer.sample({labelFor(name)}, totals.clients);
    writer.family("reverxy_rate_limit_clients_limit", Type::Gauge,
                  "Clients that a rate limiter may remember at once.");
    for (const auto& limiter : facts.runtime.limiters)
        writer.sample({labelFor(limiter->name)}, limiter->maxClients);
    writer.family("reverxy_rate_limit_evictions_total", Type::Counter,
                  "Clients that a rate limiter forgot because others needed their places.");
    for (const auto& [name, totals] : limiters)
        writer.sample({labelFor(name)}, totals.evictions);
    writer.family("reverxy_rate_limit_shared_requests_total", Type::Counter,
                  "Requests of clients for which there was no place, so that they were counted as one client.");
    for (const auto& [name, totals] : limiters)
        writer.sample({labelFor(name)}, totals.shared);
}

} // namespace reverxy::admin
