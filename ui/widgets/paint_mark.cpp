// SPDX-License-Identifier: MIT
#include "ui/widgets/painted_icon.h"

#include <QPainterPath>

#include <algorithm>

namespace reverxy::ui {

namespace {

/// Marks are drawn on a square of 12 by 12.
constexpr double side = 12;

void cross(QPainter& painter, const QColor& colour, double from, double to, double width) {
    painter.setPen(QPen(colour, width, Qt::SolidLine, Qt::RoundCap));
    painter.drawLine(QPointF(from, from), QPointF(to, to));
    painter.drawLine(QPointF(from, to), QPointF(to, from));
}

void ring(QPainter& painter, const QColor& colour, double width = 1.6) {
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(colour, width));
    painter.drawEllipse(QPointF(6, 6), 4.6 - width / 4, 4.6 - width / 4);
}

void triangle(QPainter& painter) {
    QPainterPath path(QPointF(6, 1.2));
    path.lineTo(11.4, 10.8);
    path.lineTo(0.6, 10.8);
    path.closeSubpath();
    painter.drawPath(path);
}

void paintState(QPainter& painter, Mark mark, const QColor& colour, const QColor& sheer) {
    switch (mark) {
    case Mark::Good:
        painter.drawEllipse(QPointF(6, 6), 4.8, 4.8);
        break;
    case Mark::Partial:
        painter.drawPie(QRectF(1.4, 1.4, 9.2, 9.2), 90 * 16, 180 * 16);
        ring(painter, colour);
        break;
    case Mark::Bad:
        painter.drawRoundedRect(QRectF(1, 1, 10, 10), 1.5, 1.5);
        cross(painter, sheer, 4, 8, 1.6);
        break;
    case Mark::Off:
        ring(painter, colour);
        painter.drawLine(QPointF(3.8, 6), QPointF(8.2, 6));
        break;
    case Mark::Pending:
        for (const double x : {2.0, 6.0, 10.0})
            painter.drawEllipse(QPointF(x, 6), 1.4, 1.4);
        break;
    case Mark::Warning:
        triangle(painter);
        painter.setPen(QPen(sheer, 1.4, Qt::SolidLine, Qt::RoundCap));
        painter.drawLine(QPointF(6, 4.6), QPointF(6, 7.2));
        painter.drawPoint(QPointF(6, 9.2));
        break;
    case Mark::Draining:
        ring(painter, colour);
        painter.setPen(Qt::NoPen);
        painter.setBrush(colour);
        painter.drawChord(QRectF(1.4, 1.4, 9.2, 9.2), 180 * 16, 180 * 16);
        break;
    default:
        ring(painter, colour);
        break;
    }
}

void paintOutcome(QPainter& painter, Mark mark, const QColor& colour, const QColor& sheer) {
    switch (mark) {
    case Mark::Success:
        painter.drawEllipse(QPointF(6, 6), 3.6, 3.6);
        break;
    case Mark::CacheHit:
        ring(painter, colour);
        painter.setBrush(colour);
        painter.setPen(Qt::NoPen);
        painter.drawEllipse(QPointF(6, 6), 2, 2);
        break;
    case Mark::ClientError:
        triangle(painter);
        break;
    case Mark::Throttled:
        painter.drawRoundedRect(QRectF(2, 1.5, 3, 9), 1, 1);
        painter.drawRoundedRect(QRectF(7, 1.5, 3, 9), 1, 1);
        break;
    case Mark::UpstreamError:
        painter.drawPolygon(QPolygonF({{6, 0.6}, {11.4, 6}, {6, 11.4}, {0.6, 6}}));
        break;
    case Mark::ProxyError:
        painter.drawRoundedRect(QRectF(1, 1, 10, 10), 1.5, 1.5);
        cross(painter, sheer, 4, 8, 1.6);
        break;
    case Mark::ClientGone:
        ring(painter, colour);
        painter.drawLine(QPointF(2.4, 9.6), QPointF(9.6, 2.4));
        break;
    default:
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(colour, 1.8, Qt::SolidLine, Qt::RoundCap));
        painter.drawArc(QRectF(1.6, 1.6, 8.8, 8.8), 90 * 16, -270 * 16);
        break;
    }
}

} // namespace

void paintMark(QPainter& painter, const QRectF& box, Mark mark, const Tones& tones) {
    paintMark(painter, box, mark, tones.of(mark), tones.sheer);
}

void paintMark(QPainter& painter, const QRectF& box, Mark mark, const QColor& colour, const QColor& sheer) {
    if (mark == Mark::None)
        return;
    const double scale = std::min(box.width(), box.height()) / side;
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.translate(box.center());
    painter.scale(scale, scale);
    painter.translate(-side / 2, -side / 2);
    painter.setPen(Qt::NoPen);
    painter.setBrush(colour);
    if (mark < Mark::Running)
        paintState(painter, mark, colour, sheer);
    else
        paintOutcome(painter, mark, colour, sheer);
    painter.restore();
}

} // namespace reverxy::ui
