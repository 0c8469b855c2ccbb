// SPDX-License-Identifier: MIT
#pragma once

#include "ui/models/mark.h"

#include <QIcon>
#include <QStyledItemDelegate>

#include <array>

namespace reverxy::ui {

/// Paints the cells of this window's lists: a mark before the text, pale and alarming text, rows of one height. A
/// text that is cut has a tooltip with all of it.
class CellDelegate : public QStyledItemDelegate {
    Q_OBJECT
  public:
    using QStyledItemDelegate::QStyledItemDelegate;

    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    bool helpEvent(QHelpEvent* event, QAbstractItemView* view, const QStyleOptionViewItem& option,
                   const QModelIndex& index) override;

  protected:
    void initStyleOption(QStyleOptionViewItem* option, const QModelIndex& index) const override;

  private:
    using Icons = std::array<QIcon, static_cast<size_t>(Mark::ClientGone) + 1>;

    const QIcon& iconFor(Mark mark, const QPalette& palette, bool selected) const;

    mutable Icons m_icons;
    mutable Icons m_selectedIcons;
    mutable qint64 m_paletteKey = 0;
};

/// The last probes as small signs: a bar for one that passed, a low cross for one that failed. Each has a tooltip.
class ProbesDelegate : public CellDelegate {
    Q_OBJECT
  public:
    using CellDelegate::CellDelegate;

    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    bool helpEvent(QHelpEvent* event, QAbstractItemView* view, const QStyleOptionViewItem& option,
                   const QModelIndex& index) override;
    /// The width that ten signs need.
    static int width();
};

} // namespace reverxy::ui
