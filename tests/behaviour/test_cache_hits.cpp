// SPDX-License-Identifier: MIT
#include "behaviour/cache_story.h"

using namespace reverxy;
using namespace reverxy::test;

/// What is answered from the store.
class TestCacheHits : public QObject {
    Q_OBJECT

  private Q_SLOTS:

    void aStoredResponseIsServedWithoutTheBackend() {
        Origin origin(counted("the body", {{"Cache-Control", "max-age=60"}, {"ETag", "\"1\""}}));
        RunningEngine proxy(cachingConfig({origin.port()}));
        Client client = proxy.connect();
        const Response first = client.get("/a?b=1");
        COMPARE_STATUS(first, 200);
        QVERIFY(!first.has("Age"));
        QCOMPARE(first.field("Cache-Status").substr(0, 8), "reverxy;"s);
        for (int i = 0; i < 3; ++i) {
            const Response hit = client.get("/a?b=1");
            COMPARE_STATUS(hit, 200);
            QCOMPARE(hit.body, "the body"s);
            QCOMPARE(countOf(hit), "1"s);
            QCOMPARE(hit.field("ETag"), "\"1\""s);
            QCOMPARE(hit.field("Cache-Control"), "max-age=60"s);
            QCOMPARE(hit.field("Content-Length"), "8"s);
            QVERIFY(hit.has("Age"));
            QVERIFY(hit.has("Date"));
            QVERIFY(hit.field("Cache-Status").starts_with("reverxy; hit"));
        }
        QCOMPARE(origin.requestCount(), size_t(1));
        const auto decisions = proxy.waitForDecisions(4);
        QCOMPARE(verdictsOf(decisions[0]), "uri-miss/stored"s);
        QCOMPARE(verdictsOf(decisions[1]), "hit/none"s);
        QCOMPARE(decisions[1].attemptsTotal, uint16_t(0));
        QVERIFY(!decisions[1].responseFromBackend);
        QCOMPARE(decisions[1].cache.lifetime, 60u);
        VERIFY_NO_VIOLATIONS(origin);
    }

    void itIsSharedByAllWorkers() {
        Origin origin(counted("shared", {{"Cache-Control", "max-age=60"}}));
        RunningEngine proxy(cachingConfig({origin.port()}));
        COMPARE_STATUS(proxy.get("/"), 200);
        for (int i = 0; i < 10; ++i)
            QCOMPARE(countOf(proxy.get("/")), "1"s);
        QCOMPARE(origin.requestCount(), size_t(1));
    }

    void bodiesOfAllSizes_data() {
        QTest::addColumn<int>("size");
        QTest::addColumn<bool>("lengthKnown");
        for (const int size : {0, 1, 1000, 16384, 16385, 100'000, 3'000'000}) {
            QTest::addRow("%d bytes", size) << size << true;
            QTest::addRow("%d bytes in chunks", size) << size << false;
        }
    }

    void bodiesOfAllSizes() {
        QFETCH(int, size);
        QFETCH(bool, lengthKnown);
        const std::string body = pattern(static_cast<uint64_t>(size));
        Origin origin([&](OriginExchange& exchange) {
            exchange.readBody();
            if (lengthKnown) {
                exchange.respond(200, body, {{"Cache-Control", "max-age=60"}});
                return;
            }
            exchange.send("HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nTransfer-Encoding: chunked\r\n\r\n");
            for (size_t at = 0; at < body.size(); at += 7000)
                exchange.send(chunk(std::string_view(body).substr(at, 7000)));
            exchange.send(chunk(""));
        });
        RunningEngine proxy(cachingConfig({origin.port()}));
        Client client = proxy.connect();
        for (int i = 0; i < 3; ++i) {
            const Response response = client.get("/");
            COMPARE_STATUS(response, 200);
            QVERIFY(response.body == body);
            if (i > 0)
                QCOMPARE(response.field("Content-Length"), std::to_string(size));
        }
        QCOMPARE(origin.requestCount(), size_t(1));
    }

    void headIsAnsweredFromAStoredGet() {
        Origin origin(counted("12345", {{"Cache-Control", "max-age=60"}}));
        RunningEngine proxy(cachingConfig({origin.port()}));
        Client client = proxy.connect();
        COMPARE_STATUS(client.get("/"), 200);
        const Response head = client.exchange(request("HEAD", "/"), "HEAD");
        COMPARE_STATUS(head, 200);
        QCOMPARE(head.field("Content-Length"), "5"s);
        QCOMPARE(countOf(head), "1"s);
        QCOMPARE(client.get("/").body, "12345"s);
    }

    void whatThePersonHasAlreadyIsNotSentAgain() {
        Origin origin(counted("12345", {{"Cache-Control", "max-age=60"}, {"ETag", "\"v1\""}}));
        RunningEngine proxy(cachingConfig({origin.port()}));
        Client client = proxy.connect();
        COMPARE_STATUS(client.get("/"), 200);
        const Response same = client.get("/", "If-None-Match: \"v1\"\r\n");
        COMPARE_STATUS(same, 304);
        QCOMPARE(same.field("ETag"), "\"v1\""s);
        const Response other = client.get("/", "If-None-Match: \"v0\"\r\n");
        COMPARE_STATUS(other, 200);
        QCOMPARE(other.body, "12345"s);
        QCOMPARE(origin.requestCount(), size_t(1));
    }

    void whatMayNotBeStoredIsNot_data() {
        QTest::addColumn<QByteArray>("field");
        QTest::addColumn<QByteArray>("verdict");
        QTest::newRow("no-store") << QByteArray("no-store") << QByteArray("no-store");
        QTest::newRow("private") << QByteArray("private, max-age=60") << QByteArray("private");
    }

    void whatMayNotBeStoredIsNot() {
        QFETCH(QByteArray, field);
        QFETCH(QByteArray, verdict);
        Origin origin(counted("x", {{"Cache-Control", field.toStdString()}}));
        RunningEngine proxy(cachingConfig({origin.port()}));
        Client client = proxy.connect();
        QCOMPARE(countOf(client.get("/")), "1"s);
        QCOMPARE(countOf(client.get("/")), "2"s);
        const auto decisions = proxy.waitForDecisions(2);
        QCOMPARE(verdictsOf(decisions[1]), "uri-miss/" + verdict.toStdString());
    }

    void onlyIfCachedNeverReachesTheBackend() {
        Origin origin(counted("x", {{"Cache-Control", "max-age=60"}}));
        RunningEngine proxy(cachingConfig({origin.port()}));
        Client client = proxy.connect();
        COMPARE_STATUS(client.get("/", "Cache-Control: only-if-cached\r\n"), 504);
        QCOMPARE(origin.requestCount(), size_t(0));
        COMPARE_STATUS(client.get("/"), 200);
        COMPARE_STATUS(client.get("/", "Cache-Control: only-if-cached\r\n"), 200);
    }

    void theCacheCanBeSwitchedWhileItRuns() {
        Origin origin(counted("x", {{"Cache-Control", "max-age=60"}}));
        config::Config config = cachingConfig({origin.port()});
        RunningEngine proxy(config);
        QCOMPARE(countOf(proxy.get("/")), "1"s);
        QCOMPARE(countOf(proxy.get("/")), "1"s);
        config.cache.statusHeader = false;
        proxy.reload(config);
        const Response hit = proxy.get("/");
        QCOMPARE(countOf(hit), "1"s); // what is stored survives a reload
        QVERIFY(!hit.has("Cache-Status"));
        config.cache.enabled = false;
        proxy.reload(config);
        QCOMPARE(countOf(proxy.get("/")), "2"s);
        QCOMPARE(countOf(proxy.get("/")), "3"s);
        config.cache.enabled = true;
        proxy.reload(config);
        QCOMPARE(countOf(proxy.get("/")), "4"s);
        QCOMPARE(countOf(proxy.get("/")), "4"s);
    }
};

QTEST_GUILESS_MAIN(TestCacheHits)
#include "test_cache_hits.moc"
