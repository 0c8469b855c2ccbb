// SPDX-License-Identifier: MIT
#include "balance/fake_load.h"
#include "balance/weighted_round_robin.h"

#include <QTest>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <random>
#include <thread>

using namespace reverxy::balance;

namespace {

using Weights = std::vector<uint32_t>;

WeightedRoundRobin balancerFor(const Weights& weights) {
    WeightedRoundRobin balancer(weights);
    balancer.setAvailable(allOf(weights.size()));
    return balancer;
}

uint32_t sumOf(const Weights& weights) {
    return std::accumulate(weights.begin(), weights.end(), 0u);
}

QByteArray seatNames(const WeightedRoundRobin& balancer) {
    QByteArray names;
    for (const uint32_t backend : balancer.seats())
        names += static_cast<char>('a' + backend);
    return names;
}

/// The algorithm as it is told, one backend at a time.
std::vector<uint32_t> dealtOneByOne(const Weights& weights) {
    std::vector<int64_t> credit(weights.size(), 0);
    const int64_t sum = sumOf(weights);
    std::vector<uint32_t> seats;
    for (int64_t seat = 0; seat < sum; ++seat) {
        for (size_t i = 0; i < weights.size(); ++i)
            credit[i] += weights[i];
        const auto best = std::max_element(credit.begin(), credit.end());
        *best -= sum;
        seats.push_back(static_cast<uint32_t>(best - credit.begin()));
    }
    return seats;
}

Weights randomWeights(std::mt19937& random, size_t mostBackends, uint32_t mostWeight) {
    Weights weights(1 + random() % mostBackends);
    for (uint32_t& weight : weights)
        weight = 1 + static_cast<uint32_t>(random() % mostWeight);
    return weights;
}

} // namespace

class TestWeightedRoundRobin : public QObject {
    Q_OBJECT
  private Q_SLOTS:

    void knownSequences_data() {
        QTest::addColumn<QList<uint>>("weights");
        QTest::addColumn<QByteArray>("seats");
        QTest::newRow("one") << QList<uint>{7} << QByteArray("a");
        QTest::newRow("equal") << QList<uint>{3, 3, 3} << QByteArray("abc");
        QTest::newRow("two to one") << QList<uint>{2, 1} << QByteArray("aba");
        QTest::newRow("five, one, one") << QList<uint>{5, 1, 1} << QByteArray("aabacaa");
        QTest::newRow("with a divisor") << QList<uint>{10, 2, 2} << QByteArray("aabacaa");
        QTest::newRow("ascending") << QList<uint>{1, 2, 3} << QByteArray("cbcacb");
    }

    void knownSequences() {
        QFETCH(QList<uint>, weights);
        QFETCH(QByteArray, seats);
        QCOMPARE(seatNames(balancerFor(Weights(weights.begin(), weights.end()))), seats);
    }

    /// Where one has more than half of all, nothing departs from the plain algorithm.
    void seatsAreThoseOfTheAlgorithm() {
        std::mt19937 random(5);
        for (int round = 0; round < 500; ++round) {
            Weights weights = randomWeights(random, 12, round % 2 == 0 ? 5 : 60);
            const uint32_t others = sumOf(weights);
            weights.push_back(others + 1); // more than half, and nothing divides both
            const WeightedRoundRobin balancer = balancerFor(weights);
            QVERIFY(std::ranges::equal(balancer.seats(), dealtOneByOne(weights)));
        }
    }

    void anyWindowOfTheSumIsExact() {
        std::mt19937 random(6);
        for (int round = 0; round < 200; ++round) {
            const Weights weights = randomWeights(random, 8, 20);
            const WeightedRoundRobin balancer = balancerFor(weights);
            const FakeLoad load(weights.size());
            const uint64_t first = random() * uint64_t{1000003};
            const std::vector<size_t> counts = shares(balancer, load, weights.size(), first, sumOf(weights));
            QVERIFY(std::equal(counts.begin(), counts.end(), weights.begin(), weights.end()));
        }
    }

    /// Where nobody has more than half of all, nobody need have two in a row, not even from the end of the sequence
    /// to its beginning.
    void nobodyTwiceInARowWhenAvoidable() {
        std::mt19937 random(7);
        int checked = 0;
        for (int round = 0; round < 3000; ++round) {
            const Weights weights = randomWeights(random, 8, 12);
            if (weights.size() < 2 || 2 * *std::ranges::max_element(weights) > sumOf(weights))
                continue;
            ++checked;
            const WeightedRoundRobin balancer = balancerFor(weights);
            const std::span<const uint32_t> seats = balancer.seats();
            for (size_t i = 0; i < seats.size(); ++i) {
                QVERIFY2(seats[i] != seats[(i + 1) % seats.size()], seatNames(balancer).constData());
            }
        }
        QVERIFY(checked > 1000);
    }

    /// Smooth: in no part of the sequence does anybody get much more or less than the weight's share of it.
    void everyPartOfTheSequenceIsInProportion() {
        std::mt19937 random(8);
        for (int round = 0; round < 300; ++round) {
            const Weights weights = randomWeights(random, 10, 30);
            const WeightedRoundRobin balancer = balancerFor(weights);
            const double sum = sumOf(weights);
            std::vector<double> had(weights.size(), 0);
            double seat = 0;
            for (const uint32_t backend : balancer.seats()) {
                had[backend] += 1;
                seat += 1;
                for (size_t i = 0; i < weights.size(); ++i)
                    QVERIFY(std::abs(had[i] - seat * weights[i] / sum) < 2.0);
            }
        }
    }

    void onlyTheAvailableHaveSeats() {
        WeightedRoundRobin balancer(Weights{4, 2, 6});
        balancer.setAvailable(Weights{0, 2});
        QCOMPARE(seatNames(balancer), QByteArray("cacac")); // 4 and 6 are 2 and 3
        balancer.setAvailable({});
        QVERIFY(!balancer.choose(3, FakeLoad(3)));
        balancer.setAvailable(Weights{1});
        QCOMPARE(balancer.choose(3, FakeLoad(3)), std::optional<size_t>(1));
    }

    void aWeightOfZeroCountsAsOne() {
        const WeightedRoundRobin balancer = balancerFor({0, 2});
        QVERIFY((shares(balancer, FakeLoad(2), 2, 0, 3) == std::vector<size_t>{1, 2}));
    }

    void theNextSeatIsTakenWhenOneIsNotEligible() {
        std::mt19937 random(9);
        for (int round = 0; round < 3000; ++round) {
            const Weights weights = randomWeights(random, 6, 40);
            const WeightedRoundRobin balancer = balancerFor(weights);
            FakeLoad load(weights.size());
            for (size_t i = 0; i < weights.size(); ++i)
                load.mayGo[i] = random() % 3 == 0;
            const std::span<const uint32_t> seats = balancer.seats();
            const uint64_t ticket = random();
            std::optional<size_t> expected;
            for (size_t i = 0; i < seats.size() && !expected; ++i) {
                const uint32_t backend = seats[(ticket + i) % seats.size()];
                if (load.mayGo[backend])
                    expected = backend;
            }
            QCOMPARE(balancer.choose(ticket, load), expected);
        }
    }

    void aFullPoolIsFoundOutSoon() {
        const WeightedRoundRobin balancer = balancerFor({20000, 20001, 1});
        FakeLoad load(3);
        load.mayGo.assign(3, false);
        QVERIFY(!balancer.choose(0, load));
        load.mayGo[2] = true;
        QCOMPARE(balancer.choose(0, load), std::optional<size_t>(2));
        QVERIFY2(load.asked < 50, "asks about each backend, not about each seat");
    }

    void hugeWeightsAreScaledDown() {
        const Weights weights{UINT32_MAX, UINT32_MAX / 2, 1};
        const WeightedRoundRobin balancer = balancerFor(weights);
        const size_t length = balancer.seats().size();
        QVERIFY(length <= WeightedRoundRobin::maxSeats + weights.size());
        const std::vector<size_t> counts = shares(balancer, FakeLoad(3), 3, 0, length);
        QVERIFY(std::abs(static_cast<double>(counts[0]) / static_cast<double>(length) - 2.0 / 3) < 1e-4);
        QVERIFY(counts[2] >= 1);
    }

    void aThousandBackendsAreDealtQuickly() {
        Weights weights(1000);
        for (size_t i = 0; i < weights.size(); ++i)
            weights[i] = 1 + static_cast<uint32_t>(i % 100);
        QElapsedTimer timer;
        timer.start();
        const WeightedRoundRobin balancer = balancerFor(weights);
        QCOMPARE(balancer.seats().size(), size_t{50500});
        QVERIFY2(timer.elapsed() < 2000, "generous, for slow machines and sanitizers");
    }

    void workersWithOneTicketAreExactTogether() {
        const Weights weights{5, 3, 2};
        constexpr size_t rounds = 4000;
        std::atomic<uint64_t> ticket{0};
        std::vector<std::vector<size_t>> counts(4, std::vector<size_t>(3, 0));
        std::vector<std::thread> threads;
        for (std::vector<size_t>& own : counts) {
            threads.emplace_back([&ticket, &own, &weights] {
                const WeightedRoundRobin balancer = balancerFor(weights);
                const FakeLoad load(weights.size());
                for (size_t i = 0; i < rounds * 10 / 4; ++i)
                    ++own[balancer.choose(ticket.fetch_add(1, std::memory_order_relaxed), load).value()];
            });
        }
        for (std::thread& thread : threads)
            thread.join();
        for (size_t backend = 0; backend < weights.size(); ++backend) {
            size_t sum = 0;
            for (const std::vector<size_t>& own : counts)
                sum += own[backend];
            QCOMPARE(sum, rounds * weights[backend]);
        }
    }
};

QTEST_APPLESS_MAIN(TestWeightedRoundRobin)
#include "test_weighted_round_robin.moc"
