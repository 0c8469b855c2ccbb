// SPDX-License-Identifier: MIT
#include "ui/models/cache_count_model.h"

#include "ui/models/format.h"
#include "ui/models/mark.h"

#include <cmath>
#include <utility>

namespace reverxy::ui {

QString meaningOf(const api::CacheCount& count) {
    if (count.section.isEmpty() || !count.sentence.endsWith(QLatin1Char('.')))
        return count.sentence;
    return QStringLiteral("%1 (%2).").arg(count.sentence.chopped(1), count.section);
}

QString percentText(uint64_t part, uint64_t whole) {
    if (whole == 0)
        return nothing();
    const double percent = 100 * static_cast<double>(part) / static_cast<double>(whole);
    QString figure = QString::number(std::lround(percent));
    if (part > 0 && percent < 0.5)
        figure = QStringLiteral("<1");
    else if (part < whole && percent >= 99.5)
        figure = QStringLiteral(">99");
    return figure + QChar(QChar::Nbsp) + QLatin1Char('%');
}

CacheCountModel::CacheCountModel(const QString& title, QObject* parent)
    : RowsModel(
          {{title}, {QStringLiteral("Count"), true}, {QStringLiteral("Share"), true}, {QStringLiteral("Meaning")}},
          parent) {}

void CacheCountModel::show(const std::vector<api::CacheCount>& counts) {
    std::vector<api::CacheCount> wanted;
    m_total = 0;
    for (const api::CacheCount& count : counts) {
        m_total += count.count;
        if (count.count > 0)
            wanted.push_back(count);
    }
    if (wanted != rows())
        replaceRows(std::move(wanted), [](const api::CacheCount& row) { return row.name; });
}

QString CacheCountModel::text(const api::CacheCount& count, int column) const {
    switch (column) {
    case CacheCountColumn::Verdict:
        return count.name;
    case CacheCountColumn::Count:
        return countText(count.count);
    case CacheCountColumn::Share:
        return percentText(count.count, m_total);
    case CacheCountColumn::Meaning:
        return meaningOf(count);
    default:
        return {};
    }
}

QVariant CacheCountModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid())
        return {};
    const api::CacheCount& count = rowAt(index.row());
    switch (role) {
    case Qt::DisplayRole:
        return text(count, index.column());
    case Qt::ToolTipRole:
        return meaningOf(count);
    case Qt::TextAlignmentRole:
        return alignmentOf(index.column());
    case MarkRole:
        if (index.column() == CacheCountColumn::Verdict)
            return static_cast<int>(count.good ? Mark::CacheHit : Mark::Unknown);
        return {};
    case MutedRole:
        return index.column() == CacheCountColumn::Meaning;
    default:
        return {};
    }
}

} // namespace reverxy::ui
