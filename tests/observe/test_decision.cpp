// SPDX-License-Identifier: MIT
#include "observe/decision.h"

#include <QTest>

#include <type_traits>

using namespace reverxy::observe;

class TestDecision : public QObject {
    Q_OBJECT
  private Q_SLOTS:

    /// It is copied to a ring for every exchange: nothing in it may point elsewhere, and it may not be large.
    void isPlainAndSmall() {
        QVERIFY(std::is_trivially_destructible_v<Decision>);
        QVERIFY(sizeof(Decision) <= 1024);
    }

    /// It serves one request after another: nothing of one may show in the next one's.
    void nothingIsLeftAfterClearing() {
        Decision decision{};
        decision.id = 7;
        decision.status = 200;
        decision.cache.hit = true;
        decision.limit.used = 3;
        decision.clientHops = 2;
        decision.candidatesTotal = 3;
        decision.beginAttempt().status = 503;
        decision.responseBodyBytes = 1;
        Decision::forEachText(decision, [](auto& text) { text.assign("somebody's"); });
        decision.clear();
        QCOMPARE(decision.id, uint64_t(0));
        QCOMPARE(int(decision.status), 0);
        QVERIFY(!decision.cache.hit);
        QCOMPARE(decision.limit.used, 0U);
        QCOMPARE(decision.walkKept(), size_t(0));
        QCOMPARE(decision.candidatesKept(), size_t(0));
        QCOMPARE(decision.attemptsKept(), size_t(0));
        QCOMPARE(decision.responseBodyBytes, uint64_t(0));
        for (const std::string_view text :
             {decision.method.view(), decision.host.view(), decision.target.view(), decision.details.view()})
            QVERIFY(text.empty());
        QCOMPARE(decision.details.totalSize(), 0U);
    }

    void attemptsAreFilledInPlace() {
        Decision decision{};
        decision.beginAttempt().status = 200;
        QCOMPARE(int(decision.attemptsTotal), 1);
        QCOMPARE(int(decision.lastAttempt().status), 200);
        decision.beginAttempt().status = 201;
        QCOMPARE(int(decision.attempts[0].status), 200);
        QCOMPARE(int(decision.attempts[1].status), 201);
        QCOMPARE(&decision.lastAttempt(), &decision.attempts[1]);
    }

    void moreAttemptsThanFitKeepTheFirstAndTheLast() {
        Decision decision{};
        for (uint16_t i = 1; i <= 20; ++i) {
            Attempt& attempt = decision.beginAttempt();
            QCOMPARE(int(attempt.status), 0); // fresh, not what stood there
            attempt.status = i;
            QCOMPARE(int(decision.lastAttempt().status), int(i));
        }
        QCOMPARE(int(decision.attemptsTotal), 20);
        for (size_t i = 0; i + 1 < Decision::maxAttempts; ++i)
            QCOMPARE(size_t(decision.attempts[i].status), i + 1);
        QCOMPARE(int(decision.attempts[Decision::maxAttempts - 1].status), 20);
    }
};

QTEST_APPLESS_MAIN(TestDecision)
#include "test_decision.moc"
