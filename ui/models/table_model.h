// SPDX-License-Identifier: MIT
#pragma once

#include "ui/models/align.h"

#include <QAbstractTableModel>

#include <algorithm>
#include <utility>
#include <vector>

namespace reverxy::ui {

/// A column's heading; figures stand at its right, all else at its left.
struct TableColumn {
    QString title;
    bool figure = false;
};

/// A table by its columns, which stay the same.
class TableModel : public QAbstractTableModel {
    Q_OBJECT
  public:
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

  protected:
    explicit TableModel(std::vector<TableColumn> columns, QObject* parent = nullptr);

    /// For Qt::TextAlignmentRole.
    QVariant alignmentOf(int column) const;
    /// All columns of these rows.
    void announce(int firstRow, int lastRow);

  private:
    const std::vector<TableColumn> m_columns;
};

/// A table of `Row`s that are replaced by whole lists, in which what stays keeps its row's identity.
template <typename Row>
class RowsModel : public TableModel {
  public:
    const Row& rowAt(int row) const { return m_rows[static_cast<size_t>(row)]; }

    int rowCount(const QModelIndex& parent = {}) const override {
        return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
    }

  protected:
    using TableModel::TableModel;

    const std::vector<Row>& rows() const { return m_rows; }

    /// `keyOf(row)` names what is the same from one list to the next.
    template <typename KeyOf>
    void replaceRows(std::vector<Row> wanted, KeyOf keyOf) {
        struct Changes {
            RowsModel& model;

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

            void insert(int at, const Row& row) {
                model.beginInsertRows({}, at, at);
                model.m_rows.insert(model.m_rows.begin() + at, row);
                model.endInsertRows();
            }
        } changes{*this};

        align(m_rows, wanted, keyOf, changes);
        m_rows = std::move(wanted);
        if (!m_rows.empty())
            announce(0, rowCount() - 1);
    }

  private:
    std::vector<Row> m_rows;
};

} // namespace reverxy::ui
