// SPDX-License-Identifier: MIT
#include "behaviour/control_scene.h"

#include <set>

using namespace reverxy;
using namespace reverxy::test;

/// What a face sees and does through the control of an engine in its own process.
class TestLocalControl : public QObject {
    Q_OBJECT

  private Q_SLOTS:

    void beforeTheStartThereIsAStoppedEngine() {
        ControlScene scene(configFor({}));
        QVERIFY(scene.control.snapshot() != nullptr);
        QCOMPARE(int(scene.control.snapshot()->state), int(api::EngineState::Stopped));
    }

    void whoLooksSeesPoolsBackendsAndTraffic() {
        Origin origin(answer("hello", 200));
        LoopbackPort refused;
        ControlScene scene(configFor({origin.port(), refused.number()}));
        QVERIFY(scene.send(api::StartEngine{}).done);
        scene.control.watch();
        QVERIFY(scene.waitFor(hasPools));
        QVERIFY(scene.port() != 0);
        for (int i = 0; i < 6; ++i)
            COMPARE_STATUS(getOnce(scene.port(), "/some/path"), 200);
        QVERIFY(scene.waitFor([](const api::EngineSnapshot& snapshot) { return snapshot.traffic.requests == 6; }));
        const api::SnapshotPointer snapshot = scene.control.snapshot();
        QCOMPARE(snapshot->pools.size(), size_t(1));
        const api::PoolSnapshot& pool = snapshot->pools[0];
        QCOMPARE(pool.name, QStringLiteral("default"));
        QCOMPARE(pool.traffic.requests, uint64_t(6));
        QCOMPARE(pool.traffic.errors, uint64_t(0));
        QCOMPARE(pool.backends.size(), size_t(2));
        QCOMPARE(pool.backends[0].name, QStringLiteral("origin-1"));
        QCOMPARE(pool.backends[0].traffic.requests, uint64_t(6));
        QVERIFY(pool.backends[0].traffic.p95Micros > 0);
        QVERIFY(pool.backends[1].traffic.errors >= 1);
        QVERIFY(snapshot->workers >= 1);
        QVERIFY(snapshot->startedAt.isValid());
    }

    void whyABackendIsDownIsToldBrieflyAndInASentence() {
        LoopbackPort refused;
        config::Config config = configFor({refused.number()});
        config.pools[0].healthChecker = {};
        config.pools[0].healthChecker.interval = 50ms;
        config.pools[0].backends[0].healthUrl = "/health";
        ControlScene scene(config);
        scene.control.watch();
        QVERIFY(scene.send(api::StartEngine{}).done);
        QVERIFY(scene.waitFor([](const api::EngineSnapshot& snapshot) {
            return hasPools(snapshot) && snapshot.pools[0].backends[0].health == api::Health::Down;
        }));
        const api::BackendSnapshot backend = scene.control.snapshot()->pools[0].backends[0];
        QCOMPARE(backend.downBecause, QStringLiteral("connection refused"));
        QVERIFY2(backend.healthReason.contains(
                     QStringLiteral("/health: 3 probes in a row failed, the last: connection refused (127.0.0.1:")),
                 qPrintable(backend.healthReason));
        QVERIFY(backend.healthReason.endsWith(QLatin1Char('.')));
    }

    void finishedExchangesComeOnceEach() {
        Origin origin(answer("hello", 200));
        ControlScene scene(configFor({origin.port()}));
        std::vector<api::Exchange> seen;
        connect(&scene.control, &api::EngineControl::exchangesFinished, this,
                [&](const api::ExchangeBatch& batch, quint64 skipped) {
                    QCOMPARE(skipped, quint64(0));
                    seen.insert(seen.end(), batch->begin(), batch->end());
                });
        QVERIFY(scene.send(api::StartEngine{}).done);
        scene.control.watch();
        QVERIFY(scene.waitFor(hasPools));
        for (int i = 0; i < 30; ++i)
            COMPARE_STATUS(getOnce(scene.port(), "/number/" + std::to_string(i)), 200);
        QTRY_COMPARE_WITH_TIMEOUT(seen.size(), size_t(30), ControlScene::longest);
        std::set<QString> targets;
        for (const api::Exchange& exchange : seen) {
            targets.insert(exchange.target);
            QCOMPARE(exchange.status, uint16_t(200));
            QCOMPARE(exchange.backend(), QStringLiteral("origin-1"));
            QCOMPARE(int(exchange.outcome), int(api::Outcome::Success));
        }
        QCOMPARE(targets.size(), size_t(30));
        // Whoever comes later sees what went before.
        scene.control.unwatch();
        seen.clear();
        scene.control.watch();
        QTRY_COMPARE_WITH_TIMEOUT(seen.size(), size_t(30), ControlScene::longest);
    }

    void aRunningExchangeIsSeenInItsPhase() {
        Gate gate;
        Origin origin([&](OriginExchange& exchange) {
            exchange.waitFor(gate);
            exchange.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        });
        ControlScene scene(configFor({origin.port()}));
        QVERIFY(scene.send(api::StartEngine{}).done);
        scene.control.watch();
        QVERIFY(scene.waitFor(hasPools));
        Client client(scene.port());
        client.send("GET /slow HTTP/1.1\r\nHost: x\r\n\r\n");
        QVERIFY(scene.waitFor([](const api::EngineSnapshot& snapshot) {
            return snapshot.running.size() == 1 && snapshot.running[0].target == QStringLiteral("/slow") &&
                   snapshot.running[0].phase == api::ExchangePhase::AwaitingResponse;
        }));
        const uint32_t soFar = scene.control.snapshot()->running[0].totalMicros;
        QVERIFY(scene.waitFor(
            [&](const api::EngineSnapshot& snapshot) { return snapshot.running[0].totalMicros > soFar; }));
        gate.open();
        QCOMPARE(client.read().status, 200);
        QVERIFY(scene.waitFor([](const api::EngineSnapshot& snapshot) { return snapshot.running.empty(); }));
    }

    void aBackendIsSwitchedOffAndOn() {
        Origin one(answer("one"));
        Origin two(answer("two"));
        ControlScene scene(configFor({one.port(), two.port()}));
        QVERIFY(scene.send(api::StartEngine{}).done);
        scene.control.watch();
        QVERIFY(scene.waitFor(hasPools));
        const QString pool = QStringLiteral("default");
        QVERIFY(scene.send(api::SetBackendEnabled{pool, QStringLiteral("origin-1"), false}).done);
        QVERIFY(scene.waitFor([](const api::EngineSnapshot& s) {
            return !s.pools[0].backends[0].enabled && !s.pools[0].backends[0].available;
        }));
        const size_t before = one.requestCount();
        for (int i = 0; i < 6; ++i)
            COMPARE_STATUS(getOnce(scene.port(), "/"), 200);
        QCOMPARE(one.requestCount(), before);
        QVERIFY(scene.send(api::SetBackendEnabled{pool, QStringLiteral("origin-1"), true}).done);
        for (int i = 0; i < 6; ++i)
            COMPARE_STATUS(getOnce(scene.port(), "/"), 200);
        QCOMPARE(one.requestCount(), before + 3);
        const api::CommandResult unknown =
            scene.send(api::SetBackendEnabled{pool, QStringLiteral("nobody"), false});
        QVERIFY(!unknown.done);
        QVERIFY(unknown.message.contains(QStringLiteral("nobody")));
    }

    void limitedClientsAreSeenAndBeginAnew() {
        Origin origin(answer("hello"));
        config::Config config = configFor({origin.port()});
        config.rateLimiter.enabled = true;
        config.rateLimiter.limit = 2;
        config.rateLimiter.window = 1h;
        ControlScene scene(config);
        QVERIFY(scene.send(api::StartEngine{}).done);
        scene.control.watch();
        QVERIFY(scene.waitFor(hasPools));
        for (const int status : {200, 200, 429})
            COMPARE_STATUS(getOnce(scene.port(), "/"), status);
        QVERIFY(scene.waitFor([](const api::EngineSnapshot& snapshot) {
            return snapshot.limiters.size() == 1 && snapshot.limiters[0].requestsThrottled == 1;
        }));
        const api::LimiterSnapshot limiter = scene.control.snapshot()->limiters[0];
        QCOMPARE(limiter.name, QStringLiteral("global"));
        QCOMPARE(limiter.clients.size(), size_t(1));
        QVERIFY(limiter.clients[0].throttled);
        QCOMPARE(limiter.clients[0].used, uint32_t(2));
        QCOMPARE(limiter.clients[0].limit, uint32_t(2));
        QVERIFY(scene.send(api::ResetClient{limiter.name, limiter.clients[0].key}).done);
        COMPARE_STATUS(getOnce(scene.port(), "/"), 200);
        COMPARE_STATUS(getOnce(scene.port(), "/"), 200);
        COMPARE_STATUS(getOnce(scene.port(), "/"), 429);
        QVERIFY(scene.send(api::ResetAllClients{}).done);
        COMPARE_STATUS(getOnce(scene.port(), "/"), 200);
        QVERIFY(!scene.send(api::ResetClient{limiter.name, QStringLiteral("192.0.2.99")}).done);
    }

    void itStopsAndStartsAgain() {
        Origin origin(answer("hello"));
        ControlScene scene(configFor({origin.port()}));
        scene.control.watch();
        for (int round = 0; round < 3; ++round) {
            QVERIFY(scene.send(api::StartEngine{}).done);
            QVERIFY(scene.waitFor(hasPools));
            COMPARE_STATUS(getOnce(scene.port(), "/"), 200);
            QVERIFY(scene.send(api::StopEngine{}).done);
            QVERIFY(scene.waitFor(
                [](const api::EngineSnapshot& snapshot) { return snapshot.state == api::EngineState::Stopped; }));
        }
    }

    void itFinishesWhatRunsUnlessItIsToldToCut_data() {
        QTest::addColumn<bool>("cut");
        QTest::newRow("asked to stop twice") << false;
        QTest::newRow("told to cut") << true;
    }

    void itFinishesWhatRunsUnlessItIsToldToCut() {
        QFETCH(bool, cut);
        Gate gate;
        Origin origin(heldBy(gate, answer("held")));
        config::Config config = configFor({origin.port()});
        config.proxy.drainTimeout = 24h;
        ControlScene scene(config);
        scene.control.watch();
        QVERIFY(scene.send(api::StartEngine{}).done);
        QVERIFY(scene.waitFor(hasPools));
        Client client(scene.port());
        client.send(request("GET", "/"));
        QVERIFY(waitUntil([&] { return origin.requestCount() == 1; }));
        QVERIFY(scene.send(api::StopEngine{}).done);
        QVERIFY(scene.send(api::StopEngine{cut}).done);
        if (cut) {
            QVERIFY(client.stream().expectEnd());
        } else {
            QVERIFY(scene.waitFor([](const api::EngineSnapshot& snapshot) {
                return snapshot.state == api::EngineState::Draining && snapshot.runningExchanges == 1;
            }));
            gate.open();
            QCOMPARE(client.read().body, std::string("held"));
        }
        QVERIFY(scene.waitFor(
            [](const api::EngineSnapshot& snapshot) { return snapshot.state == api::EngineState::Stopped; }));
    }

    void whatIsWrongWithTheConfigurationIsShown() {
        Origin origin(answer("hello"));
        ControlScene scene(configFor({origin.port()}));
        ConfigurationReading broken;
        broken.problems << QStringLiteral("config.yaml:3:5: proxy.port: 99999 is no port");
        const ConfigurationReading good = scene.reading;
        scene.control.watch();
        scene.set(broken);
        api::CommandResult result = scene.send(api::StartEngine{});
        QVERIFY(!result.done);
        QVERIFY(result.message.contains(QStringLiteral("99999 is no port")));
        QVERIFY(scene.waitFor([](const api::EngineSnapshot& snapshot) {
            return snapshot.state == api::EngineState::Stopped &&
                   snapshot.problem.contains(QStringLiteral("99999 is no port"));
        }));
        scene.set(good);
        QVERIFY(scene.send(api::StartEngine{}).done);
        QVERIFY(scene.waitFor([](const api::EngineSnapshot& s) { return hasPools(s) && s.problem.isEmpty(); }));
        // A broken reload changes nothing, and says why.
        scene.set(broken);
        result = scene.send(api::ReloadConfiguration{});
        QVERIFY(!result.done);
        QVERIFY(scene.waitFor([](const api::EngineSnapshot& s) { return hasPools(s) && !s.problem.isEmpty(); }));
        COMPARE_STATUS(getOnce(scene.port(), "/"), 200);
        scene.set(good);
        QVERIFY(scene.send(api::ReloadConfiguration{}).done);
        QVERIFY(scene.waitFor([](const api::EngineSnapshot& s) { return hasPools(s) && s.problem.isEmpty(); }));
    }

    void aPortInUseIsToldWithItsHolder() {
        LoopbackPort taken;
        config::Config config = configFor({});
        ControlScene first(config);
        QVERIFY(first.send(api::StartEngine{}).done);
        first.control.watch();
        QVERIFY(first.waitFor([](const api::EngineSnapshot& s) { return !s.addresses.isEmpty(); }));
        config.proxy.port = first.port();
        ControlScene second(config);
        const api::CommandResult result = second.send(api::StartEngine{});
        QVERIFY(!result.done);
        QVERIFY2(result.message.contains(QString::number(first.port())), qPrintable(result.message));
    }

    void secondsAreThereWithoutGaps() {
        Origin origin(answer("hello"));
        ControlScene scene(configFor({origin.port()}));
        QVERIFY(scene.send(api::StartEngine{}).done);
        scene.control.watch();
        QVERIFY(scene.waitFor(hasPools));
        COMPARE_STATUS(getOnce(scene.port(), "/"), 200);
        const auto counted = [](const api::EngineSnapshot& snapshot) {
            uint64_t sum = 0;
            for (const api::SecondTotals& second : snapshot.seconds)
                sum += second.requests[size_t(api::Outcome::Success)];
            return sum;
        };
        QVERIFY(scene.waitFor([&](const api::EngineSnapshot& snapshot) {
            return counted(snapshot) == 1 && snapshot.seconds.size() >= 3;
        }));
        const auto& seconds = scene.control.snapshot()->seconds;
        for (size_t i = 1; i < seconds.size(); ++i)
            QCOMPARE(seconds[i].second, seconds[i - 1].second + 1);
    }
};

QTEST_GUILESS_MAIN(TestLocalControl)
#include "test_local_control.moc"
