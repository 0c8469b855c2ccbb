// SPDX-License-Identifier: MIT
#pragma once

#include "api/snapshot.h"

#include <vector>

// Seconds brought together to as many columns as a plot has room for. Pure.

namespace reverxy::ui {

/// Some seconds in a row. Boundaries lie at whole multiples of their number, so that columns do not change their
/// values while they move to the left.
struct Column {
    int64_t second = 0;                                    // the first of them, Unix time
    int seconds = 0;                                       // how many of them were measured
    std::array<double, api::outcomes> requestsPerSecond{}; // mean
    double p50Micros = 0;                                  // mean, weighted by requests; 0: no request
    double p95Micros = 0;                                  // the worst second's
    double totalPerSecond() const;
    bool operator==(const Column&) const = default;
};

/// The least number of seconds a column must have for `seconds` to fit `columns`; at least 1.
int secondsPerColumn(int seconds, int columns);

/// `seconds` without gaps, oldest first, as in a snapshot.
std::vector<Column> columnsOf(const std::vector<api::SecondTotals>& seconds, int secondsPerColumn);

} // namespace reverxy::ui
