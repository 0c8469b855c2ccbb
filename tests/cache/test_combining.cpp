// SPDX-License-Identifier: MIT
#include "cache/combining.h"

#include "cache/parsed_heads.h"
#include "cache/stored_at_noon.h"

#include <algorithm>

using namespace reverxy;
using namespace reverxy::cache;
using namespace reverxy::test;

namespace {

const QByteArray lasting = "Cache-Control: max-age=60";
const QByteArray tag = "ETag: \"a\"";

std::string bodyOf(const StoredResponse& response) {
    std::string body;
    BodySlices slices(response);
    for (Piece piece; slices.next(piece);)
        body += piece.bytes;
    return body;
}

StoredRef partOf(const QByteArrayList& fields, const char* range, std::string_view body) {
    return storedAtNoon(fields + QByteArrayList{"Content-Range: bytes " + QByteArray(range)}, {}, body, 206);
}

StoredRef combined(const StoredRef& older, const StoredRef& newer, const config::Cache& config = {}) {
    return combineParts(*older, newer, {}, {at(0), at(0)}, config);
}

QByteArrayList linesOf(const StoredResponse& response) {
    QByteArrayList lines;
    for (const http::Field& field : response.fields())
        lines += bytesOf(field.name) + ": " + bytesOf(field.value);
    std::sort(lines.begin(), lines.end());
    return lines;
}

} // namespace

/// RFC 9111 section 3.4, RFC 9110 section 15.3.7.3.
class TestCombining : public QObject {
    Q_OBJECT
  private Q_SLOTS:

    void section_3_4_twoPartsAreALargerOne() {
        const StoredRef result =
            combined(partOf({lasting, tag}, "0-3/10", "0123"), partOf({lasting, tag}, "4-6/10", "456"));
        QVERIFY(result);
        QCOMPARE(bodyOf(*result), std::string("0123456"));
        QCOMPARE(result->facts().status, uint16_t(206));
        QVERIFY(result->facts().partial);
        QCOMPARE(bytesOf(result->fields().find(http::FieldId::ContentRange)), QByteArray("bytes 0-6/10"));
    }

    void rfc9110_section_15_3_7_3_twoPartsAreTheWhole() {
        const StoredRef result =
            combined(partOf({lasting, tag}, "4-9/10", "456789"), partOf({lasting, tag}, "0-5/10", "012345"));
        QVERIFY(result);
        QCOMPARE(bodyOf(*result), std::string("0123456789"));
        QCOMPARE(result->facts().status, uint16_t(200));
        QVERIFY(!result->facts().partial);
        QVERIFY(result->fields().find(http::FieldId::ContentRange).empty());
        QCOMPARE(result->facts().lifetime, 60u);
    }

    void section_3_4_theNewerFieldsCount() {
        const QByteArrayList older{lasting, tag, "X-A: 1", "X-B: 1"};
        const QByteArrayList newer{"Cache-Control: max-age=30", tag, "X-B: 2", "X-C: 2"};
        const StoredRef result = combined(partOf(older, "0-3/10", "0123"), partOf(newer, "4-9/10", "456789"));
        QVERIFY(result);
        QByteArrayList lines = linesOf(*result);
        lines.removeIf([](const QByteArray& line) { return line.startsWith("Date:"); });
        QCOMPARE(lines, (QByteArrayList{"Cache-Control: max-age=30", tag, "X-A: 1", "X-B: 2", "X-C: 2"}));
        QCOMPARE(result->facts().lifetime, 30u);
    }

    void section_3_4_onlyWithAStrongValidator_data() {
        QTest::addColumn<QByteArrayList>("older");
        QTest::addColumn<QByteArrayList>("newer");
        QTest::newRow("none") << QByteArrayList{lasting} << QByteArrayList{lasting};
        QTest::newRow("another") << QByteArrayList{lasting, "ETag: \"b\""} << QByteArrayList{lasting, tag};
        QTest::newRow("weak") << QByteArrayList{lasting, "ETag: W/\"a\""}
                              << QByteArrayList{lasting, "ETag: W/\"a\""};
    }

    void section_3_4_onlyWithAStrongValidator() {
        QFETCH(QByteArrayList, older);
        QFETCH(QByteArrayList, newer);
        const StoredRef last = partOf(newer, "4-9/10", "456789");
        QCOMPARE(combined(partOf(older, "0-3/10", "0123"), last).raw(), last.raw());
    }

    void rfc9110_section_15_3_7_3_ofAWholeThatCameThePartHasAllFields() {
        const StoredRef part = partOf({lasting, tag, "X-Old: 1", "CDN-Cache-Control: public"}, "4-6/10", "456");
        const ResponseOf whole({tag, "X-New: 2", "Content-Range: bytes 0-9/10"});
        StoredFacts facts;
        facts.status = 200;
        facts.lifetime = 7;
        const StoredRef result = renewPart(*part, "accept:a\n", whole->fields, facts);
        QCOMPARE(linesOf(*result), (QByteArrayList{"Content-Range: bytes 4-6/10", tag, "X-New: 2"}));
        QCOMPARE(bodyOf(*result), std::string("456"));
        QCOMPARE(bytesOf(result->selecting()), QByteArray("accept:a\n"));
        QCOMPARE(result->facts().status, uint16_t(206));
        QVERIFY(result->facts().partial);
        QCOMPARE(result->facts().lifetime, 7u);
    }

    void withinTheSizeOfAnEntry() {
        config::Cache config;
        config.maxEntrySize = 9;
        QVERIFY(!combined(partOf({lasting, tag}, "0-3/10", "0123"), partOf({lasting, tag}, "4-9/10", "456789"),
                          config));
    }

    /// Bodies of several pieces of memory.
    void largeBodies() {
        const std::string first(100'000, 'a');
        const std::string second(50'000, 'b');
        const StoredRef result = combined(partOf({lasting, tag}, "0-99999/200000", first),
                                          partOf({lasting, tag}, "100000-149999/200000", second));
        QVERIFY(result);
        QCOMPARE(result->bodySize(), uint64_t(150'000));
        QVERIFY(bodyOf(*result) == first + second);
        QVERIFY(result->footprint() > 150'000);
        const StoredRef whole =
            combined(result, partOf({lasting, tag}, "140000-199999/200000", std::string(60'000, 'c')));
        QVERIFY(whole);
        QVERIFY(bodyOf(*whole) == first + second.substr(0, 40'000) + std::string(60'000, 'c'));
        QCOMPARE(whole->facts().status, uint16_t(200));
    }
};

QTEST_APPLESS_MAIN(TestCombining)
#include "test_combining.moc"
