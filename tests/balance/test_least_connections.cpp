// SPDX-License-Identifier: MIT
#include "balance/fake_load.h"
#include "balance/least_connections.h"

#include <QTest>

#include <algorithm>
#include <deque>
#include <random>

using namespace reverxy::balance;

namespace {

using Weights = std::vector<uint32_t>;

LeastConnections balancerFor(const Weights& weights) {
    LeastConnections balancer(weights);
    balancer.setAvailable(allOf(weights.size()));
    return balancer;
}

bool within(size_t count, double expected, double tolerance) {
    return std::abs(static_cast<double>(count) - expected) <= tolerance * expected;
}

} // namespace

class TestLeastConnections : public QObject {
    Q_OBJECT
  private Q_SLOTS:

    void theLeastLoadedIsChosen_data() {
        QTest::addColumn<QList<uint>>("weights");
        QTest::addColumn<QList<uint>>("inFlight");
        QTest::addColumn<int>("chosen");
        QTest::newRow("fewest") << QList<uint>{1, 1, 1} << QList<uint>{3, 1, 2} << 1;
        QTest::newRow("idle one") << QList<uint>{1, 1, 1} << QList<uint>{1, 1, 0} << 2;
        QTest::newRow("weight decides") << QList<uint>{1, 4} << QList<uint>{1, 4} << 1; // 2/1 against 5/4
        QTest::newRow("but not alone") << QList<uint>{1, 4} << QList<uint>{0, 4} << 0;  // 1/1 against 5/4
        QTest::newRow("nearly equal") << QList<uint>{1000000, 999999} << QList<uint>{0, 0} << 0;
        QTest::newRow("largest numbers")
            << QList<uint>{UINT32_MAX, UINT32_MAX - 1} << QList<uint>{UINT32_MAX, UINT32_MAX} << 0;
        QTest::newRow("weight 0 is 1") << QList<uint>{0, 1} << QList<uint>{1, 0} << 1;
    }

    void theLeastLoadedIsChosen() {
        QFETCH(QList<uint>, weights);
        QFETCH(QList<uint>, inFlight);
        QFETCH(int, chosen);
        const LeastConnections balancer = balancerFor(Weights(weights.begin(), weights.end()));
        FakeLoad load(static_cast<size_t>(weights.size()));
        load.requests.assign(inFlight.begin(), inFlight.end());
        for (uint64_t ticket = 0; ticket < 10; ++ticket)
            QCOMPARE(balancer.choose(ticket, load), std::optional<size_t>(chosen));
    }

    void agreesWithAPlainSearch() {
        std::mt19937 random(10);
        for (int round = 0; round < 20000; ++round) {
            const size_t backends = 1 + random() % 8;
            Weights weights(backends);
            FakeLoad load(backends);
            for (size_t i = 0; i < backends; ++i) {
                weights[i] = 1 + static_cast<uint32_t>(random() % 5);
                load.requests[i] = static_cast<uint32_t>(random() % 6);
                load.mayGo[i] = random() % 4 != 0;
            }
            const std::optional<size_t> chosen = balancerFor(weights).choose(random(), load);
            const auto loadOf = [&](size_t i) { return (load.requests[i] + 1.0) / weights[i]; };
            double least = 1e9;
            for (size_t i = 0; i < backends; ++i) {
                if (load.mayGo[i])
                    least = std::min(least, loadOf(i));
            }
            QCOMPARE(chosen.has_value(), least < 1e9);
            QVERIFY(!chosen || (load.mayGo[*chosen] && std::abs(loadOf(*chosen) - least) < 1e-9));
        }
    }

    void nobodyIsChosenFromNone() {
        QVERIFY(!LeastConnections(Weights{}).choose(0, FakeLoad(0)));
        FakeLoad load(2);
        load.mayGo.assign(2, false);
        QVERIFY(!balancerFor({1, 1}).choose(0, load));
    }

    void onlyTheAvailableTakePart() {
        LeastConnections balancer(Weights{1, 1, 1});
        balancer.setAvailable(Weights{0, 2});
        FakeLoad load(3);
        load.requests = {5, 0, 5};
        QVERIFY((shares(balancer, load, 3, 0, 20) == std::vector<size_t>{10, 0, 10}));
    }

    void anIdlePoolIsUsedInTurn() {
        for (const size_t backends : {2u, 3u, 5u})
            QVERIFY((shares(balancerFor(Weights(backends, 1)), FakeLoad(backends), backends, 3, 10 * backends) ==
                     std::vector<size_t>(backends, 10)));
    }

    /// Equals are as likely as each other, whoever is busy between them.
    void tiesAreBrokenFairly_data() {
        QTest::addColumn<QList<uint>>("inFlight");
        QTest::newRow("two of three") << QList<uint>{0, 0, 1};
        QTest::newRow("neighbours of four") << QList<uint>{0, 0, 0, 9};
        QTest::newRow("two of five, apart") << QList<uint>{0, 1, 0, 1, 1};
        QTest::newRow("three of five") << QList<uint>{2, 1, 1, 2, 1};
        QTest::newRow("seven of eight") << QList<uint>{0, 0, 0, 0, 0, 0, 0, 1};
    }

    void tiesAreBrokenFairly() {
        QFETCH(QList<uint>, inFlight);
        const auto backends = static_cast<size_t>(inFlight.size());
        FakeLoad load(backends);
        load.requests.assign(inFlight.begin(), inFlight.end());
        const uint32_t least = *std::ranges::min_element(inFlight);
        const auto equals = std::ranges::count(inFlight, least);
        constexpr uint64_t tickets = 60000;
        const std::vector<size_t> counts = shares(balancerFor(Weights(backends, 1)), load, backends, 0, tickets);
        for (size_t i = 0; i < backends; ++i) {
            if (load.requests[i] == least)
                QVERIFY(within(counts[i], static_cast<double>(tickets) / static_cast<double>(equals), 0.03));
            else
                QCOMPARE(counts[i], size_t{0});
        }
    }

    /// The same where only every nth ticket meets the tie, as happens when requests come in step.
    void tiesAreBrokenFairlyForRequestsInStep() {
        const LeastConnections balancer = balancerFor(Weights(3, 1));
        FakeLoad load(3);
        load.requests = {0, 0, 7};
        for (const uint64_t step : {2u, 3u, 4u, 6u}) {
            std::vector<size_t> counts(3, 0);
            for (uint64_t ticket = 2; ticket < 60000 * step; ticket += 2 * step + 1)
                ++counts[*balancer.choose(ticket, load)];
            QVERIFY(within(counts[0], static_cast<double>(counts[1]), 0.05));
        }
    }

    /// Closed loop: a fixed number of requests in flight, each ending after those before it.
    void steadyLoadIsSpreadByWeight_data() {
        QTest::addColumn<QList<uint>>("weights");
        QTest::addColumn<int>("concurrency");
        QTest::newRow("equal, one at a time") << QList<uint>{1, 1, 1, 1} << 1;
        QTest::newRow("equal, two at a time") << QList<uint>{1, 1, 1, 1} << 2;
        QTest::newRow("equal, many") << QList<uint>{1, 1, 1} << 64;
        QTest::newRow("weighted, many") << QList<uint>{1, 2, 5} << 80;
    }

    void steadyLoadIsSpreadByWeight() {
        QFETCH(QList<uint>, weights);
        QFETCH(int, concurrency);
        const LeastConnections balancer = balancerFor(Weights(weights.begin(), weights.end()));
        const auto backends = static_cast<size_t>(weights.size());
        FakeLoad load(backends);
        std::deque<size_t> running;
        std::vector<size_t> counts(backends, 0);
        constexpr uint64_t requests = 40000;
        for (uint64_t ticket = 0; ticket < requests; ++ticket) {
            if (running.size() == static_cast<size_t>(concurrency)) {
                --load.requests[running.front()];
                running.pop_front();
            }
            const size_t chosen = balancer.choose(ticket, load).value();
            ++load.requests[chosen];
            running.push_back(chosen);
            ++counts[chosen];
        }
        const double sum = std::accumulate(weights.begin(), weights.end(), 0.0);
        for (size_t i = 0; i < backends; ++i)
            QVERIFY(within(counts[i], requests * weights[static_cast<int>(i)] / sum, 0.05));
    }

    void workersAgree() {
        FakeLoad load(4);
        load.requests = {1, 0, 0, 0};
        for (uint64_t ticket = 0; ticket < 1000; ++ticket)
            QCOMPARE(balancerFor(Weights(4, 1)).choose(ticket, load),
                     balancerFor(Weights(4, 1)).choose(ticket, load));
    }
};

QTEST_APPLESS_MAIN(TestLeastConnections)
#include "test_least_connections.moc"
