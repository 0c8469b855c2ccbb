// SPDX-License-Identifier: MIT
#include "ui/models/client_model.h"

#include "ui/models/align.h"
#include "ui/models/format.h"
#include "ui/models/mark.h"

#include <algorithm>
#include <utility>

namespace reverxy::ui {

namespace {

std::pair<QString, QString> keyOf(const ClientModel::Row& row) {
    return {row.limiter, row.client.key};
}

std::vector<ClientModel::Row> rowsOf(const api::EngineSnapshot& snapshot) {
    std::vector<ClientModel::Row> rows;
    for (const api::LimiterSnapshot& limiter : snapshot.limiters) {
        for (const api::LimitedClient& client : limiter.clients)
            rows.push_back({limiter.name, client});
    }
    return rows;
}

bool isFigure(int column) {
    return column >= ClientColumn::Used;
}

} // namespace

ClientModel::ClientModel(QObject* parent) : QAbstractTableModel(parent) {}

void ClientModel::show(const api::EngineSnapshot& snapshot) {
    m_taken = snapshot.taken;
    const std::vector<Row> wanted = rowsOf(snapshot);

    struct Changes {
        ClientModel& model;

        void remove(int first, int last) {
            model.beginRemoveRows({}, first, last);
            model.m_rows.erase(model.m_rows.begin() + first, model.m_rows.begin() + last + 1);
            model.endRemoveRows();
        }

        void move(int from, int to) {
            model.beginMoveRows({}, from, from, {}, to);
            const auto begin = model.m_rows.begin();
            std::rotate(begin + to, begin + from, begin + from + 1);
            model.endMoveRows();
        }

        void insert(int at, const Row& row) {
            model.beginInsertRows({}, at, at);
            model.m_rows.insert(model.m_rows.begin() + at, row);
            model.endInsertRows();
        }
    } changes{*this};

    align(
        m_rows, wanted, [](const Row& row) { return keyOf(row); }, changes);
    m_rows = wanted;
    if (!m_rows.empty())
        Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, ClientColumn::Columns - 1));
}

int ClientModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int ClientModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : ClientColumn::Columns;
}

QString ClientModel::text(const Row& row, int column) const {
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

QString ClientModel::tooltip(const Row& row) const {
    const api::LimitedClient& client = row.client;
    return QStringLiteral("%1\nFirst seen %2, last seen %3.\n%4 allowed, %5 refused with 429.")
        .arg(client.key, client.firstSeen.toString(QStringLiteral("yyyy-MM-dd HH:mm:ss")),
             client.lastSeen.toString(QStringLiteral("yyyy-MM-dd HH:mm:ss")),
             countedText(client.requestsAllowed, QStringLiteral("request")), countText(client.requestsThrottled));
}

QVariant ClientModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid())
        return {};
    const Row& row = rowAt(index.row());
    switch (role) {
    case Qt::DisplayRole:
        return text(row, index.column());
    case Qt::ToolTipRole:
        return tooltip(row);
    case Qt::TextAlignmentRole:
        return QVariant::fromValue(
            Qt::Alignment((isFigure(index.column()) ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter));
    case MarkRole:
        if (index.column() == ClientColumn::State)
            return static_cast<int>(row.client.throttled ? Mark::Throttled : Mark::Good);
        return {};
    default:
        return {};
    }
}

QVariant ClientModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole)
        return QVariant::fromValue(
            Qt::Alignment((isFigure(section) ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter));
    if (role != Qt::DisplayRole)
        return {};
    static const QStringList names{QStringLiteral("Client"),  QStringLiteral("Limiter"),  QStringLiteral("State"),
                                   QStringLiteral("Used"),    QStringLiteral("Fewer in"), QStringLiteral("Allowed"),
                                   QStringLiteral("Refused"), QStringLiteral("Last seen")};
    return names.value(section);
}

} // namespace reverxy::ui
