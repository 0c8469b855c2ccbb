// SPDX-License-Identifier: MIT
#include "ui/widgets/timing_bar.h"

#include "ui/models/format.h"
#include "ui/plots/time_plot.h"
#include "ui/widgets/fonts.h"

#include <QHelpEvent>
#include <QPainter>
#include <QToolTip>

#include <algorithm>
#include <numeric>

namespace reverxy::ui {

namespace {

constexpr double barHeight = 10;
constexpr double swatch = 9;
constexpr double gap = 6;

LegendEntry lookOf(TimeSpent::On on, const Tones& tones) {
    const QColor blue = tones.of(api::Outcome::Success);
    switch (on) {
    case TimeSpent::On::Proxy:
        return {tones.idle, false, {}, {}};
    case TimeSpent::On::Queue:
        return {tones.caution, true, {}, {}};
    case TimeSpent::On::Connect:
        return {tones.of(api::Outcome::Throttled), false, {}, {}};
    case TimeSpent::On::Failed:
        return {tones.bad, true, {}, {}};
    case TimeSpent::On::Backend:
        return {blue, false, {}, {}};
    case TimeSpent::On::Response:
        return {tones.of(api::Outcome::CacheHit), false, {}, {}};
    }
    return {};
}

QString textOf(const TimeSpent& part) {
    return nameOf(part.on) + QLatin1Char(' ') + durationText(part.micros);
}

} // namespace

TimingBar::TimingBar(QWidget* parent) : QWidget(parent) {
    setFont(captionFont(font()));
    QSizePolicy policy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    policy.setHeightForWidth(true);
    setSizePolicy(policy);
}

void TimingBar::setParts(const std::vector<TimeSpent>& parts) {
    if (parts == m_parts)
        return;
    m_parts = parts;
    QStringList told;
    for (const TimeSpent& part : parts)
        told << textOf(part);
    setAccessibleName(QStringLiteral("Time spent: ") + told.join(QStringLiteral(", ")));
    updateGeometry();
    update();
}

std::vector<TimingBar::Place> TimingBar::places(int width) const {
    const QFontMetricsF metrics(font());
    const double total =
        std::accumulate(m_parts.begin(), m_parts.end(), 0.0,
                        [](double sum, const TimeSpent& part) { return sum + static_cast<double>(part.micros); });
    // Every part is at least so wide that it is seen; the others share the rest in proportion.
    const double least = std::min(3.0, width / std::max(1.0, static_cast<double>(m_parts.size())));
    const double spread = width - least * static_cast<double>(m_parts.size());
    std::vector<Place> all;
    double x = 0;
    double textX = 0;
    double textY = barHeight + gap;
    for (const TimeSpent& part : m_parts) {
        Place place;
        const double share = total > 0 ? static_cast<double>(part.micros) / total : 0;
        place.bar = QRectF(x, 0, least + spread * share, barHeight);
        x = place.bar.right();
        const double needed = swatch + 4 + std::ceil(metrics.horizontalAdvance(textOf(part)));
        if (textX > 0 && textX + needed > width) {
            textX = 0;
            textY += metrics.height() + 2;
        }
        place.text = QRectF(textX, textY, needed, std::ceil(metrics.height()));
        textX += needed + 2 * gap;
        all.push_back(place);
    }
    return all;
}

int TimingBar::heightForWidth(int width) const {
    const std::vector<Place> all = places(width);
    return all.empty() ? 0 : static_cast<int>(std::ceil(all.back().text.bottom())) + 1;
}

QSize TimingBar::sizeHint() const {
    constexpr int width = 280;
    return {width, heightForWidth(width)};
}

QString TimingBar::partAt(const QPoint& position) const {
    const std::vector<Place> all = places(width());
    for (size_t i = 0; i < all.size(); ++i) {
        if (all[i].bar.contains(position) || all[i].text.contains(position))
            return textOf(m_parts[i]);
    }
    return {};
}

bool TimingBar::event(QEvent* event) {
    if (event->type() != QEvent::ToolTip)
        return QWidget::event(event);
    const auto* help = static_cast<QHelpEvent*>(event);
    QToolTip::showText(help->globalPos(), partAt(help->pos()), this);
    return true;
}

void TimingBar::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    const Tones tones = tonesOf(palette());
    const double pixel = 1 / devicePixelRatioF();
    const std::vector<Place> all = places(width());
    for (size_t i = 0; i < all.size(); ++i) {
        const LegendEntry look = lookOf(m_parts[i].on, tones);
        const double left = std::round(all[i].bar.left() / pixel) * pixel;
        const double right = std::round(all[i].bar.right() / pixel) * pixel;
        // A pixel of the ground between two parts keeps like colours apart.
        paintSeriesArea(painter, QRectF(left, 0, std::max(pixel, right - left - pixel), barHeight), look.colour,
                        look.hatched);
        const QRectF& text = all[i].text;
        paintSwatch(painter, QRectF(text.left(), text.center().y() - swatch / 2, swatch, swatch), look);
        painter.setPen(tones.muted);
        painter.drawText(text.adjusted(swatch + 4, 0, 0, 0), Qt::AlignLeft | Qt::AlignVCenter, textOf(m_parts[i]));
    }
}

} // namespace reverxy::ui
