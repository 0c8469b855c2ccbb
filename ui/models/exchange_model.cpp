// SPDX-License-Identifier: MIT
#include "ui/models/exchange_model.h"

#include "ui/models/exchange_cells.h"

#include <QSet>

#include <algorithm>

namespace reverxy::ui {

namespace {

bool isRunning(const api::Exchange& exchange) {
    return exchange.phase != api::ExchangePhase::Finished;
}

} // namespace

ExchangeModel::Key ExchangeModel::keyOf(const api::Exchange& exchange) {
    return {exchange.id, exchange.started.isValid() ? exchange.started.toMSecsSinceEpoch() : 0};
}

ExchangeModel::Row* ExchangeModel::find(const Key& key) {
    const auto found = m_sequences.constFind(key);
    return found == m_sequences.constEnd() ? nullptr : &m_rows[static_cast<size_t>(rowOf(*found))];
}

void ExchangeModel::show(const api::SnapshotPointer& snapshot) {
    std::vector<Key> present;
    std::vector<int> changed;
    std::vector<api::Exchange> added;
    for (const api::Exchange& exchange : snapshot->running) {
        const Key key = keyOf(exchange);
        Row* row = find(key);
        if (!row) {
            if (exchange.started.msecsTo(snapshot->taken) >= runningShownAfterMs)
                added.push_back(exchange);
            continue;
        }
        // Its end may have been told before this older view of it came.
        if (!isRunning(row->exchange) && !row->lost)
            continue;
        present.push_back(key);
        row->absences = 0;
        if (row->lost || row->exchange != exchange) {
            if (row->lost)
                m_running.push_back(m_sequences.value(key));
            row->lost = false;
            row->exchange = exchange;
            changed.push_back(rowOf(m_sequences.value(key)));
        }
    }
    markAbsent(present, changed);
    announce(changed);
    if (!added.empty())
        append(std::move(added));
}

void ExchangeModel::markAbsent(const std::vector<Key>& present, std::vector<int>& changed) {
    if (m_running.empty())
        return;
    const QSet<Key> seen(present.begin(), present.end());
    std::erase_if(m_running, [&](quint64 sequence) {
        Row& row = m_rows[static_cast<size_t>(rowOf(sequence))];
        if (seen.contains(keyOf(row.exchange)) || ++row.absences < 2)
            return false;
        row.lost = true;
        changed.push_back(rowOf(sequence));
        return true;
    });
}

void ExchangeModel::add(const api::ExchangeBatch& exchanges, quint64 skipped) {
    std::vector<int> changed;
    std::vector<api::Exchange> added;
    for (const api::Exchange& exchange : *exchanges) {
        const Key key = keyOf(exchange);
        Row* row = find(key);
        if (!row) {
            added.push_back(exchange);
            continue;
        }
        if (!isRunning(row->exchange))
            continue;
        const quint64 sequence = m_sequences.value(key);
        row->exchange = exchange;
        row->lost = false;
        std::erase(m_running, sequence);
        changed.push_back(rowOf(sequence));
    }
    announce(changed);
    m_leftOut += skipped;
    if (!added.empty())
        append(std::move(added));
    else if (skipped > 0)
        Q_EMIT countsChanged();
}

void ExchangeModel::append(std::vector<api::Exchange>&& exchanges) {
    if (m_held) {
        const size_t room = static_cast<size_t>(std::max(0, capacity - static_cast<int>(m_rows.size())));
        // Once something waits, all that follows does, so that the order stays. What runs shows up again anyway.
        const size_t fit = m_waiting.empty() ? std::min(room, exchanges.size()) : 0;
        for (size_t i = fit; i < exchanges.size(); ++i) {
            if (!isRunning(exchanges[i])) {
                m_waiting.push_back(std::move(exchanges[i]));
                ++m_cameSinceHold;
            }
        }
        m_cameSinceHold += fit;
        exchanges.resize(fit);
        while (m_waiting.size() > capacity) {
            m_waiting.pop_front();
            ++m_leftOut;
        }
    }
    if (!exchanges.empty())
        appendRows(std::move(exchanges));
    Q_EMIT countsChanged();
}

void ExchangeModel::appendRows(std::vector<api::Exchange>&& exchanges) {
    // What waited may have become known since, by a batch that brought the past again.
    std::erase_if(exchanges, [this](const api::Exchange& exchange) { return find(keyOf(exchange)); });
    if (exchanges.empty())
        return;
    const size_t skip = exchanges.size() > capacity ? exchanges.size() - capacity : 0;
    const size_t fresh = exchanges.size() - skip;
    if (m_rows.size() + fresh > capacity) {
        const size_t excess = m_rows.size() + fresh - capacity;
        beginRemoveRows({}, 0, static_cast<int>(excess) - 1);
        for (size_t i = 0; i < excess; ++i)
            m_sequences.remove(keyOf(m_rows[i].exchange));
        m_rows.erase(m_rows.begin(), m_rows.begin() + static_cast<ptrdiff_t>(excess));
        m_first += excess;
        std::erase_if(m_running, [this](quint64 sequence) { return sequence < m_first; });
        endRemoveRows();
    }
    const int at = static_cast<int>(m_rows.size());
    beginInsertRows({}, at, at + static_cast<int>(fresh) - 1);
    for (size_t i = skip; i < exchanges.size(); ++i) {
        const quint64 sequence = m_first + m_rows.size();
        m_sequences.insert(keyOf(exchanges[i]), sequence);
        if (isRunning(exchanges[i]))
            m_running.push_back(sequence);
        m_rows.push_back({std::move(exchanges[i]), 0, false});
    }
    endInsertRows();
}

void ExchangeModel::announce(std::vector<int>& rows) {
    std::sort(rows.begin(), rows.end());
    for (size_t first = 0; first < rows.size();) {
        size_t last = first;
        while (last + 1 < rows.size() && rows[last + 1] <= rows[last] + 1)
            ++last;
        Q_EMIT dataChanged(index(rows[first], 0), index(rows[last], ExchangeColumn::Columns - 1));
        first = last + 1;
    }
}

void ExchangeModel::setHeld(bool held) {
    if (held == m_held)
        return;
    m_held = held;
    m_cameSinceHold = 0;
    std::vector<api::Exchange> waiting(std::make_move_iterator(m_waiting.begin()),
                                       std::make_move_iterator(m_waiting.end()));
    m_waiting.clear();
    if (!waiting.empty())
        appendRows(std::move(waiting));
    Q_EMIT countsChanged();
}

void ExchangeModel::clear() {
    beginResetModel();
    m_rows.clear();
    m_sequences.clear();
    m_running.clear();
    m_waiting.clear();
    m_first = 0;
    m_cameSinceHold = 0;
    m_leftOut = 0;
    endResetModel();
    Q_EMIT countsChanged();
}

int ExchangeModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int ExchangeModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : ExchangeColumn::Columns;
}

QVariant ExchangeModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const Row& row = m_rows[static_cast<size_t>(index.row())];
    return exchangeCell(row.exchange, row.lost, index.column(), role);
}

QVariant ExchangeModel::headerData(int section, Qt::Orientation orientation, int role) const {
    return orientation == Qt::Horizontal ? exchangeHeaderCell(section, role) : QVariant();
}

} // namespace reverxy::ui
