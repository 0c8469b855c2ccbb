// SPDX-License-Identifier: MIT
#include "behaviour/cache_story.h"

using namespace reverxy;
using namespace reverxy::test;

/// A reload swaps what the file says without touching what runs.
class TestReload : public QObject {
    Q_OBJECT

  private Q_SLOTS:

    void backendsAreExchanged() {
        Origin before(answer("before"));
        Origin after(answer("after"));
        RunningEngine proxy(configFor({before.port()}));
        Client client = proxy.connect();
        QCOMPARE(client.get("/").body, "before"s);
        QVERIFY(proxy.reload(configFor({after.port()})).empty());
        QCOMPARE(client.get("/").body, "after"s); // on the same connection
        QCOMPARE(proxy.get("/").body, "after"s);
    }

    void backendsAreAddedAndRemoved() {
        Origin one(answer(""));
        Origin two(answer(""));
        RunningEngine proxy(configFor({one.port()}));
        Client client = proxy.connect();
        for (int i = 0; i < 4; ++i)
            COMPARE_STATUS(client.get("/"), 200);
        proxy.reload(configFor({one.port(), two.port()}));
        for (int i = 0; i < 4; ++i)
            COMPARE_STATUS(client.get("/"), 200);
        QCOMPARE(one.requestCount(), size_t(6));
        QCOMPARE(two.requestCount(), size_t(2));
        proxy.reload(configFor({two.port()}));
        for (int i = 0; i < 4; ++i)
            COMPARE_STATUS(client.get("/"), 200);
        QCOMPARE(two.requestCount(), size_t(6));
        QVERIFY(waitUntil([&] { return one.connectionsOpen() == 0; })); // nothing is kept open to who has left
    }

    void routesAndPoolsAreExchanged() {
        Origin one(answer("one"));
        Origin two(answer("two"));
        config::Config config = configFor({one.port()});
        RunningEngine proxy(config);
        QCOMPARE(proxy.get("/two").body, "one"s);
        config.pools.push_back(pool("two", {backend("two", "127.0.0.1", two.port())}));
        config.routes = {route("two", 1, "/two"), route("default", 0)};
        proxy.reload(config);
        QCOMPARE(proxy.get("/two").body, "two"s);
        QCOMPARE(proxy.get("/one").body, "one"s);
        config.routes.pop_back();
        proxy.reload(config);
        QCOMPARE(proxy.get("/one").status, 404);
    }

    void timeoutsAndLimitsAreExchanged() {
        Origin origin([](OriginExchange& exchange) {
            if (exchange.target() == "/silent")
                exchange.stream().expectEnd();
            else
                exchange.respond(200, exchange.readBody());
        });
        config::Config config = configFor({origin.port()});
        RunningEngine proxy(config);
        COMPARE_STATUS(proxy.exchange(request("POST", "/", "", "four")), 200);
        config.proxy.responseTimeout = 100ms;
        config.proxy.maxBodySize = 3;
        config.proxy.maxHeaderSize = 1024;
        proxy.reload(config);
        QCOMPARE(proxy.get("/silent").status, 504);
        QCOMPARE(proxy.exchange(request("POST", "/", "", "four")).status, 413);
        QCOMPARE(proxy.get("/", "X-A: " + std::string(2000, 'a') + "\r\n").status, 431);
    }

    void whatRunsGoesOnAsItBegan() {
        Gate gate;
        Origin before(heldBy(gate, answer("before")));
        Origin after(answer("after"));
        RunningEngine proxy(configFor({before.port()}));
        Client client = proxy.connect();
        client.send(request("GET", "/"));
        QVERIFY(waitUntil([&] { return before.requestCount() == 1; }));
        for (int i = 0; i < 5; ++i)
            proxy.reload(configFor({after.port()}));
        QCOMPARE(proxy.get("/").body, "after"s);
        gate.open();
        QCOMPARE(client.read().body, "before"s);
        QCOMPARE(client.get("/").body, "after"s);
    }

    void whoWaitsForAPlaceIsNotForgotten() {
        Gate gate;
        Origin origin(heldBy(gate, answer("served")));
        config::Config config = configFor({origin.port()});
        config.pools[0].backends[0].maxConnections = 1;
        config.proxy.queue.timeout = 60s;
        RunningEngine proxy(config);
        std::vector<Client> clients;
        for (uint32_t i = 0; i < 5; ++i) {
            clients.push_back(proxy.connect());
            clients.back().send(request("GET", "/"));
            QVERIFY(waitUntil([&] { return proxy.runningExchanges() == i + 1; }));
        }
        proxy.reload(config);
        config.proxy.retries = 1;
        proxy.reload(config);
        gate.open();
        for (Client& client : clients)
            QCOMPARE(client.read().body, "served"s);
        QCOMPARE(origin.connectionsMost(), size_t(1)); // the count outlives the configuration
    }

    void aBackendsTurnGoesOn() {
        Origin one(answer(""));
        Origin two(answer(""));
        const config::Config config = configFor({one.port(), two.port()});
        RunningEngine proxy(config);
        for (int i = 0; i < 20; ++i) {
            COMPARE_STATUS(proxy.get("/"), 200);
            proxy.reload(config);
        }
        QCOMPARE(one.requestCount(), size_t(10));
        QCOMPARE(two.requestCount(), size_t(10));
    }

    void whatNeedsARestartIsNamed() {
        Origin origin(answer("still"));
        config::Config config = configFor({origin.port()});
        RunningEngine proxy(config);
        config.proxy.workers = 5;
        config.proxy.host = "::1";
        const std::vector<std::string> keys = proxy.reload(config);
        QVERIFY(std::find(keys.begin(), keys.end(), "proxy.workers") != keys.end());
        QVERIFY(std::find(keys.begin(), keys.end(), "proxy.host") != keys.end());
        QCOMPARE(proxy.get("/").body, "still"s); // where it always was
    }

    void aChangedCacheSizeAppliesAtOnce() {
        Origin origin(counted(std::string(10'000, 'x'), {{"Cache-Control", "max-age=600"}}));
        config::Config config = cachingConfig({origin.port()});
        RunningEngine proxy(config);
        const auto totals = [&proxy] {
            cache::CacheTotals now;
            proxy.onEngine([&now](Engine& engine) { now = engine.cacheTotals(); });
            return now;
        };
        const auto path = [](int i) { return "/" + std::to_string(i); };
        for (int i = 0; i < 20; ++i) {
            COMPARE_STATUS(proxy.get(path(i)), 200);
            // Who was used in the same millisecond is of the same age: the next one is to be younger.
            const auto stored = std::chrono::steady_clock::now();
            QVERIFY(waitUntil([&] { return std::chrono::steady_clock::now() >= stored + 5ms; }));
        }
        QCOMPARE(totals().entries, uint64_t(20));
        config.cache.maxSize = totals().bytes / 2;
        proxy.reload(config);
        const cache::CacheTotals half = totals();
        QVERIFY(half.bytes <= config.cache.maxSize);
        QVERIFY2(half.entries >= 8 && half.entries < 12, std::to_string(half.entries).c_str());
        QCOMPARE(half.evictions, 20 - half.entries);
        config.cache.maxSize = uint64_t(1) << 30;
        proxy.reload(config);
        uint64_t kept = 0;
        const int firstKept = 20 - static_cast<int>(half.entries);
        for (int i = 0; i < 20; ++i) {
            const bool isKept = countOf(proxy.get(path(i))) == std::to_string(i + 1);
            kept += isKept ? 1 : 0;
            // The oldest have left. Neighbours may change places: an age is told by the turn in which it was
            // stored.
            if (i < firstKept - 2 || i >= firstKept + 2)
                QCOMPARE(isKept, i >= firstKept);
        }
        QCOMPARE(kept, half.entries);
        QCOMPARE(totals().entries, uint64_t(20)); // and none had to leave
        config.cache.enabled = false;
        proxy.reload(config);
        QCOMPARE(totals().entries, uint64_t(0));
        QVERIFY(countOf(proxy.get("/0")) != countOf(proxy.get("/0")));
    }

    void connectionsToBackendsAreKept() {
        Origin origin(answer(""));
        config::Config config = configFor({origin.port()});
        config.proxy.workers = 1;
        RunningEngine proxy(config);
        Client client = proxy.connect();
        for (int i = 0; i < 10; ++i) {
            COMPARE_STATUS(client.get("/"), 200);
            proxy.reload(config);
        }
        QCOMPARE(origin.connectionsTotal(), size_t(1));
    }
};

QTEST_GUILESS_MAIN(TestReload)
#include "test_reload.moc"
