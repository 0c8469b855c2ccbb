// SPDX-License-Identifier: MIT
#include "net/epoll_thread.h"
#include "net/loop.h"
#include "net/socket_pair.h"

#include <QTest>

#include <functional>
#include <memory>
#include <string>
#include <vector>

using namespace reverxy;
using namespace reverxy::net;
using namespace std::chrono_literals;

namespace {

class Continuing final : public Resumable {
  public:
    explicit Continuing(Loop& loop) : m_loop(loop) {}

    ~Continuing() override { m_loop.withdraw(*this); }

    void resume() override {
        ++resumed;
        then();
    }

    int resumed = 0;
    std::function<void()> then = [] {};

  private:
    Loop& m_loop;
};

class Alarm final : public Timer {
  public:
    explicit Alarm(Loop& loop) : m_loop(loop) {}

    ~Alarm() override { m_loop.cancel(*this); }

    int rung = 0;
    TimePoint at{};

  private:
    void onTimer(TimePoint now) override {
        ++rung;
        at = now;
    }

    Loop& m_loop;
};

struct Remains {
    explicit Remains(int& countToRaise) : count(countToRaise) {}

    ~Remains() { ++count; }

    Remains(const Remains&) = delete;
    Remains& operator=(const Remains&) = delete;
    int& count;
};

} // namespace

class TestLoop : public QObject {
    Q_OBJECT
  public:
    static void initMain() { reverxy::test::useDispatcherAsked(); }

  private Q_SLOTS:

    void aTimerRingsInTime() {
        Loop loop(makePortableReactor());
        Alarm alarm(loop);
        const TimePoint begun = std::chrono::steady_clock::now();
        loop.arm(alarm, begun + 100ms);
        QTRY_COMPARE(alarm.rung, 1);
        QVERIFY(alarm.at >= begun + 100ms);
        QTest::qWait(100);
        QCOMPARE(alarm.rung, 1);
        // The ticking has stopped by now, and starts anew.
        loop.arm(alarm, std::chrono::steady_clock::now() + 50ms);
        QTRY_COMPARE(alarm.rung, 2);
    }

    void whoIsResumedHasOneTurnEach() {
        Loop loop(makePortableReactor());
        std::string order;
        Continuing first(loop);
        Continuing second(loop);
        first.then = [&] {
            order += '1';
            if (first.resumed < 3)
                loop.resumeSoon(first);
        };
        second.then = [&] { order += '2'; };
        loop.resumeSoon(first);
        loop.resumeSoon(second);
        loop.resumeSoon(second); // once is enough
        QCOMPARE(order, std::string());
        QTRY_COMPARE(first.resumed, 3);
        QCOMPARE(order, std::string("1211"));
    }

    void whoHasWithdrawnIsNotResumed() {
        Loop loop(makePortableReactor());
        Continuing first(loop);
        auto second = std::make_unique<Continuing>(loop);
        bool wrong = false;
        second->then = [&] { wrong = true; };
        first.then = [&] { second.reset(); }; // in the very turn that was to be its own as well
        loop.resumeSoon(first);
        loop.resumeSoon(*second);
        QTRY_COMPARE(first.resumed, 1);
        QTest::qWait(20);
        QVERIFY(!wrong);
    }

    /// Work of little worth that never ends lets the others have their turns after each small part of it.
    void workOfLittleWorthGetsTheSmallPart() {
        Loop loop(makePortableReactor());
        Continuing useless(loop);
        Continuing useful(loop);
        useless.then = [&] {
            const auto begun = std::chrono::steady_clock::now();
            while (std::chrono::steady_clock::now() < begun + 50us) {
            }
            loop.resumeSparingly(useless);
        };
        useful.then = [&] { loop.resumeSoon(useful); };
        loop.resumeSparingly(useless);
        loop.resumeSparingly(useless);
        loop.resumeSoon(useful);
        QVERIFY(loop.isSpared(useless) && !loop.isSpared(useful));
        QTRY_VERIFY(useless.resumed >= 100);
        QVERIFY2(useful.resumed >= useless.resumed / 10, std::to_string(useful.resumed).c_str());
        loop.withdraw(useless);
        loop.withdraw(useful);
        const int before = useless.resumed;
        QTest::qWait(20);
        QCOMPARE(useless.resumed, before);
    }

    void whatIsDiscardedLivesUntilTheTurnIsOver() {
        int gone = 0;
        Loop loop(makePortableReactor());
        Continuing turn(loop);
        int goneWithinTheTurn = -1;
        turn.then = [&] {
            loop.discard(std::make_unique<Remains>(gone));
            goneWithinTheTurn = gone;
        };
        loop.resumeSoon(turn);
        QTRY_COMPARE(gone, 1);
        QCOMPARE(goneWithinTheTurn, 0);
        loop.discard(std::make_unique<Remains>(gone)); // outside any turn
        QCOMPARE(gone, 1);
        QTRY_COMPARE(gone, 2);
    }

    void discardedThingsMayDiscardOthers() {
        struct Outer {
            ~Outer() { loop.discard(std::move(inner)); }

            Loop& loop;
            std::unique_ptr<Remains> inner;
        };

        int gone = 0;
        {
            Loop loop(makePortableReactor());
            loop.discard(std::unique_ptr<Outer>(new Outer{loop, std::make_unique<Remains>(gone)}));
            QTRY_COMPARE(gone, 1);
            loop.discard(std::unique_ptr<Outer>(new Outer{loop, std::make_unique<Remains>(gone)}));
        }
        QCOMPARE(gone, 2); // the end of the loop waits for nothing
    }

    /// RFC 9110 section 5.6.7.
    void theDateIsThatOfTheMoment() {
        Loop loop(makePortableReactor());
        Continuing turn(loop);
        const char* const address = loop.date().data();
        QCOMPARE(loop.date().size(), size_t(29));
        const std::string first(loop.date());
        QVERIFY(first.ends_with(" GMT"));
        const auto later = [&] {
            loop.resumeSoon(turn);
            QTest::qWait(20);
            return std::string(loop.date()) != first;
        };
        QTRY_VERIFY(later());
        QCOMPARE(loop.date().data(), address);
    }
};

QTEST_GUILESS_MAIN(TestLoop)
#include "test_loop.moc"
