// SPDX-License-Identifier: MIT
#include "cache/reuse.h"

#include "cache/parsed_heads.h"
#include "cache/stored_at_noon.h"
#include "cache/storing.h"

using namespace reverxy;
using namespace reverxy::cache;
using namespace reverxy::test;

namespace {

const QByteArray noon = "Date: Sun, 06 Nov 1994 12:00:00 GMT";

/// What is said of the response `fields`, stored at noon and asked for `seconds` later.
struct Case {
    QByteArrayList fields;
    QByteArrayList request;
    int64_t seconds = 0;
    Situation situation = Situation::Normal;
    config::Cache config = withoutStale();
    bool markedStale = false;

    static config::Cache withoutStale() {
        config::Cache config;
        config.staleIfDown = config::Milliseconds(0);
        return config;
    }
};

ReuseAnswer decide(const Case& given) {
    const RequestOf request(given.request);
    const ResponseOf response(QByteArrayList{noon} + given.fields);
    const StoreDecision decision =
        decideStoring({}, *response, readCachingPolicy(response->fields), {at(0), at(0)}, given.config);
    if (!decision.stored())
        qFatal("The response in the test is not stored.");
    return decideReuse(decision.facts, given.markedStale, reuseRequestOf(*request), given.situation,
                       at(given.seconds), given.config);
}

QByteArray verdictOf(const Case& given) {
    return bytesOf(infoOf(decide(given).verdict).name);
}

} // namespace

class TestReuse : public QObject {
    Q_OBJECT
  private Q_SLOTS:

    void section_4_2_freshness() {
        for (const int64_t seconds : {0, 59}) {
            const ReuseAnswer answer = decide({{"Cache-Control: max-age=60"}, {}, seconds});
            QCOMPARE(answer.verdict, ReuseVerdict::Fresh);
            QCOMPARE(answer.age, uint32_t(seconds));
            QCOMPARE(answer.timeToLive, 60 - seconds);
        }
        // Fresh is what has a lifetime greater than its age.
        QCOMPARE(decide({{"Cache-Control: max-age=60"}, {}, 60}).verdict, ReuseVerdict::Stale);
        QCOMPARE(decide({{"Cache-Control: max-age=60", "Age: 60"}, {}, 0}).verdict, ReuseVerdict::Stale);
        QCOMPARE(decide({{"Cache-Control: max-age=60", "Age: 59"}, {}, 0}).verdict, ReuseVerdict::Fresh);
    }

    void section_5_2_1_requestDirectives_data() {
        QTest::addColumn<QByteArray>("directives");
        QTest::addColumn<int>("seconds"); // of age; the lifetime is a minute
        QTest::addColumn<QByteArray>("verdict");
        const auto row = [](const char* directives, int seconds, const char* verdict) {
            QTest::addRow("%s after %d s", directives, seconds)
                << QByteArray(directives) << seconds << QByteArray(verdict);
        };
        row("no-cache", 0, "request-no-cache");
        row("no-store", 0, "fresh");
        row("only-if-cached", 0, "fresh");
        row("no-transform", 0, "fresh");
        row("max-age=0", 0, "fresh");
        row("max-age=0", 1, "request-max-age");
        row("max-age=10", 10, "fresh");
        row("max-age=10", 11, "request-max-age");
        row("max-age=3600", 59, "fresh");
        row("max-age=3600", 61, "stale");
        row("max-age=3600, max-stale=5", 61, "max-stale");
        row("max-age=10, max-stale=5", 11, "request-max-age");
        row("min-fresh=10", 50, "fresh");
        row("min-fresh=10", 51, "request-min-fresh");
        row("min-fresh=0", 61, "stale");
        row("min-fresh=1, max-stale", 61, "stale");
        row("max-stale", 61, "max-stale");
        row("max-stale", 100000, "max-stale");
        row("max-stale=5", 65, "max-stale");
        row("max-stale=5", 66, "stale");
        row("max-stale=0", 60, "max-stale");
        row("max-stale=x", 61, "stale");
        row("max-stale, max-stale=5", 66, "stale");
        row("stale-if-error=100", 61, "stale");
    }

    void section_5_2_1_requestDirectives() {
        QFETCH(QByteArray, directives);
        QFETCH(int, seconds);
        QTEST(verdictOf({{"Cache-Control: max-age=60"}, {"Cache-Control: " + directives}, seconds}), "verdict");
    }

    void section_5_4_pragma() {
        QCOMPARE(verdictOf({{"Cache-Control: max-age=60"}, {"Pragma: no-cache"}, 0}),
                 QByteArray("request-no-cache"));
        QCOMPARE(verdictOf({{"Cache-Control: max-age=60"}, {"Pragma: foo"}, 0}), QByteArray("fresh"));
    }

    void section_5_2_2_4_noCache() {
        const QByteArrayList fields{"Cache-Control: no-cache, max-age=60, stale-if-error=99", "ETag: \"a\""};
        for (const Situation situation : {Situation::Normal, Situation::BackendFailed, Situation::Disconnected}) {
            QCOMPARE(verdictOf({fields, {}, 0, situation, {}}), QByteArray("no-cache"));
            QCOMPARE(verdictOf({fields, {"Cache-Control: max-stale"}, 99, situation, {}}), QByteArray("no-cache"));
        }
        QCOMPARE(verdictOf({{"Cache-Control: no-cache=\"x\", max-age=60"}, {}, 0}), QByteArray("fresh"));
    }

    void rfc5861_section_3_data() {
        QTest::addColumn<QByteArrayList>("request");
        QTest::addColumn<int>("seconds");
        QTest::addColumn<QByteArray>("verdict");
        QTest::newRow("fresh") << QByteArrayList{} << 59 << QByteArray("fresh");
        QTest::newRow("within the window") << QByteArrayList{} << 61 << QByteArray("stale-while-revalidate");
        QTest::newRow("at its end") << QByteArrayList{} << 90 << QByteArray("stale-while-revalidate");
        QTest::newRow("past it") << QByteArrayList{} << 91 << QByteArray("stale");
        QTest::newRow("past it, but max-stale")
            << QByteArrayList{"Cache-Control: max-stale"} << 91 << QByteArray("max-stale");
        QTest::newRow("the client wants it fresh")
            << QByteArrayList{"Cache-Control: max-age=3600"} << 61 << QByteArray("stale");
        QTest::newRow("no-cache") << QByteArrayList{"Cache-Control: no-cache"} << 61
                                  << QByteArray("request-no-cache");
    }

    void rfc5861_section_3() {
        QFETCH(QByteArrayList, request);
        QFETCH(int, seconds);
        QTEST(verdictOf({{"Cache-Control: max-age=60, stale-while-revalidate=30"}, request, seconds}), "verdict");
    }

    /// Section 4.2.4: what the origin forbids nothing allows.
    void section_4_2_4_forbidden_data() {
        QTest::addColumn<QByteArray>("directives");
        for (const char* directives :
             {"max-age=60, must-revalidate", "max-age=60, proxy-revalidate", "s-maxage=60", "max-age=60, x=a b"})
            QTest::newRow(directives) << QByteArray(directives);
    }

    void section_4_2_4_forbidden() {
        QFETCH(QByteArray, directives);
        const QByteArrayList fields{"Cache-Control: " + directives +
                                    ", stale-while-revalidate=99, stale-if-error=99"};
        config::Cache generous;
        generous.staleIfError = generous.staleIfDown = config::Milliseconds(3600000);
        QCOMPARE(verdictOf({fields, {}, 59, Situation::Normal, generous}), QByteArray("fresh"));
        for (const Situation situation : {Situation::Normal, Situation::BackendFailed, Situation::Disconnected})
            QCOMPARE(verdictOf({fields, {"Cache-Control: max-stale"}, 61, situation, generous}),
                     QByteArray("must-revalidate"));
    }

    void rfc5861_section_4_data() {
        QTest::addColumn<QByteArray>("response"); // after max-age=60
        QTest::addColumn<QByteArrayList>("request");
        QTest::addColumn<int>("configured"); // cache.stale_if_error, seconds
        QTest::addColumn<int>("seconds");
        QTest::addColumn<QByteArray>("verdict");
        const auto row = [](const char* name, const char* response, const QByteArrayList& request, int configured,
                            int seconds, const char* verdict) {
            QTest::newRow(name) << QByteArray(response) << request << configured << seconds << QByteArray(verdict);
        };
        row("nobody allows it", "", {}, 0, 60, "stale");
        row("still fresh", "", {}, 0, 59, "fresh");
        row("the response", ", stale-if-error=30", {}, 0, 90, "stale-if-error");
        row("the response, too late", ", stale-if-error=30", {}, 0, 91, "stale");
        row("the request", "", {"Cache-Control: stale-if-error=30"}, 0, 90, "stale-if-error");
        row("the request, too late", "", {"Cache-Control: stale-if-error=30"}, 0, 91, "stale");
        row("the configuration", "", {}, 30, 90, "stale-if-error");
        row("the configuration, too late", "", {}, 30, 91, "stale");
        row("the response before the configuration", ", stale-if-error=5", {}, 30, 66, "stale");
        row("the response forbids", ", stale-if-error=0", {"Cache-Control: stale-if-error=30"}, 30, 60, "stale");
        row("a number that is none", ", stale-if-error=x", {}, 30, 60, "stale");
        row("the request before the configuration", "", {"Cache-Control: stale-if-error=99"}, 30, 159,
            "stale-if-error");
        row("a reload does not turn it into an error", ", stale-if-error=30", {"Cache-Control: max-age=0"}, 0, 61,
            "stale-if-error");
        row("a reload of what is fresh", "", {"Cache-Control: max-age=0"}, 0, 30, "fresh");
        row("no-cache does", ", stale-if-error=30", {"Cache-Control: no-cache"}, 0, 61, "request-no-cache");
    }

    void rfc5861_section_4() {
        QFETCH(QByteArray, response);
        QFETCH(QByteArrayList, request);
        QFETCH(int, configured);
        QFETCH(int, seconds);
        Case given{{"Cache-Control: max-age=60" + response}, request, seconds, Situation::BackendFailed};
        given.config.staleIfError = config::Milliseconds(configured * 1000);
        QTEST(verdictOf(given), "verdict");
        given.situation = Situation::Disconnected;
        QTEST(verdictOf(given), "verdict");
    }

    void staleIfDown() {
        Case given{{"Cache-Control: max-age=60"}, {}, 90, Situation::Disconnected};
        given.config.staleIfDown = config::Milliseconds(30000);
        QCOMPARE(verdictOf(given), QByteArray("stale-if-down"));
        given.seconds = 91;
        QCOMPARE(verdictOf(given), QByteArray("stale"));
        given.seconds = 61;
        given.situation = Situation::BackendFailed;
        QCOMPARE(verdictOf(given), QByteArray("stale"));
        given.situation = Situation::Disconnected;
        given.fields = {"Cache-Control: max-age=60, stale-if-error=0"};
        QCOMPARE(verdictOf(given), QByteArray("stale"));
        given.fields = {"Cache-Control: max-age=60, stale-if-error=1"};
        QCOMPARE(verdictOf(given), QByteArray("stale-if-error"));
        given.seconds = 62;
        QCOMPARE(verdictOf(given), QByteArray("stale-if-down"));
    }

    void softPurge() {
        Case given{{"Cache-Control: max-age=60, stale-while-revalidate=99"}, {"Cache-Control: max-stale"}, 0};
        given.markedStale = true;
        QCOMPARE(verdictOf(given), QByteArray("invalidated"));
        given.config.staleIfDown = config::Milliseconds(30000);
        given.situation = Situation::Disconnected;
        QCOMPARE(verdictOf(given), QByteArray("stale-if-down"));
    }

    void guessedLifetimesAreNotForPersonalRequests() {
        const QByteArrayList guessed{"Last-Modified: Sun, 06 Nov 1994 11:00:00 GMT"};
        QCOMPARE(verdictOf({guessed, {}, 1}), QByteArray("fresh"));
        QCOMPARE(verdictOf({guessed, {"Cookie: a=b"}, 1}), QByteArray("personal"));
        QCOMPARE(verdictOf({guessed, {"Authorization: a b"}, 1}), QByteArray("personal"));
        QCOMPARE(verdictOf({guessed, {"Cookie: a=b"}, 1, Situation::Disconnected, {}}), QByteArray("personal"));
        QCOMPARE(verdictOf({{"Cache-Control: max-age=60"}, {"Cookie: a=b"}, 1}), QByteArray("fresh"));
    }

    void rfc8246_immutable() {
        const QByteArrayList fields{"Cache-Control: max-age=60, immutable"};
        QCOMPARE(verdictOf({fields, {"Cache-Control: max-age=0"}, 30}), QByteArray("fresh"));
        QCOMPARE(verdictOf({fields, {"Cache-Control: no-cache"}, 30}), QByteArray("request-no-cache"));
        QCOMPARE(verdictOf({fields, {}, 61}), QByteArray("stale"));
        QCOMPARE(verdictOf({fields, {"Cache-Control: max-age=0"}, 61}), QByteArray("request-max-age"));
    }

    void rfc9211_section_2_2_reasons_data() {
        QTest::addColumn<QByteArray>("directives");
        QTest::addColumn<int>("seconds");
        QTest::addColumn<QByteArray>("verdict");
        const auto row = [](const char* directives, int seconds, const char* verdict) {
            QTest::addRow("%s after %d s", directives, seconds)
                << QByteArray(directives) << seconds << QByteArray(verdict);
        };
        row("", 0, "hit");
        row("", 61, "stale");
        row("no-cache", 0, "request");
        row("no-cache", 61, "stale");
        row("max-age=0", 5, "request");
        row("max-age=0", 61, "stale");
        row("min-fresh=99", 5, "request");
        row("max-stale", 61, "hit-max-stale");
    }

    void rfc9211_section_2_2_reasons() {
        QFETCH(QByteArray, directives);
        QFETCH(int, seconds);
        const ReuseAnswer answer =
            decide({{"Cache-Control: max-age=60"}, {"Cache-Control: " + directives}, seconds});
        QTEST(bytesOf(infoOf(cacheVerdictOf(answer)).name), "verdict");
        QCOMPARE(answer.mayReuse(), isHit(cacheVerdictOf(answer)));
    }

    void rfc5861_section_4_errors() {
        QList<int> errors;
        for (int status = 200; status < 600; ++status) {
            if (isErrorForStale(static_cast<uint16_t>(status)))
                errors += status;
        }
        QCOMPARE(errors, (QList<int>{500, 502, 503, 504}));
    }

    void section_4_1_choice() {
        const StoredRef english = storedAtNoon({noon}, "accept-language:en\n");
        const StoredRef german = storedAtNoon({noon}, "accept-language:de\n");
        const StoredRef laterGerman =
            storedAtNoon({"Date: Sun, 06 Nov 1994 12:00:01 GMT"}, "accept-language:de\nx\n");
        const StoredRef any = storedAtNoon({"Date: Sun, 06 Nov 1994 13:00:00 GMT"}, "");
        const std::array all{english, german, any, laterGerman};
        const auto choose = [&all](const QByteArrayList& fields, size_t count) {
            return chooseVariant(std::span(all).first(count), *RequestOf(fields), at(0));
        };
        QCOMPARE(choose({"Accept-Language: de"}, 2), std::optional<size_t>(1));
        QCOMPARE(choose({"Accept-Language: en"}, 2), std::optional<size_t>(0));
        QCOMPARE(choose({"Accept-Language: fr"}, 2), std::optional<size_t>());
        QCOMPARE(choose({}, 0), std::optional<size_t>());
        // The one without Vary answers what no other matches, though it was sent last.
        QCOMPARE(choose({"Accept-Language: de"}, 3), std::optional<size_t>(1));
        QCOMPARE(choose({"Accept-Language: fr"}, 3), std::optional<size_t>(2));
        // Of two that match it is the one sent last.
        QCOMPARE(choose({"Accept-Language: de"}, 4), std::optional<size_t>(3));
        QCOMPARE(choose({"Accept-Language: de", "X: 1"}, 4), std::optional<size_t>(1));
    }
};

QTEST_APPLESS_MAIN(TestReuse)
#include "test_reuse.moc"
