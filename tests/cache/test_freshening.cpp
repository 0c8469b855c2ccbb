// SPDX-License-Identifier: MIT
#include "cache/freshening.h"

#include "cache/parsed_heads.h"
#include "cache/stored_at_noon.h"

using namespace reverxy;
using namespace reverxy::cache;
using namespace reverxy::test;

namespace {

const QByteArray noon = "Date: Sun, 06 Nov 1994 12:00:00 GMT";
const QByteArray minuteLater = "Date: Sun, 06 Nov 1994 12:01:00 GMT";

struct Result {
    Freshened freshened;
    QByteArrayList fields;
};

/// What a 304 with the fields `received`, a minute after noon, makes of a response stored at noon.
Result result(const QByteArrayList& stored, const QByteArrayList& received,
              const QByteArrayList& requestFields = {}) {
    const StoredRef response = storedAtNoon(stored);
    const ResponseOf notModified(304, received);
    const RequestOf request(requestFields);
    DateText date;
    http::FieldList fields;
    Result result;
    result.freshened = freshen(response->fields(), 200, *notModified, requestFactsOf(*request), {at(60), at(60)},
                               {}, date, fields);
    for (const http::Field& field : fields)
        result.fields += bytesOf(field.name) + ": " + bytesOf(field.value);
    std::sort(result.fields.begin(), result.fields.end());
    return result;
}

QByteArrayList sorted(QByteArrayList lines) {
    std::sort(lines.begin(), lines.end());
    return lines;
}

} // namespace

class TestFreshening : public QObject {
    Q_OBJECT
  private Q_SLOTS:

    void section_3_2_update_data() {
        QTest::addColumn<QByteArrayList>("stored");
        QTest::addColumn<QByteArrayList>("received");
        QTest::addColumn<QByteArrayList>("updated");
        const auto row = [](const char* name, const QByteArrayList& stored, const QByteArrayList& received,
                            const QByteArrayList& updated) {
            QTest::newRow(name) << stored << received << updated;
        };
        row("replaced", {"X-A: 1"}, {"X-A: 2"}, {"X-A: 2"});
        row("name in another case", {"X-A: 1"}, {"x-a: 2"}, {"x-a: 2"});
        row("added", {"X-A: 1"}, {"X-B: 2"}, {"X-A: 1", "X-B: 2"});
        row("kept", {"X-A: 1"}, {}, {"X-A: 1"});
        row("all lines at once", {"X-A: 1", "X-A: 2", "X-B: 3"}, {"X-A: 4", "X-A: 5"},
            {"X-A: 4", "X-A: 5", "X-B: 3"});
        row("empty", {"X-A: 1"}, {"X-A:"}, {"X-A: "});
        row("not Content-Length", {}, {"Content-Length: 9"}, {});
        row("not Content-Range", {}, {"Content-Range: bytes 0-0/1"}, {});
        row("not the connection's", {}, {"Connection: x-a", "X-A: 1", "Keep-Alive: 5", "Upgrade: x", "TE: x"}, {});
        row("what Connection names does not replace either", {"X-A: 1"}, {"Connection: x-a", "X-A: 2"}, {"X-A: 1"});
        row("not the proxy's", {}, {"Proxy-Authenticate: x", "Proxy-Authentication-Info: x"}, {});
        row("not Age", {}, {"Age: 5"}, {});
    }

    void section_3_2_update() {
        QFETCH(QByteArrayList, stored);
        QFETCH(QByteArrayList, received);
        QFETCH(QByteArrayList, updated);
        const QByteArrayList kept{noon, "Cache-Control: max-age=9", "ETag: \"a\""};
        const Result found = result(kept + stored, QByteArrayList{noon} + received);
        QCOMPARE(found.fields, sorted(kept + updated));
        QCOMPARE(found.freshened.outcome, FreshenOutcome::Update);
        QCOMPARE(found.freshened.verdict, StoreVerdict::Freshened);
    }

    /// Every kind of field that a response has is updated, though the content stays.
    void section_3_2_eachField_data() {
        QTest::addColumn<QByteArray>("name");
        for (const char* name : {"Cache-Control", "Content-Disposition", "Content-Encoding", "Content-Foo",
                                 "Content-Language", "Content-Location", "Content-Security-Policy", "Content-Type",
                                 "ETag", "Expires", "Last-Modified", "Location", "Set-Cookie", "X-Frame-Options",
                                 "X-Content-Type-Options", "Server", "Link", "Vary", "CDN-Cache-Control"})
            QTest::newRow(name) << QByteArray(name);
    }

    void section_3_2_eachField() {
        QFETCH(QByteArray, name);
        const Result found = result({noon, name + ": old"}, {noon, name + ": new"});
        QVERIFY(found.fields.contains(name + ": new"));
        QVERIFY(!found.fields.contains(name + ": old"));
    }

    void section_4_3_4_newLifetime() {
        const Result found = result({noon, "Cache-Control: max-age=9", "ETag: \"a\""},
                                    {minuteLater, "Cache-Control: max-age=99, stale-if-error=5", "Age: 3"});
        QCOMPARE(found.freshened.facts.lifetime, 99u);
        QCOMPARE(found.freshened.facts.initialAge, 3u);
        QCOMPARE(found.freshened.facts.responseTime, at(60));
        QCOMPARE(found.freshened.facts.status, uint16_t(200));
        QCOMPARE(found.freshened.facts.staleIfError, 5u);
        // Age is none of the stored fields.
        QVERIFY(!found.fields.contains("Age: 3"));
    }

    /// RFC 9110 section 6.6.1: else the age would count from the old Date.
    void section_4_3_4_withoutDate() {
        const Result found = result({noon, "Cache-Control: max-age=9", "ETag: \"a\""}, {});
        QCOMPARE(found.freshened.facts.initialAge, 0u);
        QVERIFY(found.fields.contains(minuteLater));
        QVERIFY(!found.fields.contains(noon));
    }

    void newFieldsMayForbidKeeping_data() {
        QTest::addColumn<QByteArray>("field");
        QTest::addColumn<QByteArray>("verdict");
        QTest::newRow("no-store") << QByteArray("Cache-Control: no-store") << QByteArray("no-store");
        QTest::newRow("private") << QByteArray("Cache-Control: private, max-age=9") << QByteArray("private");
        QTest::newRow("Vary") << QByteArray("Vary: *") << QByteArray("vary-star");
    }

    void newFieldsMayForbidKeeping() {
        QFETCH(QByteArray, field);
        const Result found = result({noon, "Cache-Control: max-age=9", "ETag: \"a\""}, {noon, field});
        QCOMPARE(found.freshened.outcome, FreshenOutcome::Remove);
        QTEST(bytesOf(infoOf(found.freshened.verdict).name), "verdict");
    }

    /// What must not be stored of the answer leaves what is stored as it is.
    void theRequestMayForbidUpdating_data() {
        QTest::addColumn<QByteArray>("request");
        QTest::addColumn<QByteArray>("policy");
        QTest::newRow("no-store") << QByteArray("Cache-Control: no-store") << QByteArray("max-age=9");
        QTest::newRow("Authorization") << QByteArray("Authorization: a b") << QByteArray("max-age=9");
        QTest::newRow("Cookie and a guess") << QByteArray("Cookie: a=b") << QByteArray("x");
    }

    void theRequestMayForbidUpdating() {
        QFETCH(QByteArray, request);
        QFETCH(QByteArray, policy);
        const Result found = result({noon, "Cache-Control: " + policy, "ETag: \"a\""}, {noon, "X-A: 1"}, {request});
        QCOMPARE(found.freshened.outcome, FreshenOutcome::Leave);
        // The answer itself has the new fields.
        QVERIFY(found.fields.contains("X-A: 1"));
    }

    void section_5_2_2_4_withheldFieldsLeave() {
        const Result found = result({noon, "Cache-Control: max-age=9", "X-A: 1", "ETag: \"a\""},
                                    {noon, "Cache-Control: max-age=9, no-cache=\"x-a\"", "X-B: 2"});
        QCOMPARE(found.fields,
                 sorted({noon, "Cache-Control: max-age=9, no-cache=\"x-a\"", "ETag: \"a\"", "X-B: 2"}));
        // The old policy withholds from the new answer too, as long as that does not replace it.
        const Result kept =
            result({noon, "Cache-Control: max-age=9, private=\"x-a\"", "ETag: \"a\""}, {noon, "X-A: 1"});
        QVERIFY(!kept.fields.contains("X-A: 1"));
    }

    void section_4_1_newVary() {
        const QByteArrayList stored{noon, "Cache-Control: max-age=9", "ETag: \"a\"", "Vary: Accept, X"};
        QVERIFY(!result(stored, {noon}).freshened.varyChanged);
        QVERIFY(!result(stored, {noon, "Vary: x", "Vary: ACCEPT"}).freshened.varyChanged);
        QVERIFY(result(stored, {noon, "Vary: Accept"}).freshened.varyChanged);
        QVERIFY(result(stored, {noon, "Vary: Accept, Y"}).freshened.varyChanged);
    }
};

QTEST_APPLESS_MAIN(TestFreshening)
#include "test_freshening.moc"
