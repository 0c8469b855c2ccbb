// SPDX-License-Identifier: MIT
#include "limit/sliding_window.h"

#include <QTest>

#include <algorithm>
#include <random>
#include <vector>

using namespace reverxy::limit;

namespace {

/// Uses `requests` up at `now`, all of which must pass.
bool use(const SlidingWindow& window, Count& count, Ticks now, int requests) {
    for (int i = 0; i < requests; ++i) {
        if (!window.take(count, now).allowed)
            return false;
    }
    return true;
}

} // namespace

class TestSlidingWindow : public QObject {
    Q_OBJECT
  private Q_SLOTS:

    void theLimitPassesAndNoMore() {
        const SlidingWindow window(3, 1000);
        Count count;
        QVERIFY(use(window, count, 100, 3));
        const Standing standing = window.take(count, 999);
        QVERIFY(!standing.allowed);
        QCOMPARE(standing.used, 3u);
    }

    void thereIsNoSeam() {
        const SlidingWindow window(10, 1000);
        Count count;
        QVERIFY(use(window, count, 999, 10));
        QVERIFY(!window.take(count, 1000).allowed); // a fixed window would let ten more pass
        QVERIFY(!window.take(count, 1099).allowed);
        QVERIFY(window.take(count, 1100).allowed);
        QVERIFY(!window.take(count, 1199).allowed);
    }

    void theWindowBeforeFades_data() {
        QTest::addColumn<quint64>("now");
        QTest::addColumn<uint>("used");
        QTest::newRow("all of it") << quint64(1000) << 100u;
        QTest::newRow("a part is as the whole request") << quint64(1001) << 100u;
        QTest::newRow("one is gone") << quint64(1010) << 99u;
        QTest::newRow("half") << quint64(1500) << 50u;
        QTest::newRow("the last one") << quint64(1999) << 1u;
        QTest::newRow("none") << quint64(2000) << 0u;
        QTest::newRow("long ago") << quint64(100'000) << 0u;
    }

    void theWindowBeforeFades() {
        QFETCH(quint64, now);
        QFETCH(uint, used);
        const SlidingWindow window(100, 1000);
        Count count;
        QVERIFY(use(window, count, 500, 100));
        QCOMPARE(window.look(count, now).used, used);
    }

    /// Whenever it is told that more becomes available after so long, then it does, and not a millisecond sooner.
    void theResetIsTheMomentAtWhichMoreBecomesAvailable() {
        std::mt19937 random(4711);
        const auto number = [&random](uint32_t from, uint32_t to) {
            return std::uniform_int_distribution<uint32_t>(from, to)(random);
        };
        int checked = 0;
        for (int round = 0; round < 3000; ++round) {
            const SlidingWindow window(number(1, 20), number(1, 300));
            Count count;
            Ticks now = number(0, 1000);
            for (uint32_t i = number(1, 40); i > 0; --i)
                window.take(count, now += number(0, 60));
            const Standing before = window.look(count, now);
            if (before.used == 0) {
                QCOMPARE(quint64(before.resetAfter), quint64(0));
                continue;
            }
            ++checked;
            QVERIFY(before.resetAfter > 0);
            QCOMPARE(window.look(count, now + before.resetAfter - 1).used, before.used);
            QVERIFY(window.look(count, now + before.resetAfter).used < before.used);
        }
        QVERIFY(checked > 1000);
    }

    /// What the estimate promises: in no stretch as long as the window do more than twice the limit pass, and over
    /// time the rate is that of the limit.
    void theRateHolds() {
        constexpr uint32_t limit = 10;
        constexpr Ticks length = 100;
        const SlidingWindow window(limit, length);
        Count count;
        std::vector<Ticks> passed;
        for (Ticks now = 0; now < 10'000; ++now) {
            if (window.take(count, now).allowed)
                passed.push_back(now);
        }
        QVERIFY2(passed.size() <= 1010 && passed.size() >= 900, std::to_string(passed.size()).c_str());
        for (const Ticks begin : passed) {
            const auto within = std::count_if(passed.begin(), passed.end(),
                                              [begin](Ticks at) { return at >= begin && at < begin + length; });
            QVERIFY(within <= 2 * limit);
        }
    }

    void timeThatRanBackCountsAsTheLatest() {
        const SlidingWindow window(2, 1000);
        Count count;
        QVERIFY(window.take(count, 5000).allowed);
        QVERIFY(window.take(count, 3000).allowed);
        QVERIFY(!window.take(count, 3000).allowed);
        QCOMPARE(window.look(count, 5000).used, 2u);
    }

    void aLoweredLimitHoldsAtOnce() {
        Count count;
        QVERIFY(use(SlidingWindow(10, 1000), count, 0, 10));
        const SlidingWindow after(5, 1000);
        const Standing standing = after.take(count, 1);
        QVERIFY(!standing.allowed);
        QCOMPARE(standing.used, 5u);
        QVERIFY(!after.look(count, 1 + standing.resetAfter - 1).allowed);
        QVERIFY(after.look(count, 1 + standing.resetAfter).allowed);
    }

    void theLargestNumbersFit() {
        const SlidingWindow window(1'000'000'000, 86'400'000);
        Count count{1, 0, 1'000'000'000};
        const Standing standing = window.look(count, 86'400'000);
        QCOMPARE(standing.used, 1'000'000'000u);
        QCOMPARE(quint64(standing.resetAfter), quint64(1));
        QCOMPARE(window.look(count, 86'400'000 + 43'200'000).used, 500'000'000u);
    }
};

QTEST_APPLESS_MAIN(TestSlidingWindow)
#include "test_sliding_window.moc"
