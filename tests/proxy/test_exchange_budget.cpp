// SPDX-License-Identifier: MIT
#include "proxy/exchange_scene.h"

#include <QTest>

using namespace reverxy;
using namespace reverxy::proxy;
using observe::Phase;

/// Retries are for mishaps: a fifth of a pool's requests in flight, and at least three, may be retries.
class TestExchangeBudget : public QObject {
    Q_OBJECT
  private Q_SLOTS:

    void whoFindsTheBudgetUsedUpWaits() {
        ExchangeScene scene;
        scene.pool().retriesInFlight = 3;
        scene.request(get);
        scene.lose();
        QVERIFY(scene.exchange.phase() == Phase::AwaitingRetry);
        QVERIFY(scene.port.waiting());
        QCOMPARE(scene.port.opened, std::string("a"));
        QVERIFY(scene.port.deadline == scene.now + 5s); // queue.timeout

        scene.pass(1500ms);
        --scene.pool().retriesInFlight;
        scene.port.retryPlaceFreed(0);
        QVERIFY(scene.wake());
        QCOMPARE(scene.port.opened, std::string("ab"));
        QCOMPARE(scene.pool().retriesInFlight.load(), 3u);
        scene.answer();
        QCOMPARE(scene.pool().retriesInFlight.load(), 2u);
        QCOMPARE(scene.decision().queuedMicros, 1500000u);
        scene.finish();
        QCOMPARE(scene.pool().retriesInFlight.load(), 2u);
    }

    /// Whoever freed it saw nobody waiting yet.
    void aPlaceThatIsFreedWhileItEntersTheListIsFound() {
        ExchangeScene scene;
        scene.pool().retriesInFlight = 3;
        scene.port.onWait = [&scene] { --scene.pool().retriesInFlight; };
        scene.request(get);
        scene.lose();
        QCOMPARE(scene.port.opened, std::string("ab"));
        QVERIFY(!scene.port.waiting());
        QVERIFY(scene.pool().retryWaiters.empty());
        QCOMPARE(scene.pool().retriesInFlight.load(), 3u);
    }

    void whoIsWokenForAPlaceThatIsGoneWaitsOn() {
        ExchangeScene scene;
        scene.pool().retriesInFlight = 3;
        scene.request(get);
        scene.lose();
        const TimePoint deadline = scene.port.deadline;
        scene.pass(1s);
        scene.port.retryPlaceFreed(0); // somebody else was faster
        QVERIFY(scene.wake());
        QVERIFY(scene.exchange.phase() == Phase::AwaitingRetry);
        QVERIFY(scene.port.waiting());
        QVERIFY(scene.port.deadline == deadline); // not a second time as long
    }

    void whoWaitsTooLongGetsTheFailure() {
        ExchangeScene scene;
        scene.pool().retriesInFlight = 3;
        scene.request(get);
        scene.lose();
        QVERIFY(scene.deadlinePasses());
        QCOMPARE(problemOf(scene), std::string("502 connection-closed"));
        QVERIFY(!scene.port.waiting());
        QCOMPARE(scene.decision().queuedMicros, 5000000u);
        scene.pool().retriesInFlight = 0;
        scene.finish();
        QVERIFY(scene.countersAreZero());
    }

    void aFifthOfTheRequestsMayBeRetries() {
        ExchangeScene scene;
        scene.pool().inFlight = 29; // and this one
        scene.pool().retriesInFlight = 5;
        scene.request(get);
        scene.lose();
        QCOMPARE(scene.port.opened, std::string("ab"));
        QCOMPARE(scene.pool().retriesInFlight.load(), 6u);
    }

    void aRetrysPlaceIsFreeOnceItsResponseBegins() {
        ExchangeScene scene;
        scene.pool().retriesInFlight = 2;
        scene.request(get);
        scene.lose();
        QCOMPARE(scene.pool().retriesInFlight.load(), 3u);
        const Waiter other{0, 999};
        QVERIFY(scene.pool().retryWaiters.add(other, 10));
        scene.response("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n");
        QCOMPARE(scene.pool().retriesInFlight.load(), 2u);
        QCOMPARE(scene.world.wakes.size(), size_t(1));
        QCOMPARE(scene.world.wakes.front().token, uint64_t(999));
    }

    void aFurtherRetryTakesItsPlaceAnew() {
        ExchangeScene scene;
        scene.request(get);
        scene.lose();
        scene.lose();
        QCOMPARE(scene.pool().retriesInFlight.load(), 1u);
        QCOMPARE(scene.port.requests.size(), size_t(3));
        scene.answer();
        scene.finish();
        QVERIFY(scene.countersAreZero());
    }
};

QTEST_APPLESS_MAIN(TestExchangeBudget)
#include "test_exchange_budget.moc"
