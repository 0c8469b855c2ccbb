// SPDX-License-Identifier: MIT
#include "ui/widgets/cell_delegate.h"

#include "ui/widgets/fonts.h"
#include "ui/widgets/painted_icon.h"

#include <QAbstractItemView>
#include <QApplication>
#include <QHelpEvent>
#include <QToolTip>

#include <algorithm>

namespace reverxy::ui {

QSize CellDelegate::sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const {
    const QSize hint = QStyledItemDelegate::sizeHint(option, index);
    return {hint.width(), QFontMetrics(option.font).height() + 10};
}

const QIcon& CellDelegate::iconFor(Mark mark, const QPalette& palette, bool selected) const {
    if (m_paletteKey != palette.cacheKey()) {
        m_icons.fill(QIcon());
        m_selectedIcons.fill(QIcon());
        m_paletteKey = palette.cacheKey();
    }
    QIcon& icon = (selected ? m_selectedIcons : m_icons)[static_cast<size_t>(mark)];
    if (icon.isNull())
        icon = selected ? selectedIconOf(mark, palette) : iconOf(mark, palette);
    return icon;
}

static void paintWithPrefix(QPainter& painter, QStyleOptionViewItem& option, int prefix) {
    const QString text = option.text;
    option.text.clear();
    const QStyle* style = option.widget->style();
    style->drawControl(QStyle::CE_ItemViewItem, &option, &painter, option.widget);
    option.text = text;
    const int margin = style->pixelMetric(QStyle::PM_FocusFrameHMargin, &option, option.widget) + 1;
    QRect room = style->subElementRect(QStyle::SE_ItemViewItemText, &option, option.widget);
    room.adjust(margin, 0, -margin, 0);
    const QFontMetrics metrics(option.font);
    const QString rest = text.mid(prefix);
    // Where both do not fit, the part that says less gives way first.
    const int spare = room.width() - metrics.horizontalAdvance(rest);
    const QString first = metrics.elidedText(text.left(prefix), Qt::ElideRight,
                                             std::max(spare, metrics.horizontalAdvance(QStringLiteral("…"))));
    painter.save();
    painter.setFont(option.font);
    const bool selected = option.state.testFlag(QStyle::State_Selected);
    const QColor colour = option.palette.color(selected ? QPalette::HighlightedText : QPalette::Text);
    painter.setPen(selected ? colour : tonesOf(option.palette).muted);
    painter.drawText(room, Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine, first);
    painter.setPen(colour);
    room.setLeft(room.left() + metrics.horizontalAdvance(first));
    painter.drawText(room, Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine,
                     metrics.elidedText(rest, Qt::ElideRight, room.width()));
    painter.restore();
}

void CellDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const {
    const int prefix = index.data(MutedPrefixRole).toInt();
    if (prefix <= 0) {
        QStyledItemDelegate::paint(painter, option, index);
        return;
    }
    QStyleOptionViewItem shown = option;
    initStyleOption(&shown, index);
    paintWithPrefix(*painter, shown, prefix);
}

void CellDelegate::initStyleOption(QStyleOptionViewItem* option, const QModelIndex& index) const {
    const QPalette palette = option->palette;
    QStyledItemDelegate::initStyleOption(option, index);
    const int mark = index.data(MarkRole).toInt();
    if (mark != static_cast<int>(Mark::None)) {
        option->features |= QStyleOptionViewItem::HasDecoration;
        option->decorationSize = {12, 12};
        option->icon = iconFor(static_cast<Mark>(mark), palette, option->state.testFlag(QStyle::State_Selected));
    }
    if (index.data(StrongRole).toBool()) {
        option->font = headingFont(option->font);
        option->fontMetrics = QFontMetrics(option->font);
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
