// SPDX-License-Identifier: MIT
#pragma once

#include "api/snapshot.h"
#include "ui/models/table_model.h"

namespace reverxy::ui {

struct ClientColumn {
    enum : int { Client, Limiter, State, Used, Reset, Allowed, Refused, LastSeen, Columns };
};

/// A client and the limiter that counts it.
struct LimitedRow {
    QString limiter;
    api::LimitedClient client;
};

/// The clients of all rate limiters, in the order of the snapshot: the throttled of a limiter first. What keeps its
/// limiter and key keeps its row's identity.
class ClientModel : public RowsModel<LimitedRow> {
    Q_OBJECT
  public:
    explicit ClientModel(QObject* parent = nullptr);

    void show(const api::EngineSnapshot& snapshot);

    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;

  private:
    QString text(const LimitedRow& row, int column) const;
    QString tooltip(const LimitedRow& row) const;

    QDateTime m_taken;
};

} // namespace reverxy::ui
