// SPDX-License-Identifier: MIT
#include "cache/validation.h"

#include "cache/parsed_heads.h"
#include "cache/stored_at_noon.h"

using namespace reverxy;
using namespace reverxy::cache;
using namespace reverxy::test;

namespace {

const QByteArray noon = "Date: Sun, 06 Nov 1994 12:00:00 GMT";
const QByteArray earlier = "Date: Sun, 06 Nov 1994 11:59:00 GMT";
const QByteArray modified = "Last-Modified: Sun, 06 Nov 1994 11:00:00 GMT";

/// Each a response with these fields, "206" in front of a part's.
std::vector<StoredRef> storedOf(const QList<QByteArrayList>& all) {
    std::vector<StoredRef> stored;
    for (const QByteArrayList& fields : all) {
        const bool partial = fields.value(0) == "206";
        stored.push_back(storedAtNoon(partial ? fields.mid(1) : fields, {}, {}, partial ? 206 : 200));
    }
    return stored;
}

} // namespace

class TestValidation : public QObject {
    Q_OBJECT
  private Q_SLOTS:

    void section_4_3_1_conditions_data() {
        QTest::addColumn<QList<QByteArrayList>>("stored");
        QTest::addColumn<int>("chosen"); // -1: none
        QTest::addColumn<QByteArrayList>("conditions");
        QTest::addColumn<uint>("mask");
        const auto row = [](const char* name, const QList<QByteArrayList>& stored, int chosen,
                            const QByteArrayList& conditions,
                            uint mask) { QTest::newRow(name) << stored << chosen << conditions << mask; };
        const QByteArray since = "If-Modified-Since: Sun, 06 Nov 1994 11:00:00 GMT";
        row("no validator", {{noon}}, 0, {}, 0);
        row("tag", {{"ETag: \"a\""}}, 0, {"If-None-Match: \"a\""}, 1);
        row("weak tag", {{"ETag: W/\"a\""}}, 0, {"If-None-Match: W/\"a\""}, 1);
        row("unquoted tag", {{"ETag: a"}}, 0, {"If-None-Match: a"}, 1);
        row("date", {{modified}}, 0, {since}, 1);
        row("both", {{"ETag: \"a\"", modified}}, 0, {"If-None-Match: \"a\"", since}, 1);
        row("a date that is none", {{"Last-Modified: 0"}}, 0, {}, 0);
        row("a tag that would break the list", {{"ETag: a, b"}}, 0, {}, 0);
        row("two tags: the chosen one first", {{"ETag: \"a\"", modified}, {"ETag: \"b\"", modified}}, 1,
            {"If-None-Match: \"b\", \"a\""}, 3);
        row("no choice: all tags", {{"ETag: \"a\""}, {modified}, {"ETag: \"c\""}}, -1,
            {"If-None-Match: \"a\", \"c\""}, 5);
        row("chosen by date alone: no other", {{modified}, {"ETag: \"b\""}}, 0, {since}, 1);
        row("chosen without validator: no other", {{noon}, {"ETag: \"b\""}}, 0, {}, 0);
        row("section 4.3.2: the tag of a part that answers", {{"206", "ETag: \"a\"", "Content-Range: bytes 0-0/2"}},
            0, {"If-None-Match: \"a\""}, 1);
        row("section 4.3.2: not that of another part", {{"206", "ETag: \"a\"", "Content-Range: bytes 0-0/2"}}, -1,
            {}, 0);
        row("section 4.3.2: nor beside a whole",
            {{"ETag: \"a\""}, {"206", "ETag: \"b\"", "Content-Range: bytes 0-0/2"}}, 0, {"If-None-Match: \"a\""},
            1);
        row("as many as there is room for",
            {{"ETag: \"a\""}, {"ETag: \"" + QByteArray(2048, 'b') + "\""}, {"ETag: \"c\""}}, 0,
            {"If-None-Match: \"a\", \"c\""}, 5);
    }

    void section_4_3_1_conditions() {
        QFETCH(QList<QByteArrayList>, stored);
        QFETCH(int, chosen);
        const std::vector<StoredRef> variants = storedOf(stored);
        TextArena arena;
        http::FieldList out;
        const StoredResponse* const choice = chosen < 0 ? nullptr : variants[static_cast<size_t>(chosen)].raw();
        const Nominated nominated = composeConditions(variants, choice, at(0), arena, out);
        QByteArrayList lines;
        for (const http::Field& field : out)
            lines += bytesOf(field.name) + ": " + bytesOf(field.value);
        QTEST(lines, "conditions");
        QTEST(nominated.mask, "mask");
        QCOMPARE(nominated.any(), !lines.isEmpty());
    }

    void section_4_3_1_replacedFields() {
        for (const auto id : {http::FieldId::IfNoneMatch, http::FieldId::IfModifiedSince})
            QVERIFY(replacedByConditions(id, false) && replacedByConditions(id, true));
        for (const auto id : {http::FieldId::Range, http::FieldId::IfRange})
            QVERIFY(replacedByConditions(id, false) && !replacedByConditions(id, true));
        for (const auto id : {http::FieldId::IfMatch, http::FieldId::IfUnmodifiedSince, http::FieldId::Other,
                              http::FieldId::CacheControl})
            QVERIFY(!replacedByConditions(id, false) && !replacedByConditions(id, true));
    }

    void section_4_3_4_freshened_data() {
        QTest::addColumn<QByteArrayList>("received");
        QTest::addColumn<QList<QByteArrayList>>("stored");
        QTest::addColumn<uint>("mask");
        const auto row = [](const char* name, const QByteArrayList& received, const QList<QByteArrayList>& stored,
                            uint mask) { QTest::newRow(name) << received << stored << mask; };
        const QByteArray otherDate = "Last-Modified: Sun, 06 Nov 1994 11:00:01 GMT";
        row("strong tag", {"ETag: \"b\""}, {{"ETag: \"a\""}, {"ETag: \"b\""}}, 2);
        row("strong tag: every one that has it", {"ETag: \"a\""}, {{"ETag: \"a\""}, {"ETag: \"a\""}}, 3);
        row("strong tag: none has it", {"ETag: \"x\""}, {{"ETag: \"a\""}}, 0);
        row("strong tag: a weak one is not the same", {"ETag: \"a\""}, {{"ETag: W/\"a\""}}, 0);
        row("strong tag: the date does not help", {"ETag: \"x\"", modified}, {{"ETag: \"a\"", modified}}, 0);
        row("weak tag", {"ETag: W/\"a\""}, {{"ETag: W/\"a\""}}, 1);
        row("weak tag of a strong one", {"ETag: W/\"a\""}, {{"ETag: \"a\""}}, 1);
        row("weak tag: the last sent one", {"ETag: W/\"a\""},
            {{"ETag: W/\"a\"", earlier}, {"ETag: W/\"a\"", noon}, {"ETag: W/\"a\"", earlier}}, 2);
        row("weak tag: none has it", {"ETag: W/\"x\"", modified}, {{"ETag: W/\"a\"", modified}}, 0);
        row("date", {modified}, {{modified}}, 1);
        row("other date", {otherDate}, {{modified}}, 0);
        row("date: of one with a tag too", {modified}, {{"ETag: \"a\"", modified}}, 1);
        row("nothing, and one was asked about", {}, {{"ETag: \"a\""}}, 1);
        row("nothing, and two were asked about", {}, {{"ETag: \"a\""}, {"ETag: \"b\""}}, 0);
        row("a date that is none", {"Last-Modified: x"}, {{modified}}, 1);
    }

    void section_4_3_4_freshened() {
        QFETCH(QByteArrayList, received);
        QFETCH(QList<QByteArrayList>, stored);
        const std::vector<StoredRef> variants = storedOf(stored);
        Nominated nominated{(1u << variants.size()) - 1, static_cast<uint32_t>(variants.size())};
        const ResponseOf notModified(304, received);
        QTEST(freshenedBy(notModified->fields, variants, nominated, at(0)), "mask");
        // Only what was nominated is meant.
        QCOMPARE(freshenedBy(notModified->fields, variants, {}, at(0)), 0u);
    }

    void section_4_3_5_head_data() {
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArrayList>("head");
        QTest::addColumn<QByteArrayList>("stored"); // with a body of four bytes
        QTest::addColumn<int>("storedStatus");
        QTest::addColumn<int>("outcome");
        const auto row = [](const char* name, int status, const QByteArrayList& head, const QByteArrayList& stored,
                            HeadOutcome outcome, int storedStatus = 200) {
            QTest::newRow(name) << status << head << stored << storedStatus << static_cast<int>(outcome);
        };
        const QByteArrayList both{"ETag: \"a\"", modified};
        row("same tag", 200, {"ETag: \"a\""}, both, HeadOutcome::Freshen);
        row("other tag", 200, {"ETag: \"b\""}, both, HeadOutcome::MarkStale);
        row("tag of another strength", 200, {"ETag: W/\"a\""}, both, HeadOutcome::MarkStale);
        row("a tag where there was none", 200, {"ETag: \"a\""}, {modified}, HeadOutcome::MarkStale);
        row("same date", 200, {modified}, both, HeadOutcome::Freshen);
        row("other date", 200, {"Last-Modified: Sun, 06 Nov 1994 11:30:00 GMT"}, both, HeadOutcome::MarkStale);
        row("same tag, other date", 200, {"ETag: \"a\"", "Last-Modified: Sun, 06 Nov 1994 11:30:00 GMT"}, both,
            HeadOutcome::MarkStale);
        row("no validator received", 200, {}, both, HeadOutcome::Freshen);
        row("same length", 200, {"Content-Length: 4"}, both, HeadOutcome::Freshen);
        row("other length", 200, {"Content-Length: 5"}, both, HeadOutcome::MarkStale);
        row("same tag, other length", 200, {"ETag: \"a\"", "Content-Length: 3"}, both, HeadOutcome::MarkStale);
        row("gone", 410, {}, both, HeadOutcome::MarkStale);
        row("not found", 404, {}, both, HeadOutcome::MarkStale);
        row("still not found", 404, {}, {}, HeadOutcome::Nothing, 404);
        row("found again", 200, {}, {}, HeadOutcome::MarkStale, 404);
        row("not modified", 304, {}, both, HeadOutcome::Nothing);
        row("an error", 503, {}, both, HeadOutcome::Nothing);
        row("of a part: the length of the whole", 200, {"Content-Length: 9"}, {"Content-Range: bytes 0-3/9"},
            HeadOutcome::Freshen, 206);
        row("of a part: its own length", 200, {"Content-Length: 4"}, {"Content-Range: bytes 0-3/9"},
            HeadOutcome::MarkStale, 206);
    }

    void section_4_3_5_head() {
        QFETCH(int, status);
        QFETCH(QByteArrayList, head);
        QFETCH(QByteArrayList, stored);
        QFETCH(int, storedStatus);
        const StoredRef response = storedAtNoon(stored, {}, "body", static_cast<uint16_t>(storedStatus));
        const ResponseOf received(status, head, http::Method::Head);
        QTEST(static_cast<int>(judgeHead(received->status, received->fields, *response, at(0))), "outcome");
    }
};

QTEST_APPLESS_MAIN(TestValidation)
#include "test_validation.moc"
