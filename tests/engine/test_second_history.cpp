// SPDX-License-Identifier: MIT
#include "second_history.h"

#include <QTest>

using namespace reverxy;

namespace {

constexpr int64_t noon = 1'700'000'000;
constexpr uint32_t all = observe::History::length;

/// Seconds from `first` to `last`, with `successes` each.
std::vector<observe::SecondTotals> told(int64_t first, int64_t last, uint32_t successes = 1) {
    std::vector<observe::SecondTotals> seconds;
    for (int64_t at = first; at <= last; ++at) {
        observe::SecondTotals totals;
        totals.second = at;
        totals.requests[0] = successes;
        seconds.push_back(totals);
    }
    return seconds;
}

uint32_t successesAt(const SecondHistory& history, int64_t second) {
    for (const api::SecondTotals& totals : history.seconds()) {
        if (totals.second == second)
            return totals.requests[0];
    }
    return 0;
}

bool isWithoutGaps(const SecondHistory& history) {
    for (size_t i = 1; i < history.seconds().size(); ++i) {
        if (history.seconds()[i].second != history.seconds()[i - 1].second + 1)
            return false;
    }
    return true;
}

} // namespace

class TestSecondHistory : public QObject {
    Q_OBJECT
  private Q_SLOTS:

    void itAsksForAllOnceAndThenForTheLatest() {
        SecondHistory history;
        QCOMPARE(history.wanted(), all);
        history.take({});
        QCOMPARE(history.wanted(), all);
        history.take(told(noon, noon + 99));
        QCOMPARE(history.seconds().size(), size_t(100));
        QVERIFY(history.wanted() < 60);
        history.clear();
        QVERIFY(history.seconds().empty());
        QCOMPARE(history.wanted(), all);
    }

    void whatIsToldAnewReplacesWhatWasKnown() {
        SecondHistory history;
        history.take(told(noon, noon + 20, 1));
        history.take(told(noon + 10, noon + 21, 3)); // a worker was late
        QCOMPARE(history.seconds().size(), size_t(22));
        QVERIFY(isWithoutGaps(history));
        QCOMPARE(successesAt(history, noon + 9), 1u);
        QCOMPARE(successesAt(history, noon + 10), 3u);
        QCOMPARE(successesAt(history, noon + 21), 3u);
    }

    void theSameMayBeToldTwice() {
        SecondHistory history;
        history.take(told(noon, noon + 20));
        history.take(told(noon + 9, noon + 20));
        QCOMPARE(history.seconds().size(), size_t(21));
        QVERIFY(isWithoutGaps(history));
    }

    void itKeepsFifteenMinutes() {
        SecondHistory history;
        history.take(told(noon, noon + all - 1));
        history.take(told(noon + all - 6, noon + all + 5));
        QCOMPARE(history.seconds().size(), size_t(all));
        QCOMPARE(history.seconds().back().second, noon + int64_t(all) + 5);
        QVERIFY(isWithoutGaps(history));
    }

    void whereTheClockWasSetAllIsAskedForAgain_data() {
        QTest::addColumn<int>("by");
        QTest::newRow("an hour back") << -3600;
        QTest::newRow("a little back") << -5;
        QTest::newRow("an hour on") << 3600;
        QTest::newRow("or nobody asked for a while") << 100;
    }

    void whereTheClockWasSetAllIsAskedForAgain() {
        QFETCH(int, by);
        SecondHistory history;
        history.take(told(noon, noon + 199));
        const int64_t now = noon + 200 + by;
        history.take(told(now - 11, now));
        QVERIFY(isWithoutGaps(history));
        QCOMPARE(history.seconds().back().second, now);
        QCOMPARE(history.wanted(), all);
        history.take(told(now - 200, now + 1, 2)); // all of it, as the clock has it now
        QVERIFY(isWithoutGaps(history));
        QCOMPARE(history.seconds().size(), size_t(202));
        QCOMPARE(history.seconds().back().second, now + 1);
        QCOMPARE(successesAt(history, now), 2u);
        QVERIFY(history.wanted() < all);
    }
};

QTEST_GUILESS_MAIN(TestSecondHistory)
#include "test_second_history.moc"
