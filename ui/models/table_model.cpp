// SPDX-License-Identifier: MIT
#include "ui/models/table_model.h"

namespace reverxy::ui {

TableModel::TableModel(std::vector<TableColumn> columns, QObject* parent)
    : QAbstractTableModel(parent), m_columns(std::move(columns)) {}

int TableModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_columns.size());
}

QVariant TableModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || section < 0 || section >= columnCount())
        return {};
    if (role == Qt::TextAlignmentRole)
        return alignmentOf(section);
    return role == Qt::DisplayRole ? m_columns[static_cast<size_t>(section)].title : QVariant();
}

QVariant TableModel::alignmentOf(int column) const {
    const bool figure = m_columns[static_cast<size_t>(column)].figure;
    return QVariant::fromValue(Qt::Alignment((figure ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter));
}

void TableModel::announce(int firstRow, int lastRow) {
    Q_EMIT dataChanged(index(firstRow, 0), index(lastRow, columnCount() - 1));
}

} // namespace reverxy::ui
