// SPDX-License-Identifier: MIT
#include "ui/widgets/meter.h"

#include "ui/widgets/tones.h"

#include <QPainter>

#include <algorithm>

namespace reverxy::ui {

Meter::Meter(const QString& name, QWidget* parent) : QWidget(parent) {
    setAccessibleName(name);
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
}

void Meter::setValue(uint64_t taken, uint64_t limit) {
    const double share = limit == 0 ? 0 : std::min(1.0, static_cast<double>(taken) / static_cast<double>(limit));
    if (share == m_share)
        return;
    m_share = share;
    update();
}

QSize Meter::sizeHint() const {
    return {160, 8};
}

void Meter::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    const Tones tones = tonesOf(palette());
    const QRectF ground = QRectF(rect()).adjusted(0, 1, 0, -1);
    const double radius = ground.height() / 2;
    painter.setBrush(tones.hairline);
    painter.drawRoundedRect(ground, radius, radius);
    if (m_share <= 0)
        return;
    QRectF taken = ground;
    taken.setWidth(std::max(ground.height(), ground.width() * m_share)); // a little is seen, too
    painter.setBrush(tones.accent);
    painter.drawRoundedRect(taken, radius, radius);
}

} // namespace reverxy::ui
