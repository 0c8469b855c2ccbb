// SPDX-License-Identifier: MIT
#include "ui/widgets/cell_delegate.h"

#include "ui/widgets/painted_icon.h"

#include <QAbstractItemView>
#include <QApplication>
#include <QHelpEvent>
#include <QToolTip>

namespace reverxy::ui {

QSize CellDelegate::sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const {
    const QSize hint = QStyledItemDelegate::sizeHint(option, index);
    return {hint.width(), QFontMetrics(option.font).height() + 10};
}

const QIcon& CellDelegate::iconFor(Mark mark, const QPalette& palette) const {
    if (m_paletteKey != palette.cacheKey()) {
        m_icons.fill(QIcon());
        m_paletteKey = palette.cacheKey();
    }
    QIcon& icon = m_icons[static_cast<size_t>(mark)];
    if (icon.isNull())
        icon = iconOf(mark, palette);
    return icon;
}

void CellDelegate::initStyleOption(QStyleOptionViewItem* option, const QModelIndex& index) const {
    const QPalette palette = option->palette;
    QStyledItemDelegate::initStyleOption(option, index);
    const int mark = index.data(MarkRole).toInt();
    if (mark != static_cast<int>(Mark::None)) {
        option->features |= QStyleOptionViewItem::HasDecoration;
        option->decorationSize = {12, 12};
        option->icon = iconFor(static_cast<Mark>(mark), palette);
    }
    const bool alarm = index.data(AlarmRole).toBool();
    if (alarm || index.data(MutedRole).toBool()) {
        const Tones tones = tonesOf(palette);
        option->palette.setColor(QPalette::Text, alarm ? tones.badText : tones.muted);
    }
}

bool CellDelegate::helpEvent(QHelpEvent* event, QAbstractItemView* view, const QStyleOptionViewItem& option,
                             const QModelIndex& index) {
    if (event->type() != QEvent::ToolTip || !index.isValid())
        return QStyledItemDelegate::helpEvent(event, view, option, index);
    QStyleOptionViewItem shown = option;
    initStyleOption(&shown, index);
    const QStyle* style = view->style();
    const QRect room = style->subElementRect(QStyle::SE_ItemViewItemText, &shown, view);
    const int margin = style->pixelMetric(QStyle::PM_FocusFrameHMargin, &shown, view) + 1;
    const bool cut = QFontMetrics(shown.font).horizontalAdvance(shown.text) > room.width() - 2 * margin;
    const QString note = index.data(Qt::ToolTipRole).toString();
    QString tip = note;
    if (cut && !note.contains(shown.text))
        tip = note.isEmpty() ? shown.text : shown.text + QLatin1Char('\n') + note;
    QToolTip::showText(event->globalPos(), tip, view, option.rect);
    return true;
}

} // namespace reverxy::ui
