// SPDX-License-Identifier: MIT
// Metrics of pools and backends: what the configuration in use names, and what was counted of it.
#include "admin/metrics.h"

#include "admin/metrics_writer.h"

namespace reverxy::admin {

namespace {

using Type = MetricsWriter::Type;

/// Calls `each` with every backend in use and its labels.
template <typename Each>
void forEachBackend(const MetricsFacts& facts, Each each) {
    for (size_t p = 0; p < facts.runtime.pools.size() && p < facts.health.size(); ++p) {
        const proxy::RuntimePool& pool = facts.runtime.pools[p];
        const health::PoolSnapshot& health = facts.health[p];
        for (size_t b = 0; b < pool.backends.size() && b < health.backends.size(); ++b)
            each(Label{"pool", health.name}, Label{"backend", health.backends[b].name}, pool.backends[b],
                 health.backends[b]);
    }
}

/// A gauge of every backend in use.
template <typename Value>
void gaugeOfBackends(MetricsWriter& writer, const MetricsFacts& facts, std::string_view name, std::string_view help,
                     Value value) {
    writer.family(name, Type::Gauge, help);
    forEachBackend(facts, [&](const Label& pool, const Label& backend, const proxy::RuntimeBackend& compiled,
                              const health::BackendSnapshot& health) {
        writer.sample({pool, backend}, value(compiled, health));
    });
}

bool isUp(const health::BackendSnapshot& health) {
    return !health.target || health.target->state != health::State::Down;
}

void writeBackendStates(MetricsWriter& writer, const MetricsFacts& facts) {
    using Compiled = const proxy::RuntimeBackend&;
    using Health = const health::BackendSnapshot&;
    const auto gauge = [&](std::string_view name, std::string_view help, auto value) {
        gaugeOfBackends(writer, facts, name, help, value);
    };
    gauge("reverxy_backend_up", "0 while observation says that the backend is down, else 1.",
          [](Compiled, Health health) { return uint64_t{isUp(health)}; });
    gauge("reverxy_backend_enabled", "0 while the operator has taken the backend out, else 1.",
          [](Compiled, Health health) { return uint64_t{health.enabled}; });
    gauge("reverxy_backend_available", "1 while the backend takes part in balancing, else 0.",
          [](Compiled, Health health) { return uint64_t{health.available}; });
    gauge("reverxy_backend_weight", "The backend's share beside the others' weights.",
          [](Compiled compiled, Health) { return uint64_t{compiled.weight}; });
    gauge("reverxy_backend_requests_in_flight", "Requests at the backend's address, of whatever pool.",
          [](Compiled compiled, Health) { return uint64_t{compiled.state->inFlight.load()}; });
    gauge("reverxy_backend_connections", "Connections to the backend's address, idle ones included.",
          [](Compiled compiled, Health) { return uint64_t{compiled.state->connections()}; });
    gauge("reverxy_backend_connections_idle", "Connections to the backend's address that carry no request.",
          [](Compiled compiled, Health) { return uint64_t{compiled.state->idle.load()}; });
    gauge("reverxy_backend_connections_limit", "Connections there may be; 0 is no limit.",
          [](Compiled compiled, Health) { return uint64_t{compiled.state->maxConnections()}; });
}

void writeProbes(MetricsWriter& writer, const MetricsFacts& facts) {
    const auto ofTargets = [&](auto each) {
        forEachBackend(facts, [&](const Label& pool, const Label& backend, const proxy::RuntimeBackend&,
                                  const health::BackendSnapshot& health) {
            if (health.target)
                each(pool, backend, *health.target);
        });
    };
    writer.family("reverxy_probes_total", Type::Counter, "Health probes, by how they ended.");
    ofTargets([&](const Label& pool, const Label& backend, const health::TargetSnapshot& target) {
        writer.sample({pool, backend, {"result", "passed"}}, target.probesPassed);
        writer.sample({pool, backend, {"result", "failed"}}, target.probesFailed);
    });
    writer.family("reverxy_probe_duration_seconds", Type::Summary, "How long health probes took.");
    ofTargets([&](const Label& pool, const Label& backend, const health::TargetSnapshot& target) {
        writer.summary({pool, backend}, target.probesPassed + target.probesFailed, target.probeMicros);
    });
    writer.family("reverxy_probe_last_duration_seconds", Type::Gauge, "How long the last health probe took.");
    ofTargets([&](const Label& pool, const Label& backend, const health::TargetSnapshot& target) {
        if (!target.probes.empty())
            writer.seconds({pool, backend}, target.probes.back().micros);
    });
}

/// What was counted under names, also under those that the configuration in use does not have any more.
void writeAttempts(MetricsWriter& writer, const MetricsFacts& facts) {
    const auto backends = facts.report.counters.backends.entries();
    const auto pool = [&](const auto& entry) { return Label{"pool", labelOf(entry.key.pool, facts.names)}; };
    const auto backend = [&](const auto& entry) {
        return Label{"backend", labelOf(entry.key.backend, facts.names)};
    };
    writer.family("reverxy_backend_attempts_total", Type::Counter, "Requests that were tried at the backend.");
    for (const auto& entry : backends)
        writer.sample({pool(entry), backend(entry)}, entry.series.attempts);
    writer.family("reverxy_backend_errors_total", Type::Counter, "Attempts that failed or were answered with 5xx.");
    for (const auto& entry : backends)
        writer.sample({pool(entry), backend(entry)}, entry.series.errors);
    writer.family("reverxy_backend_failures_total", Type::Counter,
                  "Attempts that failed, by what ended them; those too that found an idle connection closed.");
    for (const auto& entry : backends) {
        for (size_t kind = 1; kind < failureKinds; ++kind) {
            if (entry.series.failures[kind] > 0)
                writer.sample({pool(entry), backend(entry), {"failure", infoOf(static_cast<Failure>(kind)).name}},
                              entry.series.failures[kind]);
        }
    }
    writer.family("reverxy_backend_connections_reused_total", Type::Counter,
                  "Attempts that needed no new connection.");
    for (const auto& entry : backends)
        writer.sample({pool(entry), backend(entry)}, entry.series.reusedConnections);
    writer.family("reverxy_backend_first_byte_seconds", Type::Histogram,
                  "From the start of an attempt to the head of the backend's response.");
    for (const auto& entry : backends)
        writer.histogram({pool(entry), backend(entry)}, entry.series.firstByte);
}

template <typename Value>
void gaugeOfPools(MetricsWriter& writer, const MetricsFacts& facts, std::string_view name, std::string_view help,
                  Value value) {
    writer.family(name, Type::Gauge, help);
    for (size_t i = 0; i < facts.runtime.pools.size() && i < facts.health.size(); ++i)
        writer.sample({{"pool", facts.health[i].name}}, value(*facts.runtime.pools[i].state, facts.health[i]));
}

} // namespace

void writePools(MetricsWriter& writer, const MetricsFacts& facts) {
    using State = const proxy::PoolState&;
    using Health = const health::PoolSnapshot&;
    const auto gauge = [&](std::string_view name, std::string_view help, auto value) {
        gaugeOfPools(writer, facts, name, help, value);
    };
    gauge("reverxy_pool_backends", "Backends of the pool.",
          [](State, Health health) { return uint64_t{health.total}; });
    gauge("reverxy_pool_backends_available", "Backends of the pool that take part in balancing.",
          [](State, Health health) { return uint64_t{health.available}; });
    gauge("reverxy_pool_requests_in_flight", "Requests of the pool that are not over, waiting ones included.",
          [](State state, Health) { return uint64_t{state.inFlight.load()}; });
    gauge("reverxy_pool_requests_waiting", "Requests that wait for a backend with a free connection.",
          [](State state, Health) { return uint64_t{state.slotWaiters.size()}; });

    const auto pools = facts.report.counters.pools.entries();
    const auto pool = [&](const auto& entry) { return Label{"pool", labelOf(entry.key.name, facts.names)}; };
    writer.family("reverxy_pool_retries_total", Type::Counter, "Attempts beyond the first of a request.");
    for (const auto& entry : pools)
        writer.sample({pool(entry)}, entry.series.retries);
    writer.family(
        "reverxy_pool_queue_wait_seconds", Type::Histogram,
        "How long requests waited for a free connection or for their turn to be retried, of those that did.");
    for (const auto& entry : pools)
        writer.histogram({pool(entry)}, entry.series.queueWait);
}

void writeBackends(MetricsWriter& writer, const MetricsFacts& facts) {
    writeBackendStates(writer, facts);
    writeProbes(writer, facts);
    writeAttempts(writer, facts);
}

} // namespace reverxy::admin
