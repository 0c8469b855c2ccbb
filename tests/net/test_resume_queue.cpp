// SPDX-License-Identifier: MIT
#include "net/resume_queue.h"
#include "net/turn_budget.h"

#include <QTest>

#include <functional>
#include <memory>
#include <string>

using namespace reverxy::net;

namespace {

class Named final : public Resumable {
  public:
    Named(char name, std::string& order) : m_name(name), m_order(order) {}

    void resume() override {
        m_order += m_name;
        then();
    }

    std::function<void()> then = [] {};

  private:
    char m_name;
    std::string& m_order;
};

bool always() {
    return true;
}

} // namespace

class TestResumeQueue : public QObject {
    Q_OBJECT

  private Q_SLOTS:

    void init() { order.clear(); }

    void eachHasOneTurnInOrder() {
        queue.add(a);
        queue.add(b);
        queue.add(a); // once is enough
        queue.run(always);
        QCOMPARE(order, std::string("ab"));
        QVERIFY(queue.empty() && !queue.holds(a));
    }

    void whoComesAgainHasTheNextRun() {
        a.then = [&] { queue.add(a); };
        queue.add(a);
        queue.add(b);
        queue.run(always);
        QCOMPARE(order, std::string("ab"));
        a.then = [] {};
        queue.run(always);
        QCOMPARE(order, std::string("aba"));
    }

    void whoHadNoTurnComesBeforeThoseWhoHad() {
        a.then = [&] { queue.add(a); };
        for (Named* const each : {&a, &b, &c})
            queue.add(*each);
        queue.run([] { return false; });
        QCOMPARE(order, std::string("a"));
        a.then = [] {};
        queue.run(always);
        QCOMPARE(order, std::string("abca"));
        QVERIFY(queue.empty());
    }

    void whoWithdrawsHasNone() {
        for (Named* const each : {&a, &b, &c})
            queue.add(*each);
        queue.withdraw(b);
        QVERIFY(!queue.holds(b));
        a.then = [&] { queue.withdraw(c); }; // in the very run that was to be its own as well
        queue.run(always);
        QCOMPARE(order, std::string("a"));
        QVERIFY(queue.empty());
        a.then = [] {};
        queue.withdraw(a); // waits no more
        queue.add(c);
        queue.run(always);
        QCOMPARE(order, std::string("ac"));
    }

    void whoseTurnWasPutOffMayStillWithdraw() {
        for (Named* const each : {&a, &b, &c})
            queue.add(*each);
        queue.run([] { return false; });
        queue.withdraw(b);
        queue.run(always);
        QCOMPARE(order, std::string("ac"));
    }

    void nobodyWaitsInTwoQueues() {
        ResumeQueue other;
        queue.add(a);
        other.add(a);
        QVERIFY(other.empty() && queue.holds(a));
        other.withdraw(a);
        QVERIFY(queue.holds(a));
        queue.withdraw(a);
    }

    void aTurnIsWastedOnCrumbs_data() {
        QTest::addColumn<int>("size");
        QTest::addColumn<bool>("wasted");
        QTest::newRow("a byte in a chunk") << 6 << true;
        QTest::newRow("an interim response") << 27 << true;
        QTest::newRow("a line") << 80 << false;
        QTest::newRow("a page") << 4096 << false;
    }

    void aTurnIsWastedOnCrumbs() {
        QFETCH(int, size);
        QFETCH(bool, wasted);
        TurnBudget turn;
        QVERIFY(!turn.spent() && !turn.wasted());
        while (turn.spendStep())
            turn.stepped(static_cast<size_t>(size));
        QVERIFY(turn.spent());
        QCOMPARE(turn.wasted(), wasted);
        turn.renew();
        QVERIFY(!turn.spent() && !turn.wasted());
    }

    void bytesAndRoundsEndATurnToo() {
        TurnBudget turn;
        turn.spendBytes(100'000'000);
        QVERIFY(turn.spent() && !turn.wasted());
        turn.renew();
        for (int i = 0; i < 100; ++i)
            turn.spendRound();
        QVERIFY(turn.spent() && !turn.wasted());
    }

  private:
    std::string order;
    ResumeQueue queue;
    Named a{'a', order};
    Named b{'b', order};
    Named c{'c', order};
};

QTEST_GUILESS_MAIN(TestResumeQueue)
#include "test_resume_queue.moc"
