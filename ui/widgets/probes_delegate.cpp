// SPDX-License-Identifier: MIT
#include "ui/models/backend_row.h"
#include "ui/widgets/cell_delegate.h"
#include "ui/widgets/painted_icon.h"

#include <QAbstractItemView>
#include <QApplication>
#include <QHelpEvent>
#include <QPainter>
#include <QToolTip>

#include <algorithm>

namespace reverxy::ui {

namespace {

constexpr int most = 10;
constexpr int step = 8;
constexpr int signWidth = 5;
constexpr int signHeight = 12;
constexpr int margin = 6;

/// Where the sign in place `at` stands; the newest is in the last place, whatever their number.
QRect signRect(const QRect& cell, int at) {
    return {cell.left() + margin + at * step, cell.center().y() - signHeight / 2 + 1, signWidth, signHeight};
}

} // namespace

int ProbesDelegate::width() {
    return 2 * margin + most * step;
}

void ProbesDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const {
    CellDelegate::paint(painter, option, index);
    const auto marks = index.data(ProbesRole).value<QList<ProbeMark>>();
    if (marks.isEmpty())
        return;
    const Tones tones = tonesOf(option.palette);
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    const auto first = most - static_cast<int>(marks.size());
    for (int place = 0; place < most; ++place) {
        const QRectF sign = signRect(option.rect, place);
        painter->setPen(Qt::NoPen);
        if (place < first) {
            painter->setBrush(tones.hairline);
            painter->drawEllipse(QPointF(sign.center().x(), sign.bottom() - 1.5), 1.5, 1.5);
        } else if (marks[place - first].passed) {
            painter->setBrush(tones.good);
            painter->drawRoundedRect(sign, 1.5, 1.5);
        } else {
            painter->setPen(QPen(tones.bad, 1.6, Qt::SolidLine, Qt::RoundCap));
            const QRectF cross(sign.left(), sign.bottom() - sign.width(), sign.width(), sign.width());
            painter->drawLine(cross.topLeft(), cross.bottomRight());
            painter->drawLine(cross.topRight(), cross.bottomLeft());
        }
    }
    painter->restore();
}

bool ProbesDelegate::helpEvent(QHelpEvent* event, QAbstractItemView* view, const QStyleOptionViewItem& option,
                               const QModelIndex& index) {
    if (event->type() != QEvent::ToolTip)
        return CellDelegate::helpEvent(event, view, option, index);
    const auto marks = index.data(ProbesRole).value<QList<ProbeMark>>();
    const int offset = event->pos().x() - option.rect.left() - margin + (step - signWidth) / 2;
    const int place = offset < 0 ? -1 : offset / step;
    const auto at = place - (most - static_cast<int>(marks.size()));
    if (place >= most || at < 0 || at >= marks.size()) {
        QToolTip::hideText();
        return true;
    }
    const QRect area = signRect(option.rect, place).adjusted(-1, -4, 2, 4);
    QToolTip::showText(event->globalPos(), marks[at].tooltip, view, area);
    return true;
}

} // namespace reverxy::ui
