// SPDX-License-Identifier: MIT
#include "observe/report.h"

#include <QTest>

using namespace reverxy;
using namespace reverxy::observe;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

const WallTime start{seconds(1'700'000'000)};

Decision exchange(uint64_t id, int startedMillis, uint32_t totalMillis) {
    Decision decision{};
    decision.id = id;
    decision.started = start + milliseconds(startedMillis);
    decision.totalMicros = totalMillis * 1000;
    return decision;
}

std::vector<uint64_t> ids(const std::vector<Decision>& decisions) {
    std::vector<uint64_t> result;
    for (const Decision& decision : decisions)
        result.push_back(decision.id);
    return result;
}

using Numbers = std::vector<uint64_t>;

} // namespace

class TestReport : public QObject {
    Q_OBJECT
  private Q_SLOTS:

    void putsTheAnswersTogether() {
        WorkerReport one;
        one.worker = 0;
        one.counters.connections = 3;
        one.seconds = {SecondTotals{}};
        one.seconds[0].second = 50;
        one.decisions = {exchange(1, 0, 500), exchange(2, 700, 1)};
        one.running = {exchange(3, 10, 0)};
        one.position = 2;
        WorkerReport other;
        other.worker = 1;
        other.counters.connections = 4;
        other.seconds = one.seconds;
        other.decisions = {exchange(4, 600, 2), exchange(5, 601, 200)};
        other.running = {exchange(6, 5, 0), exchange(7, 20, 0)};
        other.position = 12;
        other.skipped = 10;
        const Report report = mergeReports({other, one}, {}, 2, 1000);
        QVERIFY(report.complete);
        QCOMPARE(report.counters.connections, uint64_t(7));
        QCOMPARE(report.seconds.size(), size_t(1));
        QCOMPARE(report.seconds[0].second, int64_t(1050));
        QVERIFY((ids(report.decisions) == Numbers{1, 4, 2, 5})); // as they ended
        QVERIFY((ids(report.running) == Numbers{6, 3, 7}));      // as they began
        QVERIFY((report.positions == Numbers{2, 12}));
        QCOMPARE(report.skipped, uint64_t(10));
    }

    void whoDidNotAnswerKeepsItsPosition() {
        ReportRequest request;
        request.after = {5, 6, 7};
        WorkerReport answer;
        answer.worker = 1;
        answer.position = 60;
        const Report report = mergeReports({answer}, request, 3, 0);
        QVERIFY(!report.complete);
        QVERIFY((report.positions == Numbers{5, 60, 7}));
    }

    void withoutWorkersThereIsNothing() {
        const Report report = mergeReports({}, {}, 2, 0);
        QVERIFY(!report.complete);
        QVERIFY((report.positions == Numbers{0, 0}));
        QVERIFY(report.seconds.empty());
    }

    void secondsAreNamedByTheCalendar_data() {
        QTest::addColumn<int>("wallMillis"); // since `start`, when the other clock shows 100.0 s
        QTest::addColumn<int>("was");        // since `start`
        QTest::addColumn<int>("expected");
        QTest::newRow("the first time, to the nearest second") << 100'400 << -999'999 << 0;
        QTest::newRow("the first time, upwards") << 100'500 << -999'999 << 1;
        QTest::newRow("it stays while the difference is small") << 101'400 << 0 << 0;
        QTest::newRow("in either direction") << 98'600 << 0 << 0;
        QTest::newRow("the clock was set forward") << 101'600 << 0 << 2;
        QTest::newRow("the clock was set back by an hour") << 100'000 - 3'600'000 << 0 << -3600;
    }

    void secondsAreNamedByTheCalendar() {
        QFETCH(int, wallMillis);
        QFETCH(int, was);
        QFETCH(int, expected);
        const int64_t base = 1'700'000'000;
        QCOMPARE(unixOffset(TimePoint(seconds(100)), start + milliseconds(wallMillis), base + was),
                 base + expected);
    }
};

QTEST_APPLESS_MAIN(TestReport)
#include "test_report.moc"
