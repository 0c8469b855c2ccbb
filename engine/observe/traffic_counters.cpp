// SPDX-License-Identifier: MIT
#include "observe/traffic_counters.h"

#include "base/prefetch.h"

#include <algorithm>

namespace reverxy::observe {

namespace {

/// Spreads the small numbers that names are over all bits.
uint64_t mixed(uint64_t value) {
    value *= 0x9e3779b97f4a7c15u; // 2^64 divided by the golden ratio
    return value ^ (value >> 32);
}

size_t statusClassOf(uint16_t status) {
    return std::min<size_t>(status / 100, statusClasses - 1);
}

void addTo(FailureCounts& into, const FailureCounts& from) {
    for (size_t i = 0; i < failureKinds; ++i)
        into[i] += from[i];
}

void addAttempt(BackendSeries& series, const Attempt& attempt, TimePoint now) {
    if (attempt.failure != Failure::None)
        ++series.failures[static_cast<size_t>(attempt.failure)];
    if (attempt.wentStale())
        return;
    const bool error = attempt.failure != Failure::None || attempt.status >= 500;
    ++series.attempts;
    series.errors += error ? 1 : 0;
    series.reusedConnections += attempt.reusedConnection ? 1 : 0;
    if (attempt.firstByteMicros > 0)
        series.firstByte.add(attempt.firstByteMicros);
    series.recent.add(now, error, attempt.firstByteMicros);
}

} // namespace

uint64_t ExchangeKey::hash() const {
    return mixed((uint64_t{route} << 42) ^ (uint64_t{pool} << 21) ^ backend);
}

uint64_t NameKey::hash() const {
    return mixed(name);
}

uint64_t BackendKey::hash() const {
    return mixed((uint64_t{pool} << 32) | backend);
}

void ExchangeSeries::merge(const ExchangeSeries& other) {
    for (size_t status = 0; status < statusClasses; ++status) {
        for (size_t outcome = 0; outcome < outcomes; ++outcome)
            requests[status][outcome] += other.requests[status][outcome];
    }
}

void RouteSeries::merge(const RouteSeries& other) {
    duration.merge(other.duration);
    requestBodyBytes += other.requestBodyBytes;
    responseBodyBytes += other.responseBodyBytes;
}

void PoolSeries::merge(const PoolSeries& other) {
    requests += other.requests;
    errors += other.errors;
    retries += other.retries;
    queueWait.merge(other.queueWait);
    recent.merge(other.recent);
}

void BackendSeries::merge(const BackendSeries& other) {
    attempts += other.attempts;
    errors += other.errors;
    reusedConnections += other.reusedConnections;
    addTo(failures, other.failures);
    firstByte.merge(other.firstByte);
    recent.merge(other.recent);
}

TrafficCounters::TrafficCounters(size_t limit) : exchanges(limit), routes(limit), pools(limit), backends(limit) {}

void TrafficCounters::add(const Decision& decision, TimePoint now) {
    const Outcome outcome = outcomeOf(decision);
    if (decision.cache.background)
        ++background[static_cast<size_t>(outcome)];
    else
        addClients(decision, outcome, now);
    for (size_t i = 0; i < decision.attemptsKept(); ++i)
        addAttempt(backends.at({decision.pool, decision.attempts[i].backend}), decision.attempts[i], now);
}

void TrafficCounters::prefetch(const Decision& decision, TimePoint now) const {
    if (decision.attemptsTotal == 0)
        return;
    const NameId backend = decision.lastAttempt().backend;
    if (const auto* const entry = exchanges.guess({decision.route, decision.pool, backend})) {
        reverxy::prefetch(&entry->key);
        reverxy::prefetch(&entry->series.requests[statusClassOf(200)]);
    }
    if (const auto* const entry = backends.guess({decision.pool, backend})) {
        reverxy::prefetch(&entry->key);
        reverxy::prefetch(&entry->series.firstByte, sizeof entry->series.firstByte);
        entry->series.recent.prefetch(now);
    }
}

/// What the client met.
void TrafficCounters::addClients(const Decision& decision, Outcome outcome, TimePoint now) {
    const uint32_t latency = latencyOf(decision);
    const NameId backend = decision.attemptsTotal > 0 ? decision.lastAttempt().backend : 0;
    ++exchanges.at({decision.route, decision.pool, backend})
          .requests[statusClassOf(decision.status)][static_cast<size_t>(outcome)];

    RouteSeries& route = routes.at({decision.route});
    route.duration.add(latency);
    route.requestBodyBytes += decision.requestBodyBytes;
    route.responseBodyBytes += decision.responseBodyBytes;

    if (decision.pool != 0) {
        PoolSeries& pool = pools.at({decision.pool});
        ++pool.requests;
        pool.errors += isError(outcome) ? 1 : 0;
        pool.retries += decision.attemptsTotal > 0 ? decision.attemptsTotal - 1u : 0;
        if (decision.queuedMicros > 0)
            pool.queueWait.add(decision.queuedMicros);
        pool.recent.add(now, isError(outcome), latency);
    }

    if (decision.failure != Failure::None)
        ++failures[static_cast<size_t>(decision.failure)];
    upgrades += decision.tunnel ? 1 : 0;
}

void TrafficCounters::merge(const TrafficCounters& other) {
    exchanges.merge(other.exchanges);
    routes.merge(other.routes);
    pools.merge(other.pools);
    backends.merge(other.backends);
    addTo(failures, other.failures);
    upgrades += other.upgrades;
    for (size_t outcome = 0; outcome < outcomes; ++outcome)
        background[outcome] += other.background[outcome];
    connections += other.connections;
}

} // namespace reverxy::observe
