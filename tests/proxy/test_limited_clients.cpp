// SPDX-License-Identifier: MIT
#include "proxy/exchange_scene.h"
#include "proxy/limited_clients.h"

#include <QTest>

using namespace reverxy;
using namespace reverxy::proxy;

namespace {

/// Three routes: with the global limiter, with its own, and without any.
config::Config threeRoutes() {
    config::Config config = configOf("a");
    config.rateLimiter.enabled = true;
    config.rateLimiter.limit = 2;
    config.routes.insert(config.routes.begin(), 2, config.routes[0]);
    config.routes[0].name = "own";
    config.routes[0].path = "/own";
    config.routes[0].rateLimiter = config.rateLimiter;
    config.routes[0].rateLimiter->limit = 1;
    config.routes[1].path = "/free";
    config.routes[1].rateLimiter.emplace();
    return config;
}

struct Limited : ExchangeScene {
    Limited() : ExchangeScene(threeRoutes()) {}

    int ask(std::string_view address, std::string_view path) {
        client.identity.address = *IpAddress::parse(address);
        port.responses.clear();
        pass(1ms);
        request("GET " + std::string(path) + " HTTP/1.1\r\nHost: x\r\n\r\n");
        if (port.responses.empty())
            answer();
        finish();
        return got().status;
    }
};

limit::ClientKey key(std::string_view text) {
    return limit::parseClientKey(text).value();
}

} // namespace

class TestLimitedClients : public QObject {
    Q_OBJECT
  private Q_SLOTS:

    void aClientIsResetInOneLimiterOrInAll() {
        Limited scene;
        const auto useUp = [&] {
            while (scene.ask("192.0.2.1", "/own") == 200 || scene.ask("192.0.2.1", "/") == 200) {
            }
        };
        useUp();
        QVERIFY(resetLimitedClient(*scene.runtime, scene.names.intern("own"), key("192.0.2.1")));
        QCOMPARE(scene.ask("192.0.2.1", "/own"), 200);
        QCOMPARE(scene.ask("192.0.2.1", "/"), 429);
        QVERIFY(resetLimitedClient(*scene.runtime, 0, key("192.0.2.1")));
        QCOMPARE(scene.ask("192.0.2.1", "/own"), 200);
        QCOMPARE(scene.ask("192.0.2.1", "/"), 200);
        QVERIFY(!resetLimitedClient(*scene.runtime, 0, key("192.0.2.2")));
        QVERIFY(!resetLimitedClient(*scene.runtime, scene.names.intern("none of these"), key("192.0.2.1")));
        useUp();
        resetLimitedClients(*scene.runtime);
        for (const LimiterFigures& figures : limiterFigures(*scene.runtime))
            QCOMPARE(figures.totals.clients, uint64_t(0));
        QCOMPARE(scene.ask("192.0.2.1", "/own"), 200);
    }

    void figuresAreKeptForEachLimiter() {
        Limited scene;
        for (int i = 0; i < 3; ++i)
            scene.ask("192.0.2.1", "/own");
        scene.ask("192.0.2.1", "/");
        const auto figures = limiterFigures(*scene.runtime);
        QCOMPARE(figures.size(), size_t(2));
        QCOMPARE(scene.nameOf(figures[0].limiter), std::string("global"));
        QCOMPARE(figures[0].totals.allowed, uint64_t(1));
        QCOMPARE(scene.nameOf(figures[1].limiter), std::string("own"));
        QCOMPARE(figures[1].totals.allowed, uint64_t(1));
        QCOMPARE(figures[1].totals.throttled, uint64_t(2));
        QCOMPARE(figures[1].totals.clients, uint64_t(1));
    }
};

QTEST_APPLESS_MAIN(TestLimitedClients)
#include "test_limited_clients.moc"
