// SPDX-License-Identifier: MIT
#include "balance/fake_load.h"

#include <QTest>

#include <array>
#include <atomic>
#include <random>
#include <thread>

using namespace reverxy::balance;

namespace {

std::unique_ptr<Balancer> roundRobin(size_t backends) {
    auto balancer = makeBalancer(Algorithm::RoundRobin, std::vector<uint32_t>(backends, 1));
    balancer->setAvailable(allOf(backends));
    return balancer;
}

} // namespace

class TestRoundRobin : public QObject {
    Q_OBJECT
  private Q_SLOTS:

    void twentyRequestsToTwoBackendsAreTenAndTen() {
        const auto balancer = roundRobin(2);
        QVERIFY((shares(*balancer, FakeLoad(2), 2, 0, 20) == std::vector<size_t>{10, 10}));
    }

    void nobodyIsChosenFromNone() {
        const auto balancer = makeBalancer(Algorithm::RoundRobin, {});
        QVERIFY(!balancer->choose(0, FakeLoad(0))); // never told
        balancer->setAvailable({});
        QVERIFY(!balancer->choose(7, FakeLoad(0)));
    }

    void anyWindowIsExact() {
        for (const size_t backends : {1u, 2u, 3u, 7u, 100u}) {
            const auto balancer = roundRobin(backends);
            const FakeLoad load(backends);
            for (const uint64_t first : {uint64_t{0}, uint64_t{1}, uint64_t{12345}, uint64_t{1} << 40})
                QVERIFY(
                    (shares(*balancer, load, backends, first, 5 * backends) == std::vector<size_t>(backends, 5)));
        }
    }

    void neighboursDiffer() {
        const auto balancer = roundRobin(3);
        const FakeLoad load(3);
        for (uint64_t ticket = 0; ticket < 100; ++ticket)
            QVERIFY(balancer->choose(ticket, load) != balancer->choose(ticket + 1, load));
    }

    void weightsMakeNoDifference() {
        const auto balancer = makeBalancer(Algorithm::RoundRobin, std::vector<uint32_t>{5, 1});
        balancer->setAvailable(allOf(2));
        QVERIFY((shares(*balancer, FakeLoad(2), 2, 0, 20) == std::vector<size_t>{10, 10}));
    }

    void onlyTheAvailableTakePart() {
        const auto balancer = roundRobin(4);
        const std::vector<uint32_t> available{1, 3};
        balancer->setAvailable(available);
        QVERIFY((shares(*balancer, FakeLoad(4), 4, 0, 20) == std::vector<size_t>{0, 10, 0, 10}));
        balancer->setAvailable(allOf(4));
        QVERIFY((shares(*balancer, FakeLoad(4), 4, 0, 20) == std::vector<size_t>{5, 5, 5, 5}));
    }

    void theNextTakesTheTurnOfOneThatIsNotEligible() {
        const auto balancer = roundRobin(4);
        FakeLoad load(4);
        load.mayGo = {true, false, true, true};
        QCOMPARE(balancer->choose(0, load), std::optional<size_t>(0));
        QCOMPARE(balancer->choose(1, load), std::optional<size_t>(2));
        QCOMPARE(balancer->choose(2, load), std::optional<size_t>(2));
        load.mayGo = {true, false, false, false};
        QCOMPARE(balancer->choose(1, load), std::optional<size_t>(0)); // past the end, to the beginning
        load.mayGo = {false, false, false, false};
        QVERIFY(!balancer->choose(1, load));
    }

    void whoIsChosenIsEligible() {
        std::mt19937 random(4);
        for (int round = 0; round < 2000; ++round) {
            const size_t backends = 1 + random() % 10;
            const auto balancer = roundRobin(backends);
            FakeLoad load(backends);
            bool any = false;
            for (size_t i = 0; i < backends; ++i) {
                load.mayGo[i] = random() % 3 == 0;
                any = any || load.mayGo[i];
            }
            const std::optional<size_t> chosen = balancer->choose(random(), load);
            QCOMPARE(chosen.has_value(), any);
            QVERIFY(!chosen || load.mayGo[*chosen]);
        }
    }

    /// Exact for the process: workers share the pool's ticket and nothing else.
    void workersWithOneTicketAreExactTogether() {
        constexpr size_t backends = 3;
        constexpr size_t workers = 4;
        constexpr size_t requestsEach = 30000;
        std::atomic<uint64_t> ticket{0};
        std::array<std::vector<size_t>, workers> counts;
        std::vector<std::thread> threads;
        for (std::vector<size_t>& own : counts) {
            threads.emplace_back([&ticket, &own] {
                const auto balancer = roundRobin(backends);
                const FakeLoad load(backends);
                own.assign(backends, 0);
                for (size_t i = 0; i < requestsEach; ++i)
                    ++own[balancer->choose(ticket.fetch_add(1, std::memory_order_relaxed), load).value()];
            });
        }
        for (std::thread& thread : threads)
            thread.join();
        for (size_t backend = 0; backend < backends; ++backend) {
            size_t sum = 0;
            for (const std::vector<size_t>& own : counts)
                sum += own[backend];
            QCOMPARE(sum, workers * requestsEach / backends);
        }
    }
};

QTEST_APPLESS_MAIN(TestRoundRobin)
#include "test_round_robin.moc"
