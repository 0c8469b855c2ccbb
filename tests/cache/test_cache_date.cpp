// SPDX-License-Identifier: MIT
#include "cache/cache_date.h"

#include "cache/parsed_heads.h"

using namespace reverxy;
using namespace reverxy::cache;
using namespace reverxy::test;

/// RFC 9111 section 4.2: what caches take for a date.
class TestCacheDate : public QObject {
    Q_OBJECT
  private Q_SLOTS:

    void section_4_2_dates_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<bool>("valid");
        const auto row = [](const char* name, const char* text, bool valid) {
            QTest::newRow(name) << QByteArray(text) << valid;
        };
        row("IMF-fixdate", "Sun, 06 Nov 1994 12:00:00 GMT", true);
        row("RFC 850", "Sunday, 06-Nov-94 12:00:00 GMT", true);
        row("asctime", "Sun Nov  6 12:00:00 1994", true);
        row("month in small letters", "Sun, 06 nov 1994 12:00:00 GMT", true);
        row("month in capitals", "Sun, 06 NOV 1994 12:00:00 GMT", true);
        row("weekday in small letters", "sun, 06 Nov 1994 12:00:00 GMT", true);
        row("long weekday in capitals", "SUNDAY, 06-NOV-94 12:00:00 GMT", true);
        row("zone in small letters", "Sun, 06 Nov 1994 12:00:00 gmt", true);
        row("zone mixed", "Sun, 06 Nov 1994 12:00:00 Gmt", true);
        row("asctime in small letters", "sun nov  6 12:00:00 1994", true);
        row("other zone", "Sun, 06 Nov 1994 12:00:00 UTC", false);
        row("other zone, of four letters", "Sun, 06 Nov 1994 12:00:00 AEST", false);
        row("zone as an offset", "Sun, 06 Nov 1994 12:00:00 +0000", false);
        row("no zone", "Sun, 06 Nov 1994 12:00:00", false);
        row("0", "0", false);
        row("-1", "-1", false);
        row("nothing", "", false);
        row("year of two digits", "Sun, 06 Nov 94 12:00:00 GMT", false);
        row("dashes", "Sun, 06-Nov-1994 12:00:00 GMT", false);
        row("no comma", "Sun 06 Nov 1994 12:00:00 GMT", false);
        row("two spaces", "Sun, 06  Nov 1994 12:00:00 GMT", false);
        row("hour of one digit", "Sun, 06 Nov 1994 2:00:00 GMT", false);
        row("periods in the time", "Sun, 06 Nov 1994 12.00.00 GMT", false);
        row("no such day", "Sun, 31 Feb 1994 12:00:00 GMT", false);
        row("something behind", "Sun, 06 Nov 1994 12:00:00 GMT, x", false);
        row("much too long", "Wednesday, 09-November-1994 08:49:37 GMT", false);
        row("seconds since 1970", "784123200", false);
    }

    void section_4_2_dates() {
        QFETCH(QByteArray, text);
        const auto date = parseCacheDate(viewOf(text), at(0));
        QTEST(date.has_value(), "valid");
        if (date)
            QCOMPARE(*date, secondsOf(at(0)));
    }

    void farDatesAreHeldAtTheEndsOfTime() {
        const auto far = parseCacheDate("Fri, 31 Dec 9999 23:59:59 GMT", at(0));
        const auto past = parseCacheDate("Mon, 01 Jan 0001 00:00:00 GMT", at(0));
        QVERIFY(far && past);
        QVERIFY(*far > secondsOf(at(0)) + INT64_C(2147483648));
        QVERIFY(*past < secondsOf(at(0)) - INT64_C(2147483648));
        QVERIFY(*far - *past > 0);
    }

    /// Of a field that may stand only once, two different values are none.
    void section_4_2_1_severalLines() {
        const QByteArray noon = "Expires: Sun, 06 Nov 1994 12:00:00 GMT";
        const auto expires = [](const QByteArrayList& lines) {
            return readDateField(ResponseOf(lines)->fields, http::FieldId::Expires, at(0));
        };
        QVERIFY(!expires({"Date: x"}).present);
        QVERIFY(expires({noon}).value.has_value());
        QVERIFY(expires({noon, noon}).value.has_value());
        QVERIFY(expires({noon, "Expires: 0"}).present);
        QVERIFY(!expires({noon, "Expires: 0"}).value.has_value());
        QVERIFY(!expires({"Expires: 0", noon}).value.has_value());
        QVERIFY(expires({"Expires: 0"}).present);
    }
};

QTEST_APPLESS_MAIN(TestCacheDate)
#include "test_cache_date.moc"
