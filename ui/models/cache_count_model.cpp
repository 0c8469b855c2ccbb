// SPDX-License-Identifier: MIT
#include "ui/models/cache_count_model.h"

#include "ui/models/align.h"
#include "ui/models/format.h"
#include "ui/models/mark.h"

#include <algorithm>
#include <cmath>

namespace reverxy::ui {

namespace {

QVariant alignment(int column) {
    const bool figure = column == CacheCountColumn::Count || column == CacheCountColumn::Share;
    return QVariant::fromValue(Qt::Alignment((figure ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter));
}

} // namespace

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
    : QAbstractTableModel(parent), m_title(title) {}

void CacheCountModel::show(const std::vector<api::CacheCount>& counts) {
    std::vector<api::CacheCount> wanted;
    m_total = 0;
    for (const api::CacheCount& count : counts) {
        m_total += count.count;
        if (count.count > 0)
            wanted.push_back(count);
    }
    if (wanted == m_rows)
        return;

    struct Changes {
        CacheCountModel& model;

        void remove(int first, int last) {
            model.beginRemoveRows({}, first, last);
            model.m_rows.erase(model.m_rows.begin() + first, model.m_rows.begin() + last + 1);
            model.endRemoveRows();
        }

        void move(int from, int to) {
            model.beginMoveRows({}, from, from, {}, to);
            const auto begin = model.m_rows.begin();
            std::rotate(begin + to, begin + from, begin + from + 1);
            model.endMoveRows();
        }

        void insert(int at, const api::CacheCount& row) {
            model.beginInsertRows({}, at, at);
            model.m_rows.insert(model.m_rows.begin() + at, row);
            model.endInsertRows();
        }
    } changes{*this};

    align(
        m_rows, wanted, [](const api::CacheCount& row) { return row.name; }, changes);
    m_rows = std::move(wanted);
    if (!m_rows.empty())
        Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, CacheCountColumn::Columns - 1));
}

int CacheCountModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int CacheCountModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : CacheCountColumn::Columns;
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
    const api::CacheCount& count = m_rows[static_cast<size_t>(index.row())];
    switch (role) {
    case Qt::DisplayRole:
        return text(count, index.column());
    case Qt::ToolTipRole:
        return meaningOf(count);
    case Qt::TextAlignmentRole:
        return alignment(index.column());
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

QVariant CacheCountModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole)
        return alignment(section);
    if (role != Qt::DisplayRole)
        return {};
    static const QStringList names{QString(), QStringLiteral("Count"), QStringLiteral("Share"),
                                   QStringLiteral("Meaning")};
    return section == CacheCountColumn::Verdict ? m_title : names.value(section);
}

} // namespace reverxy::ui
