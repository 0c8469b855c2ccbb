// SPDX-License-Identifier: MIT
#pragma once

#include "api/engine_control.h"

#include <QAbstractTableModel>
#include <QHash>

#include <deque>
#include <vector>

namespace reverxy::ui {

/// Recent exchanges, a row each, in the order in which the face learned of them; the newest is last. One that runs
/// has a row too once it has run for a while, and its end is told in that row. Bounded: the oldest rows leave.
class ExchangeModel : public QAbstractTableModel {
    Q_OBJECT
  public:
    static constexpr int capacity = 5000;
    /// What runs shorter than this gets its row when it has ended.
    static constexpr qint64 runningShownAfterMs = 300;

    using QAbstractTableModel::QAbstractTableModel;

    /// Takes the running exchanges of `snapshot`. One that is gone from two snapshots in a row, and whose record
    /// did not come, is told as not recorded.
    void show(const api::SnapshotPointer& snapshot);
    /// Takes exchanges that have ended; known ones are not listed twice.
    void add(const api::ExchangeBatch& exchanges, quint64 skipped);

    /// While held, no row leaves: when the list is full, new exchanges wait (as many as the list can hold).
    void setHeld(bool held);

    /// Exchanges that came since the hold began.
    quint64 cameSinceHold() const { return m_cameSinceHold; }

    /// Exchanges that no row will ever show: left out by the engine, or dropped while held.
    quint64 leftOut() const { return m_leftOut; }

    void clear();

    const api::Exchange& exchangeAt(int row) const { return m_rows[static_cast<size_t>(row)].exchange; }

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

  Q_SIGNALS:
    /// cameSinceHold() or leftOut() may have changed.
    void countsChanged();

  private:
    /// Ids begin anew with every start of the engine; the time of the request tells such twins apart.
    struct Key {
        uint64_t id = 0;
        qint64 started = 0;
        bool operator==(const Key&) const = default;
    };

    friend size_t qHash(const Key& key, size_t seed) { return qHashMulti(seed, key.id, key.started); }

    struct Row {
        api::Exchange exchange;
        int absences = 0; // snapshots in a row that did not have the running exchange
        bool lost = false;
    };

    static Key keyOf(const api::Exchange& exchange);
    Row* find(const Key& key);
    void append(std::vector<api::Exchange>&& exchanges);
    void appendRows(std::vector<api::Exchange>&& exchanges);
    void markAbsent(const std::vector<Key>& present, std::vector<int>& changed);
    void announce(std::vector<int>& rows);

    int rowOf(quint64 sequence) const { return static_cast<int>(sequence - m_first); }

    std::deque<Row> m_rows;
    quint64 m_first = 0;                 // sequence number of the first row
    QHash<Key, quint64> m_sequences;     // of all rows
    std::vector<quint64> m_running;      // rows whose end is not known
    std::deque<api::Exchange> m_waiting; // came while held and the list was full
    bool m_held = false;
    quint64 m_cameSinceHold = 0;
    quint64 m_leftOut = 0;
};

} // namespace reverxy::ui
