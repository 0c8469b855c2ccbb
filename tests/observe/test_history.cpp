// SPDX-License-Identifier: MIT
#include "observe/history.h"

#include <QTest>

using namespace reverxy::observe;

namespace {

uint32_t requestsOf(const SecondTotals& totals) {
    uint32_t sum = 0;
    for (const uint32_t count : totals.requests)
        sum += count;
    return sum;
}

void addRequest(History& history, int64_t second) {
    history.add(second, Outcome::Success, 1, 10, 500);
}

SecondTotals second(int64_t number, uint32_t successes) {
    SecondTotals totals;
    totals.second = number;
    totals.requests[0] = successes;
    return totals;
}

} // namespace

class TestHistory : public QObject {
    Q_OBJECT
  private Q_SLOTS:

    void totalsOfASecond() {
        History history(1000);
        history.add(1000, Outcome::Success, 3, 100, 400);
        history.add(1000, Outcome::Success, 4, 200, 400);
        history.add(1000, Outcome::UpstreamError, 0, 5, 40'000);
        const auto seconds = history.before(1001, History::length);
        QCOMPARE(seconds.size(), size_t(1));
        QCOMPARE(seconds[0].second, int64_t(1000));
        QCOMPARE(seconds[0].requests[size_t(Outcome::Success)], 2u);
        QCOMPARE(seconds[0].requests[size_t(Outcome::UpstreamError)], 1u);
        QCOMPARE(requestsOf(seconds[0]), 3u);
        QCOMPARE(seconds[0].requestBodyBytes, uint64_t(7));
        QCOMPARE(seconds[0].responseBodyBytes, uint64_t(305));
        QCOMPARE(seconds[0].latency.total(), uint64_t(3));
    }

    void theRunningSecondIsLeftOut() {
        History history(1000);
        addRequest(history, 1000);
        QVERIFY(history.before(1000, History::length).empty());
        QCOMPARE(history.before(1001, History::length).size(), size_t(1));
    }

    void emptySecondsAreZeros() {
        History history(1000);
        addRequest(history, 1000);
        addRequest(history, 1003);
        const auto seconds = history.before(1006, History::length);
        QCOMPARE(seconds.size(), size_t(6));
        for (size_t i = 0; i < seconds.size(); ++i) {
            QCOMPARE(seconds[i].second, int64_t(1000 + i));
            QCOMPARE(requestsOf(seconds[i]), i == 0 || i == 3 ? 1u : 0u);
        }
    }

    void atMostSoManyTheLastOnes() {
        History history(1000);
        for (int64_t at = 1000; at < 1100; ++at)
            addRequest(history, at);
        const auto seconds = history.before(1100, 5);
        QCOMPARE(seconds.size(), size_t(5));
        QCOMPARE(seconds.front().second, int64_t(1095));
        QCOMPARE(seconds.back().second, int64_t(1099));
        QVERIFY(history.before(1100, 0).empty());
    }

    void fifteenMinutesAreKept() {
        QCOMPARE(History::length, size_t(900));
        History history(0);
        for (int64_t at = 0; at < 5000; ++at)
            addRequest(history, at);
        const auto seconds = history.before(4999, 100'000);
        QCOMPARE(seconds.size(), History::length);
        QCOMPARE(seconds.front().second, int64_t(4099));
        // The place of the oldest is the running second's: it is not shown with the other's figures.
        QCOMPARE(requestsOf(seconds.front()), 0u);
        for (size_t i = 1; i < seconds.size(); ++i)
            QCOMPARE(requestsOf(seconds[i]), 1u);
    }

    void aLongSilenceLeavesNothingOld() {
        History history(1000);
        for (int64_t at = 1000; at < 1900; ++at)
            addRequest(history, at);
        for (const SecondTotals& totals : history.before(5000, History::length))
            QCOMPARE(requestsOf(totals), 0u);
        addRequest(history, 100'000);
        const auto seconds = history.before(100'001, History::length);
        QCOMPARE(seconds.size(), History::length);
        for (const SecondTotals& totals : seconds)
            QCOMPARE(requestsOf(totals), totals.second == 100'000 ? 1u : 0u);
    }

    /// A batch's time is read at its beginning, so that one exchange may be counted a moment late.
    void whatComesLateCountsNow() {
        History history(1000);
        addRequest(history, 1005);
        addRequest(history, 1004);
        QCOMPARE(requestsOf(history.before(1006, 1).front()), 2u);
    }

    void workersAddUpWhateverTheyCover() {
        std::vector<SecondTotals> all;
        mergeSeconds(all, {});
        QVERIFY(all.empty());
        mergeSeconds(all, {second(10, 1), second(11, 2)});
        mergeSeconds(all, {});
        mergeSeconds(all, {second(11, 4), second(12, 8)});
        mergeSeconds(all, {second(14, 16)});
        mergeSeconds(all, {second(9, 32)});
        const std::vector<uint32_t> expected{32, 1, 6, 8, 0, 16};
        QCOMPARE(all.size(), expected.size());
        for (size_t i = 0; i < all.size(); ++i) {
            QCOMPARE(all[i].second, int64_t(9 + i));
            QCOMPARE(all[i].requests[0], expected[i]);
        }
    }
};

QTEST_APPLESS_MAIN(TestHistory)
#include "test_history.moc"
