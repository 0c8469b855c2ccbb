// SPDX-License-Identifier: MIT
#include "ui/models/backend_cells.h"

#include "ui/models/backend_row.h"
#include "ui/models/format.h"

#include <algorithm>
#include <array>

namespace reverxy::ui {

namespace {

constexpr QLatin1String plainScheme("http://");

QString figureText(const api::TrafficFigures& traffic, int column) {
    switch (column) {
    case BackendColumn::Rate:
        return rateText(traffic.requestsPerSecond);
    case BackendColumn::Errors:
        return rateText(traffic.errorsPerSecond);
    case BackendColumn::P50:
        return durationOrNothing(traffic.p50Micros);
    default:
        return durationOrNothing(traffic.p95Micros);
    }
}

QString figureTooltip(const api::TrafficFigures& traffic, int column) {
    switch (column) {
    case BackendColumn::Rate:
        return QStringLiteral("Over the last ten seconds. Since the start: %1.")
            .arg(countedText(traffic.requests, QStringLiteral("request")));
    case BackendColumn::Errors:
        return QStringLiteral("Failures and 5xx, over the last ten seconds. Since the start: %1.")
            .arg(countedText(traffic.errors, QStringLiteral("error")));
    case BackendColumn::P50:
        return QStringLiteral("Half of the requests of the last ten seconds were faster than this.");
    default:
        return QStringLiteral("19 of 20 requests of the last ten seconds were faster than this.");
    }
}

bool isFigure(int column) {
    return column >= BackendColumn::Rate && column <= BackendColumn::P95;
}

QVariant standingCell(const Standing& standing, int role) {
    switch (role) {
    case Qt::DisplayRole:
        return standing.text;
    case Qt::ToolTipRole:
        return standing.tooltip;
    case MarkRole:
        return static_cast<int>(standing.mark);
    case MutedRole:
        return standing.muted;
    case AlarmRole:
        return standing.alarm;
    default:
        return {};
    }
}

QVariant alignmentCell(int column) {
    const bool figures = column >= BackendColumn::Weight && column <= BackendColumn::P95;
    return QVariant::fromValue((figures ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
}

} // namespace

QVariant poolCell(const api::PoolSnapshot& pool, int column, int role) {
    if (role == Qt::TextAlignmentRole)
        return alignmentCell(column);
    if (isFigure(column)) {
        if (role == Qt::DisplayRole)
            return figureText(pool.traffic, column);
        if (role == Qt::ToolTipRole)
            return figureTooltip(pool.traffic, column);
        if (role == AlarmRole)
            return column == BackendColumn::Errors && pool.traffic.errorsPerSecond > 0;
        return {};
    }
    switch (column) {
    case BackendColumn::Name:
        if (role == Qt::DisplayRole)
            return pool.name;
        if (role == StrongRole)
            return true;
        if (role == Qt::ToolTipRole)
            return pool.name + QLatin1Char('\n') +
                   (pool.routes.isEmpty()
                        ? QStringLiteral("No route leads to this pool.")
                        : QStringLiteral("Routes that lead here: %1").arg(pool.routes.join(QStringLiteral(", "))));
        break;
    case BackendColumn::State:
        return standingCell(standingOf(pool), role);
    case BackendColumn::Address:
        if (role == Qt::DisplayRole)
            return pool.algorithm;
        if (role == MutedRole)
            return true;
        break;
    case BackendColumn::InFlight:
        if (role == Qt::DisplayRole)
            return countText(pool.inFlight);
        if (role == Qt::ToolTipRole)
            return QStringLiteral("%1 at the pool's backends, %2 waiting for a free slot")
                .arg(countedText(pool.inFlight, QStringLiteral("request")), countText(pool.waiting));
        break;
    default:
        break;
    }
    return {};
}

QVariant backendCell(const api::BackendSnapshot& backend, const BackendSwitches::State& wanted,
                     const QDateTime& now, int column, int role) {
    if (role == Qt::TextAlignmentRole)
        return alignmentCell(column);
    if (isFigure(column)) {
        if (role == Qt::DisplayRole)
            return figureText(backend.traffic, column);
        if (role == Qt::ToolTipRole)
            return figureTooltip(backend.traffic, column);
        if (role == MutedRole)
            return backend.traffic.requestsPerSecond <= 0;
        if (role == AlarmRole)
            return column == BackendColumn::Errors && backend.traffic.errorsPerSecond > 0;
        return {};
    }
    switch (column) {
    case BackendColumn::Name:
        if (role == Qt::DisplayRole)
            return backend.name;
        if (role == Qt::CheckStateRole)
            return wanted.wanted.value_or(backend.enabled) ? Qt::Checked : Qt::Unchecked;
        if (role == Qt::ToolTipRole)
            return backend.name + QLatin1Char('\n') +
                   (backend.enabled ? QStringLiteral("Enabled: it takes part in balancing unless it is down.")
                                    : QStringLiteral("Disabled: it gets no new requests."));
        if (role == Qt::AccessibleTextRole)
            return QStringLiteral("Backend %1, %2").arg(backend.name, standingOf(backend, wanted, now).text);
        break;
    case BackendColumn::State:
        return standingCell(standingOf(backend, wanted, now), role);
    case BackendColumn::Address:
        // Without the scheme that all of them have; the room is the state's.
        if (role == Qt::DisplayRole)
            return backend.url.startsWith(plainScheme) ? backend.url.mid(plainScheme.size()) : backend.url;
        if (role == Qt::ToolTipRole)
            return backend.url;
        break;
    case BackendColumn::Weight:
        if (role == Qt::DisplayRole)
            return countText(backend.weight);
        break;
    case BackendColumn::InFlight:
        if (role == Qt::DisplayRole)
            return countText(backend.inFlight);
        if (role == MutedRole)
            return backend.inFlight == 0;
        if (role == Qt::ToolTipRole)
            return backend.maxConnections == 0
                       ? QStringLiteral("%1 open").arg(
                             countedText(backend.connections, QStringLiteral("connection")))
                       : QStringLiteral("%1 of at most %2 open")
                             .arg(countedText(backend.connections, QStringLiteral("connection")),
                                  countText(backend.maxConnections));
        break;
    case BackendColumn::Probes:
        if (role == ProbesRole)
            return QVariant::fromValue(probeMarks(backend.probes));
        if (role == Qt::AccessibleTextRole) {
            const auto passed = std::count_if(backend.probes.begin(), backend.probes.end(),
                                              [](const api::ProbeResult& probe) { return probe.passed; });
            return QStringLiteral("%1 of the last %2 passed")
                .arg(passed)
                .arg(countedText(backend.probes.size(), QStringLiteral("probe")));
        }
        break;
    default:
        break;
    }
    return {};
}

QVariant backendHeaderCell(int section, int role) {
    if (section < 0 || section >= BackendColumn::Columns)
        return {};
    if (role == Qt::TextAlignmentRole)
        return alignmentCell(section);

    struct Title {
        const char* title;
        const char* tooltip;
    };

    static constexpr std::array<Title, BackendColumn::Columns> titles{{
        {"Backend", "Clear the box to take a backend out; its running requests are finished"},
        {"State", "What was observed, and what you decided"},
        {"Address", "Where the backend listens; for a pool how it is balanced"},
        {"Weight", "Its share of requests beside the others of the pool"},
        {"In flight", "Requests that it is working on"},
        {"Req/s", "Requests a second, over the last ten seconds"},
        {"Errors/s", "Failures and 5xx a second, over the last ten seconds"},
        {"p50", "Median latency of the last ten seconds"},
        {"p95", "Latency that 19 of 20 requests of the last ten seconds stayed below"},
        {"Last probes", "The last ten health probes, newest on the right"},
    }};
    const Title& title = titles[static_cast<size_t>(section)];
    if (role == Qt::DisplayRole)
        return QString::fromLatin1(title.title);
    if (role == Qt::ToolTipRole)
        return QString::fromLatin1(title.tooltip);
    return {};
}

} // namespace reverxy::ui
