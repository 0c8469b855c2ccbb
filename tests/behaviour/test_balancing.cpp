// SPDX-License-Identifier: MIT
#include "behaviour/story.h"

#include <deque>

using namespace reverxy;
using namespace reverxy::test;

/// Who gets which request: routes to pools, algorithms over their backends, for the process as a whole.
class TestBalancing : public QObject {
    Q_OBJECT

    /// Sends `perClient` requests on each of `clients` connections at once; whether all were answered.
    static bool load(const RunningEngine& proxy, int clients, int perClient) {
        std::vector<std::future<bool>> results;
        for (int i = 0; i < clients; ++i) {
            results.push_back(std::async(std::launch::async, [&] {
                Client client = proxy.connect();
                for (int n = 0; n < perClient; ++n) {
                    if (client.get("/").status != 200)
                        return false;
                }
                return true;
            }));
        }
        bool good = true;
        for (auto& result : results)
            good = result.get() && good;
        return good;
    }

  private Q_SLOTS:

    void twentyRequestsToTwoBackendsAreTenAndTen_data() {
        QTest::addColumn<int>("clients");
        QTest::addColumn<int>("workers");
        QTest::newRow("one connection") << 1 << 1;
        QTest::newRow("one connection, four workers") << 1 << 4;
        QTest::newRow("twenty connections, one worker") << 20 << 1;
        QTest::newRow("twenty connections, four workers") << 20 << 4;
        QTest::newRow("four connections, four workers") << 4 << 4;
    }

    void twentyRequestsToTwoBackendsAreTenAndTen() {
        QFETCH(int, clients);
        QFETCH(int, workers);
        Origin one(answer(""));
        Origin two(answer(""));
        config::Config config = configFor({one.port(), two.port()});
        config.proxy.workers = static_cast<uint32_t>(workers);
        RunningEngine proxy(config);
        for (size_t round = 1; round <= 3; ++round) {
            QVERIFY(load(proxy, clients, 20 / clients));
            QCOMPARE(one.requestCount(), 10 * round);
            QCOMPARE(two.requestCount(), 10 * round);
        }
    }

    void weightsAreExactOverEveryWindow() {
        std::mutex mutex;
        std::string order;
        const auto note = [&](char name) {
            return [&, name](OriginExchange& exchange) {
                {
                    const std::lock_guard lock(mutex);
                    order += name;
                }
                exchange.respond(200, "");
            };
        };
        Origin a(note('a'));
        Origin b(note('b'));
        Origin c(note('c'));
        config::Config config = configFor({a.port(), b.port(), c.port()});
        config.pools[0].balance = config::BalanceAlgorithm::WeightedRoundRobin;
        config.pools[0].backends[0].weight = 4;
        config.pools[0].backends[1].weight = 2;
        config.proxy.workers = 3;
        RunningEngine proxy(config);
        for (int i = 0; i < 70; ++i)
            COMPARE_STATUS(proxy.get("/"), 200);
        QCOMPARE(order.size(), size_t(70));
        for (size_t start = 0; start + 7 <= order.size(); ++start) {
            const std::string window = order.substr(start, 7);
            QCOMPARE(std::count(window.begin(), window.end(), 'a'), 4);
            QCOMPARE(std::count(window.begin(), window.end(), 'b'), 2);
            QCOMPARE(std::count(window.begin(), window.end(), 'c'), 1);
        }
        QVERIFY2(order.find("aaa") == std::string::npos, order.c_str()); // smooth
    }

    void weightsAreExactUnderLoadToo() {
        Origin heavy(answer(""));
        Origin light(answer(""));
        config::Config config = configFor({heavy.port(), light.port()});
        config.pools[0].balance = config::BalanceAlgorithm::WeightedRoundRobin;
        config.pools[0].backends[0].weight = 3;
        config.proxy.workers = 4;
        RunningEngine proxy(config);
        QVERIFY(load(proxy, 8, 50));
        QCOMPARE(heavy.requestCount(), size_t(300));
        QCOMPARE(light.requestCount(), size_t(100));
    }

    void fewestConnectionsAvoidTheBusyBackend() {
        Gate gate;
        const auto script = [&](OriginExchange& exchange) {
            if (exchange.target() == "/long")
                exchange.waitFor(gate);
            exchange.respond(200, "");
        };
        Origin one(script);
        Origin two(script);
        config::Config config = configFor({one.port(), two.port()});
        config.pools[0].balance = config::BalanceAlgorithm::LeastConnections;
        config.proxy.workers = 3;
        RunningEngine proxy(config);
        Client busy = proxy.connect();
        busy.send(request("GET", "/long"));
        QVERIFY(waitUntil([&] { return one.requestCount() + two.requestCount() == 1; }));
        Origin& idle = one.requestCount() == 1 ? two : one;
        for (int i = 0; i < 10; ++i)
            COMPARE_STATUS(proxy.get("/"), 200);
        QCOMPARE(idle.requestCount(), size_t(10));
        gate.open();
        COMPARE_STATUS(busy.read(), 200);
    }

    void fewestConnectionsSpreadEqualLoadFairly() {
        Origin one(answer(""));
        Origin two(answer(""));
        config::Config config = configFor({one.port(), two.port()});
        config.pools[0].balance = config::BalanceAlgorithm::LeastConnections;
        RunningEngine proxy(config);
        for (int i = 0; i < 20; ++i)
            COMPARE_STATUS(proxy.get("/"), 200);
        QVERIFY(one.requestCount() >= 5);
        QVERIFY(two.requestCount() >= 5);
    }

    void aDisabledBackendGetsNothing() {
        Origin one(answer(""));
        Origin off(answer(""));
        Origin three(answer(""));
        config::Config config = configFor({one.port(), off.port(), three.port()});
        config.pools[0].backends[1].enabled = false;
        RunningEngine proxy(config);
        for (int i = 0; i < 10; ++i)
            COMPARE_STATUS(proxy.get("/"), 200);
        QCOMPARE(one.requestCount(), size_t(5));
        QCOMPARE(off.requestCount(), size_t(0));
        QCOMPARE(three.requestCount(), size_t(5));
    }

    void routesLeadToTheirPools_data() {
        QTest::addColumn<QString>("host");
        QTest::addColumn<QString>("path");
        QTest::addColumn<QString>("reached");
        QTest::newRow("exact host") << "orders.example"
                                    << "/"
                                    << "orders";
        QTest::newRow("host in capitals, with a port") << "Orders.Example:8080"
                                                       << "/"
                                                       << "orders";
        QTest::newRow("path") << "any.example"
                              << "/api/users"
                              << "users";
        QTest::newRow("below the path") << "any.example"
                                        << "/api/users/7?x"
                                        << "users";
        QTest::newRow("not a whole segment") << "any.example"
                                             << "/api/usersx"
                                             << "rest";
        QTest::newRow("first match wins") << "orders.example"
                                          << "/api/users"
                                          << "orders";
        QTest::newRow("wildcard") << "a.wild.example"
                                  << "/"
                                  << "wild";
        QTest::newRow("wildcard, two labels") << "a.b.wild.example"
                                              << "/"
                                              << "wild";
        QTest::newRow("wildcard needs a label") << "wild.example"
                                                << "/"
                                                << "rest";
        QTest::newRow("the rest") << "any.example"
                                  << "/"
                                  << "rest";
    }

    void routesLeadToTheirPools() {
        QFETCH(QString, host);
        QFETCH(QString, path);
        QFETCH(QString, reached);
        std::deque<Origin> origins;
        config::Config config = configFor({});
        config.pools.clear();
        config.routes.clear();
        for (const char* name : {"orders", "users", "wild", "rest"}) {
            origins.emplace_back(answer(name));
            config.pools.push_back(pool(name, {backend(name, "127.0.0.1", origins.back().port())}));
        }
        config.routes.push_back(route("orders", 0, "/", "orders.example"));
        config.routes.push_back(route("users", 1, "/api/users"));
        config.routes.push_back(route("wild", 2, "/", "*.wild.example"));
        config.routes.push_back(route("rest", 3));
        RunningEngine proxy(config);
        const Response response = proxy.get(path.toStdString(), "Host: " + host.toStdString() + "\r\n");
        COMPARE_STATUS(response, 200);
        QCOMPARE(response.body, reached.toStdString());
        const auto decisions = proxy.waitForDecisions(1);
        QCOMPARE(decisions.size(), size_t(1));
        QCOMPARE(proxy.nameOf(decisions[0].route), reached.toStdString());
        QCOMPARE(proxy.nameOf(decisions[0].pool), reached.toStdString());
    }

    void eachPoolBalancesOnItsOwn() {
        Origin a(answer(""));
        Origin b(answer(""));
        Origin c(answer(""));
        config::Config config = configFor({a.port(), b.port()});
        config.pools.push_back(pool("other", {backend("c", "127.0.0.1", c.port())}));
        config.routes = {route("other", 1, "/other"), route("default", 0)};
        RunningEngine proxy(config);
        for (int i = 0; i < 10; ++i) {
            COMPARE_STATUS(proxy.get("/"), 200);
            COMPARE_STATUS(proxy.get("/other"), 200);
        }
        QCOMPARE(a.requestCount(), size_t(5));
        QCOMPARE(b.requestCount(), size_t(5));
        QCOMPARE(c.requestCount(), size_t(10));
    }
};

QTEST_GUILESS_MAIN(TestBalancing)
#include "test_balancing.moc"
