// SPDX-License-Identifier: MIT
#include "behaviour/story.h"
#include "support/cached_resources.h"

using namespace reverxy;
using namespace reverxy::test;

namespace {

const std::string digits = "0123456789";
const QByteArray fresh = "Cache-Control: max-age=3600";
const QByteArray stale = "Age: 7200";
const QByteArray soonRenewed = "Cache-Control: max-age=1, stale-while-revalidate=3600";
const QByteArray tag = "ETag: \"a\"";

/// A 206 with these of the ten digits.
Reply part(size_t first, size_t last, QByteArrayList fields = {fresh, tag}) {
    fields += "Content-Range: bytes " + QByteArray::number(quint64(first)) + "-" +
              QByteArray::number(quint64(last)) + "/10";
    return {206, fields, digits.substr(first, last - first + 1)};
}

/// A thousand bytes from the middle of two thousand.
Reply middleOfMany() {
    return {206,
            {fresh, tag, "Content-Type: text/plain", "Content-Range: bytes 500-1499/2000"},
            "begin" + std::string(992, '-') + "end"};
}

} // namespace

/// Parts of a representation as they come from an origin (RFC 9111 sections 3.3 and 3.4).
class TestCacheParts : public CachedResourcesTest {
    Q_OBJECT

  private Q_SLOTS:

    void rfc9111_section_3_3_aStoredPartAnswersWhatLiesWithin_data() {
        QTest::addColumn<QByteArray>("range");
        QTest::addColumn<QString>("body");
        QTest::addColumn<QString>("contentRange");
        QTest::newRow("the same") << QByteArray("bytes=5-9") << "56789"
                                  << "bytes 5-9/10";
        QTest::newRow("some of it") << QByteArray("bytes=6-8") << "678"
                                    << "bytes 6-8/10";
        QTest::newRow("to the end") << QByteArray("bytes=6-") << "6789"
                                    << "bytes 6-9/10";
        QTest::newRow("two that are one") << QByteArray("bytes=5-6,8-9") << "56789"
                                          << "bytes 5-9/10";
        QTest::newRow("suffix") << QByteArray("bytes=-1") << "9"
                                << "bytes 9-9/10";
    }

    void rfc9111_section_3_3_aStoredPartAnswersWhatLiesWithin() {
        QFETCH(QByteArray, range);
        QFETCH(QString, body);
        QFETCH(QString, contentRange);
        const std::string target = m_story->resource({part(5, 9, {fresh, tag, "X-A: 1"})});
        COMPARE_STATUS(m_story->ask(target, {"Range: bytes=-5"}), 206);
        const Response response = m_story->ask(target, {"Range: " + range});
        COMPARE_STATUS(response, 206);
        QCOMPARE(m_story->asked(target), size_t(1));
        QCOMPARE(response.body, body.toStdString());
        QCOMPARE(response.head.count("Content-Range"), size_t(1));
        QCOMPARE(response.field("Content-Range"), contentRange.toStdString());
        QCOMPARE(response.field("X-A"), "1"s);
        QVERIFY(response.has("Age"));
    }

    /// RFC 9110 section 15.3.7.2: each of them tells its place in the whole, and the response itself none.
    void rfc9110_section_14_6_severalRangesOfAStoredPart() {
        const std::string target = m_story->resource({middleOfMany()});
        COMPARE_STATUS(m_story->ask(target, {"Range: bytes=500-1499"}), 206);
        const Response response = m_story->ask(target, {"Range: bytes=1497-1499,501-504,2000-"});
        COMPARE_STATUS(response, 206);
        QCOMPARE(m_story->asked(target), size_t(1));
        QVERIFY(!response.has("Content-Range"));
        QCOMPARE(response.head.count("Content-Type"), size_t(1));
        const std::string boundary = delimiterOf(response);
        QVERIFY2(!boundary.empty(), response.field("Content-Type").c_str());
        const std::string head = "\r\nContent-Type: text/plain\r\nContent-Range: bytes ";
        QCOMPARE(response.body, boundary + head + "1497-1499/2000\r\n\r\nend\r\n" + boundary + head +
                                    "501-504/2000\r\n\r\negin\r\n" + boundary + "--\r\n");
    }

    void rfc9111_section_3_3_severalRangesOfWhichOneIsNotThere() {
        const std::string target = m_story->resource({middleOfMany(), {200, {fresh, tag}, "elsewhere"}});
        COMPARE_STATUS(m_story->ask(target, {"Range: bytes=500-1499"}), 206);
        COMPARE_STATUS(m_story->ask(target, {"Range: bytes=500-504,-3"}), 200);
        QCOMPARE(m_story->lastRequest(target).field("Range"), "bytes=500-504,-3"s);
    }

    void rfc9111_section_4_3_1_aStalePartIsValidatedForSeveralRanges() {
        Reply reply = middleOfMany();
        reply.fields.push_back(stale);
        const std::string target = m_story->resource({reply, {304, {fresh, tag}}});
        COMPARE_STATUS(m_story->ask(target, {"Range: bytes=500-1499"}), 206);
        for (int i = 0; i < 2; ++i) {
            const Response response = m_story->ask(target, {"Range: bytes=500-504,1497-1499"});
            COMPARE_STATUS(response, 206);
            QVERIFY(response.body.find("\r\n\r\nbegin\r\n") != std::string::npos);
            QCOMPARE(m_story->asked(target), size_t(2));
        }
    }

    void rfc9111_section_3_3_moreThanThePartGoesForward_data() {
        QTest::addColumn<QByteArrayList>("request");
        QTest::newRow("the whole") << QByteArrayList();
        QTest::newRow("before it") << QByteArrayList{"Range: bytes=4-6"};
        QTest::newRow("another version") << QByteArrayList{"Range: bytes=5-9", "If-Range: \"b\""};
    }

    void rfc9111_section_3_3_moreThanThePartGoesForward() {
        QFETCH(QByteArrayList, request);
        const std::string target = m_story->resource({part(5, 9), {200, {fresh, tag}, digits}});
        COMPARE_STATUS(m_story->ask(target, {"Range: bytes=-5"}), 206);
        const Response response = m_story->ask(target, request);
        COMPARE_STATUS(response, 200);
        QCOMPARE(response.body, digits);
        QCOMPARE(m_story->asked(target), size_t(2));
        QVERIFY(response.field("Cache-Status").find("fwd=partial") != std::string::npos);
        const ReceivedRequest sent = m_story->lastRequest(target);
        QVERIFY(!sent.head.has("If-None-Match"));
        QCOMPARE(sent.head.has("Range"), !request.isEmpty());
        // The whole takes the part's place.
        QCOMPARE(m_story->ask(target).body, digits);
        QCOMPARE(m_story->asked(target), size_t(2));
    }

    void rfc9111_section_3_4_partsAreCombined() {
        const std::string target = m_story->resource({part(0, 3), part(4, 6), part(6, 9)});
        COMPARE_STATUS(m_story->ask(target, {"Range: bytes=0-3"}), 206);
        const Response second = m_story->ask(target, {"Range: bytes=4-6"});
        QCOMPARE(second.body, "456"s);
        QCOMPARE(m_story->lastRequest(target).field("Range"), "bytes=4-6"s);
        const Response both = m_story->ask(target, {"Range: bytes=2-5"});
        COMPARE_STATUS(both, 206);
        QCOMPARE(both.body, "2345"s);
        QCOMPARE(m_story->asked(target), size_t(2));
        COMPARE_STATUS(m_story->ask(target, {"Range: bytes=6-"}), 206);
        const Response whole = m_story->ask(target);
        COMPARE_STATUS(whole, 200);
        QCOMPARE(whole.body, digits);
        QVERIFY(!whole.has("Content-Range"));
        QCOMPARE(m_story->asked(target), size_t(3));
    }

    /// A newer version takes the older one's place.
    void rfc9111_section_3_4_partsOfTwoVersionsAreNot() {
        const std::string target = m_story->resource({part(0, 3), part(4, 9, {fresh, "ETag: \"b\""}), part(0, 9)});
        COMPARE_STATUS(m_story->ask(target, {"Range: bytes=0-3"}), 206);
        COMPARE_STATUS(m_story->ask(target, {"Range: bytes=4-9"}), 206);
        QCOMPARE(m_story->ask(target, {"Range: bytes=4-9"}).field("ETag"), "\"b\""s);
        QCOMPARE(m_story->asked(target), size_t(2));
        COMPARE_STATUS(m_story->ask(target, {"Range: bytes=0-9"}), 206);
        QCOMPARE(m_story->asked(target), size_t(3));
    }

    void rfc9111_section_4_3_1_aStalePartIsValidated() {
        const std::string target = m_story->resource({part(5, 9, {fresh, stale, tag}), {304, {fresh, tag}}});
        COMPARE_STATUS(m_story->ask(target, {"Range: bytes=5-9"}), 206);
        for (int i = 0; i < 2; ++i) {
            const Response response = m_story->ask(target, {"Range: bytes=6-7"});
            COMPARE_STATUS(response, 206);
            QCOMPARE(response.body, "67"s);
            QCOMPARE(response.field("Content-Range"), "bytes 6-7/10"s);
            QCOMPARE(m_story->asked(target), size_t(2)); // after that it is fresh
        }
        const ReceivedRequest sent = m_story->lastRequest(target);
        QCOMPARE(sent.field("If-None-Match"), "\"a\""s);
        QCOMPARE(sent.field("Range"), "bytes=6-7"s); // of another version it is still all that is wanted
    }

    void rfc9111_section_4_3_1_aStalePartThatHasChanged() {
        const std::string target =
            m_story->resource({part(5, 9, {fresh, stale, tag}), part(6, 7, {fresh, "ETag: \"b\""})});
        COMPARE_STATUS(m_story->ask(target, {"Range: bytes=5-9"}), 206);
        for (int i = 0; i < 2; ++i) {
            const Response response = m_story->ask(target, {"Range: bytes=6-7"});
            COMPARE_STATUS(response, 206);
            QCOMPARE(response.body, "67"s);
            QCOMPARE(response.field("ETag"), "\"b\""s);
            QCOMPARE(m_story->asked(target), size_t(2));
        }
        QCOMPARE(m_story->lastRequest(target).field("If-None-Match"), "\"a\""s);
    }

    /// Of a stale part that a request wants more of, nothing is said to the origin.
    void rfc9111_section_4_3_1_aStalePartThatDoesNotDo() {
        const std::string target =
            m_story->resource({part(5, 9, {fresh, stale, tag}), {200, {fresh, "ETag: \"b\""}, "another"}});
        COMPARE_STATUS(m_story->ask(target, {"Range: bytes=5-9"}), 206);
        const Response response = m_story->ask(target, {"If-None-Match: \"a\""});
        COMPARE_STATUS(response, 200);
        QCOMPARE(response.body, "another"s);
        QCOMPARE(m_story->lastRequest(target).field("If-None-Match"), "\"a\""s); // the client's own
    }

    void rfc9111_section_4_3_2_aConditionComesFirst() {
        const std::string target = m_story->resource({part(5, 9)});
        COMPARE_STATUS(m_story->ask(target, {"Range: bytes=5-9"}), 206);
        const Response response = m_story->ask(target, {"Range: bytes=5-9", "If-None-Match: \"a\""});
        COMPARE_STATUS(response, 304);
        QVERIFY(!response.has("Content-Range"));
        QCOMPARE(m_story->asked(target), size_t(1));
    }

    void rfc9111_section_4_3_5_headFreshensAPart() {
        const std::string target = m_story->resource(
            {part(5, 9, {fresh, stale, tag}), {200, {fresh, tag, "Content-Length: 10", "X-A: 2"}, {}}});
        COMPARE_STATUS(m_story->ask(target, {"Range: bytes=5-9"}), 206);
        COMPARE_STATUS(m_story->ask(target, {}, "HEAD"), 200);
        const Response response = m_story->ask(target, {"Range: bytes=7-8"});
        COMPARE_STATUS(response, 206);
        QCOMPARE(response.body, "78"s);
        QCOMPARE(response.field("X-A"), "2"s);
        QCOMPARE(response.field("Content-Range"), "bytes 7-8/10"s);
        QCOMPARE(m_story->asked(target), size_t(2));
    }

    void rfc5861_section_3_aStalePartIsRenewedMeanwhile() {
        const std::string target = m_story->resource(
            {part(5, 9, {"Cache-Control: max-age=1, stale-while-revalidate=3600", "Age: 60", tag}),
             {200, {fresh, "ETag: \"b\""}, digits}});
        COMPARE_STATUS(m_story->ask(target, {"Range: bytes=5-9"}), 206);
        const Response response = m_story->ask(target, {"Range: bytes=5-6"});
        COMPARE_STATUS(response, 206);
        QCOMPARE(response.field("ETag"), "\"a\""s);
        QVERIFY(waitUntil([&] { return m_story->asked(target) == 2; }));
        QVERIFY(waitUntil([&] { return m_story->proxy().runningExchanges() == 0; }));
        QCOMPARE(m_story->ask(target).body, digits);
        QCOMPARE(m_story->ask(target, {"Range: bytes=0-1"}).field("ETag"), "\"b\""s);
        QCOMPARE(m_story->asked(target), size_t(2));
    }

    void rfc5861_section_3_theSamePartIsAskedFor_data() {
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArray>("tag");
        QTest::newRow("not modified") << 304 << QByteArray("\"a\"");
        QTest::newRow("another version") << 206 << QByteArray("\"b\"");
    }

    void rfc5861_section_3_theSamePartIsAskedFor() {
        QFETCH(int, status);
        QFETCH(QByteArray, tag);
        Reply reply = part(5, 9, {fresh, "ETag: " + tag});
        if (status == 304)
            reply = {304, {fresh, "ETag: " + tag}};
        const std::string target = m_story->resource({part(5, 9, {soonRenewed, "Age: 60", "ETag: \"a\""}), reply});
        COMPARE_STATUS(m_story->ask(target, {"Range: bytes=5-9"}), 206);
        QCOMPARE(m_story->ask(target, {"Range: bytes=6-7", "If-Range: \"a\""}).body, "67"s);
        QVERIFY(waitUntil([&] { return m_story->asked(target) == 2; }));
        QVERIFY(waitUntil([&] { return m_story->proxy().runningExchanges() == 0; }));
        const ReceivedRequest sent = m_story->lastRequest(target);
        QCOMPARE(sent.field("Range"), "bytes=5-9"s);
        QCOMPARE(sent.field("If-None-Match"), "\"a\""s);
        QVERIFY(!sent.head.has("If-Range"));
        const Response response = m_story->ask(target, {"Range: bytes=5-9"});
        QCOMPARE(response.body, "56789"s);
        QCOMPARE(response.field("ETag"), tag.toStdString());
        QCOMPARE(m_story->asked(target), size_t(2));
    }

    void rfc5861_section_3_onlyOneOfManyRenewsAPart() {
        Gate gate;
        Origin origin([&](OriginExchange& exchange) {
            exchange.readBody();
            if (!exchange.field("If-None-Match").empty())
                exchange.waitFor(gate);
            exchange.respond(206, "56789",
                             {{"Cache-Control", "max-age=1, stale-while-revalidate=3600"},
                              {"Age", "60"},
                              {"ETag", "\"a\""},
                              {"Content-Range", "bytes 5-9/10"}});
        });
        config::Config config = configFor({origin.port()});
        config.cache = config::Cache{};
        RunningEngine proxy(config);
        COMPARE_STATUS(proxy.get("/", "Range: bytes=5-9\r\n"), 206);
        for (int i = 0; i < 10; ++i) // on both workers
            QCOMPARE(proxy.get("/", "Range: bytes=5-6\r\n").body, "56"s);
        QVERIFY(waitUntil([&] { return origin.requestCount() == 2; }));
        QVERIFY(waitUntil([&] { return proxy.runningExchanges() == 1; }));
        gate.open();
        QVERIFY(waitUntil([&] { return proxy.runningExchanges() == 0; }));
        QCOMPARE(origin.requestCount(), size_t(2));
        VERIFY_NO_VIOLATIONS(origin);
    }

    void rfc5861_section_4_aStalePartInsteadOfAnError() {
        const std::string target = m_story->resource(
            {part(5, 9, {"Cache-Control: max-age=1, stale-if-error=3600", "Age: 60", tag}), {503, {}, "failed"}});
        COMPARE_STATUS(m_story->ask(target, {"Range: bytes=5-9"}), 206);
        const Response response = m_story->ask(target, {"Range: bytes=5-6"});
        COMPARE_STATUS(response, 206);
        QCOMPARE(response.body, "56"s);
        QCOMPARE(m_story->asked(target), size_t(2));
        COMPARE_STATUS(m_story->ask(target), 503);
    }

    /// Be it stale: it may still help where the backends fail.
    void aPartDoesNotTakeTheWholesPlace() {
        const QByteArrayList useful{"Cache-Control: max-age=1, stale-if-error=3600", "Age: 60"};
        const std::string target = m_story->resource({{200, useful, digits}, part(5, 9), {503, {}, "failed"}});
        COMPARE_STATUS(m_story->ask(target), 200);
        COMPARE_STATUS(m_story->ask(target, {"Range: bytes=5-9"}), 206);
        QCOMPARE(m_story->lastRequest(target).field("Range"), "bytes=5-9"s);
        const Response response = m_story->ask(target);
        COMPARE_STATUS(response, 200);
        QCOMPARE(response.body, digits);
    }

    /// What is shorter or longer than its range says is nobody else's.
    void rfc9111_section_3_3_aPartOfAnotherLengthIsNotStored() {
        Reply wrong = part(5, 9);
        wrong.body = "5678";
        const std::string target = m_story->resource({wrong});
        for (size_t count = 1; count <= 2; ++count) {
            COMPARE_STATUS(m_story->ask(target, {"Range: bytes=5-9"}), 206);
            QCOMPARE(m_story->asked(target), count);
        }
    }

    void rfc9111_section_3_3_onlyIfCached() {
        const std::string target = m_story->resource({part(5, 9)});
        COMPARE_STATUS(m_story->ask(target, {"Range: bytes=5-9"}), 206);
        COMPARE_STATUS(m_story->ask(target, {"Range: bytes=5-9", "Cache-Control: only-if-cached"}), 206);
        COMPARE_STATUS(m_story->ask(target, {"Cache-Control: only-if-cached"}), 504);
        QCOMPARE(m_story->asked(target), size_t(1));
    }

    void rfc9111_section_4_4_anUnsafeMethodInvalidatesAPart() {
        const std::string target = m_story->resource({part(5, 9), {200, {}, "done"}, part(5, 9)});
        COMPARE_STATUS(m_story->ask(target, {"Range: bytes=5-9"}), 206);
        COMPARE_STATUS(m_story->ask(target, {}, "DELETE"), 200);
        COMPARE_STATUS(m_story->ask(target, {"Range: bytes=5-9"}), 206);
        QCOMPARE(m_story->asked(target), size_t(3));
    }
};

QTEST_GUILESS_MAIN(TestCacheParts)
#include "test_cache_parts.moc"
