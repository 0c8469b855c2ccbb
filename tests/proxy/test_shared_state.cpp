// SPDX-License-Identifier: MIT
#include "proxy/shared_state.h"

#include <QTest>

#include <algorithm>
#include <thread>
#include <vector>

using namespace reverxy;
using namespace reverxy::proxy;

namespace {

constexpr uint32_t threadCount = 4;

/// Runs `work` on several threads at once; it is given the thread's number.
template <typename Work>
void onThreads(Work work) {
    std::vector<std::thread> threads;
    for (uint32_t thread = 0; thread < threadCount; ++thread)
        threads.emplace_back([&work, thread] { work(thread); });
    for (std::thread& thread : threads)
        thread.join();
}

std::string addressesOf(const BackendState& backend) {
    const auto resolved = backend.addresses();
    if (!resolved)
        return "none";
    std::string all;
    for (const IpAddress& address : resolved->addresses)
        all += (all.empty() ? "" : " ") + address.toString();
    return all;
}

} // namespace

/// What survives a reload, shared by all workers.
class TestSharedState : public QObject {
    Q_OBJECT
  private Q_SLOTS:

    void namesAndAddressesHaveOneStateEach() {
        SharedState shared;
        const auto pool = shared.pool("orders");
        QVERIFY(pool == shared.pool("orders"));
        QVERIFY(pool != shared.pool("Orders"));
        const auto backend = shared.backend("127.0.0.1", 9001);
        QVERIFY(backend == shared.backend("127.0.0.1", 9001));
        QVERIFY(backend != shared.backend("127.0.0.1", 9002));
        QVERIFY(backend != shared.backend("127.0.0.2", 9001));
        QCOMPARE(backend->host(), std::string("127.0.0.1"));
        QCOMPARE(backend->port(), uint16_t(9001));
    }

    void whatIsCountedSurvives() {
        SharedState shared;
        shared.pool("p")->inFlight = 7;
        shared.pool("p")->ticket = 41;
        QVERIFY(shared.backend("h", 1)->takeSlot());
        const auto keep = shared.backend("h", 1);
        shared.forgetUnused();
        QCOMPARE(shared.pool("p")->inFlight.load(), 7u);
        QCOMPARE(shared.pool("p")->ticket.load(), uint64_t(41));
        QCOMPARE(shared.backend("h", 1)->connections(), 1u);
    }

    void onlyWhatNobodyHoldsIsForgotten() {
        SharedState shared;
        const auto kept = shared.backend("kept", 1);
        shared.backend("forgotten", 1);
        QCOMPARE(shared.backends().size(), size_t(2));
        shared.forgetUnused();
        const auto left = shared.backends();
        QCOMPARE(left.size(), size_t(1));
        QVERIFY(left.front() == kept);
        QCOMPARE(shared.backend("forgotten", 1)->connections(), 0u); // made anew when it comes again
    }

    // Addresses.

    void whichNamesNeedResolving_data() {
        QTest::addColumn<QString>("host");
        QTest::addColumn<bool>("needed");
        QTest::addColumn<QString>("addresses");
        QTest::newRow("localhost: both families (RFC 6761 section 6.3, RFC 8305)")
            << "localhost" << false << "::1 127.0.0.1";
        QTest::newRow("an IPv4 address") << "192.0.2.1" << false << "192.0.2.1";
        QTest::newRow("an IPv6 address") << "2001:db8::1" << false << "2001:db8::1";
        QTest::newRow("a name") << "backend.internal" << true << "none";
        QTest::newRow("a name below localhost is not it") << "orders.localhost" << true << "none";
        QTest::newRow("what only looks like an address") << "192.0.2.256" << true << "none";
    }

    void whichNamesNeedResolving() {
        QFETCH(QString, host);
        QFETCH(bool, needed);
        QFETCH(QString, addresses);
        const BackendState backend(host.toStdString(), 80);
        QCOMPARE(backend.needsResolving(), needed);
        QCOMPARE(QString::fromStdString(addressesOf(backend)), addresses);
    }

    void whoReadsAddressesKeepsThem() {
        BackendState backend("backend.internal", 80);
        backend.setAddresses({IpAddress::v4({1, 2, 3, 4})});
        const auto before = backend.addresses();
        backend.setAddresses({IpAddress::v4({5, 6, 7, 8}), IpAddress::v4({9, 9, 9, 9})});
        QCOMPARE(before->addresses.size(), size_t(1));
        QCOMPARE(addressesOf(backend), std::string("5.6.7.8 9.9.9.9"));
    }

    void poolsAreKnownOnce() {
        BackendState backend("h", 1);
        const auto one = std::make_shared<PoolState>();
        const auto two = std::make_shared<PoolState>();
        QVERIFY(backend.pools().empty());
        backend.addPool(one);
        backend.addPool(two);
        backend.addPool(one);
        QVERIFY((backend.pools() == std::vector<std::shared_ptr<PoolState>>{one, two}));
    }

    // Slots.

    void slotsEndAtTheLimit() {
        BackendState backend("h", 1);
        backend.setMaxConnections(2);
        QVERIFY(backend.takeSlot());
        QVERIFY(backend.takeSlot());
        QVERIFY(!backend.takeSlot());
        QCOMPARE(backend.connections(), 2u);
        backend.dropSlot();
        QVERIFY(backend.takeSlot());
        QVERIFY(!backend.takeSlot());
    }

    void withoutALimitTheyAreCountedAllTheSame() {
        BackendState backend("h", 1);
        for (int i = 0; i < 100; ++i)
            QVERIFY(backend.takeSlot());
        QCOMPARE(backend.connections(), 100u);
        // A limit that comes later counts what is there already.
        backend.setMaxConnections(50);
        QVERIFY(!backend.takeSlot());
        for (int i = 0; i < 51; ++i)
            backend.dropSlot();
        QVERIFY(backend.takeSlot());
        QVERIFY(!backend.takeSlot());
    }

    // Who waits for them.

    void whoWaitsInAnyPoolOfABackendIsFound() {
        BackendState backend("h", 1);
        backend.setMaxConnections(1);
        const auto one = std::make_shared<PoolState>();
        const auto two = std::make_shared<PoolState>();
        backend.addPool(one);
        backend.addPool(two);
        QCOMPARE(backend.waiting(), size_t(0));
        QVERIFY(!backend.takeWaiter());
        QVERIFY(two->slotWaiters.add({3, 1}, 10));
        QVERIFY(two->slotWaiters.add({3, 2}, 10));
        QVERIFY(one->slotWaiters.add({3, 3}, 10));
        QCOMPARE(backend.waiting(), size_t(3));
        std::vector<uint64_t> tokens;
        while (const auto waiter = backend.takeWaiter())
            tokens.push_back(waiter->token);
        QVERIFY((tokens == std::vector<uint64_t>{3, 1, 2})); // within a pool, first come first served
        QCOMPARE(backend.waiting(), size_t(0));
    }

    void whoEnteredUnderALimitIsFoundWhenItIsLifted() {
        BackendState backend("h", 1);
        const auto pool = std::make_shared<PoolState>();
        backend.addPool(pool);
        backend.setMaxConnections(1);
        QVERIFY(pool->slotWaiters.add({3, 1}, 10));
        backend.setMaxConnections(0);
        QCOMPARE(backend.waiting(), size_t(1));
        QVERIFY(backend.takeWaiter() == (Waiter{3, 1}));
    }

    void noMoreThanTheLimitOverAllThreads() {
        BackendState backend("h", 1);
        backend.setMaxConnections(3);
        std::atomic<int> held{0};
        std::atomic<bool> tooMany{false};
        std::atomic<int> taken{0};
        onThreads([&](uint32_t) {
            for (int round = 0; round < 5'000; ++round) {
                if (!backend.takeSlot())
                    continue;
                ++taken;
                if (++held > 3)
                    tooMany = true;
                --held;
                backend.dropSlot();
            }
        });
        QVERIFY(!tooMany);
        QVERIFY(taken >= 5'000); // at any time somebody can
        QCOMPARE(backend.connections(), 0u);
    }

    // Health.

    void theSameProbeOfTheSameAddressIsOneTarget() {
        SharedState shared;
        health::ProbeDefinition probe;
        probe.target = "/health";
        const auto target = shared.target("h", 1, probe);
        QVERIFY(shared.target("h", 1, probe) == target);
        QVERIFY(shared.target("h", 2, probe) != target);
        QVERIFY(shared.target("g", 1, probe) != target);
        probe.target = "/ready";
        QVERIFY(shared.target("h", 1, probe) != target);
    }

    void aTargetIsKeptAsLongAsSomebodyKnowsIt() {
        SharedState shared;
        const health::ProbeDefinition probe;
        auto target = shared.target("h", 1, probe);
        target->reported({false, 3, Failure::ConnectRefused}, {});
        shared.forgetUnused();
        QVERIFY(shared.target("h", 1, probe) == target);
        target.reset();
        shared.forgetUnused();
        QVERIFY(!shared.target("h", 1, probe)->signal().read().down()); // a new one
    }

    void anotherRuleForTheSameQuestionKeepsTheVerdict() {
        SharedState shared;
        health::ProbeDefinition probe;
        const auto before = shared.target("h", 1, probe);
        before->reported({false, 3, Failure::ConnectRefused}, {});
        probe.rise = 7;
        QVERIFY(shared.target("h", 1, probe)->signal().read().down());
        probe.target = "/else";
        QVERIFY(!shared.target("h", 1, probe)->signal().read().down());
    }

    // Switches.

    void theConfigurationWinsWhereItSaysSomethingNew() {
        SharedState shared;
        const auto backendSwitch = shared.backendSwitch("p", "b", true);
        QVERIFY(backendSwitch->on());
        backendSwitch->set(false);
        QVERIFY(!shared.backendSwitch("p", "b", true)->on()); // nothing new
        QVERIFY(!shared.backendSwitch("p", "b", false)->on());
        QVERIFY(shared.backendSwitch("p", "b", true)->on());
        backendSwitch->set(false);
        QVERIFY(shared.backendSwitch("other", "b", true)->on());
        QVERIFY(shared.backendSwitch("p", "other", true)->on());
    }

    void aSwitchIsForgottenWithItsBackend() {
        SharedState shared;
        auto backendSwitch = shared.backendSwitch("p", "b", true);
        backendSwitch->set(false);
        shared.forgetUnused();
        QVERIFY(!shared.backendSwitch("p", "b", true)->on());
        backendSwitch.reset();
        shared.forgetUnused();
        QVERIFY(shared.backendSwitch("p", "b", true)->on());
    }

    /// Compiling, resolving and looking happen on different threads.
    void everythingMayBeAskedAtOnce() {
        SharedState shared;
        std::atomic<int> wrong{0};
        onThreads([&](uint32_t thread) {
            for (uint16_t round = 0; round < 1'000; ++round) {
                const auto pool = shared.pool("p" + std::to_string(round % 3));
                const auto backend = shared.backend("host.internal", static_cast<uint16_t>(round % 5));
                backend->addPool(pool);
                backend->setAddresses({IpAddress::v4({10, 0, 0, static_cast<uint8_t>(thread)})});
                const auto resolved = backend->addresses();
                wrong += !resolved || resolved->addresses.size() != 1 || backend->pools().empty();
                ++pool->inFlight;
                if (round % 100 == 0)
                    shared.forgetUnused();
                wrong += shared.backends().empty(); // this thread holds one
            }
        });
        QCOMPARE(wrong.load(), 0);
        uint32_t counted = 0;
        for (const char* name : {"p0", "p1", "p2"})
            counted += shared.pool(name)->inFlight;
        QCOMPARE(counted, threadCount * 1'000);
    }
};

QTEST_APPLESS_MAIN(TestSharedState)
#include "test_shared_state.moc"
