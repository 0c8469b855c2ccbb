// SPDX-License-Identifier: MIT
#include "ui/plots/time_plot.h"

#include "ui/models/format.h"
#include "ui/widgets/focus_frame.h"

#include <QDateTime>
#include <QPainter>

#include <algorithm>

namespace reverxy::ui {

namespace {

constexpr double gap = 6;

QFont smaller(QFont font) {
    if (font.pointSizeF() > 0)
        font.setPointSizeF(font.pointSizeF() * 0.88);
    return font;
}

QFont bolder(QFont font) {
    font.setWeight(QFont::DemiBold);
    return font;
}

} // namespace

void paintSeriesArea(QPainter& painter, const QRectF& area, const QColor& colour, bool hatched) {
    if (!hatched) {
        painter.fillRect(area, colour);
        return;
    }
    QColor ground = colour;
    ground.setAlphaF(0.35F);
    painter.fillRect(area, ground);
    // The pattern is one of device pixels, whatever the scale.
    QBrush stripes(colour, Qt::BDiagPattern);
    const double pixel = 1 / painter.device()->devicePixelRatioF();
    stripes.setTransform(QTransform::fromScale(pixel, pixel));
    painter.fillRect(area, stripes);
}

void paintSwatch(QPainter& painter, const QRectF& box, const LegendEntry& entry) {
    painter.save();
    if (entry.hatched) {
        paintSeriesArea(painter, box, entry.colour, true);
        painter.setPen(QPen(entry.colour, 1));
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(box.adjusted(0.5, 0.5, -0.5, -0.5));
    } else {
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(Qt::NoPen);
        painter.setBrush(entry.colour);
        painter.drawRoundedRect(box, 1.5, 1.5);
    }
    painter.restore();
}

QRectF TimePlot::plotArea() const {
    const QFontMetricsF small(smaller(font()));
    const double left = small.horizontalAdvance(QStringLiteral("500 ms")) + gap;
    const double top = QFontMetricsF(bolder(font())).height() + small.height() + 2 * gap;
    const double bottom = small.height() + gap;
    return QRectF(rect()).adjusted(left, top, -gap, -bottom);
}

TimePlot::Frame TimePlot::frame() const {
    Frame frame;
    frame.pixel = 1 / devicePixelRatioF();
    const QRectF area = plotArea();
    frame.area = QRectF(QPointF(frame.sharp(area.left()), frame.sharp(area.top())),
                        QPointF(frame.sharp(area.right()), frame.sharp(area.bottom())));
    frame.end = m_end;
    frame.span = m_span;
    const double lineHeight = QFontMetricsF(smaller(font())).height();
    frame.axis = axisFor(m_columns, std::clamp(static_cast<int>(area.height() / (lineHeight * 1.9)), 1, 6));
    return frame;
}

void TimePlot::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    const Tones tones = tonesOf(palette());
    paintHead(painter, tones);
    const Frame frame = this->frame();
    if (frame.area.height() < 8 || frame.area.width() < 8)
        return;
    paintGrid(painter, frame, tones);
    const bool empty = std::none_of(m_columns.begin(), m_columns.end(), [](const Column& column) {
        return column.totalPerSecond() > 0 || column.p95Micros > 0;
    });
    if (empty) {
        painter.setPen(tones.muted);
        painter.drawText(frame.area, Qt::AlignCenter | Qt::TextWordWrap,
                         !m_snapshot->taken.isValid() ? QString()
                         : m_snapshot->state == api::EngineState::Stopped
                             ? QStringLiteral("The engine is stopped")
                             : QStringLiteral("No request in the last 15 minutes"));
    } else {
        painter.save();
        painter.setClipRect(frame.area);
        paintSeries(painter, frame, m_columns, tones);
        painter.restore();
    }
    paintPointed(painter, frame, tones);
    paintFocus(painter, *this, QRectF(rect().adjusted(1, 1, -1, -1)));
}

void TimePlot::paintHead(QPainter& painter, const Tones& tones) const {
    const QFont titleFont = bolder(font());
    const QFont smallFont = smaller(font());
    const QFontMetricsF titleMetrics(titleFont);
    const QFontMetricsF small(smallFont);
    painter.setFont(titleFont);
    painter.setPen(tones.text);
    const QRectF titleRow(gap, gap / 2, width() - 2 * gap, titleMetrics.height());
    painter.drawText(titleRow, Qt::AlignLeft | Qt::AlignVCenter, m_title);
    painter.setFont(smallFont);
    painter.setPen(tones.muted);
    painter.drawText(titleRow, Qt::AlignRight | Qt::AlignVCenter, m_unit);

    double x = gap;
    const double top = titleRow.bottom();
    const double sign = std::round(small.ascent() * 0.75);
    for (const LegendEntry& entry : legend(m_columns, tones)) {
        const double needed = sign + 4 + small.horizontalAdvance(entry.name);
        if (x + needed > width() - gap && x > gap) {
            painter.drawText(QRectF(x, top, width() - x, small.height()), Qt::AlignLeft | Qt::AlignVCenter,
                             QStringLiteral("…"));
            break;
        }
        const QRectF box(x, top + std::round((small.height() - sign) / 2), sign, sign);
        paintSwatch(painter, box, entry);
        painter.setPen(tones.muted);
        painter.drawText(QRectF(x + sign + 4, top, needed, small.height()), Qt::AlignLeft | Qt::AlignVCenter,
                         entry.name);
        x += needed + 10;
    }
}

void TimePlot::paintGrid(QPainter& painter, const Frame& frame, const Tones& tones) const {
    painter.setFont(smaller(font()));
    const QFontMetricsF metrics(painter.font());
    const QRectF& area = frame.area;
    for (const Tick& tick : frame.axis.ticks) {
        const double y = frame.sharp(frame.y(tick.value));
        const QColor colour =
            tick.value == frame.axis.low ? blend(tones.hairline, tones.text, 0.25) : tones.hairline;
        painter.fillRect(QRectF(area.left(), y, area.width(), frame.pixel), colour);
        painter.setPen(tones.muted);
        painter.drawText(QRectF(0, y - metrics.height() / 2, area.left() - gap, metrics.height()),
                         Qt::AlignRight | Qt::AlignVCenter, tick.text);
    }
    if (m_end <= 0)
        return;
    const double textWidth = metrics.horizontalAdvance(QStringLiteral("00:00:00"));
    const int offset = QDateTime::fromSecsSinceEpoch(m_end).offsetFromUtc();
    const int most = std::max(1, static_cast<int>(area.width() / (textWidth * 1.4)));
    for (const Tick& tick : timeTicks(m_end - m_span, m_end, offset, most)) {
        const double x = frame.sharp(frame.x(tick.value));
        painter.fillRect(QRectF(x, area.bottom(), frame.pixel, 3), tones.muted);
        // A text that would be cut at the right edge is left out until it has moved in.
        if (x + textWidth / 2 <= width() && x - textWidth / 2 >= 0)
            painter.drawText(QRectF(x - textWidth, area.bottom() + 3, 2 * textWidth, metrics.height()),
                             Qt::AlignCenter, tick.text);
    }
}

void TimePlot::paintPointed(QPainter& painter, const Frame& frame, const Tones& tones) const {
    const Column* column = m_pointed ? columnAt(*m_pointed) : nullptr;
    if (!column)
        return;
    const double middle = static_cast<double>(column->second) + m_perColumn / 2.0;
    const double x = std::clamp(frame.sharp(frame.x(middle)), frame.area.left(), frame.area.right());
    painter.fillRect(QRectF(x, frame.area.top(), frame.pixel, frame.area.height()),
                     blend(tones.hairline, tones.text, 0.6));
    paintReadout(painter, frame, *column, tones);
}

void TimePlot::paintReadout(QPainter& painter, const Frame& frame, const Column& column, const Tones& tones) const {
    const std::vector<LegendEntry> entries = entriesAt(column, tones);
    const QString heading = headingOf(column);
    const QFont font = smaller(this->font());
    const QFontMetricsF metrics(font);
    const double line = std::ceil(metrics.height());
    const double sign = std::round(metrics.ascent() * 0.75);
    double names = 0;
    double values = 0;
    for (const LegendEntry& entry : entries) {
        names = std::max(names, metrics.horizontalAdvance(entry.name));
        values = std::max(values, metrics.horizontalAdvance(entry.value));
    }
    const double inner =
        std::max(QFontMetricsF(bolder(font)).horizontalAdvance(heading), sign + 4 + names + 2 * gap + values);
    const QSizeF size(inner + 2 * gap, line * static_cast<double>(entries.size() + 1) + 1.5 * gap);
    const double x = frame.x(static_cast<double>(column.second));
    const double left = x - 2 * gap - size.width() >= frame.area.left()
                            ? x - 2 * gap - size.width()
                            : std::min(x + 2 * gap, width() - size.width() - 1);
    const double top = std::clamp(frame.area.top() + gap, 0.0, std::max(0.0, height() - size.height() - 1));
    const QRectF box(QPointF(std::floor(std::max(0.0, left)) + 0.5, std::floor(top) + 0.5), size);
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(blend(tones.hairline, tones.text, 0.2), 1));
    painter.setBrush(palette().color(QPalette::Base));
    painter.drawRoundedRect(box, 4, 4);
    painter.setFont(bolder(font));
    painter.setPen(tones.text);
    const QRectF inside = box.adjusted(gap, gap * 0.75, -gap, 0);
    painter.drawText(QRectF(inside.topLeft(), QSizeF(inner, line)), Qt::AlignLeft | Qt::AlignVCenter, heading);
    painter.setFont(font);
    double y = inside.top() + line;
    for (const LegendEntry& entry : entries) {
        paintSwatch(painter, QRectF(inside.left(), y + std::round((line - sign) / 2), sign, sign), entry);
        painter.setPen(tones.text);
        const QRectF row(inside.left(), y, inner, line);
        painter.drawText(row.adjusted(sign + 4, 0, 0, 0), Qt::AlignLeft | Qt::AlignVCenter, entry.name);
        painter.drawText(row, Qt::AlignRight | Qt::AlignVCenter, entry.value);
        y += line;
    }
    painter.restore();
}

} // namespace reverxy::ui
