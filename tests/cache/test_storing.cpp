// SPDX-License-Identifier: MIT
#include "cache/storing.h"

#include "cache/parsed_heads.h"

using namespace reverxy;
using namespace reverxy::cache;
using namespace reverxy::test;

namespace {

const QByteArray noon = "Date: Sun, 06 Nov 1994 12:00:00 GMT";
const QByteArray hourAgo = "Last-Modified: Sun, 06 Nov 1994 11:00:00 GMT";

struct Case {
    QByteArray request = "GET /";
    QByteArrayList requestFields;
    int status = 200;
    QByteArrayList fields;
    config::Cache config;
};

StoreDecision decide(const Case& given) {
    const RequestOf request(given.request, given.requestFields);
    const ResponseOf response(given.status, QByteArrayList{noon} + given.fields, request->method);
    return decideStoring(requestFactsOf(*request), *response, readCachingPolicy(response->fields), {at(0), at(0)},
                         given.config);
}

QByteArray verdictOf(const Case& given) {
    return bytesOf(infoOf(decide(given).verdict).name);
}

config::Cache withDefaultTtl() {
    config::Cache config;
    config.defaultTtl = config::Milliseconds(5000);
    return config;
}

QByteArrayList storedFields(const QByteArrayList& fields) {
    const ResponseOf response(fields);
    http::FieldList out;
    DateText date;
    composeStoredFields(response->fields, readCachingPolicy(response->fields), at(0), date, out);
    QByteArrayList lines;
    for (const http::Field& field : out)
        lines += bytesOf(field.name) + ": " + bytesOf(field.value);
    return lines;
}

} // namespace

class TestStoring : public QObject {
    Q_OBJECT
  private Q_SLOTS:

    void section_3_request_data() {
        QTest::addColumn<QByteArray>("request");
        QTest::addColumn<QByteArrayList>("requestFields");
        QTest::addColumn<QByteArrayList>("fields");
        QTest::addColumn<QByteArray>("verdict");
        const auto row = [](const char* name, const char* request, const QByteArrayList& requestFields,
                            const QByteArrayList& fields, const char* verdict) {
            QTest::newRow(name) << QByteArray(request) << requestFields << fields << QByteArray(verdict);
        };
        const QByteArrayList fresh{"Cache-Control: max-age=60"};
        row("GET", "GET /", {}, fresh, "stored");
        row("with a query", "GET /?a=1", {}, fresh, "stored");
        row("HEAD", "HEAD /", {}, fresh, "method-not-cacheable");
        row("POST", "POST /", {}, fresh, "method-not-cacheable");
        row("OPTIONS", "OPTIONS /", {}, fresh, "method-not-cacheable");
        row("unknown method", "M-SEARCH /", {}, fresh, "method-not-cacheable");
        row("methods are case-sensitive", "get /", {}, fresh, "method-not-cacheable");
        row("GET with content", "GET /", {"Content-Length: 1"}, fresh, "off");
        row("GET with chunked content", "GET /", {"Transfer-Encoding: chunked"}, fresh, "off");
        row("GET with empty content", "GET /", {"Content-Length: 0"}, fresh, "stored");
        row("If-Match", "GET /", {"If-Match: \"a\""}, fresh, "off");
        row("If-Unmodified-Since", "GET /", {"If-Unmodified-Since: x"}, fresh, "off");
        row("If-None-Match", "GET /", {"If-None-Match: \"a\""}, fresh, "stored");
        row("whole response to Range", "GET /", {"Range: bytes=0-1"}, fresh, "stored");
        row("upgrade", "GET /", {"Connection: upgrade", "Upgrade: websocket"}, fresh, "off");
        row("section 5.2.1.5: no-store", "GET /", {"Cache-Control: no-store"}, fresh, "request-no-store");
        row("section 5.2.1.4: no-cache only concerns use", "GET /", {"Cache-Control: no-cache"}, fresh, "stored");

        row("section 3.5: Authorization", "GET /", {"Authorization: a b"}, fresh, "authorization");
        row("section 3.5: public", "GET /", {"Authorization: a b"}, {"Cache-Control: max-age=60, public"},
            "stored");
        row("section 3.5: must-revalidate", "GET /", {"Authorization: a b"},
            {"Cache-Control: max-age=60, must-revalidate"}, "stored");
        row("section 3.5: s-maxage", "GET /", {"Authorization: a b"}, {"Cache-Control: s-maxage=60"}, "stored");
        row("section 3.5: an invalid s-maxage", "GET /", {"Authorization: a b"}, {"Cache-Control: s-maxage=x"},
            "authorization");
        row("section 3.5: proxy-revalidate is not enough", "GET /", {"Authorization: a b"},
            {"Cache-Control: max-age=60, proxy-revalidate"}, "authorization");
        row("section 3.5: in a targeted field", "GET /", {"Authorization: a b"},
            {"CDN-Cache-Control: max-age=60, public"}, "stored");
        row("section 3.5: in a field that does not count", "GET /", {"Authorization: a b"},
            {"Cache-Control: public", "CDN-Cache-Control: max-age=60"}, "authorization");

        row("Cookie and a lifetime", "GET /", {"Cookie: a=b"}, fresh, "stored");
        row("Cookie and a guess", "GET /", {"Cookie: a=b"}, {hourAgo}, "personal");
        row("Cookie, public and a validator", "GET /", {"Cookie: a=b"}, {hourAgo, "Cache-Control: public"},
            "stored");
    }

    void section_3_request() {
        QFETCH(QByteArray, request);
        QFETCH(QByteArrayList, requestFields);
        QFETCH(QByteArrayList, fields);
        QTEST(verdictOf({request, requestFields, 200, fields, {}}), "verdict");
    }

    void whoAskedIsTheReason_data() {
        QTest::addColumn<QByteArray>("request");
        QTest::addColumn<QByteArrayList>("requestFields");
        QTest::addColumn<QByteArrayList>("fields");
        QTest::addColumn<bool>("lies");
        const auto row = [](const char* name, const char* request, const QByteArrayList& requestFields,
                            const QByteArrayList& fields, bool lies) {
            QTest::newRow(name) << QByteArray(request) << requestFields << fields << lies;
        };
        const QByteArrayList fresh{"Cache-Control: max-age=60"};
        row("stored", "GET /", {}, fresh, false);
        row("the method", "POST /", {}, fresh, true);
        row("no-store", "GET /", {"Cache-Control: no-store"}, fresh, true);
        row("Authorization", "GET /", {"Authorization: a b"}, fresh, true);
        row("Authorization, not for anybody", "GET /", {"Authorization: a b"}, {"Cache-Control: private"}, false);
        row("Cookie", "GET /", {"Cookie: a=b"}, {hourAgo}, true);
        row("Set-Cookie", "GET /", {}, {hourAgo, "Set-Cookie: a=b"}, false);
        row("the response's no-store", "GET /", {"Cookie: a=b"}, {"Cache-Control: no-store"}, false);
        row("Vary", "GET /", {}, {"Cache-Control: max-age=60", "Vary: *"}, false);
    }

    void whoAskedIsTheReason() {
        QFETCH(QByteArray, request);
        QFETCH(QByteArrayList, requestFields);
        QFETCH(QByteArrayList, fields);
        const RequestOf asked(request, requestFields);
        const StoreVerdict verdict = decide({request, requestFields, 200, fields, {}}).verdict;
        QTEST(liesInRequest(verdict, requestFactsOf(*asked)), "lies");
    }

    void onlyCredentialsStandInTheWay_data() {
        QTest::addColumn<QByteArrayList>("requestFields");
        QTest::addColumn<QByteArrayList>("fields");
        QTest::addColumn<bool>("personal");
        const auto row = [](const char* name, const QByteArrayList& requestFields, const QByteArrayList& fields,
                            bool personal) { QTest::newRow(name) << requestFields << fields << personal; };
        const QByteArrayList cookie{"Cookie: a=b"};
        const QByteArrayList authorization{"Authorization: a b"};
        row("Cookie and a guess", cookie, {hourAgo}, true);
        row("Cookie, public and a guess", cookie, {hourAgo, "Cache-Control: public"}, true);
        row("Cookie and no-store", cookie, {hourAgo, "Cache-Control: no-store"}, false);
        row("Cookie and nothing", cookie, {}, false);
        row("Cookie and Set-Cookie", cookie, {hourAgo, "Set-Cookie: a=b"}, false);
        row("Cookie and private", cookie, {hourAgo, "Cache-Control: private"}, false);
        row("Cookie and no-cache", cookie, {hourAgo, "Cache-Control: no-cache"}, false);
        row("Cookie and no-store of the request", {"Cookie: a=b", "Cache-Control: no-store"}, {hourAgo}, false);
        row("Authorization", authorization, {"Cache-Control: max-age=60"}, true);
        row("Authorization and max-age=0", authorization, {"Cache-Control: max-age=0"}, false);
        row("no credentials", {}, {hourAgo}, false);
    }

    void onlyCredentialsStandInTheWay() {
        QFETCH(QByteArrayList, requestFields);
        QFETCH(QByteArrayList, fields);
        const RequestOf request("GET /", requestFields);
        const ResponseOf response(200, QByteArrayList{noon} + fields);
        QTEST(isPersonalByRequest(requestFactsOf(*request), *response, readCachingPolicy(response->fields),
                                  {at(0), at(0)}, {}),
              "personal");
    }

    void section_3_response_data() {
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArrayList>("fields");
        QTest::addColumn<QByteArray>("verdict");
        const auto row = [](const char* name, int status, const QByteArrayList& fields, const char* verdict) {
            QTest::newRow(name) << status << fields << QByteArray(verdict);
        };
        row("nothing said", 200, {}, "no-lifetime");
        row("only a tag", 200, {"ETag: \"a\""}, "stored");
        row("only a modification date", 200, {hourAgo}, "stored");
        row("a modification date that is none", 200, {"Last-Modified: 0"}, "no-lifetime");
        row("max-age", 200, {"Cache-Control: max-age=1"}, "stored");
        row("Expires", 200, {"Expires: Sun, 06 Nov 1994 13:00:00 GMT"}, "stored");
        row("section 5.2.2.5: no-store", 200, {"Cache-Control: max-age=60, no-store"}, "no-store");
        row("section 5.2.2.5: no-store, odd case", 200, {"Cache-Control: No-StOrE"}, "no-store");
        row("section 5.2.2.5: no-store in another line", 200,
            {"Cache-Control: max-age=60", "Cache-Control: no-store"}, "no-store");
        row("section 5.2.2.7: private", 200, {"Cache-Control: max-age=60, private"}, "private");
        row("section 3.3: a stream of events is never whole", 200,
            {"Cache-Control: max-age=60", "Content-Type: Text/Event-Stream ; charset=utf-8"}, "endless-stream");
        row("section 3.3: nor are pictures that replace each other", 200,
            {"Cache-Control: max-age=60", "Content-Type: multipart/x-mixed-replace;boundary=x"}, "endless-stream");
        row("a type whose name only begins so", 200,
            {"Cache-Control: max-age=60", "Content-Type: text/event-streams"}, "stored");
        row("no-store says more than the type", 200, {"Cache-Control: no-store", "Content-Type: text/event-stream"},
            "no-store");
        row("section 5.2.2.7: private beats s-maxage", 200, {"Cache-Control: s-maxage=60, private"}, "private");
        row("section 5.2.2.7: private with names", 200, {"Cache-Control: max-age=60, private=\"x\""}, "stored");
        row("section 5.2.2.4: no-cache and a validator", 200, {"Cache-Control: no-cache", "ETag: \"a\""}, "stored");
        row("section 5.2.2.4: no-cache alone", 200, {"Cache-Control: no-cache, max-age=60"}, "nothing-to-reuse");
        row("section 5.2.2.4: no-cache with names", 200, {"Cache-Control: max-age=60, no-cache=\"x\""}, "stored");
        row("stale from the start", 200, {"Cache-Control: max-age=0"}, "nothing-to-reuse");
        row("stale from the start, with a tag", 200, {"Cache-Control: max-age=0", "ETag: \"a\""}, "stored");
        row("stale, but of use meanwhile", 200, {"Cache-Control: max-age=0, stale-while-revalidate=5"}, "stored");
        row("stale, but of use on errors", 200, {"Cache-Control: max-age=0, stale-if-error=5"}, "stored");
        row("Expires in the past", 200, {"Expires: 0"}, "nothing-to-reuse");
        row("section 7.3: Set-Cookie and a lifetime", 200, {"Cache-Control: max-age=60", "Set-Cookie: a=b"},
            "stored");
        row("Set-Cookie and a guess", 200, {hourAgo, "Set-Cookie: a=b"}, "personal");
        row("Set-Cookie withheld", 200, {hourAgo, "Set-Cookie: a=b", "Cache-Control: private=\"Set-Cookie\""},
            "stored");
        row("section 4.1: Vary", 200, {"Cache-Control: max-age=60", "Vary: Accept"}, "stored");
        row("section 4.1: Vary of everything", 200, {"Cache-Control: max-age=60", "Vary: *"}, "vary-star");
        row("section 4.1: Vary of everything, among others", 200, {"Cache-Control: max-age=60", "Vary: a, *, b"},
            "vary-star");
        row("section 4.1: Vary of the client's address", 200,
            {"Cache-Control: max-age=60", "Vary: X-Forwarded-For"}, "vary-unmatchable");
        row("section 4.1: malformed Vary", 200, {"Cache-Control: max-age=60", "Vary: a b"}, "vary-unmatchable");

        row("304", 304, {"Cache-Control: max-age=60"}, "not-modified");
        row("401", 401, {"Cache-Control: max-age=60"}, "answers-one-request");
        row("412", 412, {"Cache-Control: max-age=60"}, "answers-one-request");
        row("416", 416, {"Cache-Control: max-age=60"}, "answers-one-request");
        row("section 3.3: 206", 206, {"Cache-Control: max-age=60", "Content-Range: bytes 0-1/5"}, "stored");
        row("section 3.3: 206 as long as it says", 206,
            {"Cache-Control: max-age=60", "Content-Range: bytes 0-1/5", "Content-Length: 2"}, "stored");
        row("section 3.3: 206 shorter than it says", 206,
            {"Cache-Control: max-age=60", "Content-Range: bytes 0-1/5", "Content-Length: 1"}, "partial-not-usable");
        row("section 3.3: 206 of a whole whose length is unknown", 206,
            {"Cache-Control: max-age=60", "Content-Range: bytes 0-1/*"}, "partial-not-usable");
        row("section 3.3: 206 that must not be stored", 206,
            {"Cache-Control: no-store", "Content-Range: bytes 0-1/5"}, "no-store");
        row("section 3.3: 206 that says no place", 206, {"Cache-Control: max-age=60"}, "partial-not-usable");
        row("section 3.3: 206 of several parts", 206,
            {"Cache-Control: max-age=60", "Content-Type: multipart/byteranges; boundary=a"}, "partial-not-usable");
        row("status 403 without a lifetime", 403, {hourAgo}, "not-marked-cacheable");
        row("status 403, public", 403, {hourAgo, "Cache-Control: public"}, "stored");
        row("status 500 with a lifetime", 500, {"Cache-Control: max-age=60"}, "stored");
        row("status 299 with a lifetime", 299, {"Cache-Control: max-age=60"}, "stored");
        row("status 499 with a lifetime", 499, {"Cache-Control: max-age=60"}, "stored");
        row("status 599 with a lifetime", 599, {"Cache-Control: max-age=60"}, "stored");
        row("status 599 without", 599, {hourAgo}, "not-marked-cacheable");

        row("section 5.2.2.3: understood", 200, {"Cache-Control: max-age=60, must-understand, no-store"}, "stored");
        row("section 5.2.2.3: not understood", 599, {"Cache-Control: max-age=60, must-understand, no-store"},
            "status-not-understood");
        row("section 5.2.2.3: not understood, no-store left out", 599,
            {"Cache-Control: max-age=60, must-understand"}, "status-not-understood");
        row("section 5.2.2.3: private still counts", 200,
            {"Cache-Control: max-age=60, must-understand, no-store, private"}, "private");
        row("RFC 9213: no-store aimed elsewhere", 200, {"Cache-Control: no-store", "CDN-Cache-Control: max-age=60"},
            "stored");
        row("RFC 9213: private aimed here", 200, {"Cache-Control: max-age=60", "CDN-Cache-Control: private"},
            "private");
        row("section 5.4: Pragma means nothing", 200, {"Cache-Control: max-age=60", "Pragma: no-cache"}, "stored");
    }

    void section_3_response() {
        QFETCH(int, status);
        QFETCH(QByteArrayList, fields);
        QTEST(verdictOf({"GET /", {}, status, fields, {}}), "verdict");
    }

    /// Section 4.2.2: each code that needs no explicit lifetime, and all others.
    void whoWantsEventsSaysSo_data() {
        QTest::addColumn<QByteArrayList>("fields");
        QTest::addColumn<bool>("wants");
        QTest::newRow("alone") << QByteArrayList{"Accept: text/event-stream"} << true;
        QTest::newRow("among others") << QByteArrayList{"Accept: text/html, Text/Event-Stream;q=0.5"} << true;
        QTest::newRow("on a second line") << QByteArrayList{"Accept: a/b", "Accept: text/event-stream"} << true;
        QTest::newRow("whatever comes") << QByteArrayList{"Accept: */*"} << false;
        QTest::newRow("in quotes") << QByteArrayList{"Accept: a/b;c=\",text/event-stream\""} << false;
        QTest::newRow("without Accept") << QByteArrayList{} << false;
    }

    void whoWantsEventsSaysSo() {
        QFETCH(QByteArrayList, fields);
        QFETCH(bool, wants);
        QCOMPARE(wantsEventStream(RequestOf("GET /", fields)->fields), wants);
    }

    void section_3_heuristicStatus() {
        const QList<int> cacheable{200, 203, 204, 300, 301, 308, 404, 405, 410, 414, 501};
        const QList<int> answersOneRequest{304, 401, 407, 412, 416, 417};
        for (int status = 200; status < 600; ++status) {
            if (status == 206 || answersOneRequest.contains(status))
                continue;
            const StoreDecision decision = decide({"GET /", {}, status, {hourAgo}, {}});
            QCOMPARE(decision.stored(), cacheable.contains(status));
            if (decision.stored())
                QCOMPARE(decision.facts.lifetime, 360u);
        }
    }

    void defaultTtl() {
        QCOMPARE(verdictOf({"GET /", {}, 200, {}, withDefaultTtl()}), QByteArray("stored"));
        QCOMPARE(decide({"GET /", {}, 200, {}, withDefaultTtl()}).facts.lifetime, 5u);
        QCOMPARE(verdictOf({"GET /", {}, 403, {}, withDefaultTtl()}), QByteArray("not-marked-cacheable"));
        QCOMPARE(verdictOf({"GET /", {"Cookie: a=b"}, 200, {}, withDefaultTtl()}), QByteArray("personal"));
        QCOMPARE(verdictOf({"GET /", {}, 200, {"Set-Cookie: a=b"}, withDefaultTtl()}), QByteArray("personal"));
        QCOMPARE(verdictOf({"GET /", {"Authorization: a b"}, 200, {}, withDefaultTtl()}),
                 QByteArray("authorization"));
        QCOMPARE(verdictOf({"GET /", {}, 200, {"Cache-Control: no-store"}, withDefaultTtl()}),
                 QByteArray("no-store"));
        QCOMPARE(verdictOf({"GET /", {}, 200, {"Cache-Control: private"}, withDefaultTtl()}),
                 QByteArray("private"));
        QCOMPARE(verdictOf({"GET /", {}, 200, {"Cache-Control: max-age=0"}, withDefaultTtl()}),
                 QByteArray("nothing-to-reuse"));
    }

    /// cache.stale_if_error wants a stale response kept, unless the response itself says otherwise.
    void staleIfErrorOfTheConfiguration() {
        config::Cache config;
        config.staleIfError = config::Milliseconds(60000);
        QCOMPARE(verdictOf({"GET /", {}, 200, {"Cache-Control: max-age=0"}, config}), QByteArray("stored"));
        QCOMPARE(verdictOf({"GET /", {}, 200, {"Cache-Control: max-age=0, stale-if-error=0"}, config}),
                 QByteArray("nothing-to-reuse"));
        QCOMPARE(verdictOf({"GET /", {}, 200, {}, config}), QByteArray("no-lifetime"));
    }

    void facts() {
        const StoreDecision plain = decide({"GET /", {}, 203, {"Cache-Control: max-age=60", "Age: 5"}, {}});
        QCOMPARE(plain.facts.status, uint16_t(203));
        QCOMPARE(plain.facts.lifetime, 60u);
        QCOMPARE(plain.facts.initialAge, 5u);
        QCOMPARE(plain.facts.responseTime, at(0));
        QVERIFY(!plain.facts.alwaysValidate && !plain.facts.neverStale && !plain.facts.heuristic);
        QVERIFY(!plain.facts.partial && !plain.facts.staleIfErrorSaid && !plain.facts.immutable);

        const auto factsOf = [](const QByteArrayList& fields) {
            return decide({"GET /", {}, 200, fields, {}}).facts;
        };
        QVERIFY(factsOf({"Cache-Control: no-cache", "ETag: \"a\""}).alwaysValidate);
        QVERIFY(factsOf({"Cache-Control: max-age=1, must-revalidate"}).neverStale);
        QVERIFY(factsOf({"Cache-Control: max-age=1, proxy-revalidate"}).neverStale);
        QVERIFY(factsOf({"Cache-Control: s-maxage=1"}).neverStale);
        QVERIFY(factsOf({"Cache-Control: max-age=1, x=a b"}).neverStale);
        QVERIFY(factsOf({"Cache-Control: max-age=1, immutable"}).immutable);
        QVERIFY(factsOf({hourAgo}).heuristic);
        QVERIFY(decide({"GET /", {}, 200, {}, withDefaultTtl()}).facts.heuristic);
        const StoredFacts stale = factsOf({"Cache-Control: max-age=1, stale-while-revalidate=2, stale-if-error=3"});
        QCOMPARE(stale.staleWhileRevalidate, 2u);
        QCOMPARE(stale.staleIfError, 3u);
        QVERIFY(stale.staleIfErrorSaid);
    }

    void section_3_1_fields() {
        QCOMPARE(storedFields({noon, "X-Unknown: 1", "ETag: \"a\"", "X-Unknown: 2", "Content-Encoding: gzip",
                               "Set-Cookie: a=b", "Cache-Control: max-age=1"}),
                 (QByteArrayList{noon, "X-Unknown: 1", "ETag: \"a\"", "X-Unknown: 2", "Content-Encoding: gzip",
                                 "Set-Cookie: a=b", "Cache-Control: max-age=1"}));
    }

    void section_3_1_whatIsNotStored_data() {
        QTest::addColumn<QByteArray>("field");
        for (const char* field :
             {"Connection: close", "Keep-Alive: 5", "Proxy-Connection: x", "Proxy-Authenticate: x",
              "Proxy-Authentication-Info: x", "Proxy-Authorization: x", "TE: x", "Trailer: x", "Upgrade: x",
              "Transfer-Encoding: chunked", "Content-Length: 5", "Age: 5", "HTTP2-Settings: x"})
            QTest::newRow(field) << QByteArray(field);
    }

    void section_3_1_whatIsNotStored() {
        QFETCH(QByteArray, field);
        QCOMPARE(storedFields({noon, field, "A: 1"}), (QByteArrayList{noon, "A: 1"}));
    }

    void section_3_1_namedByConnection() {
        QCOMPARE(storedFields({noon, "X-A: 1", "Connection: x-a, close", "X-B: 2", "X-AB: 3"}),
                 (QByteArrayList{noon, "X-B: 2", "X-AB: 3"}));
    }

    void section_5_2_2_4_and_7_withheldFields() {
        QCOMPARE(storedFields({noon, "A: 1", "B: 2", "C: 3", "Cache-Control: no-cache=\"a\", private=\"b\""}),
                 (QByteArrayList{noon, "C: 3", "Cache-Control: no-cache=\"a\", private=\"b\""}));
        QCOMPARE(storedFields({noon, "A: 1", "B: 2", "CDN-Cache-Control: private=\"a\""}),
                 (QByteArrayList{noon, "B: 2", "CDN-Cache-Control: private=\"a\""}));
    }

    /// RFC 9110 section 6.6.1.
    void dateOfArrival() {
        QCOMPARE(storedFields({"A: 1"}), (QByteArrayList{"A: 1", noon}));
        QCOMPARE(storedFields({"A: 1", "Date: never"}), (QByteArrayList{"A: 1", noon}));
    }
};

QTEST_APPLESS_MAIN(TestStoring)
#include "test_storing.moc"
