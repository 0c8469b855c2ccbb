// SPDX-License-Identifier: MIT
#include "ui/models/format.h"

#include <QLocale>

#include <array>
#include <cmath>

namespace reverxy::ui {

namespace {

/// `value` to three figures, never in more than five characters while below 10,000.
QString threeFigures(double value) {
    const int decimals = value < 9.995 ? 2 : value < 99.95 ? 1 : 0;
    return QString::number(value, 'f', decimals);
}

QString twoUnits(int64_t large, const QString& largeUnit, int64_t small, const QString& smallUnit) {
    QString text = QString::number(large) + QChar(QChar::Nbsp) + largeUnit;
    if (small > 0)
        text += QStringLiteral(" %1%2%3").arg(small).arg(QChar(QChar::Nbsp)).arg(smallUnit);
    return text;
}

QString withUnit(const QString& number, const QString& unit) {
    return number + QChar(QChar::Nbsp) + unit;
}

} // namespace

QString nothing() {
    return QStringLiteral("–");
}

QString rateText(double perSecond) {
    if (!(perSecond > 0))
        return QStringLiteral("0");
    if (perSecond < 0.05)
        return QStringLiteral("<0.1");
    if (perSecond < 99.95)
        return QString::number(perSecond, 'f', 1);
    if (perSecond < 9'999.5)
        return countText(static_cast<uint64_t>(std::llround(perSecond)));
    if (perSecond < 999'950)
        return QString::number(perSecond / 1e3, 'f', perSecond < 99'950 ? 1 : 0) + QLatin1Char('k');
    return QString::number(perSecond / 1e6, 'f', 1) + QLatin1Char('M');
}

QString durationText(uint64_t micros) {
    if (micros < 1000)
        return withUnit(QString::number(micros), QStringLiteral("µs"));
    if (micros < 999'500)
        return withUnit(threeFigures(static_cast<double>(micros) / 1e3), QStringLiteral("ms"));
    if (micros < 99'950'000)
        return withUnit(threeFigures(static_cast<double>(micros) / 1e6), QStringLiteral("s"));
    return spanText(static_cast<int64_t>((micros + 500'000) / 1'000'000));
}

QString tookText(uint64_t micros) {
    return micros == 0 ? withUnit(QStringLiteral("<1"), QStringLiteral("ms")) : durationText(micros);
}

QString durationOrNothing(uint64_t micros) {
    return micros == 0 ? nothing() : durationText(micros);
}

QString spanText(int64_t seconds) {
    const QString second = QStringLiteral("s");
    const QString minute = QStringLiteral("min");
    const QString hour = QStringLiteral("h");
    const QString day = QStringLiteral("d");
    if (seconds < 0)
        seconds = 0;
    if (seconds < 60)
        return withUnit(QString::number(seconds), second);
    if (seconds < 3600)
        return twoUnits(seconds / 60, minute, seconds % 60, second);
    if (seconds < 86'400)
        return twoUnits(seconds / 3600, hour, seconds % 3600 / 60, minute);
    return twoUnits(seconds / 86'400, day, seconds % 86'400 / 3600, hour);
}

QString sizeText(uint64_t bytes) {
    static constexpr std::array<const char*, 5> units{"KiB", "MiB", "GiB", "TiB", "PiB"};
    if (bytes < 1024)
        return withUnit(QString::number(bytes), QStringLiteral("B"));
    double value = static_cast<double>(bytes);
    size_t unit = 0;
    value /= 1024;
    // 1023.5 would round to a figure that belongs to the next unit.
    for (; value >= 1023.5 && unit + 1 < units.size(); ++unit)
        value /= 1024;
    return withUnit(QString::number(value, 'f', value < 99.95 ? 1 : 0), QLatin1String(units[unit]));
}

QString countText(uint64_t count) {
    return QLocale(QLocale::English, QLocale::UnitedStates).toString(static_cast<qulonglong>(count));
}

QString countedText(uint64_t count, const QString& one) {
    return countText(count) + QLatin1Char(' ') + one + (count == 1 ? QString() : QStringLiteral("s"));
}

} // namespace reverxy::ui
