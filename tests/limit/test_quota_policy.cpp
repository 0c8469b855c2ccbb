// SPDX-License-Identifier: MIT
#include "limit/quota_policy.h"

#include <QTest>

using namespace reverxy;
using namespace reverxy::limit;
using config::LimitAlgorithm;

namespace {

config::RateLimiter settings(LimitAlgorithm algorithm, uint32_t limit, int windowMilliseconds, uint32_t burst = 0) {
    config::RateLimiter limiter;
    limiter.algorithm = algorithm;
    limiter.limit = limit;
    limiter.window = config::Milliseconds(windowMilliseconds);
    limiter.burst = burst;
    return limiter;
}

} // namespace

class TestQuotaPolicy : public QObject {
    Q_OBJECT
  private Q_SLOTS:

    /// Each algorithm lets another number of requests pass in a schedule that tells them apart.
    void theSettingChoosesTheAlgorithm() {
        const auto passing = [](const QuotaPolicy& policy) {
            Count count;
            int passed = 0;
            for (const Ticks now : {900u, 1000u, 1100u, 1600u}) {
                while (policy.take(count, now).allowed)
                    ++passed;
            }
            return passed;
        };
        QCOMPARE(passing(QuotaPolicy(settings(LimitAlgorithm::FixedWindow, 10, 1000))), 20);
        QCOMPARE(passing(QuotaPolicy(settings(LimitAlgorithm::SlidingWindow, 10, 1000))), 16);
        QCOMPARE(passing(QuotaPolicy(settings(LimitAlgorithm::TokenBucket, 10, 1000))), 17);
        QCOMPARE(passing(QuotaPolicy(settings(LimitAlgorithm::TokenBucket, 10, 1000, 3))), 8);
    }

    void whatWasCountedGoesOnWithTheSameAlgorithmAndWindow_data() {
        QTest::addColumn<int>("algorithm");
        QTest::addColumn<uint>("limit");
        QTest::addColumn<int>("window");
        QTest::addColumn<bool>("alike");
        const int fixed = static_cast<int>(LimitAlgorithm::FixedWindow);
        QTest::newRow("nothing changed") << fixed << 10u << 1000 << true;
        QTest::newRow("the limit") << fixed << 11u << 1000 << true;
        QTest::newRow("the window") << fixed << 10u << 2000 << false;
        QTest::newRow("the algorithm") << static_cast<int>(LimitAlgorithm::SlidingWindow) << 10u << 1000 << false;
    }

    void whatWasCountedGoesOnWithTheSameAlgorithmAndWindow() {
        QFETCH(int, algorithm);
        QFETCH(uint, limit);
        QFETCH(int, window);
        QFETCH(bool, alike);
        const QuotaPolicy before(settings(LimitAlgorithm::FixedWindow, 10, 1000));
        const QuotaPolicy after(settings(static_cast<LimitAlgorithm>(algorithm), limit, window));
        QCOMPARE(after.countsLike(before), alike);
        QCOMPARE(before.countsLike(after), alike);
    }

    /// draft-ietf-httpapi-ratelimit-headers, section 3: a string with the parameters q and w, integers.
    void theItemOfRateLimitPolicy_data() {
        QTest::addColumn<int>("algorithm");
        QTest::addColumn<int>("window");
        QTest::addColumn<uint>("burst");
        QTest::addColumn<QByteArray>("name");
        QTest::addColumn<QByteArray>("item");
        const int fixed = static_cast<int>(LimitAlgorithm::FixedWindow);
        const int bucket = static_cast<int>(LimitAlgorithm::TokenBucket);
        QTest::newRow("a minute") << fixed << 60'000 << 0u << QByteArray("reverxy")
                                  << QByteArray("\"reverxy\";q=100;w=60");
        QTest::newRow("sub-second precision is not supported")
            << fixed << 1500 << 0u << QByteArray("a") << QByteArray("\"a\";q=100");
        QTest::newRow("a burst") << bucket << 1000 << 20u << QByteArray("a")
                                 << QByteArray("\"a\";q=100;w=1;reverxy-burst=20");
        QTest::newRow("a burst that is no bucket's")
            << fixed << 1000 << 20u << QByteArray("a") << QByteArray("\"a\";q=100;w=1");
        QTest::newRow("quotes in its name")
            << fixed << 1000 << 0u << QByteArray("a\"b\\c") << QByteArray("\"a\\\"b\\\\c\";q=100;w=1");
    }

    void theItemOfRateLimitPolicy() {
        QFETCH(int, algorithm);
        QFETCH(int, window);
        QFETCH(uint, burst);
        QFETCH(QByteArray, name);
        QFETCH(QByteArray, item);
        const QuotaPolicy policy(settings(static_cast<LimitAlgorithm>(algorithm), 100, window, burst));
        QCOMPARE(QByteArray::fromStdString(policy.policyItem(name.toStdString())), item);
    }

    void secondsAreRoundedUpAndNeverZero_data() {
        QTest::addColumn<quint64>("milliseconds");
        QTest::addColumn<quint64>("seconds");
        QTest::newRow("none") << quint64(0) << quint64(1);
        QTest::newRow("a little") << quint64(1) << quint64(1);
        QTest::newRow("one") << quint64(1000) << quint64(1);
        QTest::newRow("and a little more") << quint64(1001) << quint64(2);
        QTest::newRow("a day") << quint64(86'400'000) << quint64(86'400);
    }

    void secondsAreRoundedUpAndNeverZero() {
        QFETCH(quint64, milliseconds);
        QFETCH(quint64, seconds);
        QCOMPARE(quint64(secondsUntil(milliseconds)), seconds);
    }
};

QTEST_APPLESS_MAIN(TestQuotaPolicy)
#include "test_quota_policy.moc"
