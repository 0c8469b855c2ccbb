// SPDX-License-Identifier: MIT
#include "net/timer_wheel.h"

#include <QTest>

#include <functional>
#include <map>
#include <memory>
#include <random>
#include <vector>

using namespace reverxy;
using namespace reverxy::net;
using namespace std::chrono_literals;

namespace {

constexpr TimePoint start{std::chrono::hours(1000)};

class Alarm final : public Timer {
  public:
    std::function<void(TimePoint)> ring = [](TimePoint) {};
    std::vector<TimePoint> rung;

  private:
    void onTimer(TimePoint now) override {
        rung.push_back(now);
        ring(now);
    }
};

/// Timers that do at random what connections do with theirs, also from within their callbacks, beside a plain table
/// of what is due when.
class RandomTimers {
  public:
    explicit RandomTimers(uint32_t seed) : m_random(seed) {}

    void step() {
        switch (below(8)) {
        case 0:
            m_timers.push_back(std::make_unique<Entry>(*this));
            break;
        case 1:
            advance();
            break;
        default:
            meddle(anyTimer());
            break;
        }
        check();
    }

    /// Lets everything that is armed ring without being armed again.
    void finish() {
        m_quiet = true;
        for (const auto& entry : m_timers) {
            if (entry->deadline != TimePoint::max())
                m_now = std::max(m_now, entry->deadline);
        }
        m_now += TimerWheel::tick;
        m_wheel.advance(m_now);
        check();
        m_now += 6h; // what was let go of lazily stays until the deadline that it was linked for
        m_wheel.advance(m_now);
        if (!m_wheel.empty())
            complain("not empty after everything rang");
        for (auto& entry : m_timers)
            m_wheel.cancel(*entry);
    }

    const std::string& problem() const { return m_problem; }

    size_t ringCount() const { return m_rings; }

  private:
    struct Entry final : Timer {
        explicit Entry(RandomTimers& owner) : timers(owner) {}

        void onTimer(TimePoint now) override { timers.rang(*this, now); }

        RandomTimers& timers;
        TimePoint deadline = TimePoint::max(); // as the model has it
        TimePoint armedAt{};
    };

    uint32_t below(uint32_t bound) { return static_cast<uint32_t>(m_random() % bound); }

    Entry* anyTimer() { return m_timers.empty() ? nullptr : m_timers[below(uint32_t(m_timers.size()))].get(); }

    Duration anySpan() {
        switch (below(7)) {
        case 0:
            return 0ns;
        case 1:
            return Duration(below(50'000'000)); // within a tick or two
        case 2:
            return std::chrono::milliseconds(below(1000));
        case 3:
            return std::chrono::milliseconds(20'400 + below(160)); // about one turn of the wheel
        case 4:
            return TimerWheel::tick * below(2000);
        case 5:
            return std::chrono::seconds(below(100));
        default:
            return std::chrono::minutes(below(300));
        }
    }

    void advance() {
        m_now += anySpan();
        m_wheel.advance(m_now);
        for (const auto& entry : m_timers) {
            const TimePoint from = std::max(entry->deadline, entry->armedAt);
            if (entry->deadline != TimePoint::max() && from + TimerWheel::tick <= m_now)
                complain("a timer is more than one tick late");
        }
    }

    /// Arms, moves, disarms or destroys a timer.
    void meddle(Entry* entry) {
        if (!entry)
            return;
        switch (below(8)) {
        case 0:
            m_wheel.cancel(*entry);
            entry->deadline = TimePoint::max();
            break;
        case 1:
            m_wheel.arm(*entry, TimePoint::max());
            entry->deadline = TimePoint::max();
            break;
        case 2:
            m_wheel.cancel(*entry);
            std::erase_if(m_timers, [&](const auto& owned) { return owned.get() == entry; });
            break;
        case 3: // overdue already
            arm(*entry, m_now - anySpan());
            break;
        default:
            arm(*entry, m_now + anySpan());
            break;
        }
    }

    void arm(Entry& entry, TimePoint deadline) {
        m_wheel.arm(entry, deadline);
        entry.deadline = deadline;
        entry.armedAt = m_now;
    }

    void rang(Entry& entry, TimePoint now) {
        ++m_rings;
        if (now != m_now)
            complain("told another time than the one advanced to");
        if (entry.deadline == TimePoint::max())
            complain("a disarmed timer rang");
        else if (entry.deadline > now)
            complain("a timer rang early");
        entry.deadline = TimePoint::max();
        if (entry.armed())
            complain("a timer that rings still counts as armed");
        if (m_quiet)
            return;
        // Callbacks that arm what is overdue already are called again; they must not go on for ever.
        for (uint32_t actions = below(3); actions > 0; --actions)
            meddle(anyTimer()); // perhaps itself
    }

    void check() {
        bool any = false;
        for (const auto& entry : m_timers) {
            any = any || entry->deadline != TimePoint::max();
            if (entry->armed() != (entry->deadline != TimePoint::max()))
                complain("armed() is wrong");
            if (entry->deadline != entry->Timer::deadline())
                complain("deadline() is wrong");
        }
        if (any && m_wheel.empty())
            complain("empty although a timer is armed: nobody would advance the wheel");
    }

    void complain(const char* what) {
        if (m_problem.empty())
            m_problem = what;
    }

    std::mt19937 m_random;
    TimePoint m_now = start;
    TimerWheel m_wheel{start};
    std::vector<std::unique_ptr<Entry>> m_timers;
    size_t m_rings = 0;
    bool m_quiet = false;
    std::string m_problem;
};

} // namespace

class TestTimerWheel : public QObject {
    Q_OBJECT
  private Q_SLOTS:

    void ringsOnceNeverEarlyAndWithinATick_data() {
        QTest::addColumn<qint64>("nanoseconds");
        for (const qint64 span :
             {qint64(0), qint64(1), qint64(19'999'999), qint64(20'000'000), qint64(20'000'001), qint64(250'000'000),
              qint64(20'460'000'000), qint64(20'480'000'000), qint64(20'500'000'000), qint64(3'600'000'000'000)})
            QTest::addRow("%lld ns", static_cast<long long>(span)) << span;
    }

    void ringsOnceNeverEarlyAndWithinATick() {
        QFETCH(qint64, nanoseconds);
        TimerWheel wheel(start);
        Alarm alarm;
        const TimePoint deadline = start + std::chrono::nanoseconds(nanoseconds);
        wheel.arm(alarm, deadline);
        QVERIFY(alarm.armed());
        QCOMPARE(alarm.deadline(), deadline);
        for (TimePoint now = start; now <= deadline + 25s; now += 7ms)
            wheel.advance(now);
        QCOMPARE(alarm.rung.size(), size_t(1));
        QVERIFY(alarm.rung[0] >= deadline);
        QVERIFY(alarm.rung[0] < deadline + TimerWheel::tick + 7ms);
        QVERIFY(!alarm.armed());
        QVERIFY(wheel.empty());
    }

    void whatWasMovedLaterRingsAtItsLastDeadlineOnly() {
        TimerWheel wheel(start);
        Alarm alarm;
        TimePoint now = start;
        for (int i = 0; i < 1000; ++i, now += 10ms) { // as each request of a busy connection does
            wheel.arm(alarm, now + 1s);
            wheel.advance(now);
        }
        QVERIFY(alarm.rung.empty());
        wheel.advance(now + 960ms);
        QVERIFY(alarm.rung.empty());
        wheel.advance(now + 1s + TimerWheel::tick);
        QCOMPARE(alarm.rung.size(), size_t(1));
    }

    void whatWasMovedEarlierRingsEarlier() {
        TimerWheel wheel(start);
        Alarm alarm;
        wheel.arm(alarm, start + 1h);
        wheel.arm(alarm, start + 100ms);
        wheel.advance(start + 99ms);
        QVERIFY(alarm.rung.empty());
        wheel.advance(start + 120ms);
        QCOMPARE(alarm.rung.size(), size_t(1));
        wheel.advance(start + 2h);
        QCOMPARE(alarm.rung.size(), size_t(1));
    }

    void aLongSleepLosesNothing() {
        TimerWheel wheel(start);
        std::vector<std::unique_ptr<Alarm>> alarms;
        for (int i = 0; i < 5000; ++i) {
            alarms.push_back(std::make_unique<Alarm>());
            wheel.arm(*alarms.back(), start + i * 13ms);
        }
        wheel.advance(start + 24h);
        for (const auto& alarm : alarms)
            QCOMPARE(alarm->rung.size(), size_t(1));
        QVERIFY(wheel.empty());
    }

    void maxDisarms() {
        TimerWheel wheel(start);
        Alarm alarm;
        wheel.arm(alarm, start + 1s);
        wheel.arm(alarm, TimePoint::max());
        QVERIFY(!alarm.armed());
        wheel.advance(start + 1min);
        QVERIFY(alarm.rung.empty());
        QVERIFY(wheel.empty());
    }

    void callbacksMayDestroyTheirNeighbours() {
        for (int destroyed = 0; destroyed < 3; ++destroyed) {
            TimerWheel wheel(start);
            std::array<std::unique_ptr<Alarm>, 3> alarms;
            int rings = 0;
            for (auto& alarm : alarms) {
                alarm = std::make_unique<Alarm>();
                alarm->ring = [&](TimePoint) {
                    ++rings;
                    if (auto& other = alarms[size_t(destroyed)]) {
                        wheel.cancel(*other);
                        // Its own closure is still running.
                        static std::vector<std::unique_ptr<Alarm>> gone;
                        gone.push_back(std::move(other));
                    }
                };
                wheel.arm(*alarm, start + 10ms); // all in one slot
            }
            wheel.advance(start + 1s);
            QVERIFY(wheel.empty());
            // Either it rang before it was destroyed, or it did not ring.
            QVERIFY(rings == 2 || rings == 3);
            QVERIFY(!alarms[size_t(destroyed)]);
        }
    }

    void agreesWithAPlainTable_data() {
        QTest::addColumn<uint>("seed");
        for (uint seed = 1; seed <= 40; ++seed)
            QTest::addRow("seed %u", seed) << seed;
    }

    void agreesWithAPlainTable() {
        QFETCH(uint, seed);
        RandomTimers timers(seed);
        for (int i = 0; i < 4000 && timers.problem().empty(); ++i)
            timers.step();
        timers.finish();
        QVERIFY2(timers.problem().empty(), timers.problem().c_str());
        QVERIFY(timers.ringCount() > 100);
    }
};

QTEST_APPLESS_MAIN(TestTimerWheel)
#include "test_timer_wheel.moc"
