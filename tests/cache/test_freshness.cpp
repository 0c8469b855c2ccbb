// SPDX-License-Identifier: MIT
#include "cache/freshness.h"

#include "cache/parsed_heads.h"

#include <limits>

using namespace reverxy;
using namespace reverxy::cache;
using namespace reverxy::test;

namespace {

const QByteArray noon = "Date: Sun, 06 Nov 1994 12:00:00 GMT";

QByteArray nameOf(LifetimeSource source) {
    switch (source) {
    case LifetimeSource::None:
        return "none";
    case LifetimeSource::SMaxAge:
        return "s-maxage";
    case LifetimeSource::MaxAge:
        return "max-age";
    case LifetimeSource::Expires:
        return "expires";
    case LifetimeSource::Invalid:
        return "invalid";
    case LifetimeSource::Heuristic:
        return "heuristic";
    case LifetimeSource::DefaultTtl:
        return "default";
    }
    return "?";
}

config::Cache unbounded() {
    config::Cache config;
    config.maxAge = config::Milliseconds(INT64_C(3000000000000));
    return config;
}

Lifetime lifetimeOf(const QByteArrayList& fields, const config::Cache& config, uint16_t status = 200,
                    bool personal = false) {
    const ResponseOf response(status, fields);
    return freshnessLifetime(response->fields, readCachingPolicy(response->fields), {status, personal, at(0)},
                             config);
}

QByteArray describe(const Lifetime& lifetime) {
    return nameOf(lifetime.source) + " " + QByteArray::number(lifetime.seconds);
}

} // namespace

class TestFreshness : public QObject {
    Q_OBJECT
  private Q_SLOTS:

    void section_4_2_1_lifetime_data() {
        QTest::addColumn<QByteArrayList>("fields");
        QTest::addColumn<QByteArray>("expected");
        const auto row = [](const char* name, const QByteArrayList& fields, const char* expected) {
            QTest::newRow(name) << (QByteArrayList{noon} + fields) << QByteArray(expected);
        };
        const QByteArray hour = "Expires: Sun, 06 Nov 1994 13:00:00 GMT";
        row("nothing", {}, "none 0");
        row("max-age", {"Cache-Control: max-age=60"}, "max-age 60");
        row("max-age of 0", {"Cache-Control: max-age=0"}, "max-age 0");
        row("s-maxage before max-age", {"Cache-Control: max-age=60, s-maxage=30"}, "s-maxage 30");
        row("s-maxage before max-age, longer", {"Cache-Control: s-maxage=90, max-age=60"}, "s-maxage 90");
        row("s-maxage before Expires", {"Cache-Control: s-maxage=90", hour}, "s-maxage 90");
        row("max-age before Expires", {hour, "Cache-Control: max-age=60"}, "max-age 60");
        row("max-age before an invalid Expires", {"Expires: 0", "Cache-Control: max-age=60"}, "max-age 60");
        row("an invalid max-age before Expires", {hour, "Cache-Control: max-age=x"}, "invalid 0");
        row("an invalid s-maxage before max-age", {"Cache-Control: max-age=60, s-maxage=x"}, "invalid 0");
        row("Expires", {hour}, "expires 3600");
        row("Expires now", {"Expires: Sun, 06 Nov 1994 12:00:00 GMT"}, "expires 0");
        row("Expires before", {"Expires: Sun, 06 Nov 1994 11:00:00 GMT"}, "expires 0");
        row("Expires, RFC 850", {"Expires: Sunday, 06-Nov-94 13:00:00 GMT"}, "expires 3600");
        row("Expires, asctime", {"Expires: Sun Nov  6 13:00:00 1994"}, "expires 3600");
        row("Expires, odd case", {"Expires: SUN, 06 nov 1994 13:00:00 gmt"}, "expires 3600");
        row("section 5.3: Expires of 0", {"Expires: 0"}, "invalid 0");
        row("section 5.3: Expires of -1", {"Expires: -1"}, "invalid 0");
        row("section 5.3: Expires of nothing", {"Expires:"}, "invalid 0");
        row("section 5.3: Expires of an hour", {"Expires: 3600"}, "invalid 0");
        row("section 5.3: Expires in another zone", {"Expires: Sun, 06 Nov 1994 13:00:00 AEST"}, "invalid 0");
        row("two Expires", {hour, "Expires: Sun, 06 Nov 1994 14:00:00 GMT"}, "invalid 0");
        row("Expires far ahead", {"Expires: Fri, 31 Dec 9999 23:59:59 GMT"}, "expires 2147483648");
        row("Expires past 2038", {"Expires: Wed, 06 Nov 2058 12:00:00 GMT"}, "expires 2019686400");
        row("overflow", {"Cache-Control: max-age=99999999999"}, "max-age 2147483648");
        row("targeted: Expires does not count", {hour, "CDN-Cache-Control: foo"}, "none 0");
        row("targeted before all", {hour, "Cache-Control: max-age=1, s-maxage=2", "CDN-Cache-Control: max-age=3"},
            "max-age 3");
    }

    void section_4_2_1_lifetime() {
        QFETCH(QByteArrayList, fields);
        QTEST(describe(lifetimeOf(fields, unbounded())), "expected");
    }

    /// The origin's own clock counts, right or wrong.
    void section_4_2_1_clockSkew() {
        const Lifetime fast = lifetimeOf(
            {"Date: Sun, 06 Nov 1994 15:00:00 GMT", "Expires: Sun, 06 Nov 1994 15:01:00 GMT"}, unbounded());
        QCOMPARE(fast.seconds, 60u);
        const Lifetime slow = lifetimeOf(
            {"Date: Sun, 06 Nov 1994 09:00:00 GMT", "Expires: Sun, 06 Nov 1994 09:01:00 GMT"}, unbounded());
        QCOMPARE(slow.seconds, 60u);
    }

    /// RFC 9110 section 6.6.1: the time of arrival stands in for a Date.
    void section_4_2_1_withoutDate() {
        const QByteArray minute = "Expires: Sun, 06 Nov 1994 12:01:00 GMT";
        QCOMPARE(lifetimeOf({minute}, unbounded()).seconds, 60u);
        QCOMPARE(lifetimeOf({minute, "Date: today"}, unbounded()).seconds, 60u);
        QCOMPARE(lifetimeOf({minute, noon, "Date: Sun, 06 Nov 1994 11:00:00 GMT"}, unbounded()).seconds, 60u);
    }

    void section_4_2_2_heuristic_data() {
        QTest::addColumn<QByteArrayList>("fields");
        QTest::addColumn<int>("defaultTtl");
        QTest::addColumn<QByteArray>("expected");
        const auto row = [](const char* name, const QByteArrayList& fields, int defaultTtl, const char* expected) {
            QTest::newRow(name) << fields << defaultTtl << QByteArray(expected);
        };
        const QByteArray hourAgo = "Last-Modified: Sun, 06 Nov 1994 11:00:00 GMT";
        row("a tenth", {noon, hourAgo}, 0, "heuristic 360");
        row("a tenth before default_ttl", {noon, hourAgo}, 5, "heuristic 360");
        row("by the time of arrival", {hourAgo}, 0, "heuristic 360");
        row("just modified", {noon, "Last-Modified: Sun, 06 Nov 1994 12:00:00 GMT"}, 5, "heuristic 0");
        row("modified in the future", {noon, "Last-Modified: Sun, 06 Nov 1994 12:00:01 GMT"}, 5, "default 5");
        row("modified at no time", {noon, "Last-Modified: 0"}, 5, "default 5");
        row("modified long ago", {noon, "Last-Modified: Tue, 06 Nov 1984 12:00:00 GMT"}, 0, "heuristic 86400");
        row("nothing", {noon}, 0, "none 0");
        row("default_ttl", {noon}, 5, "default 5");
        row("never where the lifetime is explicit", {noon, hourAgo, "Cache-Control: max-age=0"}, 5, "max-age 0");
        row("never where it is invalid", {noon, hourAgo, "Expires: 0"}, 5, "invalid 0");
        row("targeted field without a lifetime", {noon, hourAgo, "Expires: 0", "CDN-Cache-Control: foo"}, 0,
            "heuristic 360");
    }

    void section_4_2_2_heuristic() {
        QFETCH(QByteArrayList, fields);
        QFETCH(int, defaultTtl);
        config::Cache config = unbounded();
        config.defaultTtl = config::Milliseconds(defaultTtl * 1000);
        QTEST(describe(lifetimeOf(fields, config)), "expected");
    }

    /// RFC 9110 section 15.1: the list of codes, against every code there may be.
    void section_4_2_2_heuristicallyCacheableStatus() {
        const QList<int> cacheable{200, 203, 204, 206, 300, 301, 308, 404, 405, 410, 414, 501};
        for (int status = 200; status < 600; ++status)
            QCOMPARE(isHeuristicallyCacheable(static_cast<uint16_t>(status)), cacheable.contains(status));
    }

    void section_4_2_2_otherStatusNeedsPublic() {
        const QByteArrayList fields{noon, "Last-Modified: Sun, 06 Nov 1994 11:00:00 GMT"};
        QCOMPARE(describe(lifetimeOf(fields, unbounded(), 404)), QByteArray("heuristic 360"));
        QCOMPARE(describe(lifetimeOf(fields, unbounded(), 403)), QByteArray("none 0"));
        const QByteArrayList marked = fields + QByteArrayList{"Cache-Control: public"};
        QCOMPARE(describe(lifetimeOf(marked, unbounded(), 403)), QByteArray("heuristic 360"));
        QCOMPARE(describe(lifetimeOf({noon, "Cache-Control: max-age=5"}, unbounded(), 599)),
                 QByteArray("max-age 5"));
    }

    void whatIsPersonalGetsNoGuess() {
        config::Cache config = unbounded();
        config.defaultTtl = config::Milliseconds(5000);
        const QByteArrayList fields{noon, "Last-Modified: Sun, 06 Nov 1994 11:00:00 GMT"};
        QCOMPARE(describe(lifetimeOf(fields, config, 200, true)), QByteArray("none 0"));
        QCOMPARE(describe(lifetimeOf({noon}, config, 200, true)), QByteArray("none 0"));
        QCOMPARE(describe(lifetimeOf({noon, "Cache-Control: max-age=9"}, config, 200, true)),
                 QByteArray("max-age 9"));
    }

    void maxAgeOfTheConfigurationBoundsAll() {
        config::Cache config;
        config.maxAge = config::Milliseconds(10000);
        config.defaultTtl = config::Milliseconds(20000);
        QCOMPARE(describe(lifetimeOf({noon, "Cache-Control: max-age=60"}, config)), QByteArray("max-age 10"));
        QCOMPARE(describe(lifetimeOf({noon}, config)), QByteArray("default 10"));
        QCOMPARE(describe(lifetimeOf({noon, "Cache-Control: max-age=6"}, config)), QByteArray("max-age 6"));
    }

    void section_5_1_age_data() {
        QTest::addColumn<QByteArrayList>("fields");
        QTest::addColumn<uint>("age");
        const auto row = [](const char* name, const QByteArrayList& fields, uint age) {
            QTest::newRow(name) << fields << age;
        };
        row("none", {}, 0);
        row("a number", {"Age: 7200"}, 7200);
        row("leading zeros", {"Age: 0007200"}, 7200);
        row("list: the first", {"Age: 7200, 0"}, 7200);
        row("list: the first, though less", {"Age: 0, 7200"}, 0);
        row("lines: the first", {"Age: 7200", "Age: 0"}, 7200);
        row("lines: the first, though less", {"Age: 0", "Age: 7200"}, 0);
        row("blanks", {"Age: 7200\t , 1"}, 7200);
        row("no number", {"Age: abc"}, 0);
        row("no number in the first place", {"Age: abc, 7200"}, 0);
        row("negative", {"Age: -7200"}, 0);
        row("decimal", {"Age: 7200.0"}, 0);
        row("something behind", {"Age: 7200 abc"}, 0);
        row("parameter", {"Age: 7200;foo=1"}, 0);
        row("quoted", {"Age: \"7200\""}, 0);
        row("empty", {"Age:"}, 0);
        row("overflow", {"Age: 99999999999"}, 2147483648u);
        row("2^31", {"Age: 2147483648"}, 2147483648u);
    }

    void section_5_1_age() {
        QFETCH(QByteArrayList, fields);
        const ResponseOf response(fields);
        QTEST(ageValue(response->fields), "age");
    }

    void section_4_2_3_initialAge_data() {
        QTest::addColumn<QByteArrayList>("fields");
        QTest::addColumn<int>("requested"); // milliseconds after noon
        QTest::addColumn<int>("received");
        QTest::addColumn<uint>("age");
        const auto row = [](const char* name, const QByteArrayList& fields, int requested, int received, uint age) {
            QTest::newRow(name) << fields << requested << received << age;
        };
        row("at once", {noon}, 0, 0, 0);
        row("within the second of Date", {noon}, 900, 999, 0);
        row("apparent age", {noon}, 5000, 5000, 5);
        row("Date ahead of this clock", {"Date: Sun, 06 Nov 1994 13:00:00 GMT"}, 0, 0, 0);
        row("Date long ago", {"Date: Sun, 06 Nov 1994 11:00:00 GMT"}, 0, 0, 3600);
        row("Age", {noon, "Age: 30"}, 0, 0, 30);
        row("Age and the delay of the response", {noon, "Age: 30"}, 0, 4200, 34);
        row("the greater of both", {noon, "Age: 30"}, 100000, 101000, 101);
        row("delay alone", {}, 0, 4999, 4);
        row("no Date", {}, 5000, 5000, 0);
        row("bad Date", {"Date: today"}, 5000, 5000, 0);
        row("clock set back meanwhile", {noon, "Age: 3"}, 9000, 0, 3);
        row("overflow", {noon, "Age: 2147483648"}, 0, 9000, 2147483648u);
        row("Date at the beginning of time", {"Date: Mon, 01 Jan 0001 00:00:00 GMT"}, 0, 0, 2147483648u);
    }

    void section_4_2_3_initialAge() {
        QFETCH(QByteArrayList, fields);
        QFETCH(int, requested);
        QFETCH(int, received);
        const ResponseOf response(fields);
        const auto after = [](int milliseconds) { return at(0) + std::chrono::milliseconds(milliseconds); };
        QTEST(correctedInitialAge(response->fields, after(requested), after(received)), "age");
    }

    void section_4_2_3_currentAge() {
        StoredFacts facts;
        facts.responseTime = at(0);
        facts.initialAge = 10;
        facts.lifetime = 60;
        QCOMPARE(currentAge(facts, at(0)), 10u);
        QCOMPARE(currentAge(facts, at(0) + std::chrono::milliseconds(999)), 10u);
        QCOMPARE(currentAge(facts, at(1)), 11u);
        QCOMPARE(timeToLive(facts, at(49)), 1);
        QCOMPARE(timeToLive(facts, at(50)), 0);
        QCOMPARE(timeToLive(facts, at(55)), -5);
        QCOMPARE(currentAge(facts, at(-3600)), 10u);
    }

    void section_1_2_2_ageDoesNotOverflow() {
        StoredFacts facts;
        facts.responseTime = at(0);
        facts.initialAge = 2147483648u;
        facts.lifetime = 2147483648u;
        QCOMPARE(currentAge(facts, at(5)), 2147483648u);
        QCOMPARE(timeToLive(facts, at(5)), 0);
        facts.initialAge = 0;
        QCOMPARE(timeToLive(facts, at(5)), INT64_C(2147483643));
    }
};

QTEST_APPLESS_MAIN(TestFreshness)
#include "test_freshness.moc"
