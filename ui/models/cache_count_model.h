// SPDX-License-Identifier: MIT
#pragma once

#include "api/cache.h"

#include <QAbstractTableModel>

#include <vector>

namespace reverxy::ui {

struct CacheCountColumn {
    enum : int { Verdict, Count, Share, Meaning, Columns };
};

/// The cache's verdicts that were met, each with its count, in the engine's order, so that nothing jumps.
class CacheCountModel : public QAbstractTableModel {
    Q_OBJECT
  public:
    /// `title` heads the first column.
    explicit CacheCountModel(const QString& title, QObject* parent = nullptr);

    void show(const std::vector<api::CacheCount>& counts);

    const api::CacheCount& countAt(int row) const { return m_rows[static_cast<size_t>(row)]; }

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

  private:
    QString text(const api::CacheCount& count, int column) const;

    QString m_title;
    std::vector<api::CacheCount> m_rows;
    uint64_t m_total = 0;
};

/// What a verdict means, with the rule behind it.
QString meaningOf(const api::CacheCount& count);

/// "37 %"; "<1 %" and ">99 %" where rounding would say none or all. nothing() of none at all.
QString percentText(uint64_t part, uint64_t whole);

} // namespace reverxy::ui
