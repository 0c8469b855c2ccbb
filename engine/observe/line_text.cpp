// SPDX-License-Identifier: MIT
#include "observe/line_text.h"

#include "base/escaped_text.h"

#include <algorithm>
#include <charconv>
#include <chrono>

namespace reverxy::observe {

std::string_view nameOf(Level level) {
    switch (level) {
    case Level::Debug:
        return "debug";
    case Level::Info:
        return "info";
    case Level::Warn:
        return "warn";
    case Level::Error:
        break;
    }
    return "error";
}

void appendNumber(std::string& out, uint64_t value) {
    char digits[20];
    out.append(digits, std::to_chars(digits, digits + sizeof digits, value).ptr);
}

void appendPadded(std::string& out, uint64_t value, size_t width) {
    char digits[20];
    const char* const end = std::to_chars(digits, digits + sizeof digits, value).ptr;
    const auto size = static_cast<size_t>(end - digits);
    if (size < width)
        out.append(width - size, '0');
    out.append(digits, size);
}

void appendTime(std::string& out, WallTime time) {
    using namespace std::chrono;
    const auto millis = floor<milliseconds>(time);
    const auto day = floor<days>(millis);
    const year_month_day date(day);
    const hh_mm_ss clock(millis - day);
    appendPadded(out, static_cast<uint64_t>(std::max(0, static_cast<int>(date.year()))), 4);
    out += '-';
    appendPadded(out, static_cast<unsigned>(date.month()), 2);
    out += '-';
    appendPadded(out, static_cast<unsigned>(date.day()), 2);
    out += 'T';
    appendPadded(out, static_cast<uint64_t>(clock.hours().count()), 2);
    out += ':';
    appendPadded(out, static_cast<uint64_t>(clock.minutes().count()), 2);
    out += ':';
    appendPadded(out, static_cast<uint64_t>(clock.seconds().count()), 2);
    out += '.';
    appendPadded(out, static_cast<uint64_t>(clock.subseconds().count()), 3);
    out += 'Z';
}

void appendMillis(std::string& out, uint32_t micros) {
    appendNumber(out, micros / 1000);
    out += '.';
    appendPadded(out, micros % 1000, 3);
}

void appendStart(std::string& out, WallTime time, Level level, std::string_view topic, Format format) {
    if (format == Format::Json) {
        out += "{\"time\":\"";
        appendTime(out, time);
        out += "\",\"level\":\"";
        out += nameOf(level);
        out += "\",\"topic\":\"";
        appendEscaped(out, topic, Escaping::Json);
        out += '"';
        return;
    }
    appendTime(out, time);
    out += ' ';
    out += nameOf(level);
    out.append(6 - nameOf(level).size(), ' ');
    out += topic;
}

} // namespace reverxy::observe
