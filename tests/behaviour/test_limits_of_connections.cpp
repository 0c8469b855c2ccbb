// SPDX-License-Identifier: MIT
#include "behaviour/story.h"

using namespace reverxy;
using namespace reverxy::test;

/// `max_connections` of a backend holds for the process, and who must wait for a place waits in order and not for
/// ever.
class TestLimitsOfConnections : public QObject {
    Q_OBJECT

  private Q_SLOTS:

    void aSingleThreadedServerNeverDeadlocks_data() {
        QTest::addColumn<int>("workers");
        QTest::newRow("one worker") << 1;
        QTest::newRow("four workers") << 4;
    }

    void aSingleThreadedServerNeverDeadlocks() {
        QFETCH(int, workers);
        Origin origin(answer("mine"));
        config::Config config = configFor({origin.port()});
        config.pools[0].backends[0].maxConnections = 1;
        config.proxy.workers = static_cast<uint32_t>(workers);
        config.proxy.queue.timeout = 60s;
        RunningEngine proxy(config);
        std::vector<std::future<int>> served;
        for (int i = 0; i < 16; ++i) {
            served.push_back(std::async(std::launch::async, [&] {
                Client client = proxy.connect();
                int count = 0;
                while (count < 20 && client.get("/").body == "mine")
                    ++count;
                return count;
            }));
        }
        for (auto& count : served)
            QCOMPARE(count.get(), 20);
        QCOMPARE(origin.connectionsMost(), size_t(1));
    }

    void anIdleConnectionOfAnotherWorkerIsReclaimed() {
        Origin origin(answer(""));
        config::Config config = configFor({origin.port()});
        config.pools[0].backends[0].maxConnections = 1;
        config.proxy.workers = 4;
        config.proxy.queue.timeout = 60s;
        config.proxy.upstreamIdleTimeout = 3600s; // nothing else would free it
        RunningEngine proxy(config);
        std::vector<Client> clients;
        for (int i = 0; i < 8; ++i)
            clients.push_back(proxy.connect());
        for (int round = 0; round < 10; ++round) {
            for (Client& client : clients)
                COMPARE_STATUS(client.get("/"), 200);
        }
        QCOMPARE(origin.connectionsMost(), size_t(1));
    }

    void idleConnectionsCount() {
        Gate gate;
        Origin origin([&](OriginExchange& exchange) {
            if (exchange.target() == "/long")
                exchange.waitFor(gate);
            exchange.respond(200, "");
        });
        config::Config config = configFor({origin.port()});
        config.pools[0].backends[0].maxConnections = 3;
        config.proxy.workers = 4;
        config.proxy.queue.timeout = 60s;
        RunningEngine proxy(config);
        std::vector<std::future<bool>> loads;
        for (int i = 0; i < 8; ++i) {
            loads.push_back(std::async(std::launch::async, [&] {
                Client client = proxy.connect();
                bool good = true;
                for (int n = 0; n < 20; ++n)
                    good = client.get("/").status == 200 && good;
                return good;
            }));
        }
        for (auto& load : loads)
            QVERIFY(load.get());
        // Some are idle on some workers now; three that take long still find their places.
        std::vector<Client> holding;
        for (int i = 0; i < 3; ++i) {
            holding.push_back(proxy.connect());
            holding.back().send(request("GET", "/long"));
        }
        QVERIFY(waitUntil([&] { return origin.requestCount() == 163; }));
        QCOMPARE(origin.connectionsMost(), size_t(3));
        gate.open();
        for (Client& client : holding)
            COMPARE_STATUS(client.read(), 200);
    }

    void whoFindsTheQueueFullIsToldWhenToComeBack() {
        Gate gate;
        Origin origin(heldBy(gate, answer("")));
        config::Config config = configFor({origin.port()});
        config.pools[0].backends[0].maxConnections = 1;
        config.proxy.queue = {1, 60s};
        RunningEngine proxy(config);
        Client first = proxy.connect();
        first.send(request("GET", "/1"));
        QVERIFY(waitUntil([&] { return origin.requestCount() == 1; }));
        Client second = proxy.connect();
        second.send(request("GET", "/2"));
        QVERIFY(waitUntil([&] { return proxy.runningExchanges() == 2; }));
        const Response third = proxy.get("/3");
        COMPARE_STATUS(third, 503);
        QVERIFY(std::atoi(third.field("Retry-After").c_str()) >= 1);
        QVERIFY(third.field("Proxy-Status").find("connection_limit_reached") != std::string::npos);
        gate.open();
        COMPARE_STATUS(first.read(), 200);
        COMPARE_STATUS(second.read(), 200);
        const auto decisions = proxy.waitForDecisions(3);
        QCOMPARE(decisions.size(), size_t(3));
        QCOMPARE(std::count_if(decisions.begin(), decisions.end(),
                               [](const auto& decision) { return decision.queuedMicros > 0; }),
                 1);
    }

    void waitingEndsAtTheQueuesTimeout() {
        Gate gate;
        Origin origin(heldBy(gate, answer("")));
        config::Config config = configFor({origin.port()});
        config.pools[0].backends[0].maxConnections = 1;
        config.proxy.queue = {10, 200ms};
        RunningEngine proxy(config);
        Client first = proxy.connect();
        first.send(request("GET", "/1"));
        QVERIFY(waitUntil([&] { return origin.requestCount() == 1; }));
        const Response second = proxy.get("/2");
        COMPARE_STATUS(second, 503);
        QVERIFY(std::atoi(second.field("Retry-After").c_str()) >= 1);
        gate.open();
        COMPARE_STATUS(first.read(), 200);
        QCOMPARE(origin.requestCount(), size_t(1)); // who gave up was not sent after all
    }

    void waitingIsInOrder() {
        Gate gate;
        Origin origin(heldBy(gate, answer("")));
        config::Config config = configFor({origin.port()});
        config.pools[0].backends[0].maxConnections = 1;
        config.proxy.workers = 1;
        config.proxy.queue.timeout = 60s;
        RunningEngine proxy(config);
        std::vector<Client> clients;
        for (uint32_t i = 0; i < 8; ++i) {
            clients.push_back(proxy.connect());
            clients.back().send(request("GET", "/" + std::to_string(i)));
            QVERIFY(waitUntil([&] { return proxy.runningExchanges() == i + 1; }));
        }
        gate.open();
        for (Client& client : clients)
            COMPARE_STATUS(client.read(), 200);
        const auto received = origin.requests();
        for (size_t i = 0; i < received.size(); ++i)
            QCOMPARE(received[i].target, "/" + std::to_string(i));
    }

    void whoLeavesWhileWaitingHoldsNobodyUp() {
        Gate gate;
        Origin origin(heldBy(gate, answer("")));
        config::Config config = configFor({origin.port()});
        config.pools[0].backends[0].maxConnections = 1;
        config.proxy.queue = {2, 60s};
        RunningEngine proxy(config);
        Client first = proxy.connect();
        first.send(request("GET", "/1"));
        QVERIFY(waitUntil([&] { return origin.requestCount() == 1; }));
        Client leaving = proxy.connect();
        leaving.send(request("GET", "/left"));
        QVERIFY(waitUntil([&] { return proxy.runningExchanges() == 2; }));
        Client staying = proxy.connect();
        staying.send(request("GET", "/stayed"));
        QVERIFY(waitUntil([&] { return proxy.runningExchanges() == 3; }));
        leaving.reset();
        QVERIFY(waitUntil([&] { return proxy.runningExchanges() == 2; }));
        Client late = proxy.connect(); // the place in the queue is free again
        late.send(request("GET", "/late"));
        QVERIFY(waitUntil([&] { return proxy.runningExchanges() == 3; }));
        gate.open();
        COMPARE_STATUS(first.read(), 200);
        COMPARE_STATUS(staying.read(), 200);
        COMPARE_STATUS(late.read(), 200);
        QCOMPARE(origin.requestCount(), size_t(3));
    }

    void aFullBackendIsPassedByWhileAnotherHasRoom() {
        Gate gate;
        const auto script = [&](OriginExchange& exchange) {
            if (exchange.target() == "/long")
                exchange.waitFor(gate);
            exchange.respond(200, "");
        };
        Origin one(script);
        Origin two(script);
        config::Config config = configFor({one.port(), two.port()});
        for (config::Backend& backend : config.pools[0].backends)
            backend.maxConnections = 1;
        config.proxy.queue.timeout = 60s;
        RunningEngine proxy(config);
        Client busy = proxy.connect();
        busy.send(request("GET", "/long"));
        QVERIFY(waitUntil([&] { return one.requestCount() + two.requestCount() == 1; }));
        Client client = proxy.connect();
        for (int i = 0; i < 10; ++i)
            COMPARE_STATUS(client.get("/"), 200);
        QCOMPARE(one.requestCount() + two.requestCount(), size_t(11));
        gate.open();
        COMPARE_STATUS(busy.read(), 200);
        QVERIFY(one.connectionsMost() <= 1);
        QVERIFY(two.connectionsMost() <= 1);
    }

    void aConnectionThatFailsGivesItsPlaceBack() {
        Origin origin([](OriginExchange& exchange) {
            if (exchange.target() == "/broken")
                return exchange.reset();
            exchange.respond(200, "");
        });
        config::Config config = configFor({origin.port()});
        config.pools[0].backends[0].maxConnections = 1;
        config.proxy.queue.timeout = 60s;
        RunningEngine proxy(config);
        for (int i = 0; i < 5; ++i) {
            QCOMPARE(proxy.exchange(request("POST", "/broken")).status, 502);
            COMPARE_STATUS(proxy.get("/"), 200);
        }
        origin.stop();
        for (int i = 0; i < 5; ++i)
            QCOMPARE(proxy.get("/").status, 502);
        origin.start();
        COMPARE_STATUS(proxy.get("/"), 200);
        QCOMPARE(origin.connectionsMost(), size_t(1));
    }
};

QTEST_GUILESS_MAIN(TestLimitsOfConnections)
#include "test_limits_of_connections.moc"
