// SPDX-License-Identifier: MIT
#include "behaviour/cache_story.h"

using namespace reverxy;
using namespace reverxy::test;

namespace {

/// Answers 304 to whoever has version `v` already, else the version's number; counts in X-Count.
Origin::Script versioned(const std::shared_ptr<std::atomic<int>>& version, std::string cacheControl) {
    const auto count = std::make_shared<std::atomic<int>>(0);
    return [=](OriginExchange& exchange) {
        exchange.readBody();
        const std::string tag = "\"v" + std::to_string(version->load()) + "\"";
        const Fields fields{{"Cache-Control", cacheControl}, {"ETag", tag}, {"X-Count", std::to_string(++*count)}};
        if (exchange.field("If-None-Match").find(tag) == std::string::npos) {
            exchange.respond(200, tag, fields);
            return;
        }
        std::string head = "HTTP/1.1 304 Not Modified\r\n";
        for (const auto& [name, value] : fields)
            head += name + ": " + value + "\r\n";
        exchange.send(head + "\r\n");
    };
}

} // namespace

/// What is no longer fresh: asked about, served all the same, or made invalid.
class TestCacheStale : public QObject {
    Q_OBJECT

  private Q_SLOTS:

    void whatIsStaleIsValidated() {
        const auto version = std::make_shared<std::atomic<int>>(1);
        Origin origin(versioned(version, "max-age=0"));
        RunningEngine proxy(cachingConfig({origin.port()}));
        Client client = proxy.connect();
        QCOMPARE(client.get("/").body, "\"v1\""s);
        const Response validated = client.get("/");
        COMPARE_STATUS(validated, 200);
        QCOMPARE(validated.body, "\"v1\""s);
        QCOMPARE(countOf(validated), "2"s); // the 304 updated the stored fields
        QCOMPARE(origin.lastRequest().field("If-None-Match"), "\"v1\""s);
        QVERIFY(validated.field("Cache-Status").find("fwd=stale") != std::string::npos);
        QVERIFY(validated.field("Cache-Status").find("fwd-status=304") != std::string::npos);
        *version = 2;
        QCOMPARE(client.get("/").body, "\"v2\""s);
        QCOMPARE(client.get("/").body, "\"v2\""s);
        VERIFY_NO_VIOLATIONS(origin);
    }

    void theClientsOwnConditionIsAnsweredAfterwards() {
        const auto version = std::make_shared<std::atomic<int>>(1);
        Origin origin(versioned(version, "max-age=0"));
        RunningEngine proxy(cachingConfig({origin.port()}));
        Client client = proxy.connect();
        COMPARE_STATUS(client.get("/"), 200);
        COMPARE_STATUS(client.get("/", "If-None-Match: \"v1\"\r\n"), 304);
        COMPARE_STATUS(client.get("/", "If-None-Match: \"v0\"\r\n"), 200);
    }

    void aReloadGoesToTheBackend() {
        const auto version = std::make_shared<std::atomic<int>>(1);
        Origin origin(versioned(version, "max-age=60"));
        RunningEngine proxy(cachingConfig({origin.port()}));
        Client client = proxy.connect();
        COMPARE_STATUS(client.get("/"), 200);
        *version = 2;
        QCOMPARE(client.get("/").body, "\"v1\""s);
        QCOMPARE(client.get("/", "Cache-Control: no-cache\r\n").body, "\"v2\""s);
        QCOMPARE(client.get("/").body, "\"v2\""s);
        QCOMPARE(origin.requestCount(), size_t(2));
    }

    void theClientNeverWaitsWhileItIsValidatedInTheBackground() {
        const auto version = std::make_shared<std::atomic<int>>(1);
        Origin origin(versioned(version, "max-age=0, stale-while-revalidate=60"));
        RunningEngine proxy(cachingConfig({origin.port()}));
        Client client = proxy.connect();
        QCOMPARE(client.get("/").body, "\"v1\""s);
        *version = 2;
        QCOMPARE(client.get("/").body, "\"v1\""s);
        QVERIFY(waitUntil([&] { return origin.requestCount() == 2; }));
        QVERIFY(waitUntil([&] { return client.get("/").body == "\"v2\""; }));
        QVERIFY(waitUntil([&] { return proxy.runningExchanges() == 0; }));
    }

    void inTheBackgroundItIsValidatedAsAWhole_data() {
        QTest::addColumn<QByteArray>("method");
        QTest::addColumn<QByteArray>("fields");
        QTest::addColumn<int>("status");
        QTest::newRow("a plain request") << QByteArray("GET") << QByteArray() << 200;
        QTest::newRow("HEAD") << QByteArray("HEAD") << QByteArray() << 200;
        QTest::newRow("a range") << QByteArray("GET") << QByteArray("Range: bytes=0-1\r\n") << 206;
        QTest::newRow("a range, conditionally")
            << QByteArray("GET") << QByteArray("Range: bytes=0-1\r\nIf-Range: \"v1\"\r\n") << 206;
        QTest::newRow("a version the client has")
            << QByteArray("GET") << QByteArray("If-None-Match: \"v1\", \"mine\"\r\n") << 304;
        QTest::newRow("a date") << QByteArray("GET")
                                << QByteArray("If-Modified-Since: Sun, 06 Nov 1994 08:49:37 GMT\r\n") << 200;
        QTest::newRow("only-if-cached")
            << QByteArray("GET") << QByteArray("Cache-Control: only-if-cached\r\nPragma: x\r\n") << 200;
    }

    /// The client's conditions, ranges and wishes concern its own request, not the store's.
    void inTheBackgroundItIsValidatedAsAWhole() {
        QFETCH(QByteArray, method);
        QFETCH(QByteArray, fields);
        QFETCH(int, status);
        const auto version = std::make_shared<std::atomic<int>>(1);
        Origin origin(versioned(version, "max-age=0, stale-while-revalidate=60"));
        RunningEngine proxy(cachingConfig({origin.port()}));
        Client client = proxy.connect();
        QCOMPARE(client.get("/").body, "\"v1\""s);
        *version = 2;
        const std::string name = method.toStdString();
        COMPARE_STATUS(client.exchange(request(name, "/", fields.toStdString()), name), status);
        QVERIFY(waitUntil([&] { return origin.requestCount() == 2; }));
        const ReceivedRequest asked = origin.lastRequest();
        QCOMPARE(asked.method, "GET"s);
        QCOMPARE(asked.field("If-None-Match"), "\"v1\""s);
        for (const char* const field : {"Range", "If-Range", "If-Modified-Since", "Cache-Control", "Pragma"})
            QCOMPARE(asked.field(field), ""s);
        QVERIFY(waitUntil([&] { return proxy.runningExchanges() == 0; }));
        QCOMPARE(client.get("/").body, "\"v2\""s);
        VERIFY_NO_VIOLATIONS(origin);
    }

    void whatIsLargeIsRenewedToo() {
        const std::string large(3 << 20, 'x');
        Origin origin(counted(large, {{"Cache-Control", "max-age=0, stale-while-revalidate=60"}}));
        RunningEngine proxy(cachingConfig({origin.port()}));
        Client client = proxy.connect();
        QCOMPARE(countOf(client.get("/")), "1"s);
        QCOMPARE(countOf(client.get("/")), "1"s);
        QVERIFY(waitUntil([&] { return proxy.runningExchanges() == 0; }));
        const Response renewed = client.get("/");
        QCOMPARE(countOf(renewed), "2"s);
        QVERIFY(renewed.body == large);
    }

    void whatIsAskedInTheBackgroundIsSeenAsThat() {
        const auto version = std::make_shared<std::atomic<int>>(1);
        Origin origin(versioned(version, "max-age=0, stale-while-revalidate=60"));
        RunningEngine proxy(cachingConfig({origin.port()}));
        Client client = proxy.connect();
        COMPARE_STATUS(client.get("/"), 200);
        COMPARE_STATUS(client.get("/"), 200);
        const auto decisions = proxy.waitForDecisions(3);
        const auto own = std::find_if(decisions.begin(), decisions.end(),
                                      [](const auto& decision) { return decision.cache.background; });
        QVERIFY(own != decisions.end());
        QCOMPARE(verdictsOf(*own), "stale/freshened"s);
        QCOMPARE(own->attemptsTotal, uint16_t(1));
        QCOMPARE(own->attempts[0].status, uint16_t(304));
        QVERIFY(proxy.waitForLog("background=true"));
        // Clients' figures are theirs alone.
        const std::string metrics = proxy.probe("/metrics").body;
        const auto tells = [&](const std::string& line) { return metrics.find("\n" + line + "\n"); };
        QVERIFY2(tells("reverxy_background_requests_total{outcome=\"success\"} 1") != std::string::npos,
                 metrics.c_str());
        QVERIFY(tells("reverxy_cache_requests_total{verdict=\"stale\"} 0") != std::string::npos);
        observe::ReportRequest request;
        request.counters = true;
        const observe::Report report = proxy.collect(request);
        QCOMPARE(report.counters.pools.entries()[0].series.requests, uint64_t(2));
        QCOMPARE(report.counters.backends.entries()[0].series.attempts, uint64_t(2));
    }

    void whatIsAskedInTheBackgroundIsAmongWhatRuns() {
        Gate gate;
        const auto version = std::make_shared<std::atomic<int>>(1);
        const Origin::Script answer = versioned(version, "max-age=0, stale-while-revalidate=60");
        Origin origin([&](OriginExchange& exchange) {
            if (!exchange.field("If-None-Match").empty())
                exchange.waitFor(gate);
            answer(exchange);
        });
        RunningEngine proxy(cachingConfig({origin.port()}));
        COMPARE_STATUS(proxy.get("/stored"), 200);
        COMPARE_STATUS(proxy.get("/stored"), 200);
        observe::ReportRequest request;
        request.running = 10;
        std::vector<observe::Decision> running;
        QVERIFY(waitUntil([&] {
            running = proxy.collect(request).running;
            return running.size() == 1 && running[0].phase == observe::Phase::AwaitingResponse;
        }));
        QVERIFY(running[0].cache.background);
        QCOMPARE(std::string(running[0].target.view()), "/stored"s);
        gate.open();
        QVERIFY(waitUntil([&] { return proxy.collect(request).running.empty(); }));
    }

    void whatIsStoredIsServedWhileTheBackendIsGone() {
        Origin origin(counted("kept", {{"Cache-Control", "max-age=0"}, {"ETag", "\"1\""}}));
        RunningEngine proxy(cachingConfig({origin.port()}));
        Client client = proxy.connect();
        COMPARE_STATUS(client.get("/"), 200);
        origin.stop();
        const Response stale = client.get("/");
        COMPARE_STATUS(stale, 200);
        QCOMPARE(stale.body, "kept"s);
        QVERIFY(stale.has("Age"));
        COMPARE_STATUS(client.get("/other"), 502);
    }

    void unlessTheResponseForbidsIt() {
        Origin origin(counted("kept", {{"Cache-Control", "max-age=0, must-revalidate"}, {"ETag", "\"1\""}}));
        RunningEngine proxy(cachingConfig({origin.port()}));
        Client client = proxy.connect();
        COMPARE_STATUS(client.get("/"), 200);
        origin.stop();
        QCOMPARE(client.get("/").status, 502);
    }

    void anErrorIsAnsweredWithWhatIsStored_data() {
        QTest::addColumn<bool>("allowed");
        QTest::newRow("stale-if-error") << true;
        QTest::newRow("not allowed") << false;
    }

    void anErrorIsAnsweredWithWhatIsStored() {
        QFETCH(bool, allowed);
        std::atomic<bool> broken{false};
        Origin origin([&](OriginExchange& exchange) {
            exchange.readBody();
            if (broken)
                exchange.respond(503, "broken");
            else
                exchange.respond(
                    200, "kept",
                    {{"Cache-Control", allowed ? "max-age=0, stale-if-error=60" : "max-age=0"}, {"ETag", "\"1\""}});
        });
        RunningEngine proxy(cachingConfig({origin.port()}));
        Client client = proxy.connect();
        COMPARE_STATUS(client.get("/"), 200);
        broken = true;
        const Response response = client.get("/");
        COMPARE_STATUS(response, allowed ? 200 : 503);
        QCOMPARE(response.body, allowed ? "kept"s : "broken"s);
        broken = false;
        COMPARE_STATUS(client.get("/"), 200);
    }

    void whatIsChangedIsInvalidated_data() {
        QTest::addColumn<QByteArray>("method");
        QTest::addColumn<int>("status");
        QTest::addColumn<bool>("invalidates");
        QTest::newRow("POST") << QByteArray("POST") << 200 << true;
        QTest::newRow("PUT") << QByteArray("PUT") << 204 << true;
        QTest::newRow("DELETE") << QByteArray("DELETE") << 303 << true;
        QTest::newRow("an unknown method") << QByteArray("M-SEARCH") << 200 << true;
        QTest::newRow("a failed POST") << QByteArray("POST") << 500 << false;
        QTest::newRow("OPTIONS") << QByteArray("OPTIONS") << 200 << false;
    }

    void whatIsChangedIsInvalidated() {
        QFETCH(QByteArray, method);
        QFETCH(int, status);
        QFETCH(bool, invalidates);
        std::atomic<int> count{0};
        Origin origin([&](OriginExchange& exchange) {
            exchange.readBody();
            if (exchange.method() != "GET")
                return void(exchange.respond(status, "", {{"Location", "/elsewhere"}}));
            exchange.respond(200, std::to_string(++count), {{"Cache-Control", "max-age=60"}});
        });
        RunningEngine proxy(cachingConfig({origin.port()}));
        Client client = proxy.connect();
        QCOMPARE(client.get("/here").body, "1"s);
        QCOMPARE(client.get("/elsewhere").body, "2"s);
        const std::string name = method.toStdString();
        COMPARE_STATUS(client.exchange(request(name, "/here", "", "x"), name), status);
        QCOMPARE(client.get("/here").body, invalidates ? "3"s : "1"s);
        QCOMPARE(client.get("/elsewhere").body, invalidates ? "4"s : "2"s);
    }
};

QTEST_GUILESS_MAIN(TestCacheStale)
#include "test_cache_stale.moc"
