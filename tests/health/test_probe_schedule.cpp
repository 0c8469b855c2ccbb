// SPDX-License-Identifier: MIT
#include "health/probe_schedule.h"

#include <QTest>

#include <algorithm>
#include <map>
#include <random>

using namespace reverxy;
using namespace reverxy::health;
using namespace std::chrono_literals;

namespace {

const TimePoint start{1000s};
using Ids = std::vector<ProbeSchedule::Id>;

Ids dueAt(ProbeSchedule& schedule, TimePoint now) {
    Ids ids;
    schedule.takeDue(now, ids);
    return ids;
}

double seconds(Duration duration) {
    return std::chrono::duration<double>(duration).count();
}

} // namespace

class TestProbeSchedule : public QObject {
    Q_OBJECT
  private Q_SLOTS:

    void theFirstProbesAreSpreadOverASecond_data() {
        QTest::addColumn<int>("interval");
        QTest::addColumn<double>("random");
        QTest::addColumn<double>("delay");
        QTest::newRow("at once") << 10'000 << 0.0 << 0.0;
        QTest::newRow("in the middle") << 10'000 << 0.5 << 0.5;
        QTest::newRow("nearly a second") << 10'000 << 0.999 << 0.999;
        QTest::newRow("a short interval") << 200 << 0.5 << 0.1;
    }

    void theFirstProbesAreSpreadOverASecond() {
        QFETCH(int, interval);
        QFETCH(double, random);
        QFETCH(double, delay);
        ProbeSchedule schedule;
        schedule.setLimit(1, 8);
        schedule.add(7, 1, std::chrono::milliseconds(interval), start, random);
        const TimePoint due = schedule.nextAfter(start - 1ns);
        QVERIFY(std::abs(seconds(due - start) - delay) < 1e-6);
        QVERIFY(dueAt(schedule, due - 1ns).empty());
        QCOMPARE(dueAt(schedule, due), Ids{7});
    }

    void gaps_data() {
        QTest::addColumn<double>("random");
        QTest::addColumn<double>("second");
        QTest::addColumn<double>("later");
        QTest::newRow("longest") << 0.0 << 10.0 << 10.0;
        QTest::newRow("middle") << 0.5 << 5.0 << 9.5;
        QTest::newRow("nearly the shortest") << 0.9 << 1.0 << 9.1;
    }

    void gaps() {
        QFETCH(double, random);
        QFETCH(double, second);
        QFETCH(double, later);
        ProbeSchedule schedule;
        schedule.setLimit(1, 8);
        schedule.add(1, 1, 10s, start, 0);
        TimePoint begun = start;
        QCOMPARE(dueAt(schedule, begun), Ids{1});
        for (const double gap : {second, later, later}) {
            schedule.finished(1, begun + 300ms, random); // its duration does not add to the gap
            const TimePoint due = schedule.nextAfter(begun + 300ms);
            QVERIFY2(std::abs(seconds(due - begun) - gap) < 1e-6, QByteArray::number(seconds(due - begun)));
            QVERIFY(dueAt(schedule, due - 1ns).empty());
            QCOMPARE(dueAt(schedule, due), Ids{1});
            begun = due;
        }
    }

    void aProbeLongerThanItsIntervalIsFollowedAtOnce() {
        ProbeSchedule schedule;
        schedule.setLimit(1, 8);
        schedule.add(1, 1, 100ms, start, 0);
        QCOMPARE(dueAt(schedule, start), Ids{1});
        QVERIFY(dueAt(schedule, start + 5s).empty()); // never two at once
        schedule.finished(1, start + 5s, 0.5);
        QCOMPARE(dueAt(schedule, start + 5s), Ids{1});
    }

    void eachGroupHasItsLimit() {
        ProbeSchedule schedule;
        schedule.setLimit(1, 2);
        schedule.setLimit(2, 1);
        for (ProbeSchedule::Id id = 0; id < 5; ++id)
            schedule.add(id, 1, 10s, start + std::chrono::milliseconds(id), 0);
        schedule.add(100, 2, 10s, start + 1ms, 0);
        schedule.add(101, 2, 10s, start + 2ms, 0);
        const TimePoint now = start + 1s;
        QCOMPARE(dueAt(schedule, now), (Ids{0, 1, 100}));
        QCOMPARE(schedule.inFlight(1), 2u);
        QVERIFY(dueAt(schedule, now).empty());
        QVERIFY(schedule.nextAfter(now) == TimePoint::max()); // those that wait are due already
        schedule.finished(1, now, 0);
        QCOMPARE(dueAt(schedule, now), Ids{2}); // the one that waits longest
        schedule.finished(100, now, 0);
        QCOMPARE(dueAt(schedule, now), Ids{101});
        schedule.finished(0, now, 0);
        schedule.finished(2, now, 0);
        QCOMPARE(dueAt(schedule, now), (Ids{3, 4}));
    }

    void aRaisedLimitTakesEffect() {
        ProbeSchedule schedule;
        schedule.setLimit(1, 1);
        schedule.add(1, 1, 10s, start, 0);
        schedule.add(2, 1, 10s, start, 0);
        QCOMPARE(dueAt(schedule, start).size(), size_t(1));
        schedule.setLimit(1, 2);
        QCOMPARE(dueAt(schedule, start).size(), size_t(1));
        QCOMPARE(schedule.inFlight(1), 2u);
    }

    void whoeverGoesGivesItsPlaceBack() {
        ProbeSchedule schedule;
        schedule.setLimit(1, 1);
        schedule.add(1, 1, 10s, start, 0);
        schedule.add(2, 1, 10s, start + 1ms, 0);
        QCOMPARE(dueAt(schedule, start + 1ms), Ids{1});
        schedule.remove(1);
        QCOMPARE(dueAt(schedule, start + 1ms), Ids{2});
        schedule.finished(1, start + 2ms, 0); // too late: known no more
        QCOMPARE(schedule.inFlight(1), 1u);
        schedule.remove(2);
        QCOMPARE(schedule.inFlight(1), 0u);
        QVERIFY(schedule.nextAfter(start) == TimePoint::max());
    }

    void aWaitingOneCanGoToo() {
        ProbeSchedule schedule;
        schedule.setLimit(1, 1);
        schedule.add(1, 1, 10s, start, 0.5);
        schedule.remove(1);
        schedule.remove(1);
        QVERIFY(dueAt(schedule, start + 1h).empty());
    }

    void aProbeInFlightIsCountedWhereItBegan() {
        ProbeSchedule schedule;
        schedule.setLimit(1, 1);
        schedule.setLimit(2, 1);
        schedule.add(1, 1, 10s, start, 0);
        QCOMPARE(dueAt(schedule, start), Ids{1});
        schedule.move(1, 2);
        schedule.finished(1, start + 1s, 0);
        QCOMPARE(schedule.inFlight(1), 0u);
        QCOMPARE(schedule.inFlight(2), 0u);
        QCOMPARE(dueAt(schedule, start + 10s), Ids{1});
        QCOMPARE(schedule.inFlight(2), 1u);
        schedule.forgetGroup(2);
        schedule.finished(1, start + 11s, 0);
        QCOMPARE(schedule.inFlight(2), 0u);
    }

    void whatCouldNotBeMadeIsTriedAgainSoon() {
        ProbeSchedule schedule;
        schedule.setLimit(1, 1);
        schedule.add(1, 1, 10s, start, 0);
        QCOMPARE(dueAt(schedule, start), Ids{1});
        schedule.postpone(1, start, 100ms);
        QCOMPARE(schedule.inFlight(1), 0u);
        QVERIFY(dueAt(schedule, start + 99ms).empty());
        QCOMPARE(dueAt(schedule, start + 100ms), Ids{1});
        schedule.finished(1, start + 100ms, 0.5);
        QVERIFY(schedule.nextAfter(start + 100ms) == start + 5100ms); // the second gap, as after a first probe
    }

    /// A thousand targets that began together: all are asked in each interval, and soon evenly over its length.
    void aThousandSpreadOut() {
        ProbeSchedule schedule;
        schedule.setLimit(1, 8);
        std::minstd_rand engine(42);
        std::uniform_real_distribution<double> random(0, 1);
        std::map<ProbeSchedule::Id, TimePoint> last;
        for (ProbeSchedule::Id id = 0; id < 1000; ++id) {
            schedule.add(id, 1, 5s, start, random(engine));
            last[id] = start;
        }
        Ids due;
        std::map<int, int> perSecond;
        uint32_t most = 0;
        for (TimePoint now = start; now < start + 60s; now += 2ms) { // each probe takes 2 ms
            schedule.takeDue(now, due);
            most = std::max(most, schedule.inFlight(1));
            for (const auto id : due) {
                QVERIFY(now - last[id] <= 5s + 500ms); // the limit of eight holds some up, at the start above all
                last[id] = now;
                ++perSecond[static_cast<int>(seconds(now - start))];
                schedule.finished(id, now + 2ms, random(engine));
            }
        }
        QCOMPARE(most, 8u);
        for (int second = 30; second < 60; ++second) // 200 to 222 on average
            QVERIFY2(perSecond[second] > 100 && perSecond[second] < 330, QByteArray::number(perSecond[second]));
    }
};

QTEST_GUILESS_MAIN(TestProbeSchedule)
#include "test_probe_schedule.moc"
