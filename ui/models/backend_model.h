// SPDX-License-Identifier: MIT
#pragma once

#include "api/engine_control.h"
#include "ui/models/backend_switches.h"

#include <QAbstractItemModel>

#include <memory>
#include <vector>

namespace reverxy::ui {

/// Pools, and their backends below them. A snapshot changes rows in place: what is the same by name keeps its row's
/// identity, and with it a view's selection and expansion. The box of a backend's first column enables and disables
/// it.
class BackendModel : public QAbstractItemModel {
    Q_OBJECT
  public:
    explicit BackendModel(BackendSwitches& switches, QObject* parent = nullptr);
    ~BackendModel() override;

    /// One dataChanged() for all that changed in a pool, so that a view repaints once.
    void show(const api::SnapshotPointer& snapshot);

    bool isPool(const QModelIndex& index) const { return index.isValid() && !index.internalPointer(); }

    /// The pool of `index` or of the backend there; null when there is none.
    const api::PoolSnapshot* poolAt(const QModelIndex& index) const;
    /// Null where `index` is not a backend.
    const api::BackendSnapshot* backendAt(const QModelIndex& index) const;

    QModelIndex index(int row, int column, const QModelIndex& parent = {}) const override;
    QModelIndex parent(const QModelIndex& child) const override;
    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    bool setData(const QModelIndex& index, const QVariant& value, int role) override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    Qt::ItemFlags flags(const QModelIndex& index) const override;

  private:
    struct Pool;

    void alignPools(const std::vector<api::PoolSnapshot>& pools);
    void alignBackends(Pool& pool, int row, const std::vector<api::BackendSnapshot>& backends);
    void renumber();
    void refresh(const QString& pool, const QString& backend);

    BackendSwitches& m_switches;
    QDateTime m_taken;
    std::vector<std::unique_ptr<Pool>> m_pools;
};

} // namespace reverxy::ui
