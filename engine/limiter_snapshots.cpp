// SPDX-License-Identifier: MIT
#include "limiter_snapshots.h"

#include "api/qt_values.h"
#include "proxy/limited_clients.h"

#include <chrono>

namespace reverxy {

namespace {

constexpr size_t clientsShown = 200;

api::LimitedClient valuesOf(const limit::ClientRow& row, TimePoint now, WallTime wall) {
    const auto dateAt = [&](TimePoint time) {
        return api::dateOf(wall - std::chrono::duration_cast<WallTime::duration>(now - time));
    };
    api::LimitedClient client;
    client.key = api::textOf(limit::textOf(row.key));
    client.used = row.standing.used;
    client.limit = row.standing.limit;
    client.resetMillis = static_cast<uint32_t>(row.standing.resetAfter);
    client.throttled = !row.standing.allowed;
    client.requestsAllowed = row.allowed;
    client.requestsThrottled = row.throttled;
    client.firstSeen = dateAt(row.firstSeen);
    client.lastSeen = dateAt(row.lastSeen);
    return client;
}

} // namespace

std::vector<api::LimiterSnapshot> limiterSnapshots(const proxy::Runtime& runtime, const NameTable& names,
                                                   TimePoint now, WallTime wall) {
    std::vector<api::LimiterSnapshot> snapshots;
    snapshots.reserve(runtime.limiters.size());
    for (const auto& limiter : runtime.limiters) {
        api::LimiterSnapshot snapshot;
        snapshot.name = api::textOf(names.name(limiter->name));
        snapshot.policy = api::textOf(limiter->policyField);
        const limit::LimitTotals totals = limiter->clients->totals();
        snapshot.requestsAllowed = totals.allowed;
        snapshot.requestsThrottled = totals.throttled;
        snapshot.clientsKnown = totals.clients;
        snapshot.evictions = totals.evictions;
        for (const limit::ClientRow& row : limiter->clients->snapshot(limiter->policy, clientsShown, now))
            snapshot.clients.push_back(valuesOf(row, now, wall));
        snapshots.push_back(std::move(snapshot));
    }
    return snapshots;
}

bool resetClient(const proxy::Runtime& runtime, const NameTable& names, const QString& limiter,
                 const QString& key) {
    const auto parsed = limit::parseClientKey(key.toStdString());
    for (const auto& candidate : runtime.limiters) {
        if (parsed && api::textOf(names.name(candidate->name)) == limiter)
            return proxy::resetLimitedClient(runtime, candidate->name, *parsed);
    }
    return false;
}

} // namespace reverxy
