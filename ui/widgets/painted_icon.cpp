// SPDX-License-Identifier: MIT
#include "ui/widgets/painted_icon.h"

#include <QIconEngine>

#include <functional>
#include <utility>

namespace reverxy::ui {

namespace {

using Paint = std::function<void(QPainter&, const QRectF&, QIcon::Mode)>;

class PaintedIcon final : public QIconEngine {
  public:
    explicit PaintedIcon(Paint paint) : m_paint(std::move(paint)) {}

    void paint(QPainter* painter, const QRect& rect, QIcon::Mode mode, QIcon::State) override {
        m_paint(*painter, rect, mode);
    }

    QPixmap pixmap(const QSize& size, QIcon::Mode mode, QIcon::State) override {
        QPixmap pixmap(size);
        pixmap.fill(Qt::transparent);
        QPainter painter(&pixmap);
        m_paint(painter, QRectF(QPointF(), size), mode);
        return pixmap;
    }

    QIconEngine* clone() const override { return new PaintedIcon(m_paint); }

    QString key() const override { return QStringLiteral("reverxy-painted"); }

    bool isNull() override { return false; }

  private:
    Paint m_paint;
};

} // namespace

QIcon iconOf(Mark mark, const QPalette& palette) {
    const Tones tones = tonesOf(palette);
    return QIcon(new PaintedIcon([mark, tones](QPainter& painter, const QRectF& box, QIcon::Mode) {
        paintMark(painter, box, mark, tones);
    }));
}

QIcon selectedIconOf(Mark mark, const QPalette& palette) {
    const QColor colour = palette.color(QPalette::HighlightedText);
    const QColor sheer = palette.color(QPalette::Highlight);
    return QIcon(new PaintedIcon(
        [=](QPainter& painter, const QRectF& box, QIcon::Mode) { paintMark(painter, box, mark, colour, sheer); }));
}

QIcon iconOf(Sign sign, const QPalette& palette) {
    const QColor normal = palette.color(QPalette::Active, QPalette::ButtonText);
    const QColor disabled = palette.color(QPalette::Disabled, QPalette::ButtonText);
    return QIcon(new PaintedIcon([=](QPainter& painter, const QRectF& box, QIcon::Mode mode) {
        paintSign(painter, box, sign, mode == QIcon::Disabled ? disabled : normal);
    }));
}

QIcon emblem() {
    return QIcon(
        new PaintedIcon([](QPainter& painter, const QRectF& box, QIcon::Mode) { paintEmblem(painter, box); }));
}

} // namespace reverxy::ui
