// SPDX-License-Identifier: MIT
#include "ui/plots/time_plot.h"

#include "ui/models/format.h"

#include <QDateTime>
#include <QKeyEvent>
#include <QMouseEvent>

#include <algorithm>
#include <cmath>

namespace reverxy::ui {

TimePlot::TimePlot(const QString& title, const QString& unit, QWidget* parent)
    : QWidget(parent), m_title(title), m_unit(unit), m_snapshot(std::make_shared<api::EngineSnapshot>()) {
    setMouseTracking(true);
    setFocusPolicy(Qt::StrongFocus);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
    setAccessibleName(title);
}

void TimePlot::show(const api::SnapshotPointer& snapshot) {
    const auto lastOf = [](const api::EngineSnapshot& of) {
        return of.seconds.empty() ? of.taken.toSecsSinceEpoch() - 1 : of.seconds.back().second;
    };
    const bool news = lastOf(*snapshot) != lastOf(*m_snapshot) || snapshot->state != m_snapshot->state ||
                      snapshot->seconds.empty() != m_snapshot->seconds.empty();
    m_snapshot = snapshot;
    if (!news)
        return;
    m_end = lastOf(*snapshot) + 1;
    rebuild();
    update();
}

void TimePlot::rebuild() {
    const double devicePixels = plotArea().width() * devicePixelRatioF();
    m_span = spanFor(m_snapshot->seconds.empty() ? 900 : m_snapshot->seconds.size());
    m_perColumn = secondsPerColumn(m_span, static_cast<int>(devicePixels));
    m_columns = columnsOf(m_snapshot->seconds, m_perColumn);
    setAccessibleDescription(summary(m_columns));
}

void TimePlot::pointAt(std::optional<int64_t> second) {
    if (second == m_pointed)
        return;
    m_pointed = second;
    update();
}

void TimePlot::choose(std::optional<int64_t> second) {
    if (second == m_pointed)
        return;
    pointAt(second);
    Q_EMIT pointed(second);
}

const Column* TimePlot::columnAt(int64_t second) const {
    const auto after = std::upper_bound(m_columns.begin(), m_columns.end(), second,
                                        [](int64_t at, const Column& column) { return at < column.second; });
    if (after == m_columns.begin())
        return nullptr;
    const Column& column = *std::prev(after);
    return second < column.second + m_perColumn ? &column : nullptr;
}

QString TimePlot::headingOf(const Column& column) const {
    const QString format = QStringLiteral("HH:mm:ss");
    QString heading = QDateTime::fromSecsSinceEpoch(column.second).toString(format);
    if (column.seconds > 1)
        heading += QStringLiteral(" – ") +
                   QDateTime::fromSecsSinceEpoch(column.second + column.seconds - 1).toString(format);
    return heading;
}

QStringList TimePlot::readout() const {
    const Column* column = m_pointed ? columnAt(*m_pointed) : nullptr;
    if (!column)
        return {};
    QStringList lines{headingOf(*column)};
    for (const LegendEntry& entry : entriesAt(*column, tonesOf(palette())))
        lines << entry.name + QLatin1Char(' ') + entry.value;
    return lines;
}

QSize TimePlot::sizeHint() const {
    const QFontMetrics metrics(font());
    return {metrics.averageCharWidth() * 56, metrics.height() * 12};
}

QSize TimePlot::minimumSizeHint() const {
    const QFontMetrics metrics(font());
    return {metrics.averageCharWidth() * 30, metrics.height() * 8};
}

double TimePlot::Frame::x(double second) const {
    return area.right() - (static_cast<double>(end) - second) / span * area.width();
}

double TimePlot::Frame::y(double value) const {
    return area.bottom() - axis.position(value) * area.height();
}

double TimePlot::Frame::sharp(double coordinate) const {
    return std::round(coordinate / pixel) * pixel;
}

bool TimePlot::event(QEvent* event) {
    if (event->type() == QEvent::FontChange || event->type() == QEvent::PaletteChange) {
        rebuild();
        update();
    }
    return QWidget::event(event);
}

void TimePlot::resizeEvent(QResizeEvent*) {
    rebuild();
}

void TimePlot::mouseMoveEvent(QMouseEvent* event) {
    const QRectF area = plotArea();
    const double x = event->position().x();
    if (x < area.left() || x >= area.right()) {
        choose(std::nullopt);
        return;
    }
    const double back = (area.right() - x) / area.width() * m_span;
    choose(m_end - static_cast<int64_t>(std::ceil(back)));
}

void TimePlot::leaveEvent(QEvent*) {
    choose(std::nullopt);
}

void TimePlot::keyPressEvent(QKeyEvent* event) {
    const int64_t step = event->modifiers().testFlag(Qt::ControlModifier) ? 60 : m_perColumn;
    const int64_t last = m_end - 1;
    const auto held = [this, last](int64_t second) { return std::clamp<int64_t>(second, last - m_span + 1, last); };
    switch (event->key()) {
    case Qt::Key_Left:
        choose(held(m_pointed ? *m_pointed - step : last));
        break;
    case Qt::Key_Right:
        choose(held(m_pointed ? *m_pointed + step : last));
        break;
    case Qt::Key_Home:
        choose(held(m_columns.empty() ? last : m_columns.front().second));
        break;
    case Qt::Key_End:
        choose(last);
        break;
    case Qt::Key_Escape:
        if (!m_pointed) {
            QWidget::keyPressEvent(event);
            break;
        }
        choose(std::nullopt);
        break;
    default:
        QWidget::keyPressEvent(event);
        break;
    }
}

void TimePlot::focusOutEvent(QFocusEvent* event) {
    choose(std::nullopt);
    QWidget::focusOutEvent(event);
}

} // namespace reverxy::ui
