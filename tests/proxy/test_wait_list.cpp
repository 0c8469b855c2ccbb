// SPDX-License-Identifier: MIT
#include "proxy/wait_list.h"

#include <QTest>

#include <atomic>
#include <memory>
#include <semaphore>
#include <thread>
#include <vector>

using namespace reverxy::proxy;
using namespace std::chrono_literals;

namespace {

/// A few slots that threads take turns with, as workers do with a backend's connections: who finds none stands in
/// the list and then looks once more; who frees one frees it and then looks for a waiter.
class Slots {
  public:
    Slots(size_t threads, int count) : m_free(count), m_woken(threads) {
        for (auto& woken : m_woken)
            woken = std::make_unique<std::counting_semaphore<>>(0);
    }

    /// False when nobody woke it for very long.
    bool take(uint32_t thread, uint64_t token) {
        if (tryTake())
            return true;
        const Waiter self{thread, token};
        m_waiting.add(self, SIZE_MAX);
        if (tryTake()) {
            if (m_waiting.remove(self))
                return true;
            give(); // a wake-up is on its way, and with it a slot: one is enough
        }
        return m_woken[thread]->try_acquire_for(30s);
    }

    void give() {
        for (;;) {
            if (const auto next = m_waiting.takeFirst()) {
                m_woken[next->worker]->release(); // the slot goes with it
                return;
            }
            ++m_free;
            if (m_waiting.empty() || !tryTake())
                return;
        }
    }

    int free() const { return m_free.load(); }

    bool nobodyWaits() const { return m_waiting.empty(); }

  private:
    bool tryTake() {
        int free = m_free.load();
        while (free > 0) {
            if (m_free.compare_exchange_weak(free, free - 1))
                return true;
        }
        return false;
    }

    std::atomic<int> m_free;
    WaitList m_waiting;
    std::vector<std::unique_ptr<std::counting_semaphore<>>> m_woken;
};

} // namespace

class TestWaitList : public QObject {
    Q_OBJECT
  private Q_SLOTS:

    void firstComeFirstServed() {
        WaitList list;
        QVERIFY(list.empty());
        QVERIFY(!list.takeFirst());
        for (uint64_t token = 1; token <= 3; ++token)
            QVERIFY(list.add({7, token}, 10));
        QCOMPARE(list.size(), size_t(3));
        for (uint64_t token = 1; token <= 3; ++token) {
            QVERIFY(!list.empty());
            QVERIFY(list.takeFirst() == (Waiter{7, token}));
        }
        QVERIFY(list.empty());
    }

    void noMoreThanTheLimitWait() {
        WaitList list;
        QVERIFY(!list.add({0, 1}, 0));
        QVERIFY(list.add({0, 1}, 2));
        QVERIFY(list.add({0, 2}, 2));
        QVERIFY(!list.add({0, 3}, 2));
        QCOMPARE(list.size(), size_t(2));
        QVERIFY(list.takeFirst());
        QVERIFY(list.add({0, 3}, 2));
    }

    void whoWasWokenInVainIsFirstAgain() {
        WaitList list;
        list.add({0, 1}, 10);
        list.add({0, 2}, 10);
        const auto first = list.takeFirst();
        QVERIFY(first);
        list.addFirst(*first);
        QVERIFY(list.takeFirst() == first);
    }

    void removingTellsWhetherAWakeUpIsOnItsWay() {
        WaitList list;
        list.add({0, 1}, 10);
        list.add({1, 1}, 10); // another worker's with the same number
        list.add({0, 2}, 10);
        QVERIFY(list.remove({1, 1}));
        QVERIFY(!list.remove({1, 1}));
        QVERIFY(!list.remove({0, 3}));
        QVERIFY(list.takeFirst() == (Waiter{0, 1}));
        QVERIFY(!list.remove({0, 1})); // taken: it will be woken
        QVERIFY(list.remove({0, 2}));
        QVERIFY(list.empty());
    }

    void allAreTakenInOrder() {
        WaitList list;
        for (uint64_t token = 1; token <= 3; ++token)
            list.add({0, token}, 10);
        QVERIFY((list.takeAll() == std::vector<Waiter>{{0, 1}, {0, 2}, {0, 3}}));
        QVERIFY(list.empty());
        QVERIFY(list.takeAll().empty());
    }

    /// Nobody is forgotten, and nobody gets a slot that is not there.
    void noWakeUpIsLost_data() {
        QTest::addColumn<int>("slotCount");
        QTest::newRow("one slot") << 1;
        QTest::newRow("two slots") << 2;
        QTest::newRow("nearly enough") << 3;
    }

    void noWakeUpIsLost() {
        QFETCH(int, slotCount);
        constexpr uint32_t threadCount = 4;
        constexpr uint64_t rounds = 5'000;
        Slots slots(threadCount, slotCount);
        std::atomic<int> inside{0};
        std::atomic<int> most{0};
        std::atomic<bool> forgotten{false};
        std::vector<std::thread> threads;
        for (uint32_t thread = 0; thread < threadCount; ++thread) {
            threads.emplace_back([&, thread] {
                for (uint64_t token = 1; token <= rounds && !forgotten; ++token) {
                    if (!slots.take(thread, token)) {
                        forgotten = true;
                        return;
                    }
                    const int now = ++inside;
                    int known = most.load();
                    while (known < now && !most.compare_exchange_weak(known, now)) {
                    }
                    if (token % 7 == thread)
                        std::this_thread::yield();
                    --inside;
                    slots.give();
                }
            });
        }
        for (std::thread& thread : threads)
            thread.join();
        QVERIFY(!forgotten);
        QVERIFY(most <= slotCount);
        QVERIFY(slots.nobodyWaits());
        QCOMPARE(slots.free(), slotCount);
    }
};

QTEST_APPLESS_MAIN(TestWaitList)
#include "test_wait_list.moc"
