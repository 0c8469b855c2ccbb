// SPDX-License-Identifier: MIT
#include "proxy/exchange_scene.h"

#include <QTest>

using namespace reverxy;
using namespace reverxy::proxy;
using observe::ChoiceReason;

namespace {

health::Target& targetOf(ExchangeScene& scene, size_t backend) {
    return *scene.runtime->pools[0].backends[backend].health;
}

/// As the engine's thread does: the verdict first, then the word that workers look at.
void takeDown(ExchangeScene& scene, size_t backend) {
    targetOf(scene, backend).reported({false, 100, Failure::ConnectRefused}, {});
    ++scene.pool().availability;
}

void bringBack(ExchangeScene& scene, size_t backend) {
    targetOf(scene, backend).probed({true, 200, Failure::None, 0, ""}, {});
    targetOf(scene, backend).probed({true, 200, Failure::None, 0, ""}, {});
    ++scene.pool().availability;
}

} // namespace

/// What an exchange makes of backends' health, and what it has to say about it.
class TestExchangeHealth : public QObject {
    Q_OBJECT

    /// The backends that the next `count` requests go to.
    static std::string asked(ExchangeScene& scene, int count) {
        scene.port.opened.clear();
        for (int i = 0; i < count; ++i) {
            scene.request(get);
            scene.answer();
            scene.finish();
            scene.port.responses.clear();
        }
        return scene.port.opened;
    }

  private Q_SLOTS:

    void whoIsDownGetsNothing() {
        ExchangeScene scene(configOf("abc"));
        QCOMPARE(asked(scene, 3), std::string("abc"));
        takeDown(scene, 1);
        const std::string without = asked(scene, 6);
        QCOMPARE(std::count(without.begin(), without.end(), 'a'), 3);
        QCOMPARE(std::count(without.begin(), without.end(), 'c'), 3);
        bringBack(scene, 1);
        const std::string with = asked(scene, 6);
        for (const char name : {'a', 'b', 'c'})
            QCOMPARE(std::count(with.begin(), with.end(), name), 2);
    }

    void theOthersAreOut() {
        ExchangeScene scene(configOf("abc"));
        takeDown(scene, 0);
        takeDown(scene, 1);
        scene.request(get);
        QCOMPARE(scene.port.opened, std::string("c"));
        QVERIFY(scene.decision().choice == ChoiceReason::OthersOut);
        QCOMPARE(scene.decision().candidatesTotal, uint16_t(1));
    }

    void whileAllAreDownAllAreTried() {
        auto config = configOf("abc");
        config.pools[0].backends[2].enabled = false;
        ExchangeScene scene(config);
        takeDown(scene, 0);
        takeDown(scene, 1);
        scene.port.answers[0] = scene.port.answers[1] = {{OpenResult::Pending, Failure::None, false}};
        scene.request(get);
        QVERIFY(scene.decision().choice == ChoiceReason::AllDownTryAll);
        QCOMPARE(scene.decision().candidatesTotal, uint16_t(2));
        scene.connectFails();
        scene.connected();
        const std::string tried = scene.port.opened;
        QVERIFY(tried == "ab" || tried == "ba");
        scene.answer();
        QCOMPARE(scene.got().status, uint16_t(200));
        QVERIFY(scene.port.observed.empty()); // who is out comes back by probes
    }

    void orNoneIs() {
        auto config = configOf("ab");
        config.pools[0].whenAllDown = config::WhenAllDown::Refuse;
        ExchangeScene scene(config);
        takeDown(scene, 0);
        QCOMPARE(asked(scene, 1), std::string("b"));
        takeDown(scene, 1);
        scene.request(get);
        QCOMPARE(scene.got().status, uint16_t(503));
        QVERIFY(scene.decision().failure == Failure::AllBackendsDown);
        QCOMPARE(scene.port.opened, std::string("b"));
        scene.finish();
        scene.port.responses.clear();
        bringBack(scene, 0);
        QCOMPARE(asked(scene, 1), std::string("a"));
    }

    void aSwitchCountsLikeHealth() {
        ExchangeScene scene(configOf("ab"));
        scene.runtime->pools[0].backends[0].operatorSwitch->set(false);
        ++scene.pool().availability;
        QCOMPARE(asked(scene, 3), std::string("bbb"));
        scene.runtime->pools[0].backends[0].operatorSwitch->set(true);
        ++scene.pool().availability;
        QCOMPARE(asked(scene, 4).find("a") != std::string::npos, true);
    }

    void whatRunsIsFinishedWhereItRuns() {
        ExchangeScene scene(configOf("ab"));
        scene.request(get);
        QCOMPARE(scene.port.opened, std::string("a"));
        takeDown(scene, 0);
        scene.answer();
        QCOMPARE(scene.got().status, uint16_t(200));
        QCOMPARE(scene.port.opened, std::string("a"));
    }

    void aRetryDoesNotGoToWhoIsOut() {
        ExchangeScene scene(configOf("abc"));
        scene.port.answers[0] = {{OpenResult::Pending, Failure::None, false}};
        scene.request(get);
        takeDown(scene, 1);
        scene.connectFails();
        QCOMPARE(scene.port.opened, std::string("ac"));
    }

    void theLastOneGoesDownWhileItIsTried() {
        auto config = configOf("a");
        config.pools[0].whenAllDown = config::WhenAllDown::Refuse;
        ExchangeScene scene(config);
        scene.port.answers[0] = {{OpenResult::Pending, Failure::None, false}};
        scene.request(get);
        takeDown(scene, 0);
        scene.connectFails();
        QCOMPARE(scene.got().status, uint16_t(502));
        QVERIFY(scene.decision().failure == Failure::ConnectRefused);
    }

    void whoWaitsIsServedByWhoComesBack() {
        auto config = configOf("ab");
        config.pools[0].backends[0].maxConnections = 1;
        ExchangeScene scene(config);
        takeDown(scene, 1);
        QVERIFY(scene.backend(0).takeSlot());
        scene.port.onWait = [&] { bringBack(scene, 1); }; // just then, when nobody was there to be told
        scene.request(get);
        QCOMPARE(scene.port.opened, std::string("b"));
        QVERIFY(!scene.port.waiting());
    }

    void whoWaitsForWhomNobodyIsLeftIsTold() {
        auto config = configOf("ab");
        config.pools[0].whenAllDown = config::WhenAllDown::Refuse;
        config.pools[0].backends[0].maxConnections = 1;
        ExchangeScene scene(config);
        takeDown(scene, 1);
        QVERIFY(scene.backend(0).takeSlot());
        scene.request(get);
        QVERIFY(scene.port.waiting());
        takeDown(scene, 0);
        scene.world.releaseSlot(scene.runtime->pools[0].backends[0].state);
        QVERIFY(!scene.wake() || scene.got().status == 503);
        QVERIFY(scene.decision().failure == Failure::AllBackendsDown);
    }

    void whoWaitsIsToldWhenTheLastGoes_data() {
        QTest::addColumn<bool>("disabled");
        QTest::addColumn<QString>("details");
        QTest::newRow("down") << false << QString();
        QTest::newRow("disabled") << true << QStringLiteral("none of them is enabled");
    }

    void whoWaitsIsToldWhenTheLastGoes() {
        QFETCH(bool, disabled);
        QFETCH(QString, details);
        auto config = configOf("a");
        config.pools[0].whenAllDown = config::WhenAllDown::Refuse;
        config.pools[0].backends[0].maxConnections = 1;
        ExchangeScene scene(config);
        QVERIFY(scene.backend(0).takeSlot());
        scene.request(get);
        scene.exchange.availabilityChanged(scene.now); // nothing has, for this one
        QVERIFY(scene.port.waiting());
        QVERIFY(scene.port.deadline != TimePoint::max());
        scene.pass(300ms);
        if (disabled) {
            scene.runtime->pools[0].backends[0].operatorSwitch->set(false);
            ++scene.pool().availability;
        } else {
            takeDown(scene, 0);
        }
        scene.exchange.availabilityChanged(scene.now);
        QVERIFY(!scene.port.waiting());
        QVERIFY(scene.pool().slotWaiters.empty());
        QCOMPARE(scene.got().status, uint16_t(503));
        QVERIFY(scene.decision().failure == Failure::AllBackendsDown);
        QCOMPARE(scene.decision().queuedMicros, 300000u);
        QCOMPARE(QString::fromUtf8(scene.decision().details.view().data(),
                                   static_cast<qsizetype>(scene.decision().details.view().size())),
                 details);
        scene.exchange.availabilityChanged(scene.now); // too late to mean anything
        scene.finish();
        scene.backend(0).dropSlot();
        QVERIFY(scene.countersAreZero());
    }

    void theLastMayGoJustBeforeOneWaits() {
        auto config = configOf("a");
        config.pools[0].whenAllDown = config::WhenAllDown::Refuse;
        config.pools[0].backends[0].maxConnections = 1;
        ExchangeScene scene(config);
        QVERIFY(scene.backend(0).takeSlot());
        scene.port.onWait = [&] { takeDown(scene, 0); }; // when nobody was there to be told
        scene.request(get);
        QVERIFY(!scene.port.waiting());
        QCOMPARE(scene.got().status, uint16_t(503));
    }

    /// What was learnt by trying says more than that nobody is left.
    void whoHasTriedTheOthersIsToldWhatItMetThere() {
        auto config = configOf("ab");
        config.pools[0].whenAllDown = config::WhenAllDown::Refuse;
        config.pools[0].backends[1].maxConnections = 1;
        ExchangeScene scene(config);
        QVERIFY(scene.backend(1).takeSlot());
        scene.port.answers[0] = {{OpenResult::Failed, Failure::ConnectRefused, false}};
        scene.request(get); // a refuses, b is full
        QVERIFY(scene.port.waiting());
        takeDown(scene, 1); // a, which failed once, is still held to be up
        scene.exchange.availabilityChanged(scene.now);
        QVERIFY(!scene.port.waiting());
        QCOMPARE(scene.got().status, uint16_t(502));
        QVERIFY(scene.decision().failure == Failure::ConnectRefused);
    }

    void whereAllAreTriedThoseWhoAreDownAreNotWaitedFor() {
        auto config = configOf("ab");
        config.pools[0].backends[0].maxConnections = 1;
        ExchangeScene scene(config);
        takeDown(scene, 1);
        QVERIFY(scene.backend(0).takeSlot());
        scene.request(get);
        QVERIFY(scene.port.waiting());
        takeDown(scene, 0); // from now on all are tried
        scene.exchange.availabilityChanged(scene.now);
        QVERIFY(!scene.port.waiting());
        QCOMPARE(scene.port.opened, std::string("b"));
        QVERIFY(scene.decision().choice == ChoiceReason::AllDownTryAll);
    }

    // What it has to say.

    void failuresAreTold_data() {
        QTest::addColumn<int>("failure");
        QTest::addColumn<bool>("told");
        QTest::newRow("refused") << static_cast<int>(Failure::ConnectRefused) << true;
        QTest::newRow("no connection in time") << static_cast<int>(Failure::ConnectTimeout) << true;
        QTest::newRow("closed without a response") << static_cast<int>(Failure::ConnectionClosed) << true;
        QTest::newRow("silent") << static_cast<int>(Failure::ResponseTimeout) << false;
        QTest::newRow("nonsense") << static_cast<int>(Failure::ResponseMalformed) << false;
    }

    void failuresAreTold() {
        QFETCH(int, failure);
        QFETCH(bool, told);
        ExchangeScene scene(configOf("a"));
        scene.request(get);
        scene.lose(static_cast<Failure>(failure));
        QCOMPARE(scene.port.observed, std::string(told ? "a-" : ""));
    }

    void aRefusalAtOnceIsTold() {
        ExchangeScene scene(configOf("ab"));
        scene.port.answers[0] = {{OpenResult::Failed, Failure::ConnectRefused, false}};
        scene.request(get);
        QCOMPARE(scene.port.opened, std::string("ab"));
        QCOMPARE(scene.port.observed, std::string("a-"));
    }

    /// A handler that dies of one request must not have a service that is well taken out by that one's retries.
    void aRequestSaysItOnceOfEachBackend() {
        auto config = configOf("a");
        config.proxy.retries = 2;
        ExchangeScene scene(config);
        scene.request(get);
        for (int attempt = 1; attempt <= 3; ++attempt) {
            QCOMPARE(int(scene.decision().attemptsTotal), attempt);
            scene.lose(Failure::ConnectionClosed);
        }
        QCOMPARE(scene.port.observed, std::string("a-"));
        scene.request(get);
        scene.lose(Failure::ConnectionClosed);
        QCOMPARE(scene.port.observed, std::string("a-a-"));
    }

    void aConnectionThatWasTidiedUpIsNot() {
        ExchangeScene scene(configOf("a"));
        QVERIFY(scene.world.addIdle(0, 0));
        scene.request(get);
        scene.lose(Failure::ConnectionClosed, true);
        QCOMPARE(scene.port.observed, std::string());
    }

    void anAnswerIsToldOnlyAfterFailures() {
        ExchangeScene scene(configOf("a"));
        QCOMPARE(asked(scene, 3), std::string("aaa"));
        QCOMPARE(scene.port.observed, std::string());
        targetOf(scene, 0).reported({false, 1, Failure::ConnectRefused}, {});
        scene.request(get);
        scene.answer("HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n"); // an answer is an answer
        QCOMPARE(scene.port.observed, std::string("a+"));
    }

    void whatBeganBeforeAFlipIsNoNews() {
        ExchangeScene scene(configOf("a"));
        scene.request(get);
        takeDown(scene, 0);
        bringBack(scene, 0);
        scene.lose(Failure::ConnectionClosed);
        QCOMPARE(scene.port.observed, std::string());
    }

    void whereNobodyChecksNothingIsTold() {
        auto config = configOf("a");
        config.pools[0].healthChecker.enabled = false;
        ExchangeScene scene(config);
        QVERIFY(!scene.runtime->pools[0].backends[0].health);
        scene.request(get);
        scene.lose(Failure::ConnectionClosed);
        QCOMPARE(scene.port.observed, std::string());
    }
};

QTEST_GUILESS_MAIN(TestExchangeHealth)
#include "test_exchange_health.moc"
