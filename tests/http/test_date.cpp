// SPDX-License-Identifier: MIT
#include "http/date.h"

#include <QTest>

#include <ctime>

using namespace reverxy;
using namespace reverxy::http;

namespace {

WallTime at(int64_t secondsSinceEpoch) {
    return WallTime{std::chrono::seconds{secondsSinceEpoch}};
}

constexpr int64_t example = 784111777;   // Sun, 06 Nov 1994 08:49:37 GMT
constexpr int64_t year2026 = 1767225600; // Thu, 01 Jan 2026 00:00:00 GMT

std::string written(WallTime time) {
    char out[dateSize + 1];
    out[dateSize] = '#';
    writeDate(out, time);
    return std::string(out, dateSize + (out[dateSize] == '#' ? 0 : 1));
}

} // namespace

// RFC 9110 section 5.6.7.
class TestDate : public QObject {
    Q_OBJECT

  private Q_SLOTS:

    void writing() {
        QCOMPARE(written(at(example)), std::string("Sun, 06 Nov 1994 08:49:37 GMT"));
        QCOMPARE(written(at(0)), std::string("Thu, 01 Jan 1970 00:00:00 GMT"));
        QCOMPARE(written(at(-1)), std::string("Wed, 31 Dec 1969 23:59:59 GMT"));
        QCOMPARE(written(at(951782400)), std::string("Tue, 29 Feb 2000 00:00:00 GMT"));
        QCOMPARE(written(at(year2026 - 1)), std::string("Wed, 31 Dec 2025 23:59:59 GMT"));
        QCOMPARE(written(at(example) + std::chrono::milliseconds(999)),
                 std::string("Sun, 06 Nov 1994 08:49:37 GMT"));
    }

    /// What lies beyond a clock's reach was read as its first or last moment, and can be written as well.
    void theEndsOfTheClockCanBeWritten() {
        for (const char* text : {"Sat, 01 Jan 0000 00:00:00 GMT", "Fri, 31 Dec 9999 23:59:59 GMT"}) {
            const auto end = parseDate(text, at(year2026));
            QVERIFY(end.has_value());
            const auto again = parseDate(written(*end), at(year2026));
            QVERIFY(again.has_value());
            QCOMPARE(std::chrono::floor<std::chrono::seconds>(*again),
                     std::chrono::floor<std::chrono::seconds>(*end));
        }
    }

    void everyWrittenDateIsReadBack() {
        // A step without a common divisor with days and years meets every month, weekday and hour.
        for (int64_t seconds = -2000000000; seconds < 8000000000; seconds += 7654321)
            QCOMPARE(parseDate(written(at(seconds)), at(year2026)), std::optional(at(seconds)));
    }

    void reading_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<qint64>("expected");

        QTest::newRow("IMF-fixdate") << QByteArray("Sun, 06 Nov 1994 08:49:37 GMT") << qint64(example);
        QTest::newRow("rfc850-date") << QByteArray("Sunday, 06-Nov-94 08:49:37 GMT") << qint64(example);
        QTest::newRow("asctime-date") << QByteArray("Sun Nov  6 08:49:37 1994") << qint64(example);
        QTest::newRow("asctime-date, two digits")
            << QByteArray("Wed Nov 16 08:49:37 1994") << qint64(example + 864000);
        QTest::newRow("asctime-date, zero first") << QByteArray("Sun Nov 06 08:49:37 1994") << qint64(example);
        QTest::newRow("another day's name") << QByteArray("Mon, 06 Nov 1994 08:49:37 GMT") << qint64(example);
        QTest::newRow("leap day") << QByteArray("Tue, 29 Feb 2000 00:00:00 GMT") << qint64(951782400);
        QTest::newRow("leap second") << QByteArray("Sat, 31 Dec 2016 23:59:60 GMT") << qint64(1483228800);
        QTest::newRow("last second") << QByteArray("Sat, 31 Dec 2016 23:59:59 GMT") << qint64(1483228799);
        QTest::newRow("before the epoch") << QByteArray("Wed, 31 Dec 1969 23:59:59 GMT") << qint64(-1);
        QTest::newRow("past 32 bits") << QByteArray("Tue, 19 Jan 2038 03:14:08 GMT") << qint64(2147483648);
    }

    void reading() {
        QFETCH(QByteArray, text);
        QFETCH(qint64, expected);
        QCOMPARE(parseDate(text.toStdString(), at(year2026)), std::optional(at(expected)));
    }

    void refused_data() {
        QTest::addColumn<QByteArray>("text");

        QTest::newRow("empty") << QByteArray();
        QTest::newRow("0, common in Expires") << QByteArray("0");
        QTest::newRow("-1") << QByteArray("-1");
        QTest::newRow("cut") << QByteArray("Sun, 06 Nov 1994 08:49:37 GM");
        QTest::newRow("trailing space") << QByteArray("Sun, 06 Nov 1994 08:49:37 GMT ");
        QTest::newRow("leading space") << QByteArray(" Sun, 06 Nov 1994 08:49:37 GMT");
        QTest::newRow("two dates") << QByteArray("Sun, 06 Nov 1994 08:49:37 GMT, Sun, 06 Nov 1994 08:49:37 GMT");
        QTest::newRow("names are case-sensitive") << QByteArray("sun, 06 Nov 1994 08:49:37 GMT");
        QTest::newRow("months too") << QByteArray("Sun, 06 NOV 1994 08:49:37 GMT");
        QTest::newRow("gmt") << QByteArray("Sun, 06 Nov 1994 08:49:37 gmt");
        QTest::newRow("UTC") << QByteArray("Sun, 06 Nov 1994 08:49:37 UTC");
        QTest::newRow("offset") << QByteArray("Sun, 06 Nov 1994 08:49:37 +0000");
        QTest::newRow("no zone") << QByteArray("Sun, 06 Nov 1994 08:49:37");
        QTest::newRow("no day's name") << QByteArray("06 Nov 1994 08:49:37 GMT");
        QTest::newRow("no such day's name") << QByteArray("Sux, 06 Nov 1994 08:49:37 GMT");
        QTest::newRow("long name in IMF-fixdate") << QByteArray("Sunday, 06 Nov 1994 08:49:37 GMT");
        QTest::newRow("short name in rfc850-date") << QByteArray("Sun, 06-Nov-94 08:49:37 GMT");
        QTest::newRow("four digits in rfc850-date") << QByteArray("Sunday, 06-Nov-1994 08:49:37 GMT");
        QTest::newRow("one digit for the day") << QByteArray("Sun, 6 Nov 1994 08:49:37 GMT");
        QTest::newRow("two digits for the year") << QByteArray("Sun, 06 Nov 94 08:49:37 GMT");
        QTest::newRow("two spaces") << QByteArray("Sun, 06  Nov 1994 08:49:37 GMT");
        QTest::newRow("sign for a digit") << QByteArray("Sun, +6 Nov 1994 08:49:37 GMT");
        QTest::newRow("space for a digit") << QByteArray("Sun, 06 Nov 1994  8:49:37 GMT");
        QTest::newRow("asctime with a zone") << QByteArray("Sun Nov  6 08:49:37 1994 GMT");
        QTest::newRow("asctime with one space") << QByteArray("Sun Nov 6 08:49:37 1994");
        QTest::newRow("day 0") << QByteArray("Sun, 00 Nov 1994 08:49:37 GMT");
        QTest::newRow("day 31 of November") << QByteArray("Sun, 31 Nov 1994 08:49:37 GMT");
        QTest::newRow("no leap year") << QByteArray("Thu, 29 Feb 1900 08:49:37 GMT");
        QTest::newRow("no leap year, two digits") << QByteArray("Sunday, 29-Feb-95 08:49:37 GMT");
        QTest::newRow("hour 24") << QByteArray("Sun, 06 Nov 1994 24:00:00 GMT");
        QTest::newRow("minute 60") << QByteArray("Sun, 06 Nov 1994 08:60:00 GMT");
        QTest::newRow("second 60 within the day") << QByteArray("Sun, 06 Nov 1994 08:49:60 GMT");
        QTest::newRow("second 61") << QByteArray("Sat, 31 Dec 2016 23:59:61 GMT");
        QTest::newRow("NUL at the end") << QByteArray("Sun, 06 Nov 1994 08:49:37 GMT\0", 30);
    }

    void refused() {
        QFETCH(QByteArray, text);
        QVERIFY(!parseDate(text.toStdString(), at(year2026)));
    }

    /// "a timestamp that appears to be more than 50 years in the future [represents] the most recent year in the
    /// past that had the same last two digits".
    void twoDigitYears_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("now");
        QTest::addColumn<QByteArray>("expected");

        QTest::newRow("this year") << QByteArray("Thursday, 01-Jan-26 00:00:00 GMT")
                                   << QByteArray("Thu, 01 Jan 2026 00:00:00 GMT")
                                   << QByteArray("Thu, 01 Jan 2026 00:00:00 GMT");
        QTest::newRow("exactly 50 years ahead")
            << QByteArray("Wednesday, 01-Jan-76 12:00:00 GMT") << QByteArray("Thu, 01 Jan 2026 12:00:00 GMT")
            << QByteArray("Wed, 01 Jan 2076 12:00:00 GMT");
        QTest::newRow("a second more than 50 years ahead")
            << QByteArray("Thursday, 01-Jan-76 12:00:01 GMT") << QByteArray("Thu, 01 Jan 2026 12:00:00 GMT")
            << QByteArray("Thu, 01 Jan 1976 12:00:01 GMT");
        QTest::newRow("next century is near")
            << QByteArray("Monday, 04-Jan-05 00:00:00 GMT") << QByteArray("Thu, 31 Dec 2099 00:00:00 GMT")
            << QByteArray("Sun, 04 Jan 2105 00:00:00 GMT");
        QTest::newRow("last century is near")
            << QByteArray("Friday, 31-Dec-99 00:00:00 GMT") << QByteArray("Sat, 01 Jan 2000 00:00:00 GMT")
            << QByteArray("Fri, 31 Dec 1999 00:00:00 GMT");
    }

    void twoDigitYears() {
        QFETCH(QByteArray, text);
        QFETCH(QByteArray, now);
        QFETCH(QByteArray, expected);
        const std::optional<WallTime> result = parseDate(text.toStdString(), *parseDate(now.toStdString(), at(0)));
        QVERIFY(result);
        QCOMPARE(written(*result), expected.toStdString());
    }

    /// Expires values of this kind are common; the clock's type ends in 2262.
    void farDatesSaturate() {
        QCOMPARE(parseDate("Fri, 31 Dec 9999 23:59:59 GMT", at(year2026)), std::optional(WallTime::max()));
        QCOMPARE(parseDate("Mon, 01 Jan 0001 00:00:00 GMT", at(year2026)), std::optional(WallTime::min()));
    }

    void theTimeZoneOfTheProcessDoesNotMatter() {
        qputenv("TZ", "Pacific/Kiritimati");
        tzset();
        QCOMPARE(parseDate("Sun, 06 Nov 1994 08:49:37 GMT", at(year2026)), std::optional(at(example)));
        QCOMPARE(written(at(example)), std::string("Sun, 06 Nov 1994 08:49:37 GMT"));
        qunsetenv("TZ");
        tzset();
    }
};

QTEST_APPLESS_MAIN(TestDate)
#include "test_date.moc"
