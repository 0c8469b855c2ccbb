// SPDX-License-Identifier: MIT
#include "behaviour/story.h"
#include "support/cached_resources.h"

using namespace reverxy;
using namespace reverxy::test;

/// What the cache keeps: the same request comes twice, and the origin sees the second one or not (RFC 9111 section
/// 3).
class TestCacheStoring : public CachedResourcesTest {
    Q_OBJECT

  private Q_SLOTS:

    void section_3_storing_data() {
        QTest::addColumn<QByteArrayList>("request");
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArrayList>("fields");
        QTest::addColumn<bool>("stored");
        const auto row = [](const char* name, const QByteArrayList& fields, bool stored,
                            const QByteArrayList& request = {},
                            int status = 200) { QTest::newRow(name) << request << status << fields << stored; };
        const QByteArray hourAgo = "Last-Modified: Sun, 06 Nov 1994 11:00:00 GMT";
        const QByteArray noon = "Date: Sun, 06 Nov 1994 12:00:00 GMT";
        row("max-age", {"Cache-Control: max-age=3600"}, true);
        row("max-age, odd case", {"Cache-Control: MaX-aGe=3600"}, true);
        row("max-age, quoted", {"Cache-Control: max-age=\"3600\""}, true);
        row("max-age among blanks", {"Cache-Control: \t public ,\t  max-age=3600  "}, true);
        row("max-age in the second line", {"Cache-Control: public", "Cache-Control: max-age=3600"}, true);
        row("max-age with an extension", {"Cache-Control: foobar, max-age=3600, baz=\"1,2\""}, true);
        row("max-age before an invalid Expires", {"Cache-Control: max-age=3600", "Expires: 0"}, true);
        row("max-age of more than 31 bits", {"Cache-Control: max-age=2147483648"}, true);
        row("max-age of more than 64 bits", {"Cache-Control: max-age=99999999999999999999"}, true);
        row("max-age of no number", {"Cache-Control: max-age=a3600"}, false);
        row("max-age, negative", {"Cache-Control: max-age=-3600"}, false);
        row("max-age in single quotes", {"Cache-Control: max-age='3600'"}, false);
        row("max-age within an argument", {"Cache-Control: extension=\"max-age=3600\""}, false);
        row("two values of max-age", {"Cache-Control: max-age=3600, max-age=1800"}, false);
        row("max-age, and Age past it", {"Cache-Control: max-age=3600", "Age: 7200"}, false);
        row("max-age, and Date long ago", {"Cache-Control: max-age=3600", noon}, false);
        row("max-age, and Age that is no number", {"Cache-Control: max-age=3600", "Age: abc"}, true);
        row("s-maxage before max-age", {"Cache-Control: max-age=1, s-maxage=3600", "Age: 60"}, true);
        row("s-maxage, though less", {"Cache-Control: max-age=3600, s-maxage=1", "Age: 60"}, false);
        row("Expires far ahead", {"Expires: Fri, 31 Dec 9999 23:59:59 GMT"}, true);
        row("Expires in the past", {"Expires: Sun, 06 Nov 1994 12:00:00 GMT"}, false);
        row("Expires of 0", {"Expires: 0"}, false);
        row("Expires in another zone", {"Expires: Fri, 31 Dec 9999 23:59:59 AEST"}, false);
        row("no-store", {"Cache-Control: max-age=3600, no-store"}, false);
        row("private", {"Cache-Control: max-age=3600, private"}, false);
        row("no-cache", {"Cache-Control: max-age=3600, no-cache"}, false);
        row("must-understand, understood", {"Cache-Control: max-age=3600, must-understand, no-store"}, true);
        row("must-understand, not understood", {"Cache-Control: max-age=3600, must-understand, no-store"}, false,
            {}, 599);
        row("Pragma in the response", {"Cache-Control: max-age=3600", "Pragma: no-cache"}, true);
        row("Set-Cookie", {"Cache-Control: max-age=3600", "Set-Cookie: a=b"}, true);
        row("Vary of everything", {"Cache-Control: max-age=3600", "Vary: *"}, false);
        row("request no-store", {"Cache-Control: max-age=3600"}, false, {"Cache-Control: no-store"});
        row("Authorization", {"Cache-Control: max-age=3600"}, false, {"Authorization: a b"});
        row("Authorization and public", {"Cache-Control: max-age=3600, public"}, true, {"Authorization: a b"});
        row("Authorization and must-revalidate", {"Cache-Control: max-age=3600, must-revalidate"}, true,
            {"Authorization: a b"});
        row("Authorization and s-maxage", {"Cache-Control: s-maxage=3600"}, true, {"Authorization: a b"});
        row("Cookie", {"Cache-Control: max-age=3600"}, true, {"Cookie: a=b"});
        row("nothing said", {}, false);
        row("CDN-Cache-Control", {"CDN-Cache-Control: max-age=3600", "Cache-Control: no-store"}, true);
        row("CDN-Cache-Control that is none", {"CDN-Cache-Control: max-age =3600", "Cache-Control: no-store"},
            false);
        row("CDN-Cache-Control: no-store", {"CDN-Cache-Control: no-store", "Cache-Control: max-age=3600"}, false);
        row("Reverxy-Cache-Control",
            {"Reverxy-Cache-Control: max-age=3600", "CDN-Cache-Control: no-store", "Cache-Control: no-store"},
            true);
        for (const int status :
             {203, 204, 299, 301, 302, 303, 307, 308, 400, 404, 410, 499, 500, 502, 503, 504, 599})
            row(qPrintable(QStringLiteral("status %1").arg(status)), {"Cache-Control: max-age=3600"}, true, {},
                status);
        for (const int status : {401, 412, 416})
            row(qPrintable(QStringLiteral("status %1").arg(status)), {"Cache-Control: max-age=3600"}, false, {},
                status);
    }

    void section_3_storing() {
        QFETCH(QByteArrayList, request);
        QFETCH(int, status);
        QFETCH(QByteArrayList, fields);
        QFETCH(bool, stored);
        const std::string target = m_story->resource({{status, fields}});
        COMPARE_STATUS(m_story->ask(target, request), status);
        const Response second = m_story->ask(target, request);
        COMPARE_STATUS(second, status);
        QCOMPARE(second.body, status == 204 ? ""s : "body"s);
        QCOMPARE(m_story->asked(target), size_t(stored ? 1 : 2));
        QCOMPARE(second.has("Age"), stored || fields.join().contains("Age: "));
    }

    /// Section 4.2.2: a tenth of the time since the last modification, for some codes alone.
    void section_4_2_2_heuristics_data() {
        QTest::addColumn<int>("status");
        QTest::addColumn<bool>("stored");
        for (const int status : {200, 203, 204, 300, 301, 308, 404, 405, 410, 414, 501})
            QTest::addRow("%d", status) << status << true;
        for (const int status : {201, 202, 302, 307, 400, 403, 500, 502, 503, 504, 599})
            QTest::addRow("%d", status) << status << false;
    }

    void section_4_2_2_heuristics() {
        QFETCH(int, status);
        QFETCH(bool, stored);
        const QByteArray longAgo = "Last-Modified: Sun, 06 Nov 1994 11:00:00 GMT";
        const std::string target = m_story->resource({{status, {longAgo}}});
        for (int i = 0; i < 2; ++i)
            COMPARE_STATUS(m_story->ask(target), status);
        QCOMPARE(m_story->asked(target), size_t(stored ? 1 : 2));
    }

    void section_3_onlyGetIsStored_data() {
        QTest::addColumn<QString>("method");
        for (const char* method : {"POST", "PUT", "DELETE", "OPTIONS", "M-SEARCH"})
            QTest::newRow(method) << method;
    }

    void section_3_onlyGetIsStored() {
        QFETCH(QString, method);
        const std::string target = m_story->resource({{200, {"Cache-Control: max-age=3600"}}});
        for (int i = 0; i < 2; ++i)
            COMPARE_STATUS(m_story->ask(target, {"Content-Length: 0"}, method.toStdString()), 200);
        QCOMPARE(m_story->asked(target), size_t(2));
        // And what came is not what GET gets.
        COMPARE_STATUS(m_story->ask(target), 200);
        QCOMPARE(m_story->asked(target), size_t(3));
    }

    /// RFC 9110 section 9.3.1: content of a GET may decide about the response, and is not in the key.
    void aGetWithContentIsNeitherStoredNorAnswered() {
        const std::string target = m_story->resource({{200, {"Cache-Control: max-age=3600"}}});
        for (int i = 0; i < 2; ++i) {
            const Response response = m_story->proxy().exchange(request("GET", target, "", "poison"));
            COMPARE_STATUS(response, 200);
        }
        QCOMPARE(m_story->asked(target), size_t(2));
        COMPARE_STATUS(m_story->ask(target), 200);
        QCOMPARE(m_story->asked(target), size_t(3));
    }

    void section_3_1_fields() {
        const std::string target = m_story->resource(
            {{200,
              {"Cache-Control: max-age=3600, private=\"x-private\", no-cache=x-once", "X-Private: 1", "X-Once: 1",
               "X-Named: 1", "Connection: x-named", "Proxy-Authenticate: a", "X-Kept: 1", "X-Kept: 2",
               "Content-Type: a/b", "ETag: \"a\"", "Set-Cookie: a=b"}}});
        const Response first = m_story->ask(target);
        COMPARE_STATUS(first, 200);
        // The fields withheld are for this client alone.
        QCOMPARE(first.field("X-Private"), "1"s);
        QCOMPARE(first.field("X-Once"), "1"s);
        const Response second = m_story->ask(target);
        COMPARE_STATUS(second, 200);
        QCOMPARE(m_story->asked(target), size_t(1));
        for (const char* name : {"X-Private", "X-Once", "X-Named", "Proxy-Authenticate"})
            QVERIFY2(!second.has(name), name);
        QCOMPARE(second.field("X-Kept"), "1, 2"s);
        QCOMPARE(second.field("Content-Type"), "a/b"s);
        QCOMPARE(second.field("ETag"), "\"a\""s);
        QCOMPARE(second.field("Set-Cookie"), "a=b"s);
        QCOMPARE(second.field("Date"), first.field("Date"));
        QCOMPARE(second.head.count("Date"), size_t(1));
        QCOMPARE(second.head.count("Age"), size_t(1));
    }

    void section_4_2_3_ageGrowsFromWhatWasReceived() {
        const std::string target = m_story->resource({{200, {"Cache-Control: max-age=3600", "Age: 100"}}});
        COMPARE_STATUS(m_story->ask(target), 200);
        const Response second = m_story->ask(target);
        QCOMPARE(second.head.count("Age"), size_t(1));
        const int age = std::stoi(second.field("Age"));
        QVERIFY2(age >= 100 && age < 200, second.field("Age").c_str());
    }

    /// Section 3.3: what breaks off is not the whole.
    void section_3_3_incompleteIsNotStored() {
        std::atomic<int> requests{0};
        Origin origin([&](OriginExchange& exchange) {
            if (requests++ == 0) {
                exchange.send("HTTP/1.1 200 OK\r\nCache-Control: max-age=3600\r\nContent-Length: 10\r\n\r\nhalf");
                exchange.close();
                return;
            }
            exchange.respond(200, "everything", {{"Cache-Control", "max-age=3600"}});
        });
        config::Config config = configFor({origin.port()});
        config.cache = {};
        RunningEngine proxy(config);
        QVERIFY(!proxy.get("/").complete);
        for (int i = 0; i < 2; ++i) {
            const Response response = proxy.get("/");
            COMPARE_STATUS(response, 200);
            QCOMPARE(response.body, "everything"s);
        }
        QCOMPARE(origin.requestCount(), size_t(2));
    }

    void defaultTtl() {
        config::Cache cache;
        cache.defaultTtl = config::Milliseconds(3600000);
        CachedResources story(cache);
        const auto asked = [&story](const QByteArrayList& request, const QByteArrayList& fields) {
            const std::string target = story.resource({{200, fields}});
            for (int i = 0; i < 2; ++i)
                story.ask(target, request);
            return story.asked(target);
        };
        QCOMPARE(asked({}, {}), size_t(1));
        QCOMPARE(asked({"Cookie: a=b"}, {}), size_t(2));
        QCOMPARE(asked({"Authorization: a b"}, {}), size_t(2));
        QCOMPARE(asked({}, {"Set-Cookie: a=b"}), size_t(2));
        QCOMPARE(asked({}, {"Cache-Control: no-store"}), size_t(2));
        QCOMPARE(asked({}, {"Cache-Control: private"}), size_t(2));
        QCOMPARE(asked({}, {"Cache-Control: max-age=0"}), size_t(2));
        QCOMPARE(asked({}, {"Expires: 0"}), size_t(2));
    }

    /// A guess made without a cookie is not for those who bring one.
    void defaultTtlIsNotForPersonalRequests() {
        config::Cache cache;
        cache.defaultTtl = config::Milliseconds(3600000);
        CachedResources story(cache);
        const std::string target = story.resource({{200, {}, "everybody's"}, {200, {}, "mine"}});
        QCOMPARE(story.ask(target).body, "everybody's"s);
        QCOMPARE(story.ask(target, {"Cookie: a=b"}).body, "mine"s);
        QCOMPARE(story.asked(target), size_t(2));
    }
};

QTEST_GUILESS_MAIN(TestCacheStoring)
#include "test_cache_storing.moc"
