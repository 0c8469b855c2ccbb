// SPDX-License-Identifier: MIT
#include "behaviour/health_story.h"
#include "support/load.h"

#include <algorithm>

using namespace reverxy;
using namespace reverxy::test;
using health::State;

/// What health and the operator's switch mean for requests, and what requests say about health.
class TestHealthTraffic : public QObject {
    Q_OBJECT

    /// Nobody is asked again before the test is over: what happens comes from requests.
    static config::Config withoutFurtherProbes(const std::vector<uint16_t>& ports) {
        config::Config config = probedConfig(ports);
        config.pools[0].healthChecker.interval = 24h;
        return config;
    }

    static bool waitForDown(const RunningEngine& proxy, size_t count) {
        return waitUntil([&] { return countOf(proxy.log(), " is down: ") == count; });
    }

  private Q_SLOTS:

    // Observed by requests.

    void requestsTakeADeadBackendOutBeforeItsProbes() {
        Service one("one");
        Service two("two");
        RunningEngine proxy(withoutFurtherProbes({one.port(), two.port()}));
        QVERIFY(waitForState(proxy, State::Up, 0)); // its only probe is over, and passed
        one.origin().stop();
        for (int i = 0; i < 6; ++i)
            QCOMPARE(proxy.get("/").body, std::string("two")); // by going on to the next backend
        QVERIFY(waitForState(proxy, State::Down, 0));
        QVERIFY(proxy.waitForLog("connection refused; 1 of 2 backends is available"));
        const size_t before = proxy.waitForDecisions(6).size();
        for (int i = 0; i < 6; ++i)
            COMPARE_STATUS(proxy.get("/"), 200);
        const auto decisions = proxy.waitForDecisions(before + 6);
        for (size_t i = before; i < decisions.size(); ++i) {
            QCOMPARE(decisions[i].attemptsTotal, uint16_t(1));
            QVERIFY(decisions[i].choice == observe::ChoiceReason::OthersOut);
        }
    }

    void connectionsThatCloseWithoutAnAnswerTakeItOut() {
        Origin closing([](OriginExchange& exchange) { exchange.close(); });
        Service two("two");
        config::Config config = withoutFurtherProbes({closing.port(), two.port()});
        config.pools[0].backends[0].healthUrl.clear(); // it does accept connections
        RunningEngine proxy(config);
        QVERIFY(waitForState(proxy, State::Up, 0)); // its only probe is over, and passed
        for (int i = 0; i < 6; ++i)
            QCOMPARE(proxy.get("/").body, std::string("two"));
        QVERIFY(waitForState(proxy, State::Down, 0));
        QVERIFY(healthOf(proxy, 0).target->reason.find("connection closed without a response") !=
                std::string::npos);
    }

    void whatCountsAgainstABackend_data() {
        QTest::addColumn<QString>("response");
        QTest::addColumn<int>("status"); // at the client
        QTest::addColumn<bool>("counts");
        QTest::newRow("closed before the head") << "" << 502 << true;
        QTest::newRow("closed within the head") << "HTTP/1.1 200 OK\r\nContent-" << 502 << true;
        QTest::newRow("nothing in time") << "silence" << 504 << false;
        QTest::newRow("no HTTP") << "hello\r\n\r\n" << 502 << false;
        QTest::newRow("its own 503") << "HTTP/1.1 503 Busy\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
                                     << 503 << false;
        QTest::newRow("closed within the body")
            << "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\ncut" << 200 << false;
    }

    void whatCountsAgainstABackend() {
        QFETCH(QString, response);
        QFETCH(int, status);
        QFETCH(bool, counts);
        const Gate never;
        const std::string bytes = response.toStdString();
        Origin origin([&](OriginExchange& exchange) {
            exchange.close();
            if (exchange.target() == "/closed")
                return;
            if (bytes == "silence")
                exchange.waitFor(never);
            else
                exchange.send(bytes);
        });
        config::Config config = withoutFurtherProbes({origin.port()});
        config.pools[0].backends[0].healthUrl.clear(); // it does accept connections
        config.proxy.retries = 0;
        config.proxy.workers = 1; // whose reports come in the order of the requests
        if (bytes == "silence")
            config.proxy.responseTimeout = 50ms;
        RunningEngine proxy(config);
        QVERIFY(waitForState(proxy, State::Up)); // its only probe is over, and passed
        for (uint32_t i = 1; i <= 4; ++i) {      // one more than takes it out
            QCOMPARE(proxy.get("/").status, status);
            if (counts && i <= config.pools[0].healthChecker.fall)
                QVERIFY(waitUntil([&] { return healthOf(proxy, 0).target->trafficFailures == i; }));
        }
        if (counts) {
            QVERIFY(stateOf(proxy, 0) == State::Down);
            return;
        }
        config.proxy.responseTimeout = 60s;
        proxy.reload(config);
        COMPARE_STATUS(proxy.get("/closed"), 502); // the first that is reported
        QVERIFY(waitUntil([&] { return healthOf(proxy, 0).target->trafficFailures == 1; }));
        QVERIFY(stateOf(proxy, 0) == State::Up);
    }

    void answersBetweenFailuresKeepItIn() {
        std::atomic<int> requests{0};
        Origin moody([&](OriginExchange& exchange) {
            if (++requests % 2 == 0)
                exchange.respond(500, "");
            exchange.close();
        });
        config::Config config = withoutFurtherProbes({moody.port()});
        config.pools[0].backends[0].healthUrl.clear();
        config.proxy.retries = 0;
        RunningEngine proxy(config);
        QVERIFY(waitForState(proxy, State::Up));
        for (int i = 0; i < 6; ++i) {
            COMPARE_STATUS(proxy.get("/"), 502);
            QVERIFY(waitUntil([&] { return healthOf(proxy, 0).target->trafficFailures == 1; }));
            COMPARE_STATUS(proxy.get("/"), 500);
            QVERIFY(waitUntil([&] { return healthOf(proxy, 0).target->trafficFailures == 0; }));
        }
        QVERIFY(stateOf(proxy, 0) == State::Up);
    }

    void whereTheCheckerIsOffNobodyIsTakenOut() {
        Service one("one");
        Service two("two");
        config::Config config = withoutFurtherProbes({one.port(), two.port()});
        config.pools[0].healthChecker.enabled = false;
        RunningEngine proxy(config);
        one.origin().stop();
        for (int i = 0; i < 10; ++i)
            COMPARE_STATUS(proxy.get("/"), 200);
        QVERIFY(!healthOf(proxy, 0).target);
        QVERIFY(healthOf(proxy, 0).available);
        one.origin().start(); // and so it has its turn as soon as it is there
        for (int i = 0; i < 4; ++i)
            COMPARE_STATUS(proxy.get("/"), 200);
        QCOMPARE(one.requests(), 2);
    }

    // Every backend is down.

    void thenAllAreTried() {
        Service one("one");
        Service two("two");
        RunningEngine proxy(probedConfig({one.port(), two.port()}));
        one.answerProbes(503);
        two.answerProbes(503);
        QVERIFY(waitForState(proxy, State::Down, 0) && waitForState(proxy, State::Down, 1));
        QCOMPARE(healthOf(proxy)[0].available, 0u);
        const int before = one.requests();
        for (int i = 0; i < 8; ++i)
            COMPARE_STATUS(proxy.get("/"), 200);
        QCOMPARE(one.requests(), before + 4);
        const auto decisions = proxy.waitForDecisions(8);
        QVERIFY(decisions.back().choice == observe::ChoiceReason::AllDownTryAll);
        QCOMPARE(decisions.back().candidatesTotal, uint16_t(2));
        QCOMPARE(countOf(proxy.log(), "every backend of the pool is out, requests are tried on all of them"),
                 size_t(1));
    }

    void orTheyAreRefused() {
        Service one("one");
        config::Config config = probedConfig({one.port()});
        config.pools[0].whenAllDown = config::WhenAllDown::Refuse;
        RunningEngine proxy(config);
        QVERIFY(waitForState(proxy, State::Up));
        one.answerProbes(503);
        QVERIFY(waitForState(proxy, State::Down));
        const Response refused = proxy.get("/");
        COMPARE_STATUS(refused, 503);
        QVERIFY(refused.has("Retry-After"));
        QVERIFY(refused.body.find("all-backends-down") != std::string::npos);
        QCOMPARE(countOf(proxy.log(), "requests are answered with 503 (when_all_down: refuse)"), size_t(1));
        one.answerProbes(200);
        QVERIFY(waitForState(proxy, State::Up));
        COMPARE_STATUS(proxy.get("/"), 200);
    }

    void whoeverComesBackServesThoseWhoWait_data() {
        QTest::addColumn<bool>("bySwitch");
        QTest::newRow("by its probes") << false;
        QTest::newRow("by the operator") << true;
    }

    void whoeverComesBackServesThoseWhoWait() {
        QFETCH(bool, bySwitch);
        Gate gate;
        Origin busy([&](OriginExchange& exchange) {
            if (exchange.target() != "/health")
                exchange.waitFor(gate);
            exchange.respond(200, "busy");
        });
        Service back("back", bySwitch ? 200 : 503);
        config::Config config = probedConfig({busy.port(), back.port()});
        config.pools[0].backends[0].maxConnections = 1;
        config.pools[0].backends[1].enabled = !bySwitch;
        config.proxy.queue.timeout = 60s;
        RunningEngine proxy(config);
        QVERIFY(waitForState(proxy, bySwitch ? State::Up : State::Down, 1));
        Client holder = proxy.connect();
        holder.send(request("GET", "/"));
        QVERIFY(waitUntil([&] { return proxy.runningExchanges() == 1; }));
        std::vector<Client> waiting;
        for (int i = 0; i < 5; ++i) {
            waiting.push_back(proxy.connect());
            waiting.back().send(request("GET", "/"));
        }
        QVERIFY(waitUntil([&] { return proxy.runningExchanges() == 6; }));
        if (bySwitch)
            QCOMPARE(setEnabled(proxy, "origin-2", true), std::string());
        else
            back.answerProbes(200);
        for (Client& client : waiting) {
            const Response response = client.read();
            COMPARE_STATUS(response, 200);
            QCOMPARE(response.body, std::string("back"));
        }
        gate.open();
        COMPARE_STATUS(holder.read(), 200);
    }

    void whoWaitsIsRefusedAtOnceWhenTheLastGoes_data() {
        QTest::addColumn<QString>("how");
        QTest::newRow("by its probes") << QStringLiteral("probes");
        QTest::newRow("by the operator") << QStringLiteral("switch");
        QTest::newRow("by the file") << QStringLiteral("file");
    }

    /// No slot is freed and no time is over: that it goes out is all that happens.
    void whoWaitsIsRefusedAtOnceWhenTheLastGoes() {
        QFETCH(QString, how);
        Gate gate;
        std::atomic<int> health{200};
        Origin busy([&](OriginExchange& exchange) {
            const bool probe = exchange.target() == "/health";
            if (!probe)
                exchange.waitFor(gate);
            exchange.respond(probe ? health.load() : 200, "busy");
        });
        config::Config config = probedConfig({busy.port()});
        config.pools[0].whenAllDown = config::WhenAllDown::Refuse;
        config.pools[0].backends[0].maxConnections = 1;
        config.proxy.queue.timeout = 24h;
        RunningEngine proxy(config);
        Client holder = proxy.connect();
        holder.send(request("GET", "/"));
        QVERIFY(waitUntil([&] { return proxy.runningExchanges() == 1; }));
        std::vector<Client> waiting;
        for (int i = 0; i < 5; ++i) {
            waiting.push_back(proxy.connect());
            waiting.back().send(request("GET", "/"));
        }
        QVERIFY(waitUntil([&] { return proxy.runningExchanges() == 6; }));
        if (how == QLatin1String("probes")) {
            health = 503;
        } else if (how == QLatin1String("switch")) {
            QCOMPARE(setEnabled(proxy, "origin-1", false), std::string());
        } else {
            config.pools[0].backends[0].enabled = false;
            proxy.reload(config);
        }
        for (Client& client : waiting) {
            const Response response = client.read();
            COMPARE_STATUS(response, 503);
            QVERIFY(response.has("Retry-After"));
            QVERIFY2(response.body.find("all-backends-down") != std::string::npos, response.body.c_str());
            QCOMPARE(response.body.find("none of them is enabled") != std::string::npos,
                     how != QLatin1String("probes"));
        }
        gate.open();
        COMPARE_STATUS(holder.read(), 200); // what runs is finished
    }

    void whoWaitsGoesToThoseWhoAreDownOnceAllAre() {
        Gate gate;
        std::atomic<int> health{200};
        Origin busy([&](OriginExchange& exchange) {
            const bool probe = exchange.target() == "/health";
            if (!probe)
                exchange.waitFor(gate);
            exchange.respond(probe ? health.load() : 200, "busy");
        });
        Service down("down", 503);
        config::Config config = probedConfig({busy.port(), down.port()});
        config.pools[0].backends[0].maxConnections = 1;
        config.proxy.queue.timeout = 24h;
        RunningEngine proxy(config);
        QVERIFY(waitForState(proxy, State::Down, 1));
        Client holder = proxy.connect();
        holder.send(request("GET", "/"));
        QVERIFY(waitUntil([&] { return proxy.runningExchanges() == 1; }));
        Client waiting = proxy.connect();
        waiting.send(request("GET", "/"));
        QVERIFY(waitUntil([&] { return proxy.runningExchanges() == 2; }));
        health = 503;
        QCOMPARE(waiting.read().body, std::string("down"));
        gate.open();
        COMPARE_STATUS(holder.read(), 200);
    }

    // The operator's axis.

    void aSwitchTakesEffectAtOnce() {
        Service one("one");
        Service two("two");
        RunningEngine proxy(probedConfig({one.port(), two.port()}));
        QCOMPARE(setEnabled(proxy, "origin-1", false), std::string());
        for (int i = 0; i < 6; ++i)
            QCOMPARE(proxy.get("/").body, std::string("two"));
        const health::BackendSnapshot off = healthOf(proxy, 0);
        QVERIFY(!off.enabled && !off.available);
        QVERIFY(proxy.waitForLog("backend origin-1 of pool default was disabled; 1 of 2 backends is available"));
        QCOMPARE(setEnabled(proxy, "origin-1", true), std::string());
        for (int i = 0; i < 6; ++i)
            COMPARE_STATUS(proxy.get("/"), 200);
        QCOMPARE(one.requests(), 3);
        QCOMPARE(two.requests(), 9);
    }

    void noneIsEnabled() {
        Service one("one");
        RunningEngine proxy(probedConfig({one.port()}));
        QCOMPARE(setEnabled(proxy, "origin-1", false), std::string());
        const Response refused = proxy.get("/");
        COMPARE_STATUS(refused, 503);
        QVERIFY(refused.body.find("none of them is enabled") != std::string::npos);
        QVERIFY(proxy.waitForLog("no backend of the pool is enabled, requests are answered with 503"));
        QCOMPARE(one.requests(), 0);
    }

    void whatDoesNotExistCannotBeSwitched() {
        Service one("one");
        RunningEngine proxy(probedConfig({one.port()}));
        QCOMPARE(setEnabled(proxy, "other", false), std::string("the pool default has no backend other"));
        QCOMPARE(setEnabled(proxy, "origin-1", false, "orders"), std::string("there is no pool orders"));
        COMPARE_STATUS(proxy.get("/"), 200);
    }

    void whatRunsIsFinished() {
        Gate gate;
        Origin slow([&](OriginExchange& exchange) {
            if (exchange.target() == "/slow")
                exchange.waitFor(gate);
            exchange.respond(200, "slow");
        });
        Service two("two");
        RunningEngine proxy(probedConfig({slow.port(), two.port()}));
        Client client = proxy.connect();
        client.send(request("GET", "/slow"));
        QVERIFY(waitUntil([&] { return proxy.runningExchanges() == 1 && slow.connectionsOpen() > 0; }));
        QCOMPARE(setEnabled(proxy, "origin-1", false), std::string());
        QCOMPARE(proxy.get("/").body, std::string("two"));
        gate.open();
        QCOMPARE(client.read().body, std::string("slow"));
    }

    void switchingUnderLoadLosesNothing() {
        Origin::Options unrecorded;
        unrecorded.record = false;
        Origin one(loadOrigin(), unrecorded);
        Origin two(loadOrigin(), unrecorded);
        config::Config config = configFor({one.port(), two.port()});
        config.pools[0].healthChecker = {};
        config.proxy.retries = 0; // nothing is mended by trying again
        config.log.access = false;
        RunningEngine proxy(config);
        Load::Options options;
        options.port = proxy.port();
        options.plain = 24;
        options.pipelined = 8;
        options.uploads = 8;
        options.requests = 8'000;
        Load load(options);
        load.start();
        const auto answeredFurther = [&](uint64_t count) {
            const uint64_t before = load.answered();
            // All of them may be over before this thread has had its turn often enough.
            return waitUntil([&] { return load.answered() >= std::min(before + count, options.requests); });
        };
        for (int i = 0; i < 10; ++i) {
            const char* const name = i % 2 == 0 ? "origin-1" : "origin-2";
            QCOMPARE(setEnabled(proxy, name, false), std::string());
            QVERIFY(answeredFurther(300));
            QCOMPARE(setEnabled(proxy, name, true), std::string());
            QVERIFY(answeredFurther(300));
        }
        const Load::Result result = load.wait();
        QVERIFY2(result.failed == 0 && result.unanswered == 0, result.text().c_str());
        QCOMPARE(result.answered, uint64_t(8'000));
    }

    // Reloads.

    void healthAndSwitchesSurviveAReload() {
        Service one("one");
        Service two("two");
        config::Config config = probedConfig({one.port(), two.port()});
        RunningEngine proxy(config);
        one.answerProbes(500);
        QVERIFY(waitForState(proxy, State::Down, 0));
        QCOMPARE(setEnabled(proxy, "origin-2", false), std::string());
        config.proxy.retries = 1;
        config.pools[0].backends[0].weight = 5;
        proxy.reload(config);
        QVERIFY(stateOf(proxy, 0) == State::Down);
        QVERIFY(!healthOf(proxy, 1).enabled);
        config.pools[0].healthChecker.rise = 3; // another rule for the same question
        proxy.reload(config);
        QVERIFY(stateOf(proxy, 0) == State::Down);
        config.pools[0].backends[0].healthUrl = "/other"; // another question
        proxy.reload(config);
        QVERIFY(stateOf(proxy, 0) != State::Down);
        QCOMPARE(countOf(proxy.log(), "is down"), size_t(1));
    }

    void theFileWinsWhereItSaysSomethingNew() {
        Service one("one");
        Service two("two");
        config::Config config = probedConfig({one.port(), two.port()});
        RunningEngine proxy(config);
        config.pools[0].backends[0].enabled = false;
        proxy.reload(config);
        QCOMPARE(proxy.get("/").body, std::string("two"));
        QCOMPARE(setEnabled(proxy, "origin-1", true), std::string());
        proxy.reload(config); // nothing new
        QVERIFY(healthOf(proxy, 0).enabled);
        config.pools[0].backends[0].enabled = true;
        proxy.reload(config);
        config.pools[0].backends[0].enabled = false;
        proxy.reload(config);
        QVERIFY(!healthOf(proxy, 0).enabled);
        for (int i = 0; i < 4; ++i)
            QCOMPARE(proxy.get("/").body, std::string("two"));
    }

    void aRemovedBackendIsAskedNoMore() {
        Service stays("stays");
        Service goes("goes");
        config::Config config = probedConfig({stays.port(), goes.port()});
        RunningEngine proxy(config);
        QVERIFY(waitForState(proxy, State::Up, 1));
        config.pools[0].backends.pop_back();
        proxy.reload(config);
        QVERIFY(waitUntil([&] { return goes.origin().connectionsOpen() == 0; }));
        const int asked = goes.passes();
        const int before = stays.passes();
        QVERIFY(waitUntil([&] { return stays.passes() >= before + 3; }));
        QCOMPARE(goes.passes(), asked);
    }

    void theLastRequestsOfADrainFindTheirWay() {
        Gate gate;
        Origin slow([&](OriginExchange& exchange) {
            if (exchange.target() != "/health")
                exchange.waitFor(gate);
            exchange.respond(200, "");
        });
        RunningEngine proxy(probedConfig({slow.port()}));
        QVERIFY(waitForState(proxy, State::Up));
        Client client = proxy.connect();
        client.send(request("GET", "/"));
        QVERIFY(waitUntil([&] { return proxy.runningExchanges() == 1; }));
        proxy.drain();
        gate.open();
        COMPARE_STATUS(client.read(), 200);
        QVERIFY(proxy.waitDrained());
        QVERIFY(healthOf(proxy).empty()); // and nobody is probed any more
        QVERIFY(waitUntil([&] { return slow.connectionsOpen() == 0; }));
    }
};

QTEST_GUILESS_MAIN(TestHealthTraffic)
#include "test_health_traffic.moc"
