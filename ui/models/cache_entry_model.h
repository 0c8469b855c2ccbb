// SPDX-License-Identifier: MIT
#pragma once

#include "api/cache.h"
#include "ui/models/table_model.h"

#include <QHash>
#include <QSet>

#include <utility>
#include <vector>

namespace reverxy::ui {

struct CacheColumn {
    enum : int { Url, Variant, Status, Size, Age, Left, Hits, Columns };
};

/// What a column of CacheEntryModel is sorted by; answered beside Qt's roles and the CellRoles.
inline constexpr int cacheSortRole = Qt::UserRole + 100;

/// Stored responses, as they were listed part by part. What keeps its key and variant keeps its row's identity from
/// one listing to the next.
class CacheEntryModel : public TableModel {
    Q_OBJECT
  public:
    explicit CacheEntryModel(QObject* parent = nullptr);

    /// A new listing begins: what is not met in it leaves at its end.
    void begin();
    void add(const api::CachePage& page);
    void end();
    void clear();
    /// Ages go on while nothing is listed.
    void setNow(const QDateTime& now);

    const api::CacheEntry& entryAt(int row) const { return m_rows[static_cast<size_t>(row)].entry; }

    int rowCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;

  private:
    using Identity = std::pair<uint64_t, QString>;

    struct Row {
        api::CacheEntry entry;
        QDateTime listed;
    };

    int64_t elapsed(const Row& row) const;
    QString text(const Row& row, int column) const;
    QString tooltip(const Row& row) const;
    QVariant sortValue(const Row& row, int column) const;
    void removeRowsNotMet();

    QDateTime m_now;
    std::vector<Row> m_rows;
    QHash<Identity, int> m_places;
    QSet<Identity> m_met;
};

} // namespace reverxy::ui
