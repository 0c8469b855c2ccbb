// SPDX-License-Identifier: MIT
#include "cache/partial.h"

#include "cache/parsed_heads.h"
#include "cache/stored_at_noon.h"

#include <string>

using namespace reverxy;
using namespace reverxy::cache;
using namespace reverxy::test;

class TestPartial : public QObject {
    Q_OBJECT
  private Q_SLOTS:

    /// A part of 100 to 199 of 1000 bytes.
    void section_3_3_covers_data() {
        QTest::addColumn<QByteArray>("range");
        QTest::addColumn<bool>("covered");
        QTest::newRow("the same") << QByteArray("bytes=100-199") << true;
        QTest::newRow("within") << QByteArray("bytes=150-160") << true;
        QTest::newRow("two within") << QByteArray("bytes=100-101,190-199") << true;
        QTest::newRow("before") << QByteArray("bytes=99-150") << false;
        QTest::newRow("after") << QByteArray("bytes=150-200") << false;
        QTest::newRow("to the end") << QByteArray("bytes=150-") << false;
        QTest::newRow("suffix") << QByteArray("bytes=-10") << false;
        QTest::newRow("one of two") << QByteArray("bytes=100-101,500-501") << false;
        QTest::newRow("the whole") << QByteArray("x") << false;
        QTest::newRow("unsatisfiable") << QByteArray("bytes=1000-") << false;
    }

    void section_3_3_covers() {
        QFETCH(QByteArray, range);
        const RequestOf request({"Range: " + range});
        QTEST(covers({100, 199, 1000}, selectRanges(request->fields, {}, 1000, at(0))), "covered");
    }

    /// A stored part of 100 to 199 of 1000 bytes, with a tag.
    void section_3_3_answers_data() {
        QTest::addColumn<QByteArray>("method");
        QTest::addColumn<QByteArrayList>("request");
        QTest::addColumn<bool>("answers");
        const auto row = [](const char* name, const QByteArrayList& request, bool answers,
                            const QByteArray& method = "GET /") {
            QTest::newRow(name) << method << request << answers;
        };
        row("the whole", {}, false);
        row("the same", {"Range: bytes=100-199"}, true);
        row("within", {"Range: bytes=150-160"}, true);
        row("more", {"Range: bytes=100-200"}, false);
        row("two ranges", {"Range: bytes=100-101,198-199"}, true);
        row("two ranges, one outside", {"Range: bytes=100-101,298-299"}, false);
        row("two ranges, one unsatisfiable", {"Range: bytes=100-101,1000-"}, true);
        row("two that are one", {"Range: bytes=100-149,150-199"}, true);
        row("unsatisfiable", {"Range: bytes=1000-"}, false);
        row("malformed", {"Range: bytes=x"}, false);
        row("If-Range holds", {"Range: bytes=100-199", "If-Range: \"a\""}, true);
        row("If-Range does not", {"Range: bytes=100-199", "If-Range: \"b\""}, false);
        row("only GET has ranges", {"Range: bytes=100-199"}, false, "HEAD /");
    }

    void section_3_3_answers() {
        QFETCH(QByteArray, method);
        QFETCH(QByteArrayList, request);
        const StoredRef part = storedAtNoon({"ETag: \"a\"", "Content-Range: bytes 100-199/1000"}, {}, {}, 206);
        const RequestOf head(method, request);
        QTEST(answersFromPart(*part, *head, at(0)), "answers");
        const StoredRef whole = storedAtNoon({"ETag: \"a\""});
        QVERIFY(!answersFromPart(*whole, *head, at(0)));
    }

    void section_3_3_placeWithinThePart() {
        QCOMPARE(withinPart({100, 199, 1000}, {150, 160}), (ByteRange{50, 60}));
        QCOMPARE(withinPart({0, 9, 1000}, {0, 9}), (ByteRange{0, 9}));
    }

    void section_3_4_sharedValidator_data() {
        QTest::addColumn<QByteArrayList>("older");
        QTest::addColumn<QByteArrayList>("newer");
        QTest::addColumn<bool>("shared");
        const auto row = [](const char* name, const QByteArrayList& older, const QByteArrayList& newer,
                            bool shared) { QTest::newRow(name) << older << newer << shared; };
        const QByteArrayList dated{"Last-Modified: Sun, 06 Nov 1994 11:00:00 GMT",
                                   "Date: Sun, 06 Nov 1994 12:00:00 GMT"};
        row("tag", {"ETag: \"a\""}, {"ETag: \"a\""}, true);
        row("other tag", {"ETag: \"a\""}, {"ETag: \"b\""}, false);
        row("weak tag", {"ETag: W/\"a\""}, {"ETag: W/\"a\""}, false);
        row("no validator", {}, {}, false);
        row("date", dated, dated, true);
        row("tag in one alone", dated + QByteArrayList{"ETag: \"a\""}, dated, false);
        row("weak date", dated.mid(0, 1), dated.mid(0, 1), false);
    }

    void section_3_4_sharedValidator() {
        QFETCH(QByteArrayList, older);
        QFETCH(QByteArrayList, newer);
        const ResponseOf a(older);
        const ResponseOf b(newer);
        QTEST(shareStrongValidator(readValidators(a->fields, at(0)), readValidators(b->fields, at(0))), "shared");
    }

    /// Every pair of parts of a whole of six bytes, against the bytes themselves.
    void section_3_4_combine() {
        const std::string older = "abcdef";
        const std::string newer = "ABCDEF";
        for (uint64_t a = 0; a < 6; ++a) {
            for (uint64_t b = a; b < 6; ++b) {
                for (uint64_t c = 0; c < 6; ++c) {
                    for (uint64_t d = c; d < 6; ++d) {
                        const auto combination = combine({a, b, 6}, {c, d, 6});
                        const bool adjoin = a <= d + 1 && c <= b + 1;
                        QCOMPARE(combination.has_value(), adjoin);
                        if (!combination)
                            continue;
                        std::string expected;
                        for (uint64_t i = std::min(a, c); i <= std::max(b, d); ++i)
                            expected += i >= c && i <= d ? newer[i] : older[i];
                        std::string found;
                        for (size_t i = 0; i < combination->count; ++i) {
                            const CombinedPiece& piece = combination->pieces[i];
                            found += (piece.fromNewer ? newer.substr(c, d - c + 1) : older.substr(a, b - a + 1))
                                         .substr(piece.first, piece.size);
                        }
                        QCOMPARE(found, expected);
                        QCOMPARE(combination->range.size(), uint64_t(expected.size()));
                        QCOMPARE(combination->isWhole(), expected.size() == 6);
                    }
                }
            }
        }
    }

    void section_3_4_whichPartStays_data() {
        QTest::addColumn<QList<quint64>>("older");
        QTest::addColumn<QList<quint64>>("newer");
        QTest::addColumn<bool>("sameVersion");
        QTest::addColumn<int>("use");
        const auto row = [](const char* name, const QList<quint64>& older, const QList<quint64>& newer,
                            bool sameVersion, PartUse use) {
            QTest::newRow(name) << older << newer << sameVersion << static_cast<int>(use);
        };
        constexpr quint64 million = 1'000'000;
        row("adjoining", {0, 9, 100}, {10, 19, 100}, true, PartUse::Combine);
        row("overlapping", {0, 9, 100}, {5, 19, 100}, true, PartUse::Combine);
        row("within", {0, 9, 100}, {5, 6, 100}, true, PartUse::Combine);
        row("around", {5, 6, 100}, {0, 9, 100}, true, PartUse::Replace);
        row("the same", {0, 9, 100}, {0, 9, 100}, true, PartUse::Replace);
        row("another version", {0, 9, 100}, {10, 19, 100}, false, PartUse::Replace);
        row("another length", {0, 9, 100}, {10, 19, 101}, true, PartUse::Replace);
        row("a gap, and larger", {0, 9, 100}, {20, 39, 100}, true, PartUse::Replace);
        row("a gap, and smaller", {0, 19, 100}, {30, 39, 100}, true, PartUse::Keep);
        row("a byte to a million", {0, million - 1, 2 * million}, {million, million, 2 * million}, true,
            PartUse::Keep);
        row("a quarter to a million", {0, million - 1, 2 * million}, {million, million + million / 4, 2 * million},
            true, PartUse::Combine);
    }

    void section_3_4_whichPartStays() {
        QFETCH(QList<quint64>, older);
        QFETCH(QList<quint64>, newer);
        QFETCH(bool, sameVersion);
        const auto rangeFrom = [](const QList<quint64>& numbers) {
            return ContentRange{numbers[0], numbers[1], numbers[2]};
        };
        QTEST(static_cast<int>(judgeParts(rangeFrom(older), rangeFrom(newer), sameVersion)), "use");
    }

    void section_3_4_lengthsDisagree() { QVERIFY(!combine({0, 1, 6}, {2, 5, 7})); }
};

QTEST_APPLESS_MAIN(TestPartial)
#include "test_partial.moc"
