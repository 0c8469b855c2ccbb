// SPDX-License-Identifier: MIT
#include "limiter_snapshots.h"

#include <chrono>

namespace reverxy {

namespace {

constexpr size_t clientsShown = 200;

QString text(std::string_view bytes) {
    return QString::fromUtf8(bytes.data(), static_cast<qsizetype>(bytes.size()));
}

api::LimitedClient valuesOf(const limit::ClientRow& row, TimePoint now, WallTime wall) {
    const auto dateOf = [&](TimePoint time) {
        const auto then = wall - std::chrono::duration_cast<WallTime::duration>(now - time);
        return QDateTime::fromMSecsSinceEpoch(
            std::chrono::duration_cast<std::chrono::milliseconds>(then.time_since_epoch()).count());
    };
    api::LimitedClient client;
    client.key = text(limit::textOf(row.key));
    client.used = row.standing.used;
    client.limit = row.standing.limit;
    client.resetMillis = static_cast<uint32_t>(row.standing.resetAfter);
    client.throttled = !row.standing.allowed;
    client.requestsAllowed = row.allowed;
    client.requestsThrottled = row.throttled;
    client.firstSeen = dateOf(row.firstSeen);
    client.lastSeen = dateOf(row.lastSeen);
    return client;
}

} // namespace

std::vector<api::LimiterSnapshot> limiterSnapshots(const proxy::Runtime& runtime, const NameTable& names,
                                                   TimePoint now, WallTime wall) {
    std::vector<api::LimiterSnapshot> snapshots;
    snapshots.reserve(runtime.limiters.size());
    for (const auto& limiter : runtime.limiters) {
        api::LimiterSnapshot snapshot;
        snapshot.name = text(names.name(limiter->name));
        snapshot.policy = text(limiter->policyField);
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
    bool known = false;
    for (const auto& candidate : runtime.limiters) {
        if (parsed && text(names.name(candidate->name)) == limiter)
            known = candidate->clients->reset(*parsed) || known;
    }
    return known;
}

void resetAllClients(const proxy::Runtime& runtime) {
    for (const auto& limiter : runtime.limiters)
        limiter->clients->resetAll();
}

} // namespace reverxy
