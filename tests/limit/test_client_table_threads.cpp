// SPDX-License-Identifier: MIT
#include "limit/client_table.h"

#include <QTest>

#include <atomic>
#include <barrier>
#include <chrono>
#include <memory>
#include <thread>
#include <vector>

using namespace reverxy;
using namespace reverxy::limit;
using namespace std::chrono_literals;

namespace {

constexpr unsigned threadCount = 4;

QuotaPolicy policyOf(config::LimitAlgorithm algorithm, uint32_t limit) {
    config::RateLimiter settings;
    settings.algorithm = algorithm;
    settings.limit = limit;
    settings.window = 1h;
    return QuotaPolicy(settings);
}

ClientKey client(uint32_t number) {
    const auto byte = [number](int shift) { return static_cast<uint8_t>(number >> shift); };
    return keyOfAddress(IpAddress::v4({10, byte(16), byte(8), byte(0)}), 64);
}

/// Runs `work` on all threads at once.
template <typename Work>
void together(Work work) {
    std::barrier start(threadCount);
    std::vector<std::thread> threads;
    for (unsigned i = 0; i < threadCount; ++i) {
        threads.emplace_back([&, i] {
            start.arrive_and_wait();
            work(i);
        });
    }
    for (std::thread& thread : threads)
        thread.join();
}

} // namespace

/// One table, many threads. Also meant for ThreadSanitizer.
class TestClientTableThreads : public QObject {
    Q_OBJECT
  private Q_SLOTS:

    void exactlyTheLimitPasses_data() {
        QTest::addColumn<int>("algorithm");
        QTest::newRow("fixed window") << static_cast<int>(config::LimitAlgorithm::FixedWindow);
        QTest::newRow("sliding window") << static_cast<int>(config::LimitAlgorithm::SlidingWindow);
        QTest::newRow("token bucket") << static_cast<int>(config::LimitAlgorithm::TokenBucket);
    }

    void exactlyTheLimitPasses() {
        QFETCH(int, algorithm);
        constexpr uint32_t limit = 1000;
        const QuotaPolicy policy = policyOf(static_cast<config::LimitAlgorithm>(algorithm), limit);
        for (int round = 0; round < 20; ++round) {
            const auto table = std::make_unique<ClientTable>(HashSeed{1, 2}, TimePoint{});
            std::atomic<uint32_t> passed{0};
            together([&](unsigned) {
                for (int i = 0; i < 500; ++i) {
                    if (table->admit(policy, 10, client(1), TimePoint{}).standing.allowed)
                        ++passed;
                }
            });
            QCOMPARE(passed.load(), limit);
            QCOMPARE(table->totals().allowed, uint64_t(limit));
            QCOMPARE(table->totals().throttled, uint64_t(threadCount * 500 - limit));
        }
    }

    void thatHoldsForEachOfMany() {
        constexpr uint32_t limit = 3;
        constexpr uint32_t clients = 500;
        const QuotaPolicy policy = policyOf(config::LimitAlgorithm::FixedWindow, limit);
        for (int round = 0; round < 20; ++round) {
            const auto table = std::make_unique<ClientTable>(HashSeed{1, 2}, TimePoint{});
            std::vector<std::atomic<uint32_t>> passed(clients);
            together([&](unsigned thread) {
                for (uint32_t i = 0; i < 4 * clients; ++i) {
                    const uint32_t number = (i * 7 + (round % 2) * thread * 13) % clients;
                    if (table->admit(policy, clients, client(number), TimePoint{}).standing.allowed)
                        ++passed[number];
                }
            });
            for (const auto& count : passed)
                QCOMPARE(count.load(), limit);
            QCOMPARE(table->totals().clients, uint64_t(clients));
            QCOMPARE(table->totals().evictions, uint64_t(0)); // there is just room for all
        }
    }

    void theBoundHoldsWhileClientsComeAndGo() {
        constexpr uint32_t most = 100;
        const QuotaPolicy policy = policyOf(config::LimitAlgorithm::FixedWindow, 2);
        const auto table = std::make_unique<ClientTable>(HashSeed{1, 2}, TimePoint{});
        std::atomic<uint32_t> watched{0};
        std::atomic<bool> tooMany{false};
        together([&](unsigned thread) {
            for (uint32_t i = 0; i < 5000; ++i) {
                const TimePoint now = TimePoint{} + std::chrono::milliseconds(i);
                table->admit(policy, most, client(1000 + thread * 5000 + i), now);
                if (table->admit(policy, most, client(1), now).standing.allowed)
                    ++watched;
                if (i % 64 == 0 && table->snapshot(policy, 20, now).size() > 20)
                    tooMany = true;
                if (table->totals().clients > most)
                    tooMany = true;
                if (i % 500 == 0)
                    table->reset(client(1000 + i));
            }
        });
        QVERIFY(!tooMany);
        QCOMPARE(watched.load(), 2u); // throttled from its third request on, and never forgotten
        QVERIFY(table->totals().evictions > 0);
    }

    void resettingAllMeetsRequests() {
        const QuotaPolicy policy = policyOf(config::LimitAlgorithm::FixedWindow, 1);
        const auto table = std::make_unique<ClientTable>(HashSeed{1, 2}, TimePoint{});
        std::atomic<uint64_t> asked{0};
        together([&](unsigned thread) {
            for (uint32_t i = 0; i < 2000; ++i) {
                table->admit(policy, 50, client(i % 200), TimePoint{} + std::chrono::hours(i));
                ++asked;
                if (thread == 0 && i % 100 == 0)
                    table->resetAll();
            }
        });
        const LimitTotals totals = table->totals();
        QCOMPARE(totals.allowed + totals.throttled, asked.load());
        QVERIFY(totals.clients <= 50);
        table->resetAll();
        QCOMPARE(table->totals().clients, uint64_t(0));
    }
};

QTEST_APPLESS_MAIN(TestClientTableThreads)
#include "test_client_table_threads.moc"
