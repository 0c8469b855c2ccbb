// SPDX-License-Identifier: MIT
#include "limit/connection_counts.h"

#include <QTest>

#include <atomic>
#include <memory>
#include <thread>
#include <vector>

using namespace reverxy;
using namespace reverxy::limit;

namespace {

ConnectionCounts::Client client(const ConnectionCounts& counts, uint8_t number) {
    return counts.clientOf(keyOfAddress(IpAddress::v4({192, 0, 2, number}), 64));
}

} // namespace

/// Also meant for ThreadSanitizer.
class TestConnectionCounts : public QObject {
    Q_OBJECT
  private Q_SLOTS:

    void soManyAreServedAndAsManyAnswered() {
        const auto counts = std::make_unique<ConnectionCounts>(HashSeed{1, 2});
        QVERIFY(counts->enter(client(*counts, 1), 2) == ConnectionVerdict::Serve);
        QVERIFY(counts->enter(client(*counts, 1), 2) == ConnectionVerdict::Serve);
        QVERIFY(counts->enter(client(*counts, 1), 2) == ConnectionVerdict::Answer);
        QVERIFY(counts->enter(client(*counts, 1), 2) == ConnectionVerdict::Answer);
        QVERIFY(counts->enter(client(*counts, 1), 2) == ConnectionVerdict::Close);
        QVERIFY(counts->enter(client(*counts, 2), 2) == ConnectionVerdict::Serve);
        QCOMPARE(counts->held(client(*counts, 1)), 2u);
        // Those that are only being told are in nobody's way.
        counts->leave(client(*counts, 1), ConnectionVerdict::Close);
        counts->leave(client(*counts, 1), ConnectionVerdict::Serve);
        QVERIFY(counts->enter(client(*counts, 1), 2) == ConnectionVerdict::Serve);
        QVERIFY(counts->enter(client(*counts, 1), 2) == ConnectionVerdict::Close);
        counts->leave(client(*counts, 1), ConnectionVerdict::Answer);
        QVERIFY(counts->enter(client(*counts, 1), 2) == ConnectionVerdict::Answer);
    }

    void withoutALimitTheyAreCountedForTheDayThereIsOne() {
        const auto counts = std::make_unique<ConnectionCounts>(HashSeed{1, 2});
        for (int i = 0; i < 100; ++i)
            QVERIFY(counts->enter(client(*counts, 1), 0) == ConnectionVerdict::Serve);
        QCOMPARE(counts->held(client(*counts, 1)), 100u);
        QVERIFY(counts->enter(client(*counts, 1), 50) == ConnectionVerdict::Answer);
        for (int i = 0; i < 51; ++i)
            counts->leave(client(*counts, 1), ConnectionVerdict::Serve);
        QVERIFY(counts->enter(client(*counts, 1), 50) == ConnectionVerdict::Serve);
    }

    void whoHasGoneIsForgotten() {
        const auto counts = std::make_unique<ConnectionCounts>(HashSeed{1, 2});
        counts->enter(client(*counts, 1), 1);
        counts->enter(client(*counts, 1), 1);
        counts->leave(client(*counts, 1), ConnectionVerdict::Answer);
        counts->leave(client(*counts, 1), ConnectionVerdict::Serve);
        QCOMPARE(counts->held(client(*counts, 1)), 0u);
        counts->leave(client(*counts, 3), ConnectionVerdict::Serve); // never was there
        QCOMPARE(counts->held(client(*counts, 3)), 0u);
    }

    void theCountIsExactHoweverManyComeAtOnce() {
        constexpr uint32_t most = 3;
        const auto counts = std::make_unique<ConnectionCounts>(HashSeed{1, 2});
        std::atomic<uint32_t> serving{0};
        std::atomic<bool> tooMany{false};
        std::vector<std::thread> threads;
        for (int i = 0; i < 4; ++i) {
            threads.emplace_back([&] {
                for (int n = 0; n < 5000; ++n) {
                    const ConnectionVerdict verdict = counts->enter(client(*counts, 1), most);
                    if (verdict == ConnectionVerdict::Serve) {
                        if (++serving > most)
                            tooMany = true;
                        --serving;
                    }
                    counts->leave(client(*counts, 1), verdict);
                }
            });
        }
        for (std::thread& thread : threads)
            thread.join();
        QVERIFY(!tooMany);
        QCOMPARE(counts->held(client(*counts, 1)), 0u);
        QVERIFY(counts->enter(client(*counts, 1), 1) == ConnectionVerdict::Serve);
    }
};

QTEST_APPLESS_MAIN(TestConnectionCounts)
#include "test_connection_counts.moc"
