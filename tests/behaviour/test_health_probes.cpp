// SPDX-License-Identifier: MIT
#include "behaviour/health_story.h"
#include "health/target.h"
#include "support/loopback_port.h"

#include <memory>
#include <mutex>
#include <set>
#include <vector>

using namespace reverxy;
using namespace reverxy::test;
using health::State;

/// Active probes: what they ask, what they make of the answer, and whom they leave alone.
class TestHealthProbes : public QObject {
    Q_OBJECT
  private Q_SLOTS:

    void outAfterFallAndBackAfterRise() {
        Service one("one");
        Service two("two");
        RunningEngine proxy(probedConfig({one.port(), two.port()}));
        QVERIFY(waitForState(proxy, State::Up, 0) && waitForState(proxy, State::Up, 1));

        one.answerProbes(500);
        QVERIFY(waitForState(proxy, State::Down, 0));
        QVERIFY2(one.failures() == 3 || one.failures() == 4, QByteArray::number(one.failures()));
        QCOMPARE(healthOf(proxy)[0].available, 1u);
        const int before = one.requests();
        for (int i = 0; i < 6; ++i)
            QCOMPARE(proxy.get("/").body, std::string("two"));
        QCOMPARE(one.requests(), before);

        one.answerProbes(200);
        QVERIFY(waitForState(proxy, State::Up, 0));
        QVERIFY2(one.passes() == 2 || one.passes() == 3, QByteArray::number(one.passes()));
        for (int i = 0; i < 6; ++i)
            COMPARE_STATUS(proxy.get("/"), 200);
        QCOMPARE(one.requests(), before + 3); // exact again

        const std::string log = proxy.log();
        QCOMPARE(countOf(log,
                         "backend origin-1 of pool default is down: 3 probes in a row failed, the last: status "
                         "500 instead of 200-399; 1 of 2 backends is available"),
                 size_t(1));
        QCOMPARE(countOf(log, "backend origin-1 of pool default is up again: 2 probes in a row passed, the last: "
                              "status 200; 2 of 2 backends are available"),
                 size_t(1));
        QCOMPARE(countOf(log, " health: "), size_t(2)); // only flips are told
        VERIFY_NO_VIOLATIONS(one.origin());
    }

    void flappingBelowTheThresholdsChangesNothing() {
        std::atomic<int> probes{0};
        Origin flapping([&](OriginExchange& exchange) { exchange.respond(++probes % 3 == 0 ? 200 : 503, ""); });
        RunningEngine proxy(probedConfig({flapping.port()}));
        QVERIFY(waitUntil([&] { return probes >= 12; }));
        QVERIFY(stateOf(proxy, 0) == State::Up);
        QCOMPARE(countOf(proxy.log(), "is down"), size_t(0));
    }

    void aHangingEndpointFailsByTime() {
        const Gate never;
        Origin hanging([&](OriginExchange& exchange) {
            if (exchange.target() == "/health")
                exchange.waitFor(never);
            else
                exchange.respond(200, "");
        });
        config::Config config = probedConfig({hanging.port()});
        config.pools[0].healthChecker.timeout = 60ms;
        RunningEngine proxy(config);
        QVERIFY(waitForState(proxy, State::Down));
        const health::TargetSnapshot target = healthOf(proxy, 0).target.value();
        QCOMPARE(target.reason, std::string("3 probes in a row failed, the last: no response in time"));
        QVERIFY(target.probes.front().micros >= 60'000);
        COMPARE_STATUS(proxy.get("/"), 200); // traffic is tried all the same
        hanging.stop();
    }

    void aPortThatHangsFailsByTime() {
        HangingPort port;
        config::Config config = probedConfig({port.number()});
        config.pools[0].healthChecker.timeout = 60ms;
        RunningEngine proxy(config);
        QVERIFY(waitForState(proxy, State::Down));
        QVERIFY(healthOf(proxy, 0).target->reason.find("no connection in time") != std::string::npos);
    }

    void aKilledServiceIsOutAndBack() {
        Service one("one");
        Service two("two");
        RunningEngine proxy(probedConfig({one.port(), two.port()}));
        QVERIFY(waitForState(proxy, State::Up, 0));
        one.origin().stop();
        QVERIFY(waitForState(proxy, State::Down, 0));
        QVERIFY(healthOf(proxy, 0).target->reason.find("connection refused (127.0.0.1:") != std::string::npos);
        one.origin().start();
        QVERIFY(waitForState(proxy, State::Up, 0));
    }

    void whatAnswersAreWorth_data() {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<bool>("up");
        QTest::addColumn<QString>("reason");
        const auto row = [](const char* name, const char* bytes, bool up, const char* reason) {
            QTest::newRow(name) << QByteArray(bytes) << up << QString::fromLatin1(reason);
        };
        row("200", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", true, "status 200");
        row("redirect", "HTTP/1.1 302 Found\r\nLocation: /login\r\nContent-Length: 0\r\n\r\n", true, "status 302");
        row("HTTP/1.0, until the close", "HTTP/1.0 200 OK\r\n\r\nfine", true, "status 200");
        row("after an interim response", "HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n", true,
            "status 204");
        row("the head decides", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\ncut", true, "status 200");
        row("404", "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", false, "status 404 instead of 200-399");
        row("an upgrade nobody asked for",
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n", false,
            "status 101 instead of 200-399");
        row("nonsense", "hello\r\n\r\n", false, "no valid HTTP response");
        row("nothing", "", false, "connection closed without a response");
    }

    void whatAnswersAreWorth() {
        QFETCH(QByteArray, bytes);
        QFETCH(bool, up);
        QFETCH(QString, reason);
        Origin origin(raw(bytes.toStdString()));
        RunningEngine proxy(probedConfig({origin.port()}));
        QVERIFY(waitForState(proxy, up ? State::Up : State::Down));
        const health::TargetSnapshot target = healthOf(proxy, 0).target.value();
        const QString seen = QString::fromStdString(target.probes.back().reason);
        QVERIFY2(seen.startsWith(reason), qPrintable(seen));
        QCOMPARE(target.probes.back().passed, up);
        QVERIFY(target.probes.size() <= health::Target::probesRemembered);
    }

    void onlyTheExpectedStatusPasses() {
        Service one("one", 204);
        config::Config config = probedConfig({one.port()});
        config.pools[0].healthChecker.expectStatus = {200, 200};
        RunningEngine proxy(config);
        QVERIFY(waitForState(proxy, State::Down));
        one.answerProbes(200);
        QVERIFY(waitForState(proxy, State::Up));
    }

    void aLargeAnswerIsNotReadToItsEnd() {
        Origin origin(bigBody(64 << 20));
        RunningEngine proxy(probedConfig({origin.port()}));
        QVERIFY(waitForState(proxy, State::Up));
        QVERIFY(waitUntil([&] { return origin.requestCount() >= 3; })); // the next ones are not held up
    }

    void theRequestIsAProper() {
        Service one("one");
        config::Config config = probedConfig({one.port()});
        config.pools[0].backends[0].url.basePath = "/base";
        RunningEngine proxy(config);
        QVERIFY(waitUntil([&] { return one.passes() > 0; }));
        const ReceivedRequest probe = one.origin().requests().front();
        QCOMPARE(probe.method, std::string("GET"));
        QCOMPARE(probe.target, std::string("/health"));
        QCOMPARE(probe.field("Host"), "127.0.0.1:" + std::to_string(one.port()));
        QVERIFY(probe.field("User-Agent").starts_with("reverxy/"));
        QCOMPARE(probe.field("Connection"), std::string("close"));
        VERIFY_NO_VIOLATIONS(one.origin());
    }

    void anotherPlaceMayAnswerForIt() {
        Service traffic("traffic", 500);
        Service admin("admin");
        config::Config config = probedConfig({traffic.port()});
        config.pools[0].backends[0].healthUrl = "http://localhost:" + std::to_string(admin.port()) + "/health";
        RunningEngine proxy(config);
        QVERIFY(waitForState(proxy, State::Up));
        QCOMPARE(admin.origin().lastRequest().field("Host"), "localhost:" + std::to_string(admin.port()));
        QCOMPARE(traffic.origin().requestCount(), size_t(0));
        admin.answerProbes(503);
        QVERIFY(waitForState(proxy, State::Down));
    }

    void connectingIsEnoughWhereNothingIsAsked() {
        Service one("one");
        config::Config config = probedConfig({one.port()});
        config.pools[0].backends[0].healthUrl.clear();
        RunningEngine proxy(config);
        QVERIFY(waitForState(proxy, State::Up));
        QCOMPARE(healthOf(proxy, 0).target->probes.back().reason, std::string("connected"));
        QCOMPARE(one.origin().requestCount(), size_t(0));
        one.origin().stop();
        QVERIFY(waitForState(proxy, State::Down));
    }

    void localhostIsBothFamilies_data() {
        QTest::addColumn<bool>("v6");
        QTest::newRow("only IPv4") << false;
        QTest::newRow("only IPv6") << true;
    }

    void localhostIsBothFamilies() {
        QFETCH(bool, v6);
        if (v6 && !hasIpv6())
            QSKIP("no ::1 here");
        Origin::Options options;
        options.family = v6 ? Family::V6 : Family::V4;
        Origin origin(answer(""), options);
        config::Config config = probedConfig({origin.port()});
        config.pools[0].backends[0] = backend("one", "localhost", origin.port());
        config.pools[0].backends[0].healthUrl = "/health";
        RunningEngine proxy(config);
        QVERIFY(waitForState(proxy, State::Up));
        QCOMPARE(origin.lastRequest().field("Host"), "localhost:" + std::to_string(origin.port()));
    }

    void aNameThatDoesNotResolveIsDown() {
        config::Config config = probedConfig({9});
        config.pools[0].backends[0] = backend("one", "no-such-host.invalid", 9);
        RunningEngine proxy(config);
        QVERIFY(waitForState(proxy, State::Down));
        QVERIFY(healthOf(proxy, 0).target->reason.find("its name does not resolve") != std::string::npos);
    }

    void probesTakeNoSlot() {
        Gate gate;
        std::atomic<int> probes{0};
        Origin origin([&](OriginExchange& exchange) {
            if (exchange.target() == "/health")
                ++probes;
            else
                exchange.waitFor(gate);
            exchange.respond(200, "");
        });
        config::Config config = probedConfig({origin.port()});
        config.pools[0].backends[0].maxConnections = 1;
        RunningEngine proxy(config);
        Client busy = proxy.connect();
        busy.send(request("GET", "/long"));
        QVERIFY(waitUntil([&] { return origin.requestCount() > size_t(probes); }));
        const int before = probes;
        QVERIFY(waitUntil([&] { return probes >= before + 3; }));
        QVERIFY(stateOf(proxy, 0) == State::Up);
        gate.open();
        COMPARE_STATUS(busy.read(), 200);
        COMPARE_STATUS(proxy.get("/"), 200); // the one slot is there for traffic
    }

    /// While as many probes hang as may run at once, requests go on as if there were none: at once, on the one
    /// connection that each backend allows, and no further probe begins because of them.
    void probesThatHangDisturbNoRequest() {
        constexpr size_t count = 4;
        const Gate never;
        std::mutex mutex;
        std::set<size_t> forProbes, forRequests; // connections
        const auto seen = [&mutex](std::set<size_t>& connections, size_t number) {
            const std::lock_guard lock(mutex);
            connections.insert(number);
        };
        const auto sizeOf = [&mutex](const std::set<size_t>& connections) {
            const std::lock_guard lock(mutex);
            return connections.size();
        };
        std::vector<std::unique_ptr<Origin>> origins;
        std::vector<uint16_t> ports;
        for (size_t i = 0; i < count; ++i) {
            origins.push_back(std::make_unique<Origin>([&, i](OriginExchange& exchange) {
                const size_t connection = i * 1000 + exchange.request().connection;
                if (exchange.target() != "/health") {
                    seen(forRequests, connection);
                    exchange.respond(200, "");
                    return;
                }
                seen(forProbes, connection);
                exchange.waitFor(never);
                exchange.close();
            }));
            ports.push_back(origins.back()->port());
        }
        config::Config config = probedConfig(ports);
        config.pools[0].healthChecker.concurrency = 2;
        config.pools[0].healthChecker.timeout = 24h;
        for (config::Backend& backend : config.pools[0].backends)
            backend.maxConnections = 1;
        RunningEngine proxy(config);
        QVERIFY(waitUntil([&] { return sizeOf(forProbes) == 2; }));

        constexpr size_t requests = 200;
        Client client = proxy.connect();
        for (size_t i = 0; i < requests; ++i)
            COMPARE_STATUS(client.get("/"), 200);
        const auto decisions = proxy.waitForDecisions(requests);
        for (size_t i = 0; i < requests; ++i) {
            QCOMPARE(decisions[i].attemptsTotal, uint16_t(1));
            QCOMPARE(decisions[i].queuedMicros, uint32_t(0));
            QCOMPARE(decisions[i].lastAttempt().reusedConnection, i >= count);
        }
        QCOMPARE(sizeOf(forRequests), count);
        QCOMPARE(sizeOf(forProbes), size_t(2));
        for (const std::unique_ptr<Origin>& origin : origins)
            origin->stop();
    }

    void onlySoManyAtOnce() {
        std::atomic<int> running{0}, most{0}, over{0};
        Origin origin([&](OriginExchange& exchange) {
            const int now = ++running;
            for (int seen = most; now > seen && !most.compare_exchange_weak(seen, now);) {
            }
            std::this_thread::sleep_for(50ms); // half an interval: without a limit, six would run on average
            --running;
            ++over;
            exchange.respond(200, "");
        });
        config::Config config = probedConfig(std::vector<uint16_t>(12, origin.port()));
        for (size_t i = 0; i < config.pools[0].backends.size(); ++i) // each asks something else
            config.pools[0].backends[i].healthUrl = "/health/" + std::to_string(i);
        config.pools[0].healthChecker.concurrency = 4;
        RunningEngine proxy(config);
        QVERIFY(waitUntil([&] { return over >= 60; }));
        QCOMPARE(most.load(), 4);
    }

    void twoPoolsMayAskOneServerDifferently() {
        Origin origin([](OriginExchange& exchange) {
            exchange.respond(exchange.target() == "/broken" ? 500 : 200, exchange.target());
        });
        config::Config config = probedConfig({origin.port()});
        config.pools.push_back(config.pools[0]);
        config.pools[1].name = "strict";
        config.pools[1].backends[0].healthUrl = "/broken";
        config.pools[1].whenAllDown = config::WhenAllDown::Refuse;
        config.routes = {route("strict", 1, "/strict"), route("default", 0)};
        RunningEngine proxy(config);
        QVERIFY(waitForState(proxy, State::Up, 0, 0));
        QVERIFY(waitForState(proxy, State::Down, 0, 1));
        QVERIFY(stateOf(proxy, 0, 0) == State::Up);
        COMPARE_STATUS(proxy.get("/"), 200);
        COMPARE_STATUS(proxy.get("/strict"), 503);
    }

    void twoPoolsThatAskTheSameShareTheAnswer() {
        Service one("one");
        config::Config config = probedConfig({one.port()});
        config.pools.push_back(config.pools[0]);
        config.pools[1].name = "other";
        RunningEngine proxy(config);
        QVERIFY(waitForState(proxy, State::Up));
        one.answerProbes(500);
        QVERIFY(waitForState(proxy, State::Down, 0, 0));
        QVERIFY(stateOf(proxy, 0, 1) == State::Down);
        QVERIFY2(one.failures() <= 4, "one probe serves both");
        QVERIFY(proxy.waitForLog("backend origin-1 of pool default is down"));
        QVERIFY(proxy.waitForLog("backend origin-1 of pool other is down"));
    }
};

QTEST_GUILESS_MAIN(TestHealthProbes)
#include "test_health_probes.moc"
