// SPDX-License-Identifier: MIT
#include "ui/models/client_model.h"

#include "ui/models/format.h"
#include "ui/models/mark.h"

#include <utility>

namespace reverxy::ui {

namespace {

std::pair<QString, QString> keyOf(const LimitedRow& row) {
    return {row.limiter, row.client.key};
}

std::vector<LimitedRow> rowsOf(const api::EngineSnapshot& snapshot) {
    std::vector<LimitedRow> rows;
    for (const api::LimiterSnapshot& limiter : snapshot.limiters) {
        for (const api::LimitedClient& client : limiter.clients)
            rows.push_back({limiter.name, client});
    }
    return rows;
}

} // namespace

ClientModel::ClientModel(QObject* parent)
    : RowsModel({{QStringLiteral("Client")},
                 {QStringLiteral("Limiter")},
                 {QStringLiteral("State")},
                 {QStringLiteral("Used"), true},
                 {QStringLiteral("Fewer in"), true},
                 {QStringLiteral("Allowed"), true},
                 {QStringLiteral("Refused"), true},
                 {QStringLiteral("Last seen"), true}},
                parent) {}

void ClientModel::show(const api::EngineSnapshot& snapshot) {
    m_taken = snapshot.taken;
    replaceRows(rowsOf(snapshot), keyOf);
}

QString ClientModel::text(const LimitedRow& row, int column) const {
    const api::LimitedClient& client = row.client;
    switch (column) {
    case ClientColumn::Client:
        return client.key;
    case ClientColumn::Limiter:
        return row.limiter;
    case ClientColumn::State:
        return client.throttled ? QStringLiteral("throttled") : QStringLiteral("within its quota");
    case ClientColumn::Used:
        return QStringLiteral("%1 of %2").arg(countText(client.used), countText(client.limit));
    case ClientColumn::Reset:
        return client.used == 0 ? nothing() : durationText(uint64_t{client.resetMillis} * 1000);
    case ClientColumn::Allowed:
        return countText(client.requestsAllowed);
    case ClientColumn::Refused:
        return countText(client.requestsThrottled);
    case ClientColumn::LastSeen:
        return client.lastSeen.time().toString(QStringLiteral("HH:mm:ss"));
    default:
        return {};
    }
}

QString ClientModel::tooltip(const LimitedRow& row) const {
    const api::LimitedClient& client = row.client;
    return QStringLiteral("%1\nFirst seen %2, last seen %3.\n%4 allowed, %5 refused with 429.")
        .arg(client.key, client.firstSeen.toString(QStringLiteral("yyyy-MM-dd HH:mm:ss")),
             client.lastSeen.toString(QStringLiteral("yyyy-MM-dd HH:mm:ss")),
             countedText(client.requestsAllowed, QStringLiteral("request")), countText(client.requestsThrottled));
}

QVariant ClientModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid())
        return {};
    const LimitedRow& row = rowAt(index.row());
    switch (role) {
    case Qt::DisplayRole:
        return text(row, index.column());
    case Qt::ToolTipRole:
        return tooltip(row);
    case Qt::TextAlignmentRole:
        return alignmentOf(index.column());
    case MarkRole:
        if (index.column() == ClientColumn::State)
            return static_cast<int>(row.client.throttled ? Mark::Throttled : Mark::Good);
        return {};
    default:
        return {};
    }
}

} // namespace reverxy::ui
