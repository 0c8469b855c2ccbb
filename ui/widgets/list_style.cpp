// SPDX-License-Identifier: MIT
#include "ui/widgets/list_style.h"

#include "ui/widgets/fonts.h"
#include "ui/widgets/tones.h"

#include <QPaintEvent>
#include <QPainter>
#include <QStyleOption>

#include <algorithm>

namespace reverxy::ui {

namespace {

void paintBox(QPainter& painter, const QStyleOption& option) {
    const bool checked = option.state.testFlag(QStyle::State_On);
    const bool selected = option.state.testFlag(QStyle::State_Selected);
    const QPalette& palette = option.palette;
    const QColor ground = selected ? palette.color(QPalette::Highlight) : palette.color(QPalette::Base);
    const QColor ink = selected  ? palette.color(QPalette::HighlightedText)
                       : checked ? palette.color(QPalette::Highlight)
                                 : tonesOf(palette).muted;
    const double side = std::min({option.rect.width(), option.rect.height(), 14});
    QRectF box(0, 0, side, side);
    box.moveCenter(QRectF(option.rect).center());
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(ink, 1));
    painter.setBrush(checked ? ink : ground);
    painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 2.5, 2.5);
    if (checked) {
        const QColor tick = selected ? ground : palette.color(QPalette::HighlightedText);
        painter.setPen(QPen(tick, 1.8, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
        painter.drawPolyline(QPolygonF({box.topLeft() + QPointF(side * 0.25, side * 0.52),
                                        box.topLeft() + QPointF(side * 0.43, side * 0.70),
                                        box.topLeft() + QPointF(side * 0.76, side * 0.31)}));
    }
    painter.restore();
}

// From the end of a title to the middle of the arrow that tells by it that rows are sorted.
constexpr int arrow = 9;

} // namespace

int ListStyle::pixelMetric(PixelMetric metric, const QStyleOption* option, const QWidget* widget) const {
    // Styles keep one pixel more than this on either side of a cell's text.
    return metric == PM_FocusFrameHMargin ? margin - 1 : QProxyStyle::pixelMetric(metric, option, widget);
}

void ListStyle::drawPrimitive(PrimitiveElement element, const QStyleOption* option, QPainter* painter,
                              const QWidget* widget) const {
    if (element == PE_IndicatorItemViewItemCheck)
        paintBox(*painter, *option);
    else
        QProxyStyle::drawPrimitive(element, option, painter, widget);
}

ListHeader::ListHeader(QWidget* parent) : QHeaderView(Qt::Horizontal, parent) {
    setFont(captionFont(font()));
    setSectionsMovable(true);
    setFirstSectionMovable(false);
    setStretchLastSection(false);
    setMinimumSectionSize(36);
    setHighlightSections(false);
    setSectionsClickable(false);
}

QSize ListHeader::sizeHint() const {
    return {QHeaderView::sizeHint().width(), QFontMetrics(font()).height() + 12};
}

int ListHeader::titleWidth(int section) const {
    const QString title = model()->headerData(section, Qt::Horizontal).toString();
    return QFontMetrics(font()).horizontalAdvance(title) + 2 * ListStyle::margin + 6 +
           (isSortIndicatorShown() ? 2 * arrow : 0);
}

void ListHeader::paintEvent(QPaintEvent* event) {
    // Also where there is no column.
    QPainter painter(viewport());
    painter.fillRect(event->rect(), palette().color(QPalette::Base));
    const double pixel = 1 / devicePixelRatioF();
    painter.fillRect(QRectF(0, viewport()->height() - pixel, viewport()->width(), pixel),
                     tonesOf(palette()).hairline);
    painter.end();
    QHeaderView::paintEvent(event);
}

void ListHeader::paintSection(QPainter* painter, const QRect& rect, int section) const {
    const Tones tones = tonesOf(palette());
    const double pixel = 1 / devicePixelRatioF();
    painter->save();
    painter->fillRect(rect, palette().color(QPalette::Base));
    painter->fillRect(QRectF(rect.left(), rect.bottom() + 1 - pixel, rect.width(), pixel), tones.hairline);
    const int quarter = rect.height() / 4;
    painter->fillRect(QRectF(rect.right() + 1 - pixel, rect.top() + quarter, pixel, rect.height() - 2 * quarter),
                      tones.hairline);
    const QRect room = rect.adjusted(ListStyle::margin, 0, -ListStyle::margin, 0);
    const QString title = model()->headerData(section, Qt::Horizontal).toString();
    const auto alignment =
        model()->headerData(section, Qt::Horizontal, Qt::TextAlignmentRole).value<Qt::Alignment>();
    painter->setPen(tones.muted);
    painter->setFont(font());
    const QFontMetrics metrics(font());
    painter->drawText(room, static_cast<int>(alignment) | Qt::TextSingleLine,
                      metrics.elidedText(title, Qt::ElideRight, room.width()));
    if (isSortIndicatorShown() && section == sortIndicatorSection()) {
        const bool right = alignment.testFlag(Qt::AlignRight);
        const int beside = metrics.horizontalAdvance(title) + arrow;
        const QPointF centre(right ? room.right() - beside : room.left() + beside, rect.center().y() + 0.5);
        const double tip = sortIndicatorOrder() == Qt::AscendingOrder ? -2.5 : 2.5;
        painter->setRenderHint(QPainter::Antialiasing);
        painter->setPen(Qt::NoPen);
        painter->setBrush(tones.muted);
        painter->drawPolygon(
            QPolygonF({centre + QPointF(0, tip), centre + QPointF(4, -tip), centre + QPointF(-4, -tip)}));
    }
    painter->restore();
}

} // namespace reverxy::ui
