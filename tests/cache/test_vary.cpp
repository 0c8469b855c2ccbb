// SPDX-License-Identifier: MIT
#include "cache/vary.h"

#include "cache/parsed_heads.h"

using namespace reverxy;
using namespace reverxy::cache;
using namespace reverxy::test;

namespace {

std::string selectingText(const QByteArrayList& vary, const RequestOf& request) {
    const ResponseOf response(vary);
    std::string text;
    appendSelecting(readVary(response->fields), *request, text);
    return text;
}

} // namespace

class TestVary : public QObject {
    Q_OBJECT
  private Q_SLOTS:

    void section_4_1_names_data() {
        QTest::addColumn<QByteArrayList>("fields");
        QTest::addColumn<QByteArray>("expected");
        const auto row = [](const char* name, const QByteArrayList& fields, const char* expected) {
            QTest::newRow(name) << fields << QByteArray(expected);
        };
        QByteArrayList many;
        for (char c = 'a'; c < 'a' + 17; ++c)
            many += QByteArray(1, c);
        row("none", {}, "none");
        row("empty", {"Vary:"}, "none");
        row("only commas", {"Vary: , ,"}, "none");
        row("one", {"Vary: Foo"}, "Foo");
        row("sorted, once each", {"Vary: foo, Bar, FOO"}, "Bar foo");
        row("several lines", {"Vary: foo", "Vary: bar"}, "bar foo");
        row("star", {"Vary: *"}, "star");
        row("star among names", {"Vary: foo, *"}, "star");
        row("star before names", {"Vary: *, foo"}, "star");
        row("star in another line", {"Vary: foo", "Vary: *"}, "star");
        row("empty, then star", {"Vary:", "Vary: *"}, "star");
        row("two stars", {"Vary: *, *"}, "star");
        row("star after something malformed", {"Vary: a b, *"}, "star");
        row("malformed", {"Vary: foo bar"}, "unmatchable");
        row("as many as there is room for", {"Vary: " + many.mid(0, 16).join(',')},
            "a b c d e f g h i j k l m n o p");
        row("too many", {"Vary: " + many.join(',')}, "unmatchable");
        row("what the gateway writes", {"Vary: accept, x-forwarded-for"}, "unmatchable");
        row("what the gateway writes, by RFC 7239", {"Vary: Forwarded"}, "unmatchable");
    }

    void section_4_1_names() {
        QFETCH(QByteArrayList, fields);
        const ResponseOf response(fields);
        const VaryNames vary = readVary(response->fields);
        QByteArrayList names;
        for (size_t i = 0; i < vary.count; ++i)
            names += bytesOf(vary.names[i]);
        QByteArray found;
        switch (vary.kind) {
        case VaryKind::None:
            found = "none";
            break;
        case VaryKind::Fields:
            found = names.join(' ');
            break;
        case VaryKind::Star:
            found = "star";
            break;
        case VaryKind::Unmatchable:
            found = "unmatchable";
            break;
        }
        QTEST(found, "expected");
    }

    void section_4_1_selectingText() {
        const RequestOf request({"B: 2", "A: 1", "B: 3", "C:"});
        QCOMPARE(selectingText({"Vary: b, A, d, c"}, request), std::string("a:1\nb:2, 3\nc:\nd\n"));
        QCOMPARE(selectingText({"Vary: *"}, request), std::string());
        QCOMPARE(selectingText({}, request), std::string());
    }

    void section_4_1_matching_data() {
        QTest::addColumn<QByteArray>("vary");
        QTest::addColumn<QByteArrayList>("original");
        QTest::addColumn<QByteArrayList>("presented");
        QTest::addColumn<bool>("matches");
        const auto row = [](const char* name, const char* vary, const QByteArrayList& original,
                            const QByteArrayList& presented, bool matches) {
            QTest::newRow(name) << QByteArray(vary) << original << presented << matches;
        };
        row("equal", "Foo", {"Foo: 1"}, {"Foo: 1"}, true);
        row("name in another case", "foo", {"FOO: 1"}, {"Foo: 1"}, true);
        row("differ", "Foo", {"Foo: 1"}, {"Foo: 2"}, false);
        row("differ in case", "Foo", {"Foo: a"}, {"Foo: A"}, false);
        row("longer", "Foo", {"Foo: 1"}, {"Foo: 12"}, false);
        row("shorter", "Foo", {"Foo: 12"}, {"Foo: 1"}, false);
        row("absent in both", "Foo", {}, {}, true);
        row("absent, then there", "Foo", {}, {"Foo: 1"}, false);
        row("there, then absent", "Foo", {"Foo: 1"}, {}, false);
        row("empty is not absent", "Foo", {"Foo:"}, {}, false);
        row("absent is not empty", "Foo", {}, {"Foo:"}, false);
        row("fields not named", "Foo", {"Foo: 1", "Bar: 1"}, {"Foo: 1", "Bar: 2"}, true);
        row("two, both equal", "Foo, Bar", {"Foo: 1", "Bar: 2"}, {"Bar: 2", "Foo: 1"}, true);
        row("two, the second differs", "Foo, Bar", {"Foo: 1", "Bar: 2"}, {"Foo: 1", "Bar: 3"}, false);
        row("two, exchanged", "Foo, Bar", {"Foo: 1", "Bar: 2"}, {"Foo: 2", "Bar: 1"}, false);
        row("two, one absent in both", "Foo, Bar", {"Foo: 1"}, {"Foo: 1"}, true);
        row("lines are joined", "Foo", {"Foo: 1, 2"}, {"Foo: 1", "Foo: 2"}, true);
        row("lines in another order", "Foo", {"Foo: 1", "Foo: 2"}, {"Foo: 2", "Foo: 1"}, false);
        row("white space within an unknown value", "Foo", {"Foo: 1, 2"}, {"Foo: 1,2"}, false);
        row("a value cannot pass for another field", "A, B", {"A: 1", "B: 2"}, {"A: 1\tb:2"}, false);

        row("codings: white space", "Accept-Encoding", {"Accept-Encoding: gzip,br ; q=0.5"},
            {"Accept-Encoding:  gzip ,\tbr;q=0.5"}, true);
        row("codings: case", "Accept-Encoding", {"Accept-Encoding: GZip, BR"}, {"Accept-Encoding: gzip, br"}, true);
        row("codings: order", "Accept-Encoding", {"Accept-Encoding: br, gzip"}, {"Accept-Encoding: gzip, br"},
            true);
        row("codings: weights", "Accept-Encoding", {"Accept-Encoding: br;q=1.0, gzip;Q=0.50"},
            {"Accept-Encoding: gzip;q=0.5, br"}, true);
        row("codings: other weights", "Accept-Encoding", {"Accept-Encoding: br, gzip;q=0.5"},
            {"Accept-Encoding: br, gzip;q=0.6"}, false);
        row("codings: not acceptable", "Accept-Encoding", {"Accept-Encoding: gzip, br;q=0"},
            {"Accept-Encoding: gzip"}, false);
        row("codings: fewer", "Accept-Encoding", {"Accept-Encoding: br, gzip"}, {"Accept-Encoding: br"}, false);
        row("codings: lines", "Accept-Encoding", {"Accept-Encoding: br", "Accept-Encoding: gzip"},
            {"Accept-Encoding: gzip,br"}, true);
        row("codings: empty elements", "Accept-Encoding", {"Accept-Encoding: ,gzip,,"}, {"Accept-Encoding: gzip"},
            true);
        row("codings: none are not any", "Accept-Encoding", {"Accept-Encoding:"}, {}, false);
        row("codings: malformed, compared as they came", "Accept-Encoding", {"Accept-Encoding: gzip;x=1, br"},
            {"Accept-Encoding: br, gzip;x=1"}, false);
        row("codings: malformed weight", "Accept-Encoding", {"Accept-Encoding: gzip;q=2"},
            {"Accept-Encoding: gzip"}, false);
        row("codings: weight of four places", "Accept-Encoding", {"Accept-Encoding: gzip;q=0.5000"},
            {"Accept-Encoding: gzip;q=0.5"}, false);
        row("codings: malformed, the same", "Accept-Encoding", {"Accept-Encoding: gzip;x=1"},
            {"Accept-Encoding: gzip;x=1"}, true);

        row("languages: white space and case", "Accept-Language", {"Accept-Language: en-GB,de ;q=0.5"},
            {"Accept-Language: en-gb, DE;q=0.5"}, true);
        row("languages: order that the weights give", "Accept-Language", {"Accept-Language: de;q=0.5, en"},
            {"Accept-Language: en, de;q=0.5"}, true);
        row("languages: order may be a preference", "Accept-Language", {"Accept-Language: de, en"},
            {"Accept-Language: en, de"}, false);
        row("languages: differ", "Accept-Language", {"Accept-Language: en"}, {"Accept-Language: en-GB"}, false);

        row("media types: white space", "Accept", {"Accept: text/html ; q=0.5,*/*"},
            {"Accept: text/html;q=0.5 , */*"}, true);
        row("media types: white space in quotes", "Accept", {"Accept: a/b;c=\"x ; y\""}, {"Accept: a/b;c=\"x;y\""},
            false);
        row("media types: white space in an element", "Accept", {"Accept: a b"}, {"Accept: ab"}, false);
        row("media types: order", "Accept", {"Accept: a/b, c/d"}, {"Accept: c/d, a/b"}, false);

        row("named by Connection: the backend never saw it", "Foo", {"Foo: 1", "Connection: foo"}, {}, true);
        row("named by Connection, then not", "Foo", {"Foo: 1", "Connection: foo"}, {"Foo: 1"}, false);
        row("not named, then by Connection", "Foo", {"Foo: 1"}, {"Foo: 1", "Connection: foo"}, false);
    }

    void section_4_1_matching() {
        QFETCH(QByteArray, vary);
        QFETCH(QByteArrayList, original);
        QFETCH(QByteArrayList, presented);
        const std::string selecting = selectingText({"Vary: " + vary}, RequestOf(original));
        const RequestOf request(presented);
        QTEST(matchesSelecting(selecting, *request), "matches");
        // A match is nothing else than equal texts.
        QCOMPARE(selectingText({"Vary: " + vary}, request) == selecting, matchesSelecting(selecting, *request));
    }

    void section_4_1_withoutVaryEverythingMatches() { QVERIFY(matchesSelecting({}, *RequestOf({"Foo: 1"}))); }

    /// More elements than are sorted in place: still equal to itself, and to nothing else.
    void longListsAreComparedAsTheyCame() {
        QByteArrayList codings;
        for (int i = 0; i < 30; ++i)
            codings += "c" + QByteArray::number(i);
        const QByteArray value = codings.join(", ");
        codings.swapItemsAt(0, 1);
        const std::string selecting =
            selectingText({"Vary: Accept-Encoding"}, RequestOf({"Accept-Encoding: " + value}));
        QVERIFY(matchesSelecting(selecting, *RequestOf({"Accept-Encoding: " + value})));
        QVERIFY(!matchesSelecting(selecting, *RequestOf({"Accept-Encoding: " + codings.join(", ")})));
    }
};

QTEST_APPLESS_MAIN(TestVary)
#include "test_vary.moc"
