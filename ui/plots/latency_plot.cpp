// SPDX-License-Identifier: MIT
#include "ui/plots/latency_plot.h"

#include "ui/models/format.h"

#include <QPainter>

#include <algorithm>

namespace reverxy::ui {

namespace {

bool measured(const Column& column) {
    return column.p95Micros > 0;
}

QColor medianColour(const Tones& tones) {
    return tones.of(api::Outcome::Success);
}

/// Paler than the median on either palette: the two lines differ in lightness, and a band joins them.
QColor tailColour(const Tones& tones) {
    return blend(tones.sheer, medianColour(tones), tones.dark ? 0.7 : 0.55);
}

} // namespace

LatencyPlot::LatencyPlot(QWidget* parent)
    : TimePlot(QStringLiteral("Latency"), QStringLiteral("logarithmic"), parent) {}

Axis LatencyPlot::axisFor(const std::vector<Column>& columns, int mostTicks) const {
    double lowest = 0;
    double highest = 0;
    for (const Column& column : columns) {
        if (!measured(column))
            continue;
        const double low = column.p50Micros > 0 ? column.p50Micros : column.p95Micros;
        lowest = lowest > 0 ? std::min(lowest, low) : low;
        highest = std::max(highest, std::max(column.p95Micros, column.p50Micros));
    }
    return highest > 0 ? latencyAxis(lowest, highest, mostTicks) : latencyAxis(1'000, 1'000'000, mostTicks);
}

void LatencyPlot::paintSeries(QPainter& painter, const Frame& frame, const std::vector<Column>& columns,
                              const Tones& tones) const {
    painter.setRenderHint(QPainter::Antialiasing);
    QColor band = medianColour(tones);
    band.setAlphaF(tones.dark ? 0.20F : 0.16F);
    for (size_t first = 0; first < columns.size(); ++first) {
        if (!measured(columns[first]))
            continue;
        // Lines run on while every column has a value, and stop where nothing was measured.
        QPolygonF median;
        QPolygonF tail;
        size_t last = first;
        for (; last < columns.size() && measured(columns[last]); ++last) {
            const Column& column = columns[last];
            const double left = frame.x(static_cast<double>(column.second));
            const double right = frame.x(static_cast<double>(column.second + column.seconds));
            const double x = (left + right) / 2;
            median << QPointF(x, frame.y(column.p50Micros));
            tail << QPointF(x, frame.y(column.p95Micros));
        }
        if (median.size() == 1) {
            // One second alone is a dash of its own width, at least a visible one.
            const QPointF half(1.5, 0);
            median = QPolygonF({median[0] - half, median[0] + half});
            tail = QPolygonF({tail[0] - half, tail[0] + half});
        }
        QPolygonF area = tail;
        for (auto point = median.crbegin(); point != median.crend(); ++point)
            area << *point;
        painter.setPen(Qt::NoPen);
        painter.setBrush(band);
        painter.drawPolygon(area);
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(tailColour(tones), 1));
        painter.drawPolyline(tail);
        painter.setPen(QPen(medianColour(tones), 1.6));
        painter.drawPolyline(median);
        first = last;
    }
}

std::vector<LegendEntry> LatencyPlot::legend(const std::vector<Column>&, const Tones& tones) const {
    return {{medianColour(tones), false, QStringLiteral("p50, the median"), {}},
            {tailColour(tones), false, QStringLiteral("p95"), {}}};
}

std::vector<LegendEntry> LatencyPlot::entriesAt(const Column& column, const Tones& tones) const {
    return {{tailColour(tones), false, QStringLiteral("p95"),
             durationOrNothing(static_cast<uint64_t>(column.p95Micros))},
            {medianColour(tones), false, QStringLiteral("p50"),
             durationOrNothing(static_cast<uint64_t>(column.p50Micros))}};
}

QString LatencyPlot::summary(const std::vector<Column>& columns) const {
    const auto newest = std::find_if(columns.rbegin(), columns.rend(), measured);
    if (newest == columns.rend())
        return QStringLiteral("No request in the last 15 minutes.");
    double worst = 0;
    for (const Column& column : columns)
        worst = std::max(worst, column.p95Micros);
    return QStringLiteral("Newest second: median %1, p95 %2. Highest p95 of the last 15 minutes: %3.")
        .arg(durationOrNothing(static_cast<uint64_t>(newest->p50Micros)),
             durationOrNothing(static_cast<uint64_t>(newest->p95Micros)),
             durationText(static_cast<uint64_t>(worst)));
}

} // namespace reverxy::ui
