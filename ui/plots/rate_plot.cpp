// SPDX-License-Identifier: MIT
#include "ui/plots/rate_plot.h"

#include "ui/models/format.h"

#include <QPainter>

#include <algorithm>

namespace reverxy::ui {

namespace {

/// Two neighbours in the stack whose colours alone might be taken for one another.
bool isHatched(api::Outcome outcome) {
    return outcome == api::Outcome::ProxyError || outcome == api::Outcome::Throttled;
}

bool occurs(const std::vector<Column>& columns, api::Outcome outcome) {
    return std::any_of(columns.begin(), columns.end(), [outcome](const Column& column) {
        return column.requestsPerSecond[static_cast<size_t>(outcome)] > 0;
    });
}

LegendEntry entryOf(api::Outcome outcome, const Tones& tones, const QString& value) {
    return {tones.of(outcome), isHatched(outcome), api::nameOf(outcome), value};
}

} // namespace

RatePlot::RatePlot(QWidget* parent) : TimePlot(QStringLiteral("Requests"), QStringLiteral("per second"), parent) {}

Axis RatePlot::axisFor(const std::vector<Column>& columns, int mostTicks) const {
    double highest = 0;
    for (const Column& column : columns)
        highest = std::max(highest, column.totalPerSecond());
    return rateAxis(highest, mostTicks);
}

void RatePlot::paintSeries(QPainter& painter, const Frame& frame, const std::vector<Column>& columns,
                           const Tones& tones) const {
    const double bottom = frame.sharp(frame.area.bottom());
    for (size_t i = 0; i < columns.size(); ++i) {
        const Column& column = columns[i];
        const double left = frame.sharp(frame.x(static_cast<double>(column.second)));
        const double next =
            i + 1 < columns.size() ? static_cast<double>(columns[i + 1].second) : static_cast<double>(frame.end);
        const double right = frame.sharp(frame.x(next));
        double sum = 0;
        double lower = bottom;
        for (const api::Outcome outcome : api::allOutcomes) {
            const double rate = column.requestsPerSecond[static_cast<size_t>(outcome)];
            if (rate <= 0)
                continue;
            sum += rate;
            // A single error among thousands must not vanish between two pixels.
            const double least = 2 * frame.pixel;
            const double upper = std::min(frame.sharp(frame.y(sum)), lower - least);
            paintSeriesArea(painter, QRectF(QPointF(left, upper), QPointF(right, lower)), tones.of(outcome),
                            isHatched(outcome));
            lower = upper;
        }
    }
}

std::vector<LegendEntry> RatePlot::legend(const std::vector<Column>& columns, const Tones& tones) const {
    std::vector<LegendEntry> entries;
    for (const api::Outcome outcome : api::allOutcomes) {
        if (outcome == api::Outcome::Success || occurs(columns, outcome))
            entries.push_back(entryOf(outcome, tones, {}));
    }
    return entries;
}

std::vector<LegendEntry> RatePlot::entriesAt(const Column& column, const Tones& tones) const {
    std::vector<LegendEntry> entries;
    // From the top of the stack down, as the eye meets them.
    for (auto outcome = api::allOutcomes.rbegin(); outcome != api::allOutcomes.rend(); ++outcome) {
        const double rate = column.requestsPerSecond[static_cast<size_t>(*outcome)];
        if (rate > 0 || *outcome == api::Outcome::Success)
            entries.push_back(entryOf(*outcome, tones, rateText(rate)));
    }
    return entries;
}

QString RatePlot::summary(const std::vector<Column>& columns) const {
    double highest = 0;
    double sum = 0;
    for (const Column& column : columns) {
        highest = std::max(highest, column.totalPerSecond());
        sum += column.totalPerSecond();
    }
    if (columns.empty() || highest <= 0)
        return QStringLiteral("No request in the last 15 minutes.");
    return QStringLiteral("Last 15 minutes: %1 requests a second on average, at most %2; in the last second %3.")
        .arg(rateText(sum / static_cast<double>(columns.size())), rateText(highest),
             rateText(columns.back().totalPerSecond()));
}

} // namespace reverxy::ui
