// SPDX-License-Identifier: MIT
#include "proxy/exchange_scene.h"

#include <QTest>

#include <algorithm>

using namespace reverxy;
using namespace reverxy::proxy;
using observe::ChoiceReason;
using observe::Phase;

namespace {

/// Backends with room for `max` connections each.
config::Config limited(std::string_view names, uint32_t max) {
    auto config = configOf(names);
    for (config::Backend& backend : config.pools[0].backends)
        backend.maxConnections = max;
    return config;
}

} // namespace

/// max_connections counts a backend's open connections, idle ones included; when all are full, requests wait in the
/// pool's queue.
class TestExchangeSlots : public QObject {
    Q_OBJECT
  private Q_SLOTS:

    void aFullBackendIsPassedOver() {
        ExchangeScene scene(limited("ab", 1));
        QVERIFY(scene.backend(0).takeSlot());
        scene.request(get);
        QCOMPARE(scene.port.opened, std::string("b"));
        QVERIFY(scene.decision().choice == ChoiceReason::OthersFull);
        QCOMPARE(scene.decision().candidatesTotal, uint16_t(1));
    }

    void unlessThisWorkerHasAnIdleConnectionToIt() {
        ExchangeScene scene(limited("ab", 1));
        QVERIFY(scene.world.addIdle(0, 0));
        scene.request(get);
        QCOMPARE(scene.port.opened, std::string("a"));
        QVERIFY(scene.sent().reused);
        QCOMPARE(scene.backend(0).connections(), 1u);
        scene.answer();
        scene.finish();
        QCOMPARE(scene.backend(0).idle.load(), 1u);
        QVERIFY(scene.countersAreZero());
    }

    void aSlotThatGoesInTheMeantimeLeadsElsewhere() {
        ExchangeScene scene(limited("ab", 1));
        scene.port.answers[0] = {{OpenResult::NoSlot, Failure::None, false}};
        scene.request(get);
        QCOMPARE(scene.port.opened, std::string("ab"));
        QCOMPARE(scene.backend(0).connections(), 1u); // another worker's
        // It was no attempt, and the backend is not held to be tried.
        QCOMPARE(scene.decision().attemptsTotal, uint16_t(1));
        QCOMPARE(scene.backend(0).inFlight.load(), 0u);
    }

    void whenAllAreFullTheRequestWaits() {
        ExchangeScene scene(limited("ab", 1));
        QVERIFY(scene.backend(0).takeSlot());
        QVERIFY(scene.backend(1).takeSlot());
        scene.request(get);
        QVERIFY(scene.exchange.phase() == Phase::Queued);
        QVERIFY(scene.port.waiting());
        QVERIFY(scene.port.opened.empty());
        QVERIFY(!scene.exchange.wantsRequestBody());
        QVERIFY(scene.port.deadline == scene.now + 5s);
        QCOMPARE(scene.pool().slotWaiters.size(), size_t(1));

        scene.pass(1200ms);
        scene.world.releaseSlot(scene.runtime->pools[0].backends[1].state);
        QVERIFY(scene.pool().slotWaiters.empty());
        QCOMPARE(scene.backend(1).connections(), 1u); // the slot goes from hand to hand
        QVERIFY(scene.wake());
        QCOMPARE(scene.port.opened, std::string("b"));
        QVERIFY(scene.exchange.phase() == Phase::AwaitingResponse);
        QVERIFY(scene.decision().choice == ChoiceReason::OthersFull);
        QVERIFY(scene.port.deadline == scene.now + 60s); // response_timeout by now
        scene.answer();
        QCOMPARE(scene.decision().queuedMicros, 1200000u);
        scene.finish();
        scene.backend(0).dropSlot();
        QVERIFY(scene.countersAreZero());
    }

    void waitingHasAnEnd() {
        auto config = limited("a", 1);
        config.proxy.queue.timeout = 700ms;
        ExchangeScene scene(config);
        QVERIFY(scene.backend(0).takeSlot());
        scene.request(get);
        QVERIFY(scene.port.deadline == scene.now + 700ms);
        QVERIFY(scene.deadlinePasses());
        QCOMPARE(scene.got().status, uint16_t(503));
        QCOMPARE(scene.got().fields.value("Retry-After"), std::string("1"));
        QVERIFY(scene.got().fields.value("Proxy-Status").starts_with("reverxy; error=connection_limit_reached"));
        QVERIFY(scene.decision().failure == Failure::QueueTimeout);
        QCOMPARE(scene.decision().queuedMicros, 700000u);
        QVERIFY(!scene.port.waiting());
        QVERIFY(scene.pool().slotWaiters.empty());
        scene.finish();
        scene.backend(0).dropSlot();
        QVERIFY(scene.countersAreZero());
    }

    void theQueueHasASize() {
        auto config = limited("a", 1);
        config.proxy.queue.size = 2;
        ExchangeScene scene(config);
        QVERIFY(scene.backend(0).takeSlot());
        QVERIFY(scene.pool().slotWaiters.add({9, 1}, 2));
        QVERIFY(scene.pool().slotWaiters.add({9, 2}, 2));
        scene.request(get);
        QCOMPARE(scene.got().status, uint16_t(503));
        QCOMPARE(scene.got().fields.value("Retry-After"), std::string("1"));
        QVERIFY(scene.decision().failure == Failure::QueueFull);
        QVERIFY(!scene.port.waiting());
        QCOMPARE(scene.pool().slotWaiters.size(), size_t(2));
    }

    void aQueueOfNoneRefusesAtOnce() {
        auto config = limited("a", 1);
        config.proxy.queue.size = 0;
        ExchangeScene scene(config);
        QVERIFY(scene.backend(0).takeSlot());
        scene.request(get);
        QVERIFY(scene.decision().failure == Failure::QueueFull);
    }

    void whoComesNewStandsBehindThoseWhoWait() {
        ExchangeScene scene(limited("a", 1));
        QVERIFY(scene.backend(0).takeSlot());
        QVERIFY(scene.pool().slotWaiters.add({9, 1}, 10));
        scene.request(get);
        QVERIFY(scene.port.waiting());
        const auto first = scene.pool().slotWaiters.takeFirst();
        QVERIFY(first && first->token == 1);
    }

    /// What is free is free because none of them has a use for it.
    void whoWaitsHoldsUpNobodyWhoFindsRoom() {
        auto config = limited("abc", 1);
        config.pools[0].backends[1].maxConnections = config.pools[0].backends[2].maxConnections = 0;
        config.proxy.queue.size = 1;
        ExchangeScene scene(config);
        QVERIFY(scene.backend(0).takeSlot());
        QVERIFY(scene.pool().slotWaiters.add({9, 1}, 1)); // it has tried the other two
        for (int i = 0; i < 6; ++i) {
            scene.port.requests.clear();
            scene.port.responses.clear();
            scene.request(get);
            QVERIFY(scene.exchange.phase() == Phase::AwaitingResponse);
            scene.answer("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
            scene.finish();
        }
        for (const char backend : {'b', 'c'})
            QVERIFY(std::count(scene.port.opened.begin(), scene.port.opened.end(), backend) >= 2);
        QCOMPARE(std::count(scene.port.opened.begin(), scene.port.opened.end(), 'a'), 0);
    }

    /// Whoever freed it saw nobody waiting yet.
    void aSlotThatIsFreedWhileItEntersTheListIsFound() {
        ExchangeScene scene(limited("ab", 1));
        QVERIFY(scene.backend(0).takeSlot());
        QVERIFY(scene.backend(1).takeSlot());
        scene.port.onWait = [&scene] { scene.backend(1).dropSlot(); };
        scene.request(get);
        QCOMPARE(scene.port.opened, std::string("b"));
        QVERIFY(!scene.port.waiting());
        QVERIFY(scene.pool().slotWaiters.empty());
        QCOMPARE(scene.backend(1).connections(), 1u);
        QVERIFY(scene.decision().choice == ChoiceReason::OthersFull);
        QVERIFY(scene.exchange.phase() == Phase::AwaitingResponse);
    }

    void anIdleConnectionWillDoAsWell() {
        ExchangeScene scene(limited("a", 1));
        QVERIFY(scene.world.addIdle(0, 0));
        QVERIFY(scene.pool().slotWaiters.add({9, 1}, 10));
        scene.request(get);
        QVERIFY(scene.sent().reused);
        QCOMPARE(scene.backend(0).connections(), 1u);
    }

    void aSlotOfABackendThatWasTriedIsPassedOn() {
        ExchangeScene scene(limited("ab", 1));
        QVERIFY(scene.backend(1).takeSlot());
        scene.port.answers[0] = {{OpenResult::Failed, Failure::ConnectRefused, false}};
        scene.request(get); // a refuses, b is full
        QVERIFY(scene.exchange.phase() == Phase::Queued);
        const TimePoint deadline = scene.port.deadline;
        scene.pass(1s);

        QVERIFY(scene.backend(0).takeSlot());
        scene.pool().slotWaiters.takeFirst();
        scene.port.woken();
        QVERIFY(!scene.exchange.slotGranted(scene.backend(0), true, scene.now));
        scene.backend(0).dropSlot();   // as its worker does with what is passed on
        QVERIFY(scene.port.waiting()); // it stands in the queue again
        QVERIFY(scene.port.deadline == deadline);
        QCOMPARE(scene.port.opened, std::string("a"));

        scene.pass(1s);
        scene.world.releaseSlot(scene.runtime->pools[0].backends[1].state);
        QVERIFY(scene.wake());
        QCOMPARE(scene.port.opened, std::string("ab"));
        QCOMPARE(scene.decision().queuedMicros, 2000000u); // once, and all of it
        scene.answer();
        scene.finish();
        QVERIFY(scene.countersAreZero());
    }

    void aSlotOfAnotherPoolsBackendIsPassedOn() {
        ExchangeScene scene(limited("a", 1));
        QVERIFY(scene.backend(0).takeSlot());
        scene.request(get);
        const BackendState stranger("127.0.0.1", 1);
        scene.pool().slotWaiters.takeFirst();
        scene.port.woken();
        QVERIFY(!scene.exchange.slotGranted(stranger, true, scene.now));
        QVERIFY(scene.port.waiting());
    }

    void aSlotForWhoNeedsNoneIsPassedOn() {
        ExchangeScene scene(limited("a", 2));
        scene.request(get);
        QVERIFY(!scene.exchange.slotGranted(scene.backend(0), true, scene.now));
        QCOMPARE(scene.port.opened, std::string("a"));
    }

    void anIdleConnectionThatVanishedLeavesItWaiting() {
        ExchangeScene scene(limited("a", 1));
        QVERIFY(scene.backend(0).takeSlot());
        scene.request(get);
        const TimePoint deadline = scene.port.deadline;
        scene.pass(1s);
        scene.pool().slotWaiters.takeFirst();
        scene.port.woken();
        // Told of an idle connection, which has ended since, and its slot is somebody else's.
        QVERIFY(scene.exchange.slotGranted(scene.backend(0), false, scene.now));
        QVERIFY(scene.exchange.phase() == Phase::Queued);
        QVERIFY(scene.port.waiting());
        QVERIFY(scene.port.deadline == deadline);
        QVERIFY(scene.deadlinePasses());
        QVERIFY(scene.decision().failure == Failure::QueueTimeout);
        QCOMPARE(scene.decision().queuedMicros, 5000000u);
        scene.finish();
        scene.backend(0).dropSlot();
        QVERIFY(scene.countersAreZero());
    }

    void aGrantedBackendThatRefusesLeadsToTheOthers() {
        ExchangeScene scene(limited("ab", 1));
        QVERIFY(scene.backend(0).takeSlot());
        QVERIFY(scene.backend(1).takeSlot());
        scene.port.answers[0] = {{OpenResult::Failed, Failure::ConnectRefused, false}};
        scene.request(get);
        scene.pass(1s);
        scene.world.releaseSlot(scene.runtime->pools[0].backends[0].state);
        QVERIFY(scene.wake());
        QCOMPARE(scene.port.opened, std::string("a"));
        QVERIFY(scene.exchange.phase() == Phase::Queued); // b is still full
        scene.pass(1s);
        scene.world.releaseSlot(scene.runtime->pools[0].backends[1].state);
        QVERIFY(scene.wake());
        QCOMPARE(scene.port.opened, std::string("ab"));
        QCOMPARE(scene.decision().queuedMicros, 2000000u);
        scene.answer();
        scene.finish();
        QVERIFY(scene.countersAreZero());
    }

    void aSlotGoesWithTheConnection() {
        ExchangeScene scene(limited("a", 1));
        scene.request(get);
        QCOMPARE(scene.backend(0).connections(), 1u);
        scene.response("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        scene.endResponse(false); // Connection: close
        QCOMPARE(scene.backend(0).connections(), 0u);
        QCOMPARE(scene.port.closed, 1);
        scene.finish();
        QVERIFY(scene.countersAreZero());
    }

    void aRetryWaitsForASlotToo() {
        ExchangeScene scene(limited("ab", 1));
        QVERIFY(scene.backend(1).takeSlot());
        scene.request(get);
        QCOMPARE(scene.port.opened, std::string("a"));
        scene.lose(); // of a; b is full
        QVERIFY(scene.exchange.phase() == Phase::Queued);
        QCOMPARE(scene.pool().retriesInFlight.load(), 1u);
        QVERIFY(scene.deadlinePasses());
        QCOMPARE(scene.got().status, uint16_t(503));
        scene.finish();
        scene.backend(1).dropSlot();
        QVERIFY(scene.countersAreZero());
    }
};

QTEST_APPLESS_MAIN(TestExchangeSlots)
#include "test_exchange_slots.moc"
