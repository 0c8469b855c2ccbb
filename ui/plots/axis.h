// SPDX-License-Identifier: MIT
#pragma once

#include <QString>

#include <cstdint>
#include <vector>

// Where the lines of a plot's grid lie and what is written at them. Pure.

namespace reverxy::ui {

struct Tick {
    double value = 0;
    QString text; // empty: a line without a text
    bool operator==(const Tick&) const = default;
};

struct Axis {
    double low = 0;
    double high = 1;
    bool logarithmic = false;
    std::vector<Tick> ticks; // ascending

    /// From 0 at `low` to 1 at `high`; values beyond are held to the ends.
    double position(double value) const;
};

/// From 0 to a round value that is not below `highest`, in steps of 1, 2 or 5; at most `mostTicks` of them. The
/// topmost is at least 5, so that single requests do not fill the plot.
Axis rateAxis(double highest, int mostTicks);

/// Times in microseconds, logarithmic, since a slow backend must not flatten the quick ones; both ends are round.
Axis latencyAxis(double lowestMicros, double highestMicros, int mostTicks);

/// Round times of day between two Unix times, in steps of 10 seconds up to an hour. `offsetSeconds` is what local
/// time is ahead of UTC. Texts are as "10:15", or "10:15:20" where steps are less than a minute.
std::vector<Tick> timeTicks(int64_t from, int64_t to, int offsetSeconds, int mostTicks);

/// The seconds a plot shows when `measured` are known: one, two, five or 15 minutes, so that an engine that has
/// just begun fills its plots.
int spanFor(size_t measured);

} // namespace reverxy::ui
