// SPDX-License-Identifier: MIT
#include "ui/plots/axis.h"

#include "ui/models/format.h"

#include <QTime>

#include <algorithm>
#include <array>
#include <cmath>

namespace reverxy::ui {

namespace {

QString rateTick(double value) {
    if (value >= 1e6)
        return QString::number(value / 1e6) + QLatin1Char('M');
    return value >= 10'000 ? QString::number(value / 1e3) + QLatin1Char('k')
                           : countText(static_cast<uint64_t>(value));
}

QString timeTick(double micros) {
    const QChar space(QChar::Nbsp);
    if (micros < 1e3)
        return QString::number(micros) + space + QStringLiteral("µs");
    return micros < 1e6 ? QString::number(micros / 1e3) + space + QStringLiteral("ms")
                        : QString::number(micros / 1e6) + space + QStringLiteral("s");
}

/// The smallest of 1, 2, 5 times a power of ten that is not below `value`.
double roundUp(double value) {
    const double power = std::pow(10, std::floor(std::log10(value)));
    for (const double factor : {1.0, 2.0, 5.0}) {
        if (factor * power >= value * (1 - 1e-9))
            return factor * power;
    }
    return 10 * power;
}

double roundDown(double value) {
    const double power = std::pow(10, std::floor(std::log10(value) + 1e-9));
    for (const double factor : {5.0, 2.0}) {
        if (factor * power <= value * (1 + 1e-9))
            return factor * power;
    }
    return power;
}

} // namespace

double Axis::position(double value) const {
    const double held = std::clamp(value, low, high);
    return logarithmic ? std::log(held / low) / std::log(high / low) : (held - low) / (high - low);
}

Axis rateAxis(double highest, int mostTicks) {
    const int most = std::max(1, mostTicks);
    const double wanted = std::max(highest, 5.0);
    // Requests are whole: a finer step than one tells nothing.
    const double step = std::max(1.0, roundUp(wanted / most));
    Axis axis;
    axis.high = std::ceil(wanted / step - 1e-9) * step;
    for (int i = 0; i * step <= axis.high * (1 + 1e-9); ++i)
        axis.ticks.push_back({i * step, rateTick(i * step)});
    return axis;
}

Axis latencyAxis(double lowestMicros, double highestMicros, int mostTicks) {
    constexpr double fastest = 10;
    constexpr int slowestDecade = 10; // microseconds in 32 bits end before
    Axis axis;
    axis.logarithmic = true;
    axis.low = roundDown(std::max(lowestMicros, fastest));
    axis.high = roundUp(std::max(highestMicros, axis.low));
    // Less than a decade would make noise look like mountains.
    if (axis.high < axis.low * 10)
        axis.high = roundUp(axis.low * 10);
    const std::array<std::vector<double>, 3> choices{{{1, 2, 5}, {1, 3}, {1}}};
    for (const std::vector<double>& factors : choices) {
        axis.ticks.clear();
        for (int decade = 0; decade <= slowestDecade; ++decade) {
            const double power = std::pow(10, decade);
            for (const double factor : factors) {
                const double value = power * factor;
                if (value >= axis.low * (1 - 1e-9) && value <= axis.high * (1 + 1e-9))
                    axis.ticks.push_back({value, timeTick(value)});
            }
        }
        if (static_cast<int>(axis.ticks.size()) <= mostTicks)
            break;
    }
    return axis;
}

std::vector<Tick> timeTicks(int64_t from, int64_t to, int offsetSeconds, int mostTicks) {
    std::vector<Tick> ticks;
    if (to <= from || mostTicks < 1)
        return ticks;
    static constexpr std::array<int64_t, 11> steps{10, 20, 30, 60, 120, 180, 300, 600, 900, 1800, 3600};
    int64_t step = steps.back();
    for (const int64_t candidate : steps) {
        if ((to - from) / candidate <= mostTicks) {
            step = candidate;
            break;
        }
    }
    const int64_t localFrom = from + offsetSeconds;
    for (int64_t local = (localFrom + step - 1) / step * step; local <= to + offsetSeconds; local += step) {
        const QTime time = QTime(0, 0).addSecs(static_cast<int>(local % 86'400));
        ticks.push_back({static_cast<double>(local - offsetSeconds),
                         time.toString(step < 60 ? QStringLiteral("HH:mm:ss") : QStringLiteral("HH:mm"))});
    }
    return ticks;
}

int spanFor(size_t measured) {
    for (const int seconds : {60, 120, 300}) {
        if (measured <= static_cast<size_t>(seconds))
            return seconds;
    }
    return 900;
}

} // namespace reverxy::ui
