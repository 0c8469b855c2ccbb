// SPDX-License-Identifier: MIT
#include "cache/ranges.h"

#include "cache/parsed_heads.h"

#include <array>

using namespace reverxy;
using namespace reverxy::cache;
using namespace reverxy::test;

namespace {

QByteArray describe(const RangeSelection& selection) {
    if (selection.outcome == RangeOutcome::Whole)
        return "whole";
    if (selection.outcome == RangeOutcome::Unsatisfiable)
        return "unsatisfiable";
    QByteArrayList ranges;
    for (const ByteRange& range : selection.parts())
        ranges += QByteArray::number(range.first) + "-" + QByteArray::number(range.last);
    return ranges.join(' ');
}

} // namespace

class TestRanges : public QObject {
    Q_OBJECT
  private Q_SLOTS:

    /// Of 10000 bytes, as in the section's examples.
    void rfc9110_section_14_1_2_data() {
        QTest::addColumn<QByteArrayList>("fields");
        QTest::addColumn<QByteArray>("expected");
        const auto row = [](const char* name, const char* range, const char* expected) {
            QTest::newRow(name) << QByteArrayList{QByteArray("Range: ") + range} << QByteArray(expected);
        };
        QTest::newRow("no Range") << QByteArrayList{} << QByteArray("whole");
        row("the first 500", "bytes=0-499", "0-499");
        row("the second 500", "bytes=500-999", "500-999");
        row("to the end", "bytes=9500-", "9500-9999");
        row("the last 500", "bytes=-500", "9500-9999");
        row("all of it", "bytes=0-", "0-9999");
        row("one byte", "bytes=0-0", "0-0");
        row("past the end", "bytes=9000-20000", "9000-9999");
        row("far past the end", "bytes=0-99999999999999999999999999", "0-9999");
        row("a suffix longer than all", "bytes=-99999999999999999999999999", "0-9999");
        row("first and last byte", "bytes=0-0,-1", "0-0 9999-9999");
        row("the section's blanks", "bytes= 0-999, 4500-5499, -1000", "0-999 4500-5499 9000-9999");
        row("the second 500 in two", "bytes=500-600,601-999", "500-999");
        row("the second 500, overlapping", "bytes=500-700,601-999", "500-999");
        row("unit in capitals", "BYTES=0-0", "0-0");
        row("in the order asked for", "bytes=5000-5001,0-1", "5000-5001 0-1");
        row("a gap that is not worth a part", "bytes=0-9,90-99", "0-99");
        row("a gap that is", "bytes=0-9,91-99", "0-9 91-99");
        row("three that become one", "bytes=0-9,200-209,10-199", "0-209");
        row("the middle one joins both, in the first's place", "bytes=5000-5001,0-9,200-209,10-199",
            "5000-5001 0-209");
        row("empty elements", "bytes=,0-0,,", "0-0");

        row("behind the end", "bytes=10000-", "unsatisfiable");
        row("far behind the end", "bytes=99999999999999999999999999-", "unsatisfiable");
        row("no suffix", "bytes=-0", "unsatisfiable");
        row("one of two behind the end", "bytes=10000-10001,0-1", "0-1");
        row("all behind the end", "bytes=10000-10001,-0", "unsatisfiable");

        row("section 14.1.1: last before first", "bytes=5-4", "whole");
        row("section 14.1.1: one of two invalid", "bytes=0-1,5-4", "whole");
        row("section 14.1.1: no numbers", "bytes=a-b", "whole");
        row("section 14.1.1: no dash", "bytes=5", "whole");
        row("section 14.1.1: only a dash", "bytes=-", "whole");
        row("section 14.1.1: two dashes", "bytes=1-2-3", "whole");
        row("section 14.1.1: negative", "bytes=--1", "whole");
        row("section 14.1.1: space within", "bytes=1 -2", "whole");
        row("section 14.1.1: nothing", "bytes=", "whole");
        row("section 14.1.1: no equals sign", "bytes 0-1", "whole");
        row("section 14.1.1: space before it", "bytes =0-1", "whole");
        row("section 14.1.1: other unit", "items=0-1", "whole");
        row("section 14.1.1: hexadecimal", "bytes=0x0-0x1", "whole");

        row("section 14.2: two overlap", "bytes=0-100,50-200,5000-5001", "0-200 5000-5001");
        row("section 14.2: many overlap", "bytes=0-,0-,0-,0-", "whole");
        QByteArrayList many;
        for (int i = 0; i < 16; ++i)
            many += QByteArray::number(i * 500) + "-" + QByteArray::number(i * 500);
        QByteArray all = many.join(',');
        QByteArray expected = many.join(' ');
        row("as many as are kept", ("bytes=" + all).constData(), expected.constData());
        row("section 14.2: too many", ("bytes=" + all + ",9000-9001").constData(), "whole");
        row("section 14.2: too many, unsatisfiable", ("bytes=" + all + ",20000-20001").constData(), "whole");
        QTest::newRow("two lines") << QByteArrayList{"Range: bytes=0-1", "Range: bytes=2-3"} << QByteArray("whole");
    }

    void rfc9110_section_14_1_2() {
        QFETCH(QByteArrayList, fields);
        const RequestOf request(fields);
        QTEST(describe(selectRanges(request->fields, {}, 10000, at(0))), "expected");
    }

    void rfc9110_section_14_2_noContent() {
        for (const char* range : {"bytes=0-", "bytes=-5", "bytes=0-0"}) {
            const RequestOf request({QByteArray("Range: ") + range});
            QCOMPARE(describe(selectRanges(request->fields, {}, 0, at(0))), QByteArray("whole"));
        }
    }

    void rfc9110_section_14_2_onlyGet() {
        const RequestOf request({"Range: bytes=0-1"});
        QVERIFY(asksForRange(http::Method::Get, request->fields));
        QVERIFY(!asksForRange(http::Method::Head, request->fields));
        QVERIFY(!asksForRange(http::Method::Post, request->fields));
        QVERIFY(!asksForRange(http::Method::Get, RequestOf()->fields));
    }

    void rfc9110_section_13_1_5_ifRange_data() {
        QTest::addColumn<QByteArrayList>("request");
        QTest::addColumn<QByteArrayList>("stored");
        QTest::addColumn<bool>("holds");
        const auto row = [](const char* name, const QByteArrayList& request, const QByteArrayList& stored,
                            bool holds) { QTest::newRow(name) << request << stored << holds; };
        const QByteArray modified = "Sun, 06 Nov 1994 11:00:00 GMT";
        const QByteArrayList old{"Last-Modified: " + modified, "Date: Sun, 06 Nov 1994 12:00:00 GMT"};
        row("absent", {}, {}, true);
        row("tag", {"If-Range: \"a\""}, {"ETag: \"a\""}, true);
        row("other tag", {"If-Range: \"b\""}, {"ETag: \"a\""}, false);
        row("weak tag", {"If-Range: W/\"a\""}, {"ETag: W/\"a\""}, false);
        row("strong tag of a weak one", {"If-Range: \"a\""}, {"ETag: W/\"a\""}, false);
        row("no tag stored", {"If-Range: \"a\""}, old, false);
        row("date", {"If-Range: " + modified}, old, true);
        row("date, beside a tag", {"If-Range: " + modified}, old + QByteArrayList{"ETag: \"a\""}, true);
        row("later date is another", {"If-Range: Sun, 06 Nov 1994 11:30:00 GMT"}, old, false);
        row("section 8.8.2.2: modified in the second it was sent", {"If-Range: " + modified},
            {"Last-Modified: " + modified, "Date: " + modified}, false);
        row("section 8.8.2.2: no Date", {"If-Range: " + modified}, {"Last-Modified: " + modified}, false);
        row("neither tag nor date", {"If-Range: x"}, old, false);
        row("two lines", {"If-Range: \"a\"", "If-Range: \"a\""}, {"ETag: \"a\""}, false);
    }

    void rfc9110_section_13_1_5_ifRange() {
        QFETCH(QByteArrayList, request);
        QFETCH(QByteArrayList, stored);
        QFETCH(bool, holds);
        const RequestOf client(QByteArrayList{"Range: bytes=0-1"} + request);
        const ResponseOf response(stored);
        const Validators validators = readValidators(response->fields, at(0));
        QCOMPARE(ifRangeHolds(client->fields, validators, at(0)), holds);
        QCOMPARE(describe(selectRanges(client->fields, validators, 100, at(0))),
                 QByteArray(holds ? "0-1" : "whole"));
    }

    void rfc9110_section_14_4_contentRange() {
        std::array<char, maxContentRangeSize> buffer;
        const auto text = [&buffer](const char* end) {
            return QByteArray(buffer.data(), static_cast<qsizetype>(end - buffer.data()));
        };
        QCOMPARE(text(writeContentRange({42, 1233}, 1234, buffer.data())), QByteArray("bytes 42-1233/1234"));
        QCOMPARE(text(writeUnsatisfiedRange(1234, buffer.data())), QByteArray("bytes */1234"));
        const QByteArray longest = text(writeContentRange({UINT64_MAX - 1, UINT64_MAX}, UINT64_MAX, buffer.data()));
        QVERIFY(longest.size() <= qsizetype(maxContentRangeSize));
        QVERIFY(longest.endsWith("/18446744073709551615"));
    }
};

QTEST_APPLESS_MAIN(TestRanges)
#include "test_ranges.moc"
