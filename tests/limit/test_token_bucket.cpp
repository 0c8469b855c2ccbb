// SPDX-License-Identifier: MIT
#include "limit/token_bucket.h"

#include <QTest>

#include <random>

using namespace reverxy::limit;

class TestTokenBucket : public QObject {
    Q_OBJECT

    static int passing(const TokenBucket& bucket, Count& count, Ticks now) {
        int passed = 0;
        while (bucket.take(count, now).allowed)
            ++passed;
        return passed;
    }

  private Q_SLOTS:

    void theBurstPassesAtOnce() {
        const TokenBucket bucket(100, 60'000, 7);
        Count count;
        QCOMPARE(passing(bucket, count, 12'345), 7);
        const Standing standing = bucket.take(count, 12'345);
        QVERIFY(!standing.allowed);
        QCOMPARE(standing.limit, 7u);
        QCOMPARE(standing.used, 7u);
        QCOMPARE(quint64(standing.resetAfter), quint64(600));
    }

    void afterwardsTheRateHolds_data() {
        QTest::addColumn<uint>("limit");
        QTest::addColumn<quint64>("window");
        QTest::addColumn<quint64>("passed");
        QTest::addColumn<int>("requests");
        QTest::newRow("not quite one") << 100u << quint64(60'000) << quint64(599) << 0;
        QTest::newRow("one") << 100u << quint64(60'000) << quint64(600) << 1;
        QTest::newRow("not quite two") << 100u << quint64(60'000) << quint64(1199) << 1;
        QTest::newRow("two") << 100u << quint64(60'000) << quint64(1200) << 2;
        QTest::newRow("thirds are exact") << 3u << quint64(1000) << quint64(1000) << 3;
        QTest::newRow("sevenths are exact") << 7u << quint64(1000) << quint64(1000) << 7;
        QTest::newRow("never more than the burst") << 100u << quint64(60'000) << quint64(3'600'000) << 10;
        QTest::newRow("many a millisecond") << 100'000u << quint64(1000) << quint64(1) << 10;
    }

    void afterwardsTheRateHolds() {
        QFETCH(uint, limit);
        QFETCH(quint64, window);
        QFETCH(quint64, passed);
        QFETCH(int, requests);
        const TokenBucket bucket(limit, window, 10);
        Count count;
        QCOMPARE(passing(bucket, count, 5000), 10);
        QCOMPARE(passing(bucket, count, 5000 + passed), requests);
    }

    /// However the requests fall, none is lost to rounding.
    void theLongRunIsExact() {
        const TokenBucket bucket(7, 1000, 3);
        Count count;
        std::mt19937 random(1);
        Ticks now = 0;
        int passed = 0;
        while (now < 1'000'000) {
            passed += bucket.take(count, now).allowed ? 1 : 0;
            now += random() % 100;
        }
        QVERIFY2(passed >= 7 * 999 && passed <= 7 * 1000 + 3, std::to_string(passed).c_str());
    }

    void theResetIsTheMomentAtWhichMoreBecomesAvailable() {
        std::mt19937 random(4711);
        const auto number = [&random](uint32_t from, uint32_t to) {
            return std::uniform_int_distribution<uint32_t>(from, to)(random);
        };
        int checked = 0;
        for (int round = 0; round < 3000; ++round) {
            const TokenBucket bucket(number(1, 20), number(1, 300), number(1, 15));
            Count count;
            Ticks now = number(0, 1000);
            for (uint32_t i = number(1, 40); i > 0; --i)
                bucket.take(count, now += number(0, 10));
            const Standing before = bucket.look(count, now);
            if (before.used == 0)
                continue;
            ++checked;
            QVERIFY(before.resetAfter > 0);
            QCOMPARE(bucket.look(count, now + before.resetAfter - 1).used, before.used);
            QVERIFY(bucket.look(count, now + before.resetAfter).used < before.used);
        }
        QVERIFY(checked > 1000);
    }

    void timeThatRanBackLeaksNothing() {
        const TokenBucket bucket(10, 1000, 2);
        Count count;
        QCOMPARE(passing(bucket, count, 5000), 2);
        QVERIFY(!bucket.take(count, 1000).allowed);
        QVERIFY(!bucket.take(count, 5099).allowed);
        QVERIFY(bucket.take(count, 5100).allowed);
    }

    void aLoweredBurstHoldsAtOnce() {
        Count count;
        QCOMPARE(passing(TokenBucket(10, 1000, 10), count, 0), 10);
        const TokenBucket after(10, 1000, 4);
        const Standing standing = after.take(count, 0);
        QVERIFY(!standing.allowed);
        QCOMPARE(standing.used, 4u);
        QCOMPARE(quint64(standing.resetAfter), quint64(700)); // ten are owed; three may be when the next one passes
        QVERIFY(after.look(count, 700).allowed);
        QVERIFY(!after.look(count, 699).allowed);
    }

    void theLargestNumbersFit() {
        const TokenBucket bucket(1, 86'400'000, 1'000'000'000);
        Count count{0, 999'999'999, 0};
        QVERIFY(bucket.take(count, 0).allowed);
        const Standing full = bucket.take(count, 0);
        QVERIFY(!full.allowed);
        QCOMPARE(quint64(full.resetAfter), quint64(86'400'000));
        QCOMPARE(bucket.look(count, Ticks{86'400'000} * 999'999'999).used, 1u);
        QCOMPARE(bucket.look(count, UINT64_MAX).used, 0u);
    }
};

QTEST_APPLESS_MAIN(TestTokenBucket)
#include "test_token_bucket.moc"
