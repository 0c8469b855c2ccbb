// SPDX-License-Identifier: MIT
#include "net/thread_policy.h"

#include <QTest>

#include <thread>

#if defined(__linux__)
#include <pthread.h>
#include <sched.h>
#endif

using namespace reverxy::net;

#if defined(__linux__)
namespace {

int policyOfThisThread() {
    int policy = -1;
    sched_param parameter{};
    ::pthread_getschedparam(::pthread_self(), &policy, &parameter);
    return policy;
}

} // namespace
#endif

class TestThreadPolicy : public QObject {
    Q_OBJECT
  private Q_SLOTS:

    void isOfTheCallingThreadAlone() {
#if defined(__linux__)
        const int before = policyOfThisThread();
        int after = -1;
        bool done = false;
        std::thread([&] {
            done = scheduleAsBatch();
            after = policyOfThisThread();
        }).join();
        QCOMPARE(policyOfThisThread(), before);
        QCOMPARE(after, done ? SCHED_BATCH : before);
        if (before == SCHED_OTHER && !done)
            QSKIP("this system schedules nothing as batch work");
#else
        QVERIFY(!scheduleAsBatch());
#endif
    }

    /// Another policy than the ordinary one was somebody's choice.
    void leavesAnotherPolicyAlone() {
#if defined(__linux__) && defined(SCHED_IDLE)
        int after = -1;
        bool chosen = false;
        bool done = true;
        std::thread([&] {
            const sched_param parameter{};
            chosen = ::pthread_setschedparam(::pthread_self(), SCHED_IDLE, &parameter) == 0;
            done = scheduleAsBatch();
            after = policyOfThisThread();
        }).join();
        if (!chosen)
            QSKIP("this system lets nobody choose");
        QVERIFY(!done);
        QCOMPARE(after, SCHED_IDLE);
#endif
    }
};

QTEST_APPLESS_MAIN(TestThreadPolicy)
#include "test_thread_policy.moc"
