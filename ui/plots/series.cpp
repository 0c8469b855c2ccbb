// SPDX-License-Identifier: MIT
#include "ui/plots/series.h"

#include <algorithm>
#include <numeric>

namespace reverxy::ui {

namespace {

int64_t floorTo(int64_t value, int64_t step) {
    const int64_t rest = value % step;
    return value - (rest < 0 ? rest + step : rest);
}

} // namespace

double Column::totalPerSecond() const {
    return std::accumulate(requestsPerSecond.begin(), requestsPerSecond.end(), 0.0);
}

int secondsPerColumn(int seconds, int columns) {
    return columns <= 0 ? std::max(1, seconds) : std::max(1, (seconds + columns - 1) / columns);
}

std::vector<Column> columnsOf(const std::vector<api::SecondTotals>& seconds, int secondsPerColumn) {
    std::vector<Column> columns;
    columns.reserve(seconds.size() / static_cast<size_t>(secondsPerColumn) + 2);
    double weight = 0;
    const auto close = [&] {
        if (columns.empty())
            return;
        Column& column = columns.back();
        for (double& rate : column.requestsPerSecond)
            rate /= column.seconds;
        column.p50Micros = weight > 0 ? column.p50Micros / weight : 0;
    };
    for (const api::SecondTotals& totals : seconds) {
        const int64_t begin = floorTo(totals.second, secondsPerColumn);
        if (columns.empty() || columns.back().second != begin) {
            close();
            columns.push_back({begin, 0, {}, 0, 0});
            weight = 0;
        }
        Column& column = columns.back();
        ++column.seconds;
        double requests = 0;
        for (size_t i = 0; i < api::outcomes; ++i) {
            column.requestsPerSecond[i] += totals.requests[i];
            requests += totals.requests[i];
        }
        // A second may know its latency though nothing ended well enough to be counted.
        const double share = totals.p50Micros > 0 ? std::max(requests, 1.0) : 0;
        column.p50Micros += share * totals.p50Micros;
        weight += share;
        column.p95Micros = std::max(column.p95Micros, static_cast<double>(totals.p95Micros));
    }
    close();
    return columns;
}

} // namespace reverxy::ui
