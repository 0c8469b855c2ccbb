// SPDX-License-Identifier: MIT
#include "app/demo/live_line.h"

#include <QStringList>

#include <algorithm>

namespace reverxy::demo {

namespace {

QString durationText(uint32_t micros) {
    if (micros == 0)
        return QStringLiteral("-");
    const double milliseconds = micros / 1000.0;
    if (milliseconds < 10)
        return QStringLiteral("%1 ms").arg(milliseconds, 0, 'f', 1);
    if (milliseconds < 1000)
        return QStringLiteral("%1 ms").arg(milliseconds, 0, 'f', 0);
    return QStringLiteral("%1 s").arg(milliseconds / 1000, 0, 'f', 1);
}

QString countText(uint32_t count, const QString& one, const QString& many) {
    return QStringLiteral("%1 %2").arg(count).arg(count == 1 ? one : many);
}

/// "shop 1/2"
QString poolText(const api::PoolSnapshot& pool) {
    const auto available = std::count_if(pool.backends.begin(), pool.backends.end(),
                                         [](const api::BackendSnapshot& backend) { return backend.available; });
    return QStringLiteral("%1 %2/%3").arg(pool.name).arg(available).arg(pool.backends.size());
}

} // namespace

QString liveLine(const api::EngineSnapshot& snapshot) {
    if (snapshot.state == api::EngineState::Stopped)
        return snapshot.problem.isEmpty() ? QStringLiteral("stopped")
                                          : QStringLiteral("stopped: ") + snapshot.problem;
    QStringList pools;
    for (const api::PoolSnapshot& pool : snapshot.pools)
        pools << poolText(pool);
    const api::TrafficFigures& traffic = snapshot.traffic;
    QString line =
        QStringLiteral("%1 requests/s, %2 errors/s, p95 %3 | available: %4 | %5, %6")
            .arg(traffic.requestsPerSecond, 0, 'f', 1)
            .arg(traffic.errorsPerSecond, 0, 'f', 1)
            .arg(durationText(traffic.p95Micros), pools.join(QStringLiteral(", ")),
                 countText(snapshot.clientConnections, QStringLiteral("connection"), QStringLiteral("connections")),
                 countText(snapshot.runningExchanges, QStringLiteral("running exchange"),
                           QStringLiteral("running exchanges")));
    if (snapshot.state == api::EngineState::Draining)
        line.prepend(QStringLiteral("draining | "));
    return line;
}

} // namespace reverxy::demo
