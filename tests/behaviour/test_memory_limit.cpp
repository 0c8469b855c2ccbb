// SPDX-License-Identifier: MIT
#include "behaviour/cache_story.h"

#include "net/process_memory.h"

using namespace reverxy;
using namespace reverxy::test;

namespace {

cache::CacheTotals cacheOf(const RunningEngine& proxy) {
    cache::CacheTotals totals;
    proxy.onEngine([&totals](Engine& engine) { totals = engine.cacheTotals(); });
    return totals;
}

} // namespace

/// `memory_limit`, here that of the test's own process: far below what it uses anyhow, or far beyond.
class TestMemoryLimit : public QObject {
    Q_OBJECT

  private Q_SLOTS:

    void initTestCase() {
        if (!net::processMemory())
            QSKIP("the system does not tell how much the process uses");
    }

    void whileMemoryIsScarceNewConnectionsWait() {
        Origin origin(answer("served"));
        config::Config config = configFor({origin.port()});
        config.proxy.memoryLimit = 1 << 20;
        RunningEngine proxy(config);
        Client first = proxy.connect();
        COMPARE_STATUS(first.get("/"), 200); // with nobody there, nothing would become free by waiting
        QVERIFY(proxy.waitForLog("new connections wait until there is room"));
        Client second = proxy.connect();
        second.send(request("GET", "/waits"));
        for (int i = 0; i < 20; ++i)
            COMPARE_STATUS(first.get("/"), 200); // who is there is served
        QCOMPARE(proxy.clientConnections(), 1u);
        QCOMPARE(origin.requestCount(), size_t(21));
        first.close();
        COMPARE_STATUS(second.read(), 200);
    }

    void theCacheGivesWayFirst() {
        Origin origin(counted(std::string(1 << 20, 'x'), {{"Cache-Control", "max-age=600"}}));
        config::Config config = cachingConfig({origin.port()});
        RunningEngine proxy(config);
        for (int i = 0; i < 64; ++i)
            COMPARE_STATUS(proxy.get("/" + std::to_string(i)), 200);
        const cache::CacheTotals before = cacheOf(proxy);
        QCOMPARE(before.entries, uint64_t(64));
        QCOMPARE(before.limit, config.cache.maxSize);
        // What is used is now 84 % of what may be: less than what buffers would be kept small for.
        config.proxy.memoryLimit = net::processMemory().value_or(0) / 84 * 100;
        proxy.reload(config);
        QVERIFY(proxy.waitForLog("the cache gives up"));
        const cache::CacheTotals after = cacheOf(proxy);
        QVERIFY2(after.bytes < before.bytes - (1 << 20), std::to_string(after.bytes).c_str());
        QVERIFY(after.limit < before.bytes);
        QVERIFY(after.evictions > 0);
        COMPARE_STATUS(proxy.get("/again"), 200);
        QVERIFY(proxy.log().find("buffers are kept small") == std::string::npos);
        QVERIFY(proxy.log().find("new connections wait") == std::string::npos);
        config.proxy.memoryLimit = 0;
        proxy.reload(config);
        QCOMPARE(cacheOf(proxy).limit, config.cache.maxSize);
    }

    void atWorstNothingIsStoredAndAllIsServed() {
        Origin origin(counted("body", {{"Cache-Control", "max-age=600"}}));
        config::Config config = cachingConfig({origin.port()});
        RunningEngine proxy(config);
        QCOMPARE(countOf(proxy.get("/")), "1"s);
        QCOMPARE(countOf(proxy.get("/")), "1"s);
        config.proxy.memoryLimit = 1 << 20;
        proxy.reload(config);
        QVERIFY(proxy.waitForLog("the cache gives up"));
        QCOMPARE(cacheOf(proxy).entries, uint64_t(0));
        QCOMPARE(countOf(proxy.get("/")), "2"s);
        QCOMPARE(countOf(proxy.get("/")), "3"s);
        QCOMPARE(cacheOf(proxy).entries, uint64_t(0));
        config.proxy.memoryLimit = uint64_t{1} << 40;
        proxy.reload(config);
        QCOMPARE(countOf(proxy.get("/")), "4"s);
        QCOMPARE(countOf(proxy.get("/")), "4"s);
    }

    void withMoreMemoryTheyWaitNoLonger() {
        Origin origin(answer("served"));
        config::Config config = configFor({origin.port()});
        config.proxy.memoryLimit = 1 << 20;
        RunningEngine proxy(config);
        Client first = proxy.connect();
        COMPARE_STATUS(first.get("/"), 200);
        QVERIFY(proxy.waitForLog("new connections wait until there is room"));
        std::vector<Client> waiting;
        for (int i = 0; i < 5; ++i) {
            waiting.push_back(proxy.connect());
            waiting.back().send(request("GET", "/"));
        }
        config.proxy.memoryLimit = uint64_t{1} << 40;
        proxy.reload(config);
        for (Client& client : waiting)
            COMPARE_STATUS(client.read(), 200);
        config.proxy.memoryLimit = 1 << 20;
        proxy.reload(config);
        config.proxy.memoryLimit = 0;
        proxy.reload(config);
        COMPARE_STATUS(proxy.get("/"), 200);
    }

    void bodiesPassWithSmallBuffersToo() {
        Origin origin(bigBody(20'000'000));
        config::Config config = configFor({origin.port()});
        config.proxy.memoryLimit = 1 << 20;
        RunningEngine proxy(config);
        Client client = proxy.connect();
        COMPARE_STATUS(client.get("/"), 200);
        QVERIFY(proxy.waitForLog("buffers are kept small"));
        const Response response = client.get("/");
        COMPARE_STATUS(response, 200);
        QCOMPARE(response.body.size(), size_t(20'000'000));
    }

    void aDrainingProxyLetsNobodyWait() {
        Origin origin(answer("served"));
        config::Config config = configFor({origin.port()});
        config.proxy.memoryLimit = 1 << 20;
        RunningEngine proxy(config);
        Client first = proxy.connect();
        COMPARE_STATUS(first.get("/"), 200);
        QVERIFY(proxy.waitForLog("new connections wait until there is room"));
        Client second = proxy.connect();
        second.send(request("GET", "/"));
        proxy.drain();
        COMPARE_STATUS(second.read(), 200); // it was accepted before the end
        QVERIFY(proxy.waitDrained());
    }
};

QTEST_GUILESS_MAIN(TestMemoryLimit)
#include "test_memory_limit.moc"
