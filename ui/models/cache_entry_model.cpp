// SPDX-License-Identifier: MIT
#include "ui/models/cache_entry_model.h"

#include "ui/models/format.h"
#include "ui/models/mark.h"

#include <algorithm>

namespace reverxy::ui {

namespace {

std::pair<uint64_t, QString> identityOf(const api::CacheEntry& entry) {
    return {entry.key, entry.variant};
}

/// Of scheme and host, which many have in common.
int hostLength(const QString& url) {
    const qsizetype start = url.indexOf(QStringLiteral("://"));
    return start < 0 ? 0 : static_cast<int>(std::max<qsizetype>(0, url.indexOf(QLatin1Char('/'), start + 3)));
}

} // namespace

CacheEntryModel::CacheEntryModel(QObject* parent)
    : TableModel({{QStringLiteral("URL")},
                  {QStringLiteral("Chosen by")},
                  {QStringLiteral("Status"), true},
                  {QStringLiteral("Size"), true},
                  {QStringLiteral("Age"), true},
                  {QStringLiteral("Fresh for"), true},
                  {QStringLiteral("Hits"), true}},
                 parent) {}

void CacheEntryModel::begin() {
    m_met.clear();
}

void CacheEntryModel::add(const api::CachePage& page) {
    m_now = std::max(m_now, page.taken);
    std::vector<Row> fresh;
    int first = rowCount();
    int last = -1;
    for (const api::CacheEntry& entry : page.entries) {
        const auto identity = identityOf(entry);
        if (m_met.contains(identity))
            continue; // moved while it was listed
        m_met.insert(identity);
        const auto known = m_places.constFind(identity);
        if (known == m_places.constEnd()) {
            fresh.push_back({entry, page.taken});
            continue;
        }
        m_rows[static_cast<size_t>(*known)] = {entry, page.taken};
        first = std::min(first, *known);
        last = std::max(last, *known);
    }
    if (last >= first)
        announce(first, last);
    if (fresh.empty())
        return;
    beginInsertRows({}, rowCount(), rowCount() + static_cast<int>(fresh.size()) - 1);
    for (Row& row : fresh) {
        m_places.insert(identityOf(row.entry), rowCount());
        m_rows.push_back(std::move(row));
    }
    endInsertRows();
}

void CacheEntryModel::end() {
    removeRowsNotMet();
    m_met.clear();
}

void CacheEntryModel::removeRowsNotMet() {
    const auto isGone = [this](int row) {
        return !m_met.contains(identityOf(m_rows[static_cast<size_t>(row)].entry));
    };
    bool removed = false;
    for (int last = rowCount() - 1; last >= 0; --last) {
        if (!isGone(last))
            continue;
        int first = last;
        while (first > 0 && isGone(first - 1))
            --first;
        beginRemoveRows({}, first, last);
        m_rows.erase(m_rows.begin() + first, m_rows.begin() + last + 1);
        endRemoveRows();
        removed = true;
        last = first;
    }
    if (!removed)
        return;
    m_places.clear();
    for (int row = 0; row < rowCount(); ++row)
        m_places.insert(identityOf(m_rows[static_cast<size_t>(row)].entry), row);
}

void CacheEntryModel::clear() {
    begin();
    end();
}

void CacheEntryModel::setNow(const QDateTime& now) {
    if (now <= m_now)
        return;
    const bool seen = now.toSecsSinceEpoch() != m_now.toSecsSinceEpoch();
    m_now = now;
    if (seen && !m_rows.empty())
        Q_EMIT dataChanged(index(0, CacheColumn::Age), index(rowCount() - 1, CacheColumn::Left),
                           {Qt::DisplayRole, MarkRole, MutedRole});
}

int CacheEntryModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int64_t CacheEntryModel::elapsed(const Row& row) const {
    return std::max<int64_t>(0, row.listed.secsTo(m_now));
}

QString CacheEntryModel::text(const Row& row, int column) const {
    const api::CacheEntry& entry = row.entry;
    switch (column) {
    case CacheColumn::Url:
        return entry.url;
    case CacheColumn::Variant:
        return entry.variant;
    case CacheColumn::Status:
        return QString::number(entry.status);
    case CacheColumn::Size:
        return sizeText(entry.bodyBytes);
    case CacheColumn::Age:
        return spanText(entry.ageSeconds + elapsed(row));
    case CacheColumn::Left: {
        const int64_t left = entry.secondsLeft - elapsed(row);
        if (entry.markedStale)
            return QStringLiteral("validated next");
        return left > 0 ? spanText(left) : QStringLiteral("stale %1").arg(spanText(-left));
    }
    case CacheColumn::Hits:
        return countText(entry.hits);
    default:
        return {};
    }
}

QString CacheEntryModel::tooltip(const Row& row) const {
    const api::CacheEntry& entry = row.entry;
    QStringList lines{entry.url};
    if (!entry.variant.isEmpty())
        lines << QStringLiteral("For requests with %1.").arg(entry.variant);
    lines << QStringLiteral("From the pool “%1”; takes %2 of the cache.").arg(entry.pool, sizeText(entry.bytes));
    if (entry.partial)
        lines << QStringLiteral("A part of the response alone (RFC 9111 section 3.3).");
    if (entry.markedStale)
        lines << QStringLiteral("It is validated before its next use.");
    else if (entry.secondsLeft <= elapsed(row))
        lines << QStringLiteral("It is stale: the next request has it validated (RFC 9111 section 4.2).");
    return lines.join(QLatin1Char('\n'));
}

QVariant CacheEntryModel::sortValue(const Row& row, int column) const {
    const api::CacheEntry& entry = row.entry;
    switch (column) {
    case CacheColumn::Status:
        return entry.status;
    case CacheColumn::Size:
        return static_cast<qulonglong>(entry.bodyBytes);
    case CacheColumn::Age:
        return static_cast<qlonglong>(entry.ageSeconds + elapsed(row));
    case CacheColumn::Left:
        return static_cast<qlonglong>(entry.secondsLeft - elapsed(row));
    case CacheColumn::Hits:
        return entry.hits;
    default:
        return text(row, column);
    }
}

QVariant CacheEntryModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid())
        return {};
    const Row& row = m_rows[static_cast<size_t>(index.row())];
    const bool fresh = !row.entry.markedStale && row.entry.secondsLeft > elapsed(row);
    switch (role) {
    case Qt::DisplayRole:
        return text(row, index.column());
    case Qt::ToolTipRole:
        return tooltip(row);
    case Qt::TextAlignmentRole:
        return alignmentOf(index.column());
    case MarkRole:
        if (index.column() == CacheColumn::Url)
            return static_cast<int>(fresh ? Mark::Good : Mark::Partial);
        return {};
    case MutedRole:
        return index.column() == CacheColumn::Variant || (index.column() == CacheColumn::Left && !fresh);
    case MutedPrefixRole:
        return index.column() == CacheColumn::Url ? hostLength(row.entry.url) : 0;
    case cacheSortRole:
        return sortValue(row, index.column());
    default:
        return {};
    }
}

} // namespace reverxy::ui
