// SPDX-License-Identifier: MIT
#include "reading.h"

#include <QTest>

using namespace reverxy::config;
using namespace std::chrono_literals;

// What only the whole configuration tells: names, pools, routes and what is inherited.
class TestCompletion : public QObject {
    Q_OBJECT
  private Q_SLOTS:

    void namesWhatHasNoName() {
        const Reading reading =
            readText("pool: { backends: [ { url: http://a }, { url: http://b, name: b }, { url: http://c } ] }\n"
                     "routes: [ { path: /x }, { name: y }, {} ]\n");
        QVERIFY2(reading.config, problemsOf(reading));
        const auto& backends = reading.config->pools[0].backends;
        QCOMPARE(backends[0].name, std::string("backend-1"));
        QCOMPARE(backends[1].name, std::string("b"));
        QCOMPARE(backends[2].name, std::string("backend-3"));
        QCOMPARE(reading.config->routes[0].name, std::string("route-1"));
        QCOMPARE(reading.config->routes[1].name, std::string("y"));
        QCOMPARE(reading.config->routes[2].name, std::string("route-3"));
    }

    void withoutRoutesAllGoesToTheDefaultPool() {
        const Reading reading = readText("pools: { a: {}, default: { when_all_down: refuse } }\n");
        QVERIFY2(reading.config, problemsOf(reading));
        QCOMPARE(reading.config->pools.size(), size_t(2));
        QCOMPARE(reading.config->routes.size(), size_t(1));
        QCOMPARE(reading.config->routes[0].name, std::string("default"));
        QCOMPARE(reading.config->routes[0].path, std::string("/"));
        QCOMPARE(reading.config->pools[reading.config->routes[0].pool].whenAllDown, WhenAllDown::Refuse);
    }

    void theDefaultPoolIsThereWhenNothingElseIs() {
        const Reading named = readText("pools: { a: {} }\n");
        QCOMPARE(named.config->pools.size(), size_t(2));
        QCOMPARE(named.config->pools[named.config->routes[0].pool].name, std::string("default"));
        const Reading routed = readText("routes: [ { path: /x } ]\n");
        QVERIFY2(routed.config, problemsOf(routed));
        QCOMPARE(routed.config->pools.at(0).name, std::string("default"));
    }

    // Where a file writes its pools in another order than they are printed in, it still means the same.
    void theShortPoolStandsFirst() {
        for (const char* text : {"pools: { b: {}, a: {} }\n", "pools: { b: {}, a: {} }\npool: {}\n"}) {
            const Reading reading = readText(text);
            QVERIFY2(reading.config, problemsOf(reading));
            QCOMPARE(reading.config->pools.size(), size_t(3));
            QCOMPARE(reading.config->pools[0].name, std::string("default"));
            QCOMPARE(reading.config->pools[1].name, std::string("b"));
            QCOMPARE(reading.config->pools[2].name, std::string("a"));
            QCOMPARE(reading.config->routes[0].pool, uint32_t(0));
        }
    }

    void routesFindTheirPools() {
        const Reading reading = readText(
            "routes:\n  - { host: orders.localhost, path: /api/orders/, strip_prefix: /api, pool: orders }\n"
            "  - { pool: users }\n  - { path: /rest }\n"
            "pools: { users: {}, orders: {} }\npool: {}\n");
        QVERIFY2(reading.config, problemsOf(reading));
        const Config& config = *reading.config;
        QCOMPARE(config.pools.size(), size_t(3));
        QCOMPARE(config.pools[config.routes[0].pool].name, std::string("orders"));
        QCOMPARE(config.pools[config.routes[1].pool].name, std::string("users"));
        QCOMPARE(config.pools[config.routes[2].pool].name, std::string("default"));
        QCOMPARE(config.routes[0].path, std::string("/api/orders"));
        QCOMPARE(config.routes[0].stripPrefix, std::string("/api"));
    }

    void poolsInheritTheBalancer() {
        const Reading reading =
            readText("pools: { a: {}, b: { load_balancer: { type: round-robin } }, c: { load_balancer: {} } }\n"
                     "load_balancer: { type: least-connections }\n");
        QVERIFY2(reading.config, problemsOf(reading));
        QCOMPARE(reading.config->balance, BalanceAlgorithm::LeastConnections);
        QCOMPARE(reading.config->pools[0].name, std::string("default"));
        QCOMPARE(reading.config->pools[1].balance, BalanceAlgorithm::LeastConnections);
        QCOMPARE(reading.config->pools[2].balance, BalanceAlgorithm::RoundRobin);
        QCOMPARE(reading.config->pools[3].balance, BalanceAlgorithm::LeastConnections);
    }

    // From the whole global section, wherever it stands and whatever flags and environment made of it.
    void routesInheritTheLimiter() {
        const Reading reading =
            readText("routes:\n  - { rate_limiter: { limit: 5 } }\n  - { name: free }\n  - { rate_limiter: { "
                     "enabled: false } }\n"
                     "rate_limiter: { enabled: true, window: 10s, exempt: [127.0.0.1], limit: 50 }\n",
                     {{"REVERXY_RATE_LIMITER__BURST", "7"}});
        QVERIFY2(reading.config, problemsOf(reading));
        const auto& own = reading.config->routes[0].rateLimiter;
        QVERIFY(own);
        QVERIFY(own->enabled);
        QCOMPARE(own->limit, 5u);
        QCOMPARE(own->burst, 7u);
        QVERIFY(own->window == 10s);
        QCOMPARE(own->exempt.size(), size_t(1));
        QVERIFY(!reading.config->routes[1].rateLimiter);
        QVERIFY(!reading.config->routes[2].rateLimiter->enabled);
        QCOMPARE(reading.config->routes[2].rateLimiter->limit, 50u);
    }

    // A limiter that was written is meant, unless somebody says it is not.
    void aRoutesLimiterIsOnUnlessSaidOtherwise_data() {
        QTest::addColumn<QByteArray>("global");
        QTest::addColumn<QByteArray>("own");
        QTest::addColumn<bool>("enabled");
        const auto row = [](const char* global, const char* own, bool enabled) {
            QTest::addRow("%s / %s", global, own) << QByteArray(global) << QByteArray(own) << enabled;
        };
        row("", "{ limit: 5 }", true);
        row("", "{}", true);
        row("", "{ limit: 5, enabled: false }", false);
        row("rate_limiter: { limit: 9 }\n", "{ limit: 5 }", true);
        row("rate_limiter: { enabled: true }\n", "{ limit: 5 }", true);
        row("rate_limiter: { enabled: false }\n", "{ limit: 5 }", false);
        row("rate_limiter: { enabled: false }\n", "{ limit: 5, enabled: true }", true);
    }

    void aRoutesLimiterIsOnUnlessSaidOtherwise() {
        QFETCH(QByteArray, global);
        QFETCH(QByteArray, own);
        QFETCH(bool, enabled);
        const Reading reading = readText((global + "routes:\n  - rate_limiter: " + own + "\n").toStdString());
        QVERIFY2(reading.config, problemsOf(reading));
        QCOMPARE(reading.config->routes[0].rateLimiter->enabled, enabled);
        QCOMPARE(reading.config->rateLimiter.enabled, global.contains("true"));
    }

    void refuses_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("problem");
        const auto row = [](const char* name, const char* text, const char* problem) {
            QTest::newRow(name) << QByteArray(text) << QByteArray("config.yaml:") + problem + '\n';
        };
        row("backend without a URL", "pool:\n  backends:\n    - name: a\n",
            "3:7: pool.backends[0].url: is missing: write where the backend is, as `url: http://localhost:8081`");
        row("two backends of a name",
            "pool:\n  backends:\n    - { name: a, url: http://x }\n    - { name: a, url: http://y }\n",
            "4:15: pool.backends[1].name: `a` is already the name of pool.backends[0]: give each backend of the "
            "pool its own");
        row("a name that another gets by its place",
            "pool:\n  backends:\n    - { name: backend-2, url: http://x }\n    - { url: http://y }\n",
            "4:7: pool.backends[1].name: `backend-2` is already the name of pool.backends[0]: give each backend of "
            "the pool its own");
        row("two routes of a name", "routes:\n  - { name: a }\n  - { name: a }\n",
            "3:13: routes[1].name: `a` is already the name of routes[0]: give each route its own");
        row("two pools of a name", "pools: { a: {}, a: {} }\n",
            "1:17: pools.a: was already written in line 1: keep one of the two");
        row("pool and pools.default", "pool: {}\npools:\n  default: {}\n",
            "3:3: pools.default: is the same pool as `pool` in line 1: keep one of the two");
        row("pools.default and pool", "pools:\n  default: {}\npool: {}\n",
            "3:1: pool: is the same pool as `pools.default` in line 2: keep one of the two");
        row("unknown pool", "pools: { orders: {}, users: {} }\nroutes: [ { pool: ordrs } ]\n",
            "2:19: routes[0].pool: there is no pool `ordrs`: did you mean `orders`?");
        row("no pool named, none by default", "pools: { orders: {}, users: {} }\nroutes: [ { path: /x } ]\n",
            "2:11: routes[0].pool: is missing, and there is no pool `default`: write one of orders, users");
        row("prefix beside the path", "routes: [ { path: /api/x, strip_prefix: /v1 } ]\n",
            "1:41: routes[0].strip_prefix: `/v1` is not how the route's path `/api/x` begins: write that path or a "
            "beginning of it, by whole "
            "segments");
        row("prefix of half a segment", "routes: [ { path: /api, strip_prefix: /ap } ]\n",
            "1:39: routes[0].strip_prefix: `/ap` is not how the route's path `/api` begins: write that path or a "
            "beginning of it, by whole "
            "segments");
        row("prefix without a path", "routes: [ { strip_prefix: /api } ]\n",
            "1:27: routes[0].strip_prefix: `/api` is not how the route's path `/` begins: write that path or a "
            "beginning of it, by whole "
            "segments");
        row("one port twice", "proxy:\n  port: 9000\n  probe_port: 9000\n",
            "3:15: proxy.probe_port: `9000` is both the clients' port and the probe port: give each its own, as "
            "8080 and 8085");
        row("the probe's port", "proxy:\n  port: 8085\n",
            "2:9: proxy.port: `8085` is both the clients' port and the probe port: give each its own, as 8080 and "
            "8085");
    }

    void refuses() {
        QFETCH(QByteArray, text);
        QFETCH(QByteArray, problem);
        QCOMPARE(problemsOf(readText(text.toStdString())), problem);
    }

    void onePortOnTwoAddressesIsFine() {
        QVERIFY(
            readText("proxy: { host: 127.0.0.1, port: 9000, probe_host: 127.0.0.2, probe_port: 9000 }\n").config);
        QVERIFY(
            !readText("proxy: { host: 127.0.0.1, port: 9000, probe_host: 0.0.0.0, probe_port: 9000 }\n").config);
        QVERIFY(readText("proxy: { port: 0, probe_port: 0 }\n").config); // any free ones
    }

    void aPathMayBeStrippedWhole() {
        const Reading reading =
            readText("routes: [ { path: /api, strip_prefix: /api/ }, { path: /x, strip_prefix: / } ]\n");
        QVERIFY2(reading.config, problemsOf(reading));
        QCOMPARE(reading.config->routes[0].stripPrefix, std::string("/api"));
        QCOMPARE(reading.config->routes[1].stripPrefix, std::string());
    }

    void aBadNameIsOneProblem() {
        const Reading reading =
            readText("pool: { backends: [ { name: a b, url: http://x }, { name: c d, url: http://y } ] }\n");
        QCOMPARE(reading.problems.size(), size_t(2));
    }

    void aBadUrlIsNotMissing() {
        const Reading reading = readText("pool: { backends: [ { url: x } ] }\n");
        QCOMPARE(reading.problems.size(), size_t(1));
    }
};

QTEST_APPLESS_MAIN(TestCompletion)
#include "test_completion.moc"
