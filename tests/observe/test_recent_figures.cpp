// SPDX-License-Identifier: MIT
#include "observe/recent_figures.h"

#include <QTest>

using namespace reverxy;
using namespace reverxy::observe;
using std::chrono::seconds;

namespace {

const TimePoint start{seconds(100'000)};

RecentTotals lastTen(const RecentFigures& figures, TimePoint now) {
    return figures.totals(now, seconds(10), TimePoint{});
}

} // namespace

class TestRecentFigures : public QObject {
    Q_OBJECT
  private Q_SLOTS:

    void countsRequestsErrorsAndLatency() {
        RecentFigures figures;
        figures.add(start, false, 300);
        figures.add(start + seconds(3), true, 400);
        figures.add(start + seconds(4), true, 0);
        const RecentTotals totals = lastTen(figures, start + seconds(5));
        QCOMPARE(totals.requests, uint64_t(3));
        QCOMPARE(totals.errors, uint64_t(2));
        QCOMPARE(totals.latency.total(), uint64_t(2)); // one had none
        QCOMPARE(quantile(totals.latency, 1.0), 500u);
    }

    void forgetsWhatIsOlderThanTheWindow() {
        RecentFigures figures;
        figures.add(start, false, 1);
        QCOMPARE(lastTen(figures, start + seconds(10)).requests, uint64_t(1));
        QCOMPARE(lastTen(figures, start + seconds(12)).requests, uint64_t(0));
        QCOMPARE(figures.totals(start + seconds(60), seconds(60), TimePoint{}).requests, uint64_t(1));
        QCOMPARE(figures.totals(start + seconds(62), seconds(60), TimePoint{}).requests, uint64_t(0));
    }

    void reusesItsSlotsForever() {
        RecentFigures figures;
        for (int second = 0; second < 1000; ++second)
            figures.add(start + seconds(second), false, 1);
        // five whole slots, and that of the seconds 998 and 999
        QCOMPARE(lastTen(figures, start + seconds(999)).requests, uint64_t(12));
        QCOMPARE(figures.totals(start + seconds(999), seconds(60), TimePoint{}).requests, uint64_t(62));
    }

    void aLongerWindowThanIsKeptIsTheLongest() {
        RecentFigures figures;
        figures.add(start, false, 1);
        const auto hour = figures.totals(start, std::chrono::hours(1), TimePoint{});
        QCOMPARE(hour.requests, uint64_t(1));
        QVERIFY(hour.covered == seconds(60));
    }

    void ratesAreOfTheTimeThatIsCovered() {
        RecentFigures figures;
        for (int i = 0; i < 60; ++i)
            figures.add(start + seconds(11), false, 1);
        const TimePoint now = start + seconds(12) - std::chrono::nanoseconds(1);
        const RecentTotals totals = lastTen(figures, now); // from the even second two slots before
        QCOMPARE(qRound(totals.perSecond(totals.requests)), 5);
        // Counting began lately: what was before is no quiet time.
        const RecentTotals young = figures.totals(now, seconds(10), start + seconds(8));
        QCOMPARE(qRound(young.perSecond(young.requests)), 15);
        // Nor is there a burst in the first moments.
        QVERIFY(figures.totals(now, seconds(10), now).covered == seconds(1));
    }

    void workersAddUp() {
        RecentFigures one;
        RecentFigures other;
        one.add(start, true, 100);
        one.add(start + seconds(4), false, 100);
        other.add(start, false, 200);
        other.add(start + seconds(6), false, 200);
        one.merge(other);
        const RecentTotals totals = lastTen(one, start + seconds(6));
        QCOMPARE(totals.requests, uint64_t(4));
        QCOMPARE(totals.errors, uint64_t(1));
        QCOMPARE(totals.latency.total(), uint64_t(4));
    }

    void whatIsOldHidesNothingNew() {
        RecentFigures stale;
        stale.add(start, false, 100);
        RecentFigures fresh;
        fresh.add(start + seconds(62), false, 100); // in the place of the same slot
        RecentFigures merged = stale;
        merged.merge(fresh);
        QCOMPARE(lastTen(merged, start + seconds(62)).requests, uint64_t(1));
        fresh.merge(stale);
        QCOMPARE(lastTen(fresh, start + seconds(62)).requests, uint64_t(1));
    }
};

QTEST_APPLESS_MAIN(TestRecentFigures)
#include "test_recent_figures.moc"
