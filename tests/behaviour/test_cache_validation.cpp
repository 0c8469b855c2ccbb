// SPDX-License-Identifier: MIT
#include "behaviour/cache_story.h"
#include "behaviour/story.h"
#include "support/cached_resources.h"

using namespace reverxy;
using namespace reverxy::test;

namespace {

const QByteArrayList staleWithTag{"Cache-Control: max-age=3600", "Age: 7200", "ETag: \"a\""};
const QByteArray modified = "Last-Modified: Sun, 06 Nov 1994 11:00:00 GMT";

} // namespace

/// Conditional requests, those that clients send and those that the cache sends (RFC 9111 section 4.3).
class TestCacheValidation : public CachedResourcesTest {
    Q_OBJECT

  private Q_SLOTS:

    void section_4_3_1_conditionsSent_data() {
        QTest::addColumn<QByteArrayList>("fields");
        QTest::addColumn<QString>("ifNoneMatch");
        QTest::addColumn<QString>("ifModifiedSince");
        const QByteArrayList stale{"Cache-Control: max-age=3600", "Age: 7200"};
        const char* const date = "Sun, 06 Nov 1994 11:00:00 GMT";
        QTest::newRow("tag") << (stale + QByteArrayList{"ETag: \"a\""}) << "\"a\""
                             << "";
        QTest::newRow("weak tag") << (stale + QByteArrayList{"ETag: W/\"a\""}) << "W/\"a\""
                                  << "";
        QTest::newRow("unquoted tag") << (stale + QByteArrayList{"ETag: a"}) << "a"
                                      << "";
        QTest::newRow("date") << (stale + QByteArrayList{modified}) << "" << date;
        QTest::newRow("both") << (stale + QByteArrayList{"ETag: \"a\"", modified}) << "\"a\"" << date;
        QTest::newRow("no-cache") << QByteArrayList{"Cache-Control: no-cache, max-age=3600", "ETag: \"a\""}
                                  << "\"a\""
                                  << "";
    }

    void section_4_3_1_conditionsSent() {
        QFETCH(QByteArrayList, fields);
        QFETCH(QString, ifNoneMatch);
        QFETCH(QString, ifModifiedSince);
        const std::string target = m_story->resource({{200, fields}, {304, {"Cache-Control: max-age=3600"}}});
        COMPARE_STATUS(m_story->ask(target), 200);
        const Response validated = m_story->ask(target);
        COMPARE_STATUS(validated, 200);
        QCOMPARE(validated.body, "body"s);
        QCOMPARE(m_story->asked(target), size_t(2));
        const ReceivedRequest conditional = m_story->lastRequest(target);
        QCOMPARE(conditional.field("If-None-Match"), ifNoneMatch.toStdString());
        QCOMPARE(conditional.field("If-Modified-Since"), ifModifiedSince.toStdString());
        // Fresh again, by what the 304 said.
        COMPARE_STATUS(m_story->ask(target), 200);
        QCOMPARE(m_story->asked(target), size_t(2));
    }

    /// What a request says in the fields that Vary names may be more than can be stored beside a response.
    void section_4_1_moreThanCanBeStored() {
        Origin origin([](OriginExchange& exchange) {
            exchange.discardBody();
            const Fields fields{{"Cache-Control", "max-age=600"}, {"Vary", "Foo"}, {"ETag", "\"a\""}};
            if (exchange.field("If-None-Match").empty())
                exchange.respond(200, "body", fields);
            else
                exchange.respond(304, "", fields);
        });
        config::Config config = cachingConfig({origin.port()});
        config.proxy.maxHeaderSize = 256 * 1024;
        RunningEngine proxy(config);
        QCOMPARE(proxy.exchange(request("GET", "/", "Foo: 1\r\n")).body, "body"s);
        const std::string large(70'000, ':');
        for (size_t asked = 2; asked < 5; ++asked) {
            QCOMPARE(proxy.exchange(request("GET", "/", "Foo: " + large + "\r\n")).body, "body"s);
            QCOMPARE(origin.requestCount(), asked);
        }
        QCOMPARE(proxy.exchange(request("GET", "/", "Foo: 2\r\n")).body, "body"s);
        QCOMPARE(proxy.exchange(request("GET", "/", "Foo: 1\r\n")).body, "body"s);
        QCOMPARE(origin.requestCount(), size_t(5));
    }

    /// Section 5.2.2.4: each use is validated.
    void section_5_2_2_4_noCache() {
        const QByteArrayList fields{"Cache-Control: no-cache, max-age=3600", "ETag: \"a\""};
        const std::string target = m_story->resource({{200, fields}, {304, fields}});
        for (size_t i = 1; i <= 3; ++i) {
            COMPARE_STATUS(m_story->ask(target), 200);
            QCOMPARE(m_story->asked(target), i);
        }
    }

    void section_4_3_3_anotherVersionTakesItsPlace() {
        const std::string target =
            m_story->resource({{200, staleWithTag}, {200, {"Cache-Control: max-age=3600", "ETag: \"b\""}, "new"}});
        QCOMPARE(m_story->ask(target).body, "body"s);
        QCOMPARE(m_story->ask(target).body, "new"s);
        QCOMPARE(m_story->ask(target).body, "new"s);
        QCOMPARE(m_story->asked(target), size_t(2));
    }

    void section_4_3_4_fieldsAreUpdated() {
        const std::string target = m_story->resource(
            {{200, staleWithTag + QByteArrayList{"X-A: 1", "X-B: 1", "Content-Type: a/b", "Set-Cookie: a=1"}},
             {304,
              {"Cache-Control: max-age=1800", "ETag: \"a\"", "X-A: 2", "X-C: 2", "Content-Type: c/d",
               "Set-Cookie: a=2", "Content-Length: 99", "Connection: x-hop", "X-Hop: 1"}}});
        COMPARE_STATUS(m_story->ask(target), 200);
        for (int i = 0; i < 2; ++i) {
            const Response response = m_story->ask(target);
            COMPARE_STATUS(response, 200);
            QCOMPARE(response.body, "body"s);
            QCOMPARE(response.field("Cache-Control"), "max-age=1800"s);
            QCOMPARE(response.field("X-A"), "2"s);
            QCOMPARE(response.field("X-B"), "1"s);
            QCOMPARE(response.field("X-C"), "2"s);
            QCOMPARE(response.field("Content-Type"), "c/d"s);
            QCOMPARE(response.field("Set-Cookie"), "a=2"s);
            QCOMPARE(response.field("Content-Length"), "4"s);
            QVERIFY(!response.has("X-Hop"));
            QVERIFY(std::stoi(response.field("Age")) < 1800);
        }
        QCOMPARE(m_story->asked(target), size_t(2));
    }

    /// Section 4.3.4: a 304 about something else does not freshen; the request goes again without conditions.
    void section_4_3_4_aTagThatIsNotStored() {
        const std::string target =
            m_story->resource({{200, staleWithTag},
                               {304, {"Cache-Control: max-age=3600", "ETag: \"other\""}},
                               {200, {"Cache-Control: max-age=3600", "ETag: \"b\""}, "new"}});
        COMPARE_STATUS(m_story->ask(target), 200);
        const Response response = m_story->ask(target);
        COMPARE_STATUS(response, 200);
        QCOMPARE(response.body, "new"s);
        QCOMPARE(m_story->asked(target), size_t(3));
        QVERIFY(!m_story->lastRequest(target).head.has("If-None-Match"));
    }

    /// What the 304 says may forbid keeping the response; it answers this request all the same.
    void section_4_3_4_newFieldsMayForbidKeeping() {
        const std::string target = m_story->resource({{200, staleWithTag},
                                                      {304, {"Cache-Control: no-store", "ETag: \"a\""}},
                                                      {200, {"Cache-Control: max-age=3600"}, "new"}});
        QCOMPARE(m_story->ask(target).body, "body"s);
        const Response confirmed = m_story->ask(target);
        QCOMPARE(confirmed.body, "body"s);
        QCOMPARE(confirmed.field("Cache-Control"), "no-store"s);
        QCOMPARE(m_story->ask(target).body, "new"s);
        QCOMPARE(m_story->asked(target), size_t(3));
    }

    void section_4_3_2_clientsConditions_data() {
        QTest::addColumn<QByteArrayList>("stored");
        QTest::addColumn<QByteArrayList>("request");
        QTest::addColumn<int>("status");
        const auto row = [](const char* name, const QByteArrayList& stored, const QByteArrayList& request,
                            int status) {
            QTest::newRow(name) << (QByteArrayList{"Cache-Control: max-age=3600"} + stored) << request << status;
        };
        const QByteArrayList tag{"ETag: \"abc\""};
        const QByteArray since = "If-Modified-Since: Sun, 06 Nov 1994 ";
        row("tag", tag, {"If-None-Match: \"abc\""}, 304);
        row("weak comparison", {"ETag: W/\"abc\""}, {"If-None-Match: \"abc\""}, 304);
        row("one of several", tag, {"If-None-Match: \"x\" ,\t\"abc\", \"y\""}, 304);
        row("star", tag, {"If-None-Match: *"}, 304);
        row("other tag", tag, {"If-None-Match: \"x\""}, 200);
        row("unquoted", {"ETag: abc"}, {"If-None-Match: abc"}, 304);
        row("date", {modified}, {since + "11:00:00 GMT"}, 304);
        row("later date", {modified}, {since + "11:30:00 GMT"}, 304);
        row("earlier date", {modified}, {since + "10:00:00 GMT"}, 200);
        row("tag before date", {"ETag: \"abc\"", modified}, {"If-None-Match: \"x\"", since + "11:00:00 GMT"}, 200);
    }

    void section_4_3_2_clientsConditions() {
        QFETCH(QByteArrayList, stored);
        QFETCH(QByteArrayList, request);
        QFETCH(int, status);
        const std::string target =
            m_story->resource({{200, stored + QByteArrayList{"X-A: 1", "Content-Type: a/b", "Content-Language: en",
                                                             "Vary: X-V", "Content-Location: /c"}}});
        COMPARE_STATUS(m_story->ask(target), 200);
        const Response response = m_story->ask(target, request);
        COMPARE_STATUS(response, status);
        QCOMPARE(m_story->asked(target), size_t(1));
        // RFC 9110 section 15.4.5.
        for (const char* name : {"Cache-Control", "Content-Location", "Date", "Vary", "Age"})
            QVERIFY2(response.has(name), name);
        QCOMPARE(response.has("ETag"), stored.join().contains("ETag"));
        QCOMPARE(response.has("Content-Type"), status == 200);
        QCOMPARE(response.has("Content-Language"), status == 200);
        QCOMPARE(response.body, status == 200 ? "body"s : ""s);
        // A 304 to HEAD just as well.
        COMPARE_STATUS(m_story->ask(target, request, "HEAD"), status);
    }

    /// Section 4.3.2: with nothing stored the conditions are the origin's to judge.
    void section_4_3_2_conditionsGoOnWhenNothingIsStored() {
        const std::string target = m_story->resource({{304, {"ETag: \"a\""}}});
        COMPARE_STATUS(m_story->ask(target, {"If-None-Match: \"a\""}), 304);
        QCOMPARE(m_story->lastRequest(target).field("If-None-Match"), "\"a\""s);
        COMPARE_STATUS(m_story->ask(target, {"If-Modified-Since: Sun, 06 Nov 1994 11:00:00 GMT"}), 304);
        QCOMPARE(m_story->lastRequest(target).field("If-Modified-Since"), "Sun, 06 Nov 1994 11:00:00 GMT"s);
    }

    /// Section 4.3.2: a client that has what was just validated gets 304, one that has not gets it whole.
    void section_4_3_2_clientsConditionsAfterValidation_data() {
        QTest::addColumn<QByteArray>("tag");
        QTest::addColumn<int>("status");
        QTest::newRow("has it") << QByteArray("\"a\"") << 304;
        QTest::newRow("has another") << QByteArray("\"x\"") << 200;
    }

    void section_4_3_2_clientsConditionsAfterValidation() {
        QFETCH(QByteArray, tag);
        QFETCH(int, status);
        const std::string target =
            m_story->resource({{200, staleWithTag}, {304, {"Cache-Control: max-age=3600", "ETag: \"a\""}}});
        COMPARE_STATUS(m_story->ask(target), 200);
        const Response response = m_story->ask(target, {"If-None-Match: " + tag});
        COMPARE_STATUS(response, status);
        QCOMPARE(response.body, status == 200 ? "body"s : ""s);
        QCOMPARE(m_story->lastRequest(target).field("If-None-Match"), "\"a\""s);
    }

    void section_4_3_5_head_data() {
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArrayList>("head");
        QTest::addColumn<bool>("stillGood");
        const QByteArray lifetime = "Cache-Control: max-age=3600";
        QTest::newRow("same tag") << 200 << QByteArrayList{lifetime, "ETag: \"a\"", "Content-Length: 4"} << true;
        QTest::newRow("other tag") << 200 << QByteArrayList{lifetime, "ETag: \"b\"", "Content-Length: 4"} << false;
        QTest::newRow("other length") << 200 << QByteArrayList{lifetime, "ETag: \"a\"", "Content-Length: 5"}
                                      << false;
        QTest::newRow("gone") << 410 << QByteArrayList{lifetime} << false;
    }

    /// A HEAD that goes to the origin tells whether what is stored still holds.
    void section_4_3_5_head() {
        QFETCH(int, status);
        QFETCH(QByteArrayList, head);
        QFETCH(bool, stillGood);
        const std::string target =
            m_story->resource({{200, {"Cache-Control: max-age=1800", "ETag: \"a\"", "X-A: 1"}},
                               {status, head + QByteArrayList{"X-A: 2"}},
                               {200, {"Cache-Control: max-age=3600"}, "new"}});
        COMPARE_STATUS(m_story->ask(target), 200);
        COMPARE_STATUS(m_story->ask(target, {"Cache-Control: no-cache"}, "HEAD"), status);
        QCOMPARE(m_story->asked(target), size_t(2));
        const Response after = m_story->ask(target);
        COMPARE_STATUS(after, 200);
        QCOMPARE(after.body, stillGood ? "body"s : "new"s);
        QCOMPARE(after.field("X-A"), stillGood ? "2"s : ""s);
        QCOMPARE(m_story->asked(target), size_t(stillGood ? 2 : 3));
    }
};

QTEST_GUILESS_MAIN(TestCacheValidation)
#include "test_cache_validation.moc"
