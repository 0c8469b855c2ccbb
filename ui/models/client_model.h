// SPDX-License-Identifier: MIT
#pragma once

#include "api/snapshot.h"

#include <QAbstractTableModel>

#include <vector>

namespace reverxy::ui {

struct ClientColumn {
    enum : int { Client, Limiter, State, Used, Reset, Allowed, Refused, LastSeen, Columns };
};

/// The clients of all rate limiters, in the order of the snapshot: the throttled of a limiter first. What keeps its
/// limiter and key keeps its row's identity.
class ClientModel : public QAbstractTableModel {
    Q_OBJECT
  public:
    struct Row {
        QString limiter;
        api::LimitedClient client;
    };

    explicit ClientModel(QObject* parent = nullptr);

    void show(const api::EngineSnapshot& snapshot);

    const Row& rowAt(int row) const { return m_rows[static_cast<size_t>(row)]; }

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

  private:
    QString text(const Row& row, int column) const;
    QString tooltip(const Row& row) const;

    QDateTime m_taken;
    std::vector<Row> m_rows;
};

} // namespace reverxy::ui
