// SPDX-License-Identifier: MIT
#include "http/date.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstring>
#include <tuple>

namespace reverxy::http {

namespace {

using std::chrono::seconds;
using std::chrono::sys_days;
using std::chrono::sys_seconds;
using std::chrono::year_month_day;

constexpr std::array<std::string_view, 7> dayNames = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::array<std::string_view, 7> longDayNames = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                                          "Thursday", "Friday", "Saturday"};
constexpr std::array<std::string_view, 12> monthNames = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

void putTwoDigits(char* out, unsigned value) {
    out[0] = static_cast<char>('0' + value / 10 % 10);
    out[1] = static_cast<char>('0' + value % 10);
}

/// The parts of a date as its text has them.
struct Parts {
    int year = 0;
    unsigned month = 0;
    unsigned day = 0;
    unsigned hour = 0;
    unsigned minute = 0;
    unsigned second = 0;

    unsigned secondOfDay() const { return hour * 3600 + minute * 60 + second; }
};

/// Takes a date's text apart from the left; after the first failure everything fails. Names are case-sensitive. The
/// day's name must be one, but need not fit the date: it says nothing about the moment, and recipients are asked to
/// be robust.
class Scanner {
  public:
    explicit Scanner(std::string_view text) : m_rest(text) {}

    bool failed() const { return m_failed; }

    bool atEnd() const { return m_rest.empty(); }

    void expect(std::string_view literal) {
        if (m_rest.starts_with(literal))
            m_rest.remove_prefix(literal.size());
        else
            m_failed = true;
    }

    unsigned digits(size_t count) {
        unsigned value = 0;
        for (; count > 0; --count) {
            if (m_rest.empty() || m_rest.front() < '0' || m_rest.front() > '9') {
                m_failed = true;
                return 0;
            }
            value = value * 10 + static_cast<unsigned>(m_rest.front() - '0');
            m_rest.remove_prefix(1);
        }
        return value;
    }

    unsigned month() {
        for (unsigned i = 0; i < monthNames.size(); ++i) {
            if (m_rest.starts_with(monthNames[i])) {
                m_rest.remove_prefix(monthNames[i].size());
                return i + 1;
            }
        }
        m_failed = true;
        return 0;
    }

    /// time-of-day; its grammar's only leap second is 23:59:60.
    void time(Parts& parts) {
        parts.hour = digits(2);
        expect(":");
        parts.minute = digits(2);
        expect(":");
        parts.second = digits(2);
        const bool leap = parts.hour == 23 && parts.minute == 59 && parts.second == 60;
        if (parts.hour > 23 || parts.minute > 59 || (parts.second > 59 && !leap))
            m_failed = true;
    }

    /// One of `names` and then `delimiter`.
    bool name(const std::array<std::string_view, 7>& names, std::string_view delimiter) {
        for (const std::string_view each : names) {
            if (m_rest.starts_with(each) && m_rest.substr(each.size()).starts_with(delimiter)) {
                m_rest.remove_prefix(each.size() + delimiter.size());
                return true;
            }
        }
        return false;
    }

    /// asctime's day of the month: two digits, or a space and one.
    unsigned paddedDay() {
        if (!m_rest.starts_with(' '))
            return digits(2);
        m_rest.remove_prefix(1);
        return digits(1);
    }

  private:
    std::string_view m_rest;
    bool m_failed = false;
};

/// The latest year with these last two digits of which the date is not more than 50 years after `now`.
int fullYear(unsigned lastTwoDigits, const Parts& parts, WallTime now) {
    const sys_days today = std::chrono::floor<std::chrono::days>(now);
    const auto secondOfToday = static_cast<unsigned>(std::chrono::floor<seconds>(now - today).count());
    const year_month_day date{today};
    const int thisYear = static_cast<int>(date.year());
    const std::tuple latest(thisYear + 50, unsigned{date.month()}, unsigned{date.day()}, secondOfToday);
    int year = thisYear - thisYear % 100 + 100 + static_cast<int>(lastTwoDigits);
    while (std::tuple(year, parts.month, parts.day, parts.secondOfDay()) > latest)
        year -= 100;
    return year;
}

/// WallTime reaches only to the year 2262 where it counts nanoseconds, and dates far ahead are common in Expires:
/// what lies outside becomes the nearest moment there is.
std::optional<WallTime> moment(const Parts& parts) {
    const year_month_day date{std::chrono::year{parts.year}, std::chrono::month{parts.month},
                              std::chrono::day{parts.day}};
    if (!date.ok())
        return std::nullopt;
    const sys_seconds time = sys_days{date} + seconds{parts.secondOfDay()};
    if (time > std::chrono::floor<seconds>(WallTime::max()))
        return WallTime::max();
    if (time < std::chrono::ceil<seconds>(WallTime::min()))
        return WallTime::min();
    return WallTime{time};
}

} // namespace

void writeDate(char* out, WallTime time) {
    // In whole seconds: the first day that a WallTime reaches begins before it does.
    const sys_seconds whole = std::chrono::floor<seconds>(time);
    const sys_days day = std::chrono::floor<std::chrono::days>(whole);
    const year_month_day date{day};
    const auto second = static_cast<unsigned>((whole - day).count());
    const auto year = static_cast<unsigned>(static_cast<int>(date.year()));

    std::memcpy(out, "Day, 00 Mon 0000 00:00:00 GMT", dateSize);
    std::memcpy(out, dayNames[std::chrono::weekday{day}.c_encoding()].data(), 3);
    putTwoDigits(out + 5, static_cast<unsigned>(date.day()));
    std::memcpy(out + 8, monthNames[static_cast<unsigned>(date.month()) - 1].data(), 3);
    putTwoDigits(out + 12, year / 100);
    putTwoDigits(out + 14, year % 100);
    putTwoDigits(out + 17, second / 3600);
    putTwoDigits(out + 20, second / 60 % 60);
    putTwoDigits(out + 23, second % 60);
}

std::optional<WallTime> parseDate(std::string_view text, WallTime now) {
    Scanner scanner(text);
    Parts parts;
    if (scanner.name(dayNames, ", ")) { // IMF-fixdate: Sun, 06 Nov 1994 08:49:37 GMT
        parts.day = scanner.digits(2);
        scanner.expect(" ");
        parts.month = scanner.month();
        scanner.expect(" ");
        parts.year = static_cast<int>(scanner.digits(4));
        scanner.expect(" ");
        scanner.time(parts);
        scanner.expect(" GMT");
    } else if (scanner.name(longDayNames, ", ")) { // rfc850-date: Sunday, 06-Nov-94 08:49:37 GMT
        parts.day = scanner.digits(2);
        scanner.expect("-");
        parts.month = scanner.month();
        scanner.expect("-");
        const unsigned lastTwoDigits = scanner.digits(2);
        scanner.expect(" ");
        scanner.time(parts);
        scanner.expect(" GMT");
        parts.year = fullYear(lastTwoDigits, parts, now);
    } else if (scanner.name(dayNames, " ")) { // asctime-date: Sun Nov  6 08:49:37 1994
        parts.month = scanner.month();
        scanner.expect(" ");
        parts.day = scanner.paddedDay();
        scanner.expect(" ");
        scanner.time(parts);
        scanner.expect(" ");
        parts.year = static_cast<int>(scanner.digits(4));
    } else {
        return std::nullopt;
    }
    if (scanner.failed() || !scanner.atEnd())
        return std::nullopt;
    return moment(parts);
}

} // namespace reverxy::http
