// SPDX-License-Identifier: MIT
#include "net/epoll_dispatcher.h"
#include "net/socket.h"
#include "net/socket_pair.h"

#include <QEventLoop>
#include <QSocketNotifier>
#include <QTest>
#include <QThread>
#include <QTimer>

#include <algorithm>
#include <fstream>
#include <memory>
#include <string>
#include <thread>
#include <vector>

using namespace reverxy;
using namespace reverxy::net;
using namespace std::chrono_literals;
using reverxy::test::SocketPair;
using std::chrono::steady_clock;

/// What Qt asks of a dispatcher, with this one in the test's own thread.
class TestEpollDispatcher : public QObject {
    Q_OBJECT

    static EpollDispatcher& dispatcher() {
        return dynamic_cast<EpollDispatcher&>(*QAbstractEventDispatcher::instance());
    }

    /// Whether the set has it with EPOLLEXCLUSIVE.
    static bool isShared(int descriptor) {
        std::ifstream info("/proc/self/fdinfo/" + std::to_string(dispatcher().set()));
        const std::string wanted = "tfd:";
        for (std::string word; info >> word;) {
            int watched = -1;
            unsigned events = 0;
            if (word == wanted && info >> watched >> word >> std::hex >> events >> std::dec &&
                watched == descriptor)
                return (events & EPOLLEXCLUSIVE) != 0;
        }
        return false;
    }

  public:
    static void initMain() { QCoreApplication::setEventDispatcher(EpollDispatcher::make().release()); }

  private Q_SLOTS:

    void aCallFromAnotherThreadWakesIt() {
        QEventLoop loop;
        int calls = 0;
        std::thread other([&] {
            for (int i = 0; i < 1000; ++i)
                QMetaObject::invokeMethod(
                    &loop, [&] { ++calls; }, Qt::QueuedConnection);
            QMetaObject::invokeMethod(
                &loop, [&] { loop.quit(); }, Qt::QueuedConnection);
        });
        loop.exec();
        other.join();
        QCOMPARE(calls, 1000);
    }

    void aCallPostedByACallIsNotForgotten() {
        QEventLoop loop;
        QMetaObject::invokeMethod(
            &loop,
            [&] {
                QMetaObject::invokeMethod(
                    &loop, [&] { loop.quit(); }, Qt::QueuedConnection);
            },
            Qt::QueuedConnection);
        loop.exec();
    }

    void quitEndsAThreadThatSleeps() {
        for (int round = 0; round < 50; ++round) {
            QThread thread;
            thread.setEventDispatcher(EpollDispatcher::make().release());
            thread.start();
            thread.quit(); // wherever the thread is by now
            QVERIFY(thread.wait());
        }
    }

    void whatIsDeletedLaterGoes() {
        bool gone = false;
        auto* const object = new QObject;
        connect(object, &QObject::destroyed, this, [&] { gone = true; });
        object->deleteLater();
        QTRY_VERIFY(gone);
    }

    void timersAreNeverEarly() {
        for (const auto interval : {0ms, 1ms, 7ms, 30ms}) {
            const auto begun = steady_clock::now();
            bool over = false;
            QTimer::singleShot(interval, Qt::PreciseTimer, this, [&] { over = true; });
            QTRY_VERIFY(over);
            QVERIFY(steady_clock::now() - begun >= interval);
        }
    }

    void aTimerGoesOnUntilItIsStopped() {
        QTimer timer;
        int rings = 0;
        connect(&timer, &QTimer::timeout, &timer, [&] {
            if (++rings == 5)
                timer.stop();
        });
        timer.start(2ms);
        QTRY_COMPARE(rings, 5);
        QTest::qWait(20);
        QCOMPARE(rings, 5);
    }

    void aTimerWithoutIntervalLeavesTimeToOthers() {
        QTimer always;
        int turns = 0;
        connect(&always, &QTimer::timeout, &always, [&] { ++turns; });
        always.start(0ms);
        bool rung = false;
        bool called = false;
        QTimer::singleShot(5ms, this, [&] { rung = true; });
        QMetaObject::invokeMethod(
            this, [&] { called = true; }, Qt::QueuedConnection);
        QTRY_VERIFY(rung && called);
        QVERIFY(turns > 0);
    }

    void intervalsThatWereMissedAreNotMadeUpFor() {
        QTimer timer;
        int rings = 0;
        connect(&timer, &QTimer::timeout, &timer, [&] { ++rings; });
        timer.start(1min);
        timer.start(1ms);
        std::this_thread::sleep_for(30ms);
        while (rings == 0)
            dispatcher().processEvents(QEventLoop::AllEvents);
        QCOMPARE(rings, 1);
    }

    // All due at once, and the first that rings stops the others: in whatever order, one rings.
    void aTimerThatAnotherStoppedDoesNotRing() {
        std::vector<std::unique_ptr<QTimer>> timers;
        int rings = 0;
        for (int i = 0; i < 4; ++i) {
            auto& timer = *timers.emplace_back(std::make_unique<QTimer>());
            connect(&timer, &QTimer::timeout, &timer, [&] {
                ++rings;
                for (auto& each : timers)
                    each->stop();
            });
            timer.start(1ms);
        }
        std::this_thread::sleep_for(10ms);
        QTRY_COMPARE(rings, 1);
        QTest::qWait(20);
        QCOMPARE(rings, 1);
    }

    void timersAreKnownByTheirObject() {
        QObject owner;
        const int id = owner.startTimer(1min, Qt::VeryCoarseTimer);
        const auto timers = dispatcher().registeredTimers(&owner);
        QCOMPARE(timers.size(), 1);
        QCOMPARE(timers[0].timerId, id);
        QCOMPARE(timers[0].interval, 60000);
        QCOMPARE(timers[0].timerType, Qt::VeryCoarseTimer);
        const int left = dispatcher().remainingTime(id);
        QVERIFY(left > 0 && left <= 60000);
        owner.killTimer(id);
        QVERIFY(dispatcher().registeredTimers(&owner).isEmpty());
        QCOMPARE(dispatcher().remainingTime(id), -1);
        owner.startTimer(1min);
        QVERIFY(dispatcher().unregisterTimers(&owner));
        QVERIFY(!dispatcher().unregisterTimers(&owner));
    }

    // A notifier tells as long as there is something, whether its owner reads or not.
    void aNotifierTellsUntilAllIsRead() {
        SocketPair sockets;
        QSocketNotifier notifier(sockets.near(), QSocketNotifier::Read);
        int told = 0;
        connect(&notifier, &QSocketNotifier::activated, this, [&] {
            if (++told < 3)
                return;
            char bytes[8];
            QCOMPARE(receive(sockets.near(), bytes, sizeof bytes).count, size_t(1));
        });
        QVERIFY(sockets.write("a"));
        QTRY_COMPARE(told, 3);
        QTest::qWait(20);
        QCOMPARE(told, 3);
    }

    void bothDirectionsOfOneDescriptor() {
        SocketPair sockets;
        QSocketNotifier read(sockets.near(), QSocketNotifier::Read);
        QSocketNotifier write(sockets.near(), QSocketNotifier::Write);
        int readable = 0;
        int writable = 0;
        connect(&read, &QSocketNotifier::activated, this, [&] {
            ++readable;
            read.setEnabled(false);
        });
        connect(&write, &QSocketNotifier::activated, this, [&] {
            ++writable;
            write.setEnabled(false);
        });
        QTRY_COMPARE(writable, 1);
        QCOMPARE(readable, 0);
        QVERIFY(sockets.write("a"));
        QTRY_COMPARE(readable, 1);
        write.setEnabled(true);
        QTRY_COMPARE(writable, 2);
        QCOMPARE(readable, 1);
    }

    /// Where several threads wait for the same connections, the system need not wake all of them for each.
    void aLoneReaderSharesItsDescriptor() {
        SocketPair pair;
        QVERIFY(!isShared(pair.near()));
        QSocketNotifier read(pair.near(), QSocketNotifier::Read);
        QVERIFY(isShared(pair.near()));
        {
            QSocketNotifier write(pair.near(), QSocketNotifier::Write);
            QVERIFY(!isShared(pair.near()));
        }
        QVERIFY(isShared(pair.near()));
        read.setEnabled(false);
        QVERIFY(!isShared(pair.near()));
        read.setEnabled(true);
        QVERIFY(isShared(pair.near()));
    }

    /// A set within the set is no such descriptor.
    void aSetWithinTheSetIsWatched() {
        const std::unique_ptr<EpollDispatcher> inner = EpollDispatcher::make();
        QSocketNotifier notifier(inner->set(), QSocketNotifier::Read);
        int told = 0;
        connect(&notifier, &QSocketNotifier::activated, this, [&] {
            ++told;
            notifier.setEnabled(false);
        });
        inner->wakeUp();
        QTRY_COMPARE(told, 1);
    }

    void aNotifierThatAnotherWithdrewIsNotTold() {
        SocketPair sockets;
        auto read = std::make_unique<QSocketNotifier>(sockets.near(), QSocketNotifier::Read);
        auto write = std::make_unique<QSocketNotifier>(sockets.near(), QSocketNotifier::Write);
        int told = 0;
        connect(read.get(), &QSocketNotifier::activated, this, [&] {
            ++told;
            write.reset();
            read->setEnabled(false);
        });
        connect(write.get(), &QSocketNotifier::activated, this, [&] {
            ++told;
            read.reset();
            write->setEnabled(false);
        });
        QVERIFY(sockets.write("a"));
        dispatcher().processEvents(QEventLoop::AllEvents);
        QTRY_COMPARE(told, 1);
        QTest::qWait(20);
        QCOMPARE(told, 1);
    }

    // What lies in the set beside is reported to who asked for it, with its own number and without the dispatcher's
    // mark.
    void theSetsOtherDescriptorsAreReported() {
        SocketPair sockets;
        std::vector<uint64_t> reported;
        dispatcher().reportTo([&](std::span<const epoll_event> events) {
            for (const epoll_event& event : events)
                reported.push_back(event.data.u64);
        });
        epoll_event event{};
        event.events = EPOLLIN | EPOLLET;
        event.data.u64 = 17;
        QCOMPARE(::epoll_ctl(dispatcher().set(), EPOLL_CTL_ADD, sockets.near(), &event), 0);
        QVERIFY(sockets.write("a"));
        QTRY_COMPARE(std::count(reported.begin(), reported.end(), uint64_t{17}), 1);
        QVERIFY(std::all_of(reported.begin(), reported.end(),
                            [](uint64_t each) { return each == 17 || (each & EpollDispatcher::ownMark); }));
        dispatcher().reportTo({});
        const size_t before = reported.size();
        QVERIFY(sockets.write("b"));
        QTest::qWait(20);
        QCOMPARE(reported.size(), before);
        ::epoll_ctl(dispatcher().set(), EPOLL_CTL_DEL, sockets.near(), nullptr);
    }
};

QTEST_GUILESS_MAIN(TestEpollDispatcher)
#include "test_epoll_dispatcher.moc"
