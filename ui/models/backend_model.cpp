// SPDX-License-Identifier: MIT
#include "ui/models/backend_model.h"

#include "ui/models/align.h"
#include "ui/models/backend_cells.h"

namespace reverxy::ui {

struct BackendModel::Pool {
    api::PoolSnapshot shown; // its backends are the rows
    int row = 0;
};

BackendModel::BackendModel(BackendSwitches& switches, QObject* parent)
    : QAbstractItemModel(parent), m_switches(switches) {
    connect(&switches, &BackendSwitches::changed, this, &BackendModel::refresh);
}

BackendModel::~BackendModel() = default;

void BackendModel::show(const api::SnapshotPointer& snapshot) {
    m_taken = snapshot->taken;
    alignPools(snapshot->pools);
    for (size_t i = 0; i < m_pools.size(); ++i) {
        Pool& pool = *m_pools[i];
        const api::PoolSnapshot& next = snapshot->pools[i];
        alignBackends(pool, static_cast<int>(i), next.backends);
        // Ages and the answers of switches change without the snapshot: a row that looks the same costs its view
        // little, since all is painted at once.
        pool.shown = next;
        const int row = static_cast<int>(i);
        Q_EMIT dataChanged(index(row, 0), index(row, BackendColumn::Columns - 1));
        if (!pool.shown.backends.empty()) {
            const QModelIndex parent = index(row, 0);
            Q_EMIT dataChanged(index(0, 0, parent), index(static_cast<int>(pool.shown.backends.size()) - 1,
                                                          BackendColumn::Columns - 1, parent));
        }
    }
}

void BackendModel::alignPools(const std::vector<api::PoolSnapshot>& pools) {
    struct Changes {
        BackendModel& model;

        void remove(int first, int last) {
            model.beginRemoveRows({}, first, last);
            model.m_pools.erase(model.m_pools.begin() + first, model.m_pools.begin() + last + 1);
            model.renumber();
            model.endRemoveRows();
        }

        void move(int from, int to) {
            model.beginMoveRows({}, from, from, {}, to);
            const auto begin = model.m_pools.begin();
            std::rotate(begin + to, begin + from, begin + from + 1);
            model.renumber();
            model.endMoveRows();
        }

        void insert(int at, const api::PoolSnapshot& pool) {
            auto added = std::make_unique<Pool>();
            added->shown = pool;
            model.beginInsertRows({}, at, at);
            model.m_pools.insert(model.m_pools.begin() + at, std::move(added));
            model.renumber();
            model.endInsertRows();
        }
    };

    struct Key {
        QString operator()(const std::unique_ptr<Pool>& pool) const { return pool->shown.name; }

        QString operator()(const api::PoolSnapshot& pool) const { return pool.name; }
    };

    Changes changes{*this};
    align(m_pools, pools, Key(), changes);
}

void BackendModel::alignBackends(Pool& pool, int row, const std::vector<api::BackendSnapshot>& backends) {
    struct Changes {
        BackendModel& model;
        std::vector<api::BackendSnapshot>& rows;
        QModelIndex parent;

        void remove(int first, int last) {
            model.beginRemoveRows(parent, first, last);
            rows.erase(rows.begin() + first, rows.begin() + last + 1);
            model.endRemoveRows();
        }

        void move(int from, int to) {
            model.beginMoveRows(parent, from, from, parent, to);
            std::rotate(rows.begin() + to, rows.begin() + from, rows.begin() + from + 1);
            model.endMoveRows();
        }

        void insert(int at, const api::BackendSnapshot& backend) {
            model.beginInsertRows(parent, at, at);
            rows.insert(rows.begin() + at, backend);
            model.endInsertRows();
        }
    };

    Changes changes{*this, pool.shown.backends, index(row, 0)};
    align(
        pool.shown.backends, backends, [](const api::BackendSnapshot& backend) { return backend.name; }, changes);
}

void BackendModel::renumber() {
    for (size_t i = 0; i < m_pools.size(); ++i)
        m_pools[i]->row = static_cast<int>(i);
}

void BackendModel::refresh(const QString& pool, const QString& backend) {
    for (const std::unique_ptr<Pool>& candidate : m_pools) {
        if (candidate->shown.name != pool)
            continue;
        const QModelIndex parent = index(candidate->row, 0);
        for (size_t i = 0; i < candidate->shown.backends.size(); ++i) {
            if (candidate->shown.backends[i].name == backend) {
                const int row = static_cast<int>(i);
                Q_EMIT dataChanged(index(row, 0, parent), index(row, BackendColumn::Columns - 1, parent));
            }
        }
    }
}

const api::PoolSnapshot* BackendModel::poolAt(const QModelIndex& index) const {
    if (!index.isValid())
        return nullptr;
    if (const auto* pool = static_cast<const Pool*>(index.internalPointer()))
        return &pool->shown;
    return &m_pools[static_cast<size_t>(index.row())]->shown;
}

const api::BackendSnapshot* BackendModel::backendAt(const QModelIndex& index) const {
    const auto* pool = index.isValid() ? static_cast<const Pool*>(index.internalPointer()) : nullptr;
    return pool ? &pool->shown.backends[static_cast<size_t>(index.row())] : nullptr;
}

QModelIndex BackendModel::index(int row, int column, const QModelIndex& parent) const {
    if (!hasIndex(row, column, parent))
        return {};
    return createIndex(row, column, parent.isValid() ? m_pools[static_cast<size_t>(parent.row())].get() : nullptr);
}

QModelIndex BackendModel::parent(const QModelIndex& child) const {
    const auto* pool = child.isValid() ? static_cast<const Pool*>(child.internalPointer()) : nullptr;
    return pool ? createIndex(pool->row, 0, nullptr) : QModelIndex();
}

int BackendModel::rowCount(const QModelIndex& parent) const {
    if (!parent.isValid())
        return static_cast<int>(m_pools.size());
    if (!isPool(parent) || parent.column() != 0)
        return 0;
    return static_cast<int>(m_pools[static_cast<size_t>(parent.row())]->shown.backends.size());
}

int BackendModel::columnCount(const QModelIndex&) const {
    return BackendColumn::Columns;
}

bool BackendModel::setData(const QModelIndex& index, const QVariant& value, int role) {
    const api::BackendSnapshot* backend = backendAt(index);
    if (!backend || role != Qt::CheckStateRole || index.column() != BackendColumn::Name)
        return false;
    // What is asked for changes this model: the names are kept from under it.
    const QString pool = poolAt(index)->name;
    const QString name = backend->name;
    m_switches.request(pool, name, value.toInt() == Qt::Checked);
    return true;
}

Qt::ItemFlags BackendModel::flags(const QModelIndex& index) const {
    Qt::ItemFlags flags = QAbstractItemModel::flags(index);
    if (!index.isValid() || isPool(index))
        return flags;
    flags |= Qt::ItemNeverHasChildren;
    if (index.column() == BackendColumn::Name)
        flags |= Qt::ItemIsUserCheckable;
    return flags;
}

QVariant BackendModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid())
        return {};
    const api::PoolSnapshot& pool = *poolAt(index);
    const api::BackendSnapshot* backend = backendAt(index);
    if (!backend)
        return poolCell(pool, index.column(), role);
    return backendCell(*backend, m_switches.stateOf(pool.name, backend->name), m_taken, index.column(), role);
}

QVariant BackendModel::headerData(int section, Qt::Orientation orientation, int role) const {
    return orientation == Qt::Horizontal ? backendHeaderCell(section, role) : QVariant();
}

} // namespace reverxy::ui
