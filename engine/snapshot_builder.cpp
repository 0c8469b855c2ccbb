// SPDX-License-Identifier: MIT
#include "snapshot_builder.h"

#include "api/qt_values.h"
#include "config/settings.h"
#include "exchange_values.h"

#include <algorithm>
#include <chrono>

namespace reverxy {

namespace {

constexpr std::chrono::seconds recently{10};

api::TrafficFigures figuresOf(const observe::RecentFigures& recent, const observe::Report& report,
                              uint64_t requests, uint64_t errors) {
    const observe::RecentTotals totals = recent.totals(report.taken, recently, report.countingSince);
    api::TrafficFigures figures;
    figures.requestsPerSecond = totals.perSecond(totals.requests);
    figures.errorsPerSecond = totals.perSecond(totals.errors);
    figures.p50Micros = observe::quantile(totals.latency, 0.50);
    figures.p95Micros = observe::quantile(totals.latency, 0.95);
    figures.requests = requests;
    figures.errors = errors;
    return figures;
}

/// "GET /health: 3 probes in a row failed, the last: connection refused."
QString reasonOf(const health::TargetSnapshot& target) {
    if (target.reason.empty())
        return {};
    return api::textOf(target.description) + QStringLiteral(": ") + api::textOf(target.reason) + QLatin1Char('.');
}

api::Health healthOf(health::State state) {
    switch (state) {
    case health::State::Unknown:
        return api::Health::NotYetProbed;
    case health::State::Up:
        return api::Health::Up;
    case health::State::Down:
        return api::Health::Down;
    }
    return api::Health::NotYetProbed;
}

void fillHealth(api::BackendSnapshot& backend, const health::BackendSnapshot& known) {
    backend.enabled = known.enabled;
    backend.available = known.available;
    if (!known.target) {
        backend.healthReason = QStringLiteral("Not probed: the pool's health_checker is off.");
        return;
    }
    backend.health = healthOf(known.target->state);
    backend.healthReason = reasonOf(*known.target);
    if (backend.health == api::Health::Down)
        backend.downBecause = api::textOf(known.target->lastFailure);
    if (known.target->state != health::State::Unknown)
        backend.healthSince = api::dateOf(known.target->since);
    backend.probes.reserve(known.target->probes.size());
    for (const health::ProbeRecord& probe : known.target->probes)
        backend.probes.push_back({api::dateOf(probe.at), probe.passed, probe.micros, api::textOf(probe.reason)});
}

api::BackendSnapshot backendOf(const proxy::RuntimePool& pool, const proxy::RuntimeBackend& backend,
                               const config::Backend& configured, const observe::Report& report) {
    api::BackendSnapshot values;
    values.name = api::textOf(backend.text);
    values.url = api::textOf(configured.url.text);
    values.enabled = backend.enabled();
    values.available = backend.available();
    values.weight = backend.weight;
    values.inFlight = backend.state->inFlight.load(std::memory_order_relaxed);
    values.connections = backend.state->connections();
    values.maxConnections = backend.state->maxConnections();
    if (const auto* series = report.counters.backends.seriesOf({pool.name, backend.name}))
        values.traffic = figuresOf(series->recent, report, series->attempts, series->errors);
    return values;
}

api::PoolSnapshot poolOf(const proxy::Runtime& runtime, size_t index, const SnapshotSources& sources) {
    const proxy::RuntimePool& pool = runtime.pools[index];
    const config::Pool& configured = runtime.config.pools[index];
    api::PoolSnapshot values;
    values.name = api::textOf(configured.name);
    values.algorithm = api::textOf(config::wordOf(pool.algorithm));
    values.inFlight = pool.state->inFlight.load(std::memory_order_relaxed);
    values.waiting = static_cast<uint32_t>(pool.state->slotWaiters.size());
    for (const config::Route& route : runtime.config.routes) {
        if (route.pool == index)
            values.routes << api::textOf(route.name);
    }
    const observe::Report& report = sources.report;
    if (const auto* series = report.counters.pools.seriesOf({pool.name}))
        values.traffic = figuresOf(series->recent, report, series->requests, series->errors);
    values.backends.reserve(pool.backends.size());
    for (size_t i = 0; i < pool.backends.size(); ++i) {
        values.backends.push_back(backendOf(pool, pool.backends[i], configured.backends[i], report));
        if (index < sources.health.size() && i < sources.health[index].backends.size())
            fillHealth(values.backends.back(), sources.health[index].backends[i]);
    }
    return values;
}

/// Of the whole: what the last complete seconds say, and what was counted since the start.
api::TrafficFigures trafficOf(const observe::Report& report) {
    api::TrafficFigures figures;
    const auto& seconds = report.seconds;
    const size_t count = std::min<size_t>(seconds.size(), static_cast<size_t>(recently.count()));
    observe::LatencyCounts<uint64_t> latency;
    uint64_t requests = 0;
    uint64_t errors = 0;
    for (size_t i = seconds.size() - count; i < seconds.size(); ++i) {
        for (size_t outcome = 0; outcome < observe::outcomes; ++outcome) {
            requests += seconds[i].requests[outcome];
            if (observe::isError(static_cast<observe::Outcome>(outcome)))
                errors += seconds[i].requests[outcome];
        }
        latency.merge(seconds[i].latency);
    }
    if (count > 0) {
        figures.requestsPerSecond = static_cast<double>(requests) / static_cast<double>(count);
        figures.errorsPerSecond = static_cast<double>(errors) / static_cast<double>(count);
    }
    figures.p50Micros = observe::quantile(latency, 0.50);
    figures.p95Micros = observe::quantile(latency, 0.95);
    for (const auto& entry : report.counters.exchanges.entries()) {
        for (const auto& ofClass : entry.series.requests) {
            for (size_t outcome = 0; outcome < observe::outcomes; ++outcome) {
                figures.requests += ofClass[outcome];
                if (observe::isError(static_cast<observe::Outcome>(outcome)))
                    figures.errors += ofClass[outcome];
            }
        }
    }
    return figures;
}

/// As far as the calendar's clock tells.
uint32_t microsSince(WallTime started, WallTime now) {
    const int64_t micros = std::chrono::duration_cast<std::chrono::microseconds>(now - started).count();
    return static_cast<uint32_t>(std::clamp<int64_t>(micros, 0, UINT32_MAX));
}

} // namespace

void fillSnapshot(api::EngineSnapshot& snapshot, const SnapshotSources& sources) {
    snapshot.taken = api::dateOf(sources.report.takenWall);
    snapshot.traffic = trafficOf(sources.report);
    snapshot.pools.clear();
    snapshot.pools.reserve(sources.runtime.pools.size());
    for (size_t i = 0; i < sources.runtime.pools.size(); ++i)
        snapshot.pools.push_back(poolOf(sources.runtime, i, sources));
    snapshot.running.clear();
    snapshot.running.reserve(sources.report.running.size());
    for (const observe::Decision& decision : sources.report.running) {
        snapshot.running.push_back(valuesOf(decision, sources.names));
        snapshot.running.back().totalMicros = microsSince(decision.started, sources.report.takenWall);
    }
}

} // namespace reverxy
