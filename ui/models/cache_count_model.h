// SPDX-License-Identifier: MIT
#pragma once

#include "api/cache.h"
#include "ui/models/table_model.h"

#include <vector>

namespace reverxy::ui {

struct CacheCountColumn {
    enum : int { Verdict, Count, Share, Meaning, Columns };
};

/// The cache's verdicts that were met, each with its count, in the engine's order, so that nothing jumps.
class CacheCountModel : public RowsModel<api::CacheCount> {
    Q_OBJECT
  public:
    /// `title` heads the first column.
    explicit CacheCountModel(const QString& title, QObject* parent = nullptr);

    void show(const std::vector<api::CacheCount>& counts);

    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;

  private:
    QString text(const api::CacheCount& count, int column) const;

    uint64_t m_total = 0;
};

/// What a verdict means, with the rule behind it.
QString meaningOf(const api::CacheCount& count);

/// "37 %"; "<1 %" and ">99 %" where rounding would say none or all. nothing() of none at all.
QString percentText(uint64_t part, uint64_t whole);

} // namespace reverxy::ui
