// SPDX-License-Identifier: MIT
#include "ui/widgets/painted_icon.h"

#include <QLinearGradient>
#include <QPainterPath>

#include <algorithm>

namespace reverxy::ui {

namespace {

/// Signs are drawn on a square of 16 by 16, the emblem on one of 64 by 64.
constexpr double side = 16;

void fit(QPainter& painter, const QRectF& box, double units) {
    const double scale = std::min(box.width(), box.height()) / units;
    painter.setRenderHint(QPainter::Antialiasing);
    painter.translate(box.center());
    painter.scale(scale, scale);
    painter.translate(-units / 2, -units / 2);
}

void paintOverview(QPainter& painter) {
    painter.drawPolyline(QPolygonF({{1.5, 1.5}, {1.5, 14.5}, {14.5, 14.5}}));
    painter.drawPolyline(QPolygonF({{4, 10.5}, {7, 6.5}, {9.5, 8.5}, {13.5, 3}}));
}

void paintTraffic(QPainter& painter) {
    painter.drawLine(QPointF(1.5, 5), QPointF(13.5, 5));
    painter.drawPolyline(QPolygonF({{10.5, 2}, {13.5, 5}, {10.5, 8}}));
    painter.drawLine(QPointF(2.5, 11), QPointF(14.5, 11));
    painter.drawPolyline(QPolygonF({{5.5, 8}, {2.5, 11}, {5.5, 14}}));
}

void paintClients(QPainter& painter) {
    painter.drawEllipse(QPointF(6, 5), 2.6, 2.6);
    painter.drawArc(QRectF(1.2, 9.2, 9.6, 10), 0, 180 * 16);
    painter.drawArc(QRectF(8.8, 2.6, 5, 5), -100 * 16, 220 * 16);
    painter.drawArc(QRectF(5.6, 9.6, 9.4, 9.6), 0, 75 * 16);
}

/// Layers that lie ready.
void paintCache(QPainter& painter) {
    painter.drawPolygon(QPolygonF({{8, 1.8}, {14.5, 5}, {8, 8.2}, {1.5, 5}}));
    painter.drawPolyline(QPolygonF({{1.5, 8}, {8, 11.2}, {14.5, 8}}));
    painter.drawPolyline(QPolygonF({{1.5, 11}, {8, 14.2}, {14.5, 11}}));
}

void paintReload(QPainter& painter) {
    painter.drawArc(QRectF(2.5, 2.5, 11, 11), 50 * 16, 280 * 16);
    painter.drawPolyline(QPolygonF({{11.6, 0.8}, {11.6, 3.9}, {8.4, 3.9}}));
}

void paintPlug(QPainter& painter) {
    painter.drawLine(QPointF(5.5, 1.5), QPointF(5.5, 5));
    painter.drawLine(QPointF(10.5, 1.5), QPointF(10.5, 5));
    QPainterPath body(QPointF(3, 5));
    body.lineTo(13, 5);
    body.lineTo(13, 7);
    body.arcTo(QRectF(3, 2, 10, 10), 0, -180);
    body.closeSubpath();
    painter.drawPath(body);
    painter.drawLine(QPointF(8, 12), QPointF(8, 14.5));
}

} // namespace

void paintSign(QPainter& painter, const QRectF& box, Sign sign, const QColor& colour) {
    painter.save();
    fit(painter, box, side);
    painter.setPen(QPen(colour, 1.5, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    painter.setBrush(Qt::NoBrush);
    switch (sign) {
    case Sign::Overview:
        paintOverview(painter);
        break;
    case Sign::Traffic:
        paintTraffic(painter);
        break;
    case Sign::Clients:
        paintClients(painter);
        break;
    case Sign::Cache:
        paintCache(painter);
        break;
    case Sign::Copy:
        painter.drawRoundedRect(QRectF(5.5, 5.5, 8.5, 8.5), 1.5, 1.5);
        painter.drawPolyline(QPolygonF({{10.5, 3.2}, {10.5, 2}, {2, 2}, {2, 10.5}, {3.2, 10.5}}));
        break;
    case Sign::Done:
        painter.setPen(QPen(colour, 2, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
        painter.drawPolyline(QPolygonF({{2.5, 8.5}, {6.5, 12.5}, {13.5, 4}}));
        break;
    case Sign::Start:
        painter.setBrush(colour);
        painter.drawPolygon(QPolygonF({{4, 2.5}, {13, 8}, {4, 13.5}}));
        break;
    case Sign::Stop:
        painter.setBrush(colour);
        painter.drawRoundedRect(QRectF(3.5, 3.5, 9, 9), 1, 1);
        break;
    case Sign::Reload:
        paintReload(painter);
        break;
    case Sign::Search:
        painter.drawEllipse(QPointF(6.8, 6.8), 4.6, 4.6);
        painter.drawLine(QPointF(10.3, 10.3), QPointF(14, 14));
        break;
    case Sign::Follow:
        painter.drawLine(QPointF(8, 2), QPointF(8, 10.5));
        painter.drawPolyline(QPolygonF({{4.5, 7}, {8, 10.5}, {11.5, 7}}));
        painter.drawLine(QPointF(3.5, 14), QPointF(12.5, 14));
        break;
    case Sign::Clear:
        painter.drawLine(QPointF(4, 4), QPointF(12, 12));
        painter.drawLine(QPointF(4, 12), QPointF(12, 4));
        break;
    case Sign::Plug:
        paintPlug(painter);
        break;
    }
    painter.restore();
}

void paintEmblem(QPainter& painter, const QRectF& box) {
    painter.save();
    fit(painter, box, 64);
    QLinearGradient ground(0, 4, 0, 60);
    ground.setColorAt(0, QColor(0x2f, 0x6f, 0xb4));
    ground.setColorAt(1, QColor(0x1d, 0x45, 0x7c));
    painter.setPen(Qt::NoPen);
    painter.setBrush(ground);
    painter.drawRoundedRect(QRectF(4, 4, 56, 56), 13, 13);
    // One way in, three ways on: the middle one is taken.
    const QColor pale(255, 255, 255, 120);
    const auto branch = [&painter](double y, const QColor& colour) {
        QPainterPath path(QPointF(22, 32));
        path.cubicTo(34, 32, 32, y, 44, y);
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(colour, 4.5, Qt::SolidLine, Qt::RoundCap));
        painter.drawPath(path);
        painter.setPen(Qt::NoPen);
        painter.setBrush(colour);
        painter.drawEllipse(QPointF(47, y), 4.6, 4.6);
    };
    branch(18, pale);
    branch(46, pale);
    branch(32, Qt::white);
    painter.setBrush(Qt::white);
    painter.drawEllipse(QPointF(18, 32), 6.5, 6.5);
    painter.restore();
}

} // namespace reverxy::ui
