// SPDX-License-Identifier: MIT
#include "behaviour/story.h"
#include "support/cached_resources.h"

using namespace reverxy;
using namespace reverxy::test;

namespace {

const std::string alphabet = "abcdefghijklmnopqrstuvwxyz";
const QByteArrayList fresh{"Cache-Control: max-age=3600", "ETag: \"a\"", "Content-Type: text/plain",
                           "Last-Modified: Sun, 06 Nov 1994 11:00:00 GMT", "X-A: 1"};

} // namespace

/// Parts of what is stored (RFC 9110 section 14, RFC 9111 section 4.3.2).
class TestCacheRanges : public CachedResourcesTest {
    Q_OBJECT

  private Q_SLOTS:

    void rfc9110_section_14_2_oneRange_data() {
        QTest::addColumn<QByteArrayList>("request");
        QTest::addColumn<int>("status");
        QTest::addColumn<QString>("body");
        QTest::addColumn<QString>("contentRange");
        const auto row = [](const char* name, const QByteArrayList& request, int status, const char* body,
                            const char* contentRange) {
            QTest::newRow(name) << request << status << body << contentRange;
        };
        const char* const all = alphabet.c_str();
        row("the first three", {"Range: bytes=0-2"}, 206, "abc", "bytes 0-2/26");
        row("in the middle", {"Range: bytes=3-4"}, 206, "de", "bytes 3-4/26");
        row("to the end", {"Range: bytes=24-"}, 206, "yz", "bytes 24-25/26");
        row("past the end", {"Range: bytes=24-99"}, 206, "yz", "bytes 24-25/26");
        row("suffix", {"Range: bytes=-3"}, 206, "xyz", "bytes 23-25/26");
        row("all of it", {"Range: bytes=0-"}, 206, all, "bytes 0-25/26");
        row("behind the end", {"Range: bytes=26-"}, 416, "", "bytes */26");
        row("malformed", {"Range: bytes=5-4"}, 200, all, "");
        row("other unit", {"Range: items=0-1"}, 200, all, "");
        row("section 13.1.5: If-Range holds", {"Range: bytes=0-1", "If-Range: \"a\""}, 206, "ab", "bytes 0-1/26");
        row("section 13.1.5: another version", {"Range: bytes=0-1", "If-Range: \"b\""}, 200, all, "");
        row("section 13.1.5: weak tag", {"Range: bytes=0-1", "If-Range: W/\"a\""}, 200, all, "");
        row("section 13.1.5: date", {"Range: bytes=0-1", "If-Range: Sun, 06 Nov 1994 11:00:00 GMT"}, 206, "ab",
            "bytes 0-1/26");
        row("section 14.2: a condition comes first", {"Range: bytes=0-1", "If-None-Match: \"a\""}, 304, "", "");
        row("two that are one", {"Range: bytes=0-1,2-3"}, 206, "abcd", "bytes 0-3/26");
    }

    void rfc9110_section_14_2_oneRange() {
        QFETCH(QByteArrayList, request);
        QFETCH(int, status);
        QFETCH(QString, body);
        QFETCH(QString, contentRange);
        const std::string target = m_story->resource({{200, fresh, alphabet}});
        COMPARE_STATUS(m_story->ask(target), 200);
        const Response response = m_story->ask(target, request);
        COMPARE_STATUS(response, status);
        QCOMPARE(m_story->asked(target), size_t(1));
        QCOMPARE(response.field("Content-Range"), contentRange.toStdString());
        if (status == 416)
            return;
        QCOMPARE(response.body, body.toStdString());
        QCOMPARE(response.field("ETag"), "\"a\""s);
        QCOMPARE(response.field("X-A"), "1"s);
        QCOMPARE(response.head.count("Age"), size_t(1));
        if (status != 304)
            QCOMPARE(response.field("Content-Type"), "text/plain"s);
    }

    void rfc9110_section_14_6_severalRanges() {
        const std::string body(1000, 'x');
        const std::string target = m_story->resource({{200, fresh, "begin" + body + "end"}});
        COMPARE_STATUS(m_story->ask(target), 200);
        const Response response = m_story->ask(target, {"Range: bytes=0-4,-3"});
        COMPARE_STATUS(response, 206);
        QCOMPARE(m_story->asked(target), size_t(1));
        QVERIFY(!response.has("Content-Range"));
        QCOMPARE(response.head.count("Content-Type"), size_t(1));
        const std::string type = response.field("Content-Type");
        const std::string boundary = delimiterOf(response);
        QVERIFY2(!boundary.empty(), response.field("Content-Type").c_str());
        const std::string part = "\r\nContent-Type: text/plain\r\nContent-Range: bytes ";
        QCOMPARE(response.body, boundary + part + "0-4/1008\r\n\r\nbegin\r\n" + boundary + part +
                                    "1005-1007/1008\r\n\r\nend\r\n" + boundary + "--\r\n");
        // Another time it is another one.
        QVERIFY(m_story->ask(target, {"Range: bytes=0-4,-3"}).field("Content-Type") != type);
    }

    /// RFC 9110 section 14.2: range handling is defined for GET alone.
    void rfc9110_section_14_2_headHasNoRange() {
        const std::string target = m_story->resource({{200, fresh, alphabet}});
        COMPARE_STATUS(m_story->ask(target), 200);
        const Response head = m_story->ask(target, {"Range: bytes=0-1"}, "HEAD");
        COMPARE_STATUS(head, 200);
        QCOMPARE(head.field("Content-Length"), "26"s);
    }

    /// What is not a 200 is sent as it is.
    void rfc9110_section_14_2_onlyWhatWouldBe200() {
        const std::string target = m_story->resource({{404, fresh, alphabet}});
        COMPARE_STATUS(m_story->ask(target), 404);
        const Response response = m_story->ask(target, {"Range: bytes=0-1"});
        COMPARE_STATUS(response, 404);
        QCOMPARE(response.body, alphabet);
    }

    void aStaleResponseIsValidatedWhole() {
        const std::string target =
            m_story->resource({{200, {"Cache-Control: max-age=3600", "Age: 7200", "ETag: \"a\""}, alphabet},
                               {304, {"Cache-Control: max-age=3600", "ETag: \"a\""}}});
        COMPARE_STATUS(m_story->ask(target), 200);
        const Response response = m_story->ask(target, {"Range: bytes=0-2"});
        COMPARE_STATUS(response, 206);
        QCOMPARE(response.body, "abc"s);
        QVERIFY(!m_story->lastRequest(target).head.has("Range"));
    }

    /// With nothing stored the origin cuts the range itself.
    void aMissGoesOnWithItsRange() {
        const std::string target = m_story->resource(
            {{206, {"Content-Range: bytes 0-2/26", "Cache-Control: max-age=3600"}, "abc"}, {200, fresh, alphabet}});
        const Response part = m_story->ask(target, {"Range: bytes=0-2"});
        COMPARE_STATUS(part, 206);
        QCOMPARE(part.body, "abc"s);
        QCOMPARE(m_story->lastRequest(target).field("Range"), "bytes=0-2"s);
        // A part is not taken for the whole.
        const Response whole = m_story->ask(target);
        COMPARE_STATUS(whole, 200);
        QCOMPARE(whole.body, alphabet);
    }

    void aWholeResponseToARangeIsStored() {
        const std::string target = m_story->resource({{200, fresh, alphabet}});
        for (int i = 0; i < 2; ++i) {
            const Response response = m_story->ask(target, {"Range: bytes=0-2"});
            QVERIFY(response.status == 200 || response.status == 206);
            QCOMPARE(response.body, response.status == 200 ? alphabet : "abc"s);
        }
        QCOMPARE(m_story->asked(target), size_t(1));
    }
};

QTEST_GUILESS_MAIN(TestCacheRanges)
#include "test_cache_ranges.moc"
