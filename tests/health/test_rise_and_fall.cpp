// SPDX-License-Identifier: MIT
#include "health/rise_and_fall.h"

#include <QTest>

using namespace reverxy::health;

/// A story is a line of observations: `+` and `-` are probes, `s` and `f` requests. The verdicts are those after
/// each of them: `?` unknown, `U` up, `D` down.
class TestRiseAndFall : public QObject {
    Q_OBJECT

    static char letter(State state) {
        switch (state) {
        case State::Unknown:
            return '?';
        case State::Up:
            return 'U';
        case State::Down:
            return 'D';
        }
        return '!';
    }

    static Flip observe(RiseAndFall& machine, char what) {
        switch (what) {
        case '+':
            return machine.probePassed();
        case '-':
            return machine.probeFailed();
        case 'f':
            return machine.trafficFailed();
        default:
            machine.trafficSucceeded();
            return Flip::None;
        }
    }

  private Q_SLOTS:

    void verdicts_data() {
        QTest::addColumn<QByteArray>("observations");
        QTest::addColumn<QByteArray>("verdicts");
        const auto row = [](const char* name, const char* observations, const char* verdicts) {
            QTest::newRow(name) << QByteArray(observations) << QByteArray(verdicts);
        };
        // rise 2, fall 3
        row("one pass makes it known", "+", "U");
        row("failures before the first verdict", "---", "??D");
        row("fall in a row", "+---", "UUUD");
        row("a pass between begins anew", "+--+--+---", "UUUUUUUUUD");
        row("rise in a row", "---++", "??DDU");
        row("a failure between begins anew", "---+-+-++", "??DDDDDDU");
        row("down stays down", "------", "??DDDD");
        row("up again counts from nothing", "---++--+---", "??DDUUUUUUD");
        row("flapping below the thresholds changes nothing", "+-+-+-+-", "UUUUUUUU");
        row("flapping while down changes nothing", "---+-+-+-", "??DDDDDDD");

        row("requests alone take it out", "+fff", "UUUD");
        row("requests alone, never probed", "fff", "??D");
        row("a request that succeeds begins anew", "+ffsfff", "UUUUUUD");
        row("requests and probes together", "+f-f", "UUUD");
        row("a passed probe takes back requests' failures", "+ff+ff", "UUUUUU");
        row("successes do not hide failing probes", "+-s-s-", "UUUUUD");
        row("nor the probes' part of the failures", "+-fs-f", "UUUUUD");
        row("requests cannot bring it back", "---ssss", "??DDDDD");
        row("nor keep it out", "---+f+", "??DDDU");
        row("what requests met while down is not counted later", "---fff++ff", "??DDDDDUUU");
    }

    void verdicts() {
        QFETCH(QByteArray, observations);
        QFETCH(QByteArray, verdicts);
        RiseAndFall machine(2, 3);
        QByteArray seen;
        for (const char what : observations) {
            const State before = machine.state();
            const Flip flip = observe(machine, what);
            seen += letter(machine.state());
            const bool down = machine.state() == State::Down;
            const bool wasDown = before == State::Down;
            QCOMPARE(flip, down == wasDown ? Flip::None : (down ? Flip::ToDown : Flip::ToUp));
            QCOMPARE(machine.down(), down);
        }
        QCOMPARE(seen, verdicts);
    }

    void thresholdsOfOne() {
        RiseAndFall machine(1, 1);
        QCOMPARE(machine.probeFailed(), Flip::ToDown);
        QCOMPARE(machine.probePassed(), Flip::ToUp);
        QCOMPARE(machine.trafficFailed(), Flip::ToDown);
    }

    void severalFailuresInOneReport() {
        RiseAndFall machine(2, 3);
        QCOMPARE(machine.trafficFailed(2), Flip::None);
        QCOMPARE(machine.trafficFailed(200), Flip::ToDown);
        QCOMPARE(machine.trafficFailures(), 202u);
    }

    void onlyASuspectWantsToHearOfSuccesses() {
        RiseAndFall machine(2, 3);
        QVERIFY(!machine.suspected());
        machine.probeFailed(); // nothing that a request could take back
        QVERIFY(!machine.suspected());
        machine.trafficFailed();
        QVERIFY(machine.suspected());
        machine.trafficSucceeded();
        QVERIFY(!machine.suspected());
        machine.trafficFailed(3);
        QVERIFY(machine.down());
        QVERIFY(!machine.suspected());
    }

    void countsAreThoseInARow() {
        RiseAndFall machine(2, 3);
        machine.probePassed();
        machine.probePassed();
        QCOMPARE(machine.passes(), 2u);
        machine.probeFailed();
        machine.trafficFailed();
        QCOMPARE(machine.passes(), 0u);
        QCOMPARE(machine.probeFailures(), 1u);
        QCOMPARE(machine.trafficFailures(), 1u);
        machine.probePassed();
        QCOMPARE(machine.passes(), 1u);
        QCOMPARE(machine.probeFailures(), 0u);
        QCOMPARE(machine.trafficFailures(), 0u);
    }

    void countsEndSomewhere() {
        RiseAndFall machine(2, UINT32_MAX);
        machine.trafficFailed(UINT32_MAX - 1);
        QVERIFY(!machine.down());
        machine.trafficFailed(5);
        QCOMPARE(machine.trafficFailures(), UINT32_MAX);
        QVERIFY(machine.down());
    }

    void aVerdictIsPassedOnWithoutItsCounts() {
        RiseAndFall before(2, 3);
        before.probeFailed();
        before.probeFailed();
        before.probeFailed();
        RiseAndFall after(1, 5);
        after.continueFrom(before);
        QVERIFY(after.down());
        QCOMPARE(after.probeFailures(), 0u);
        QCOMPARE(after.probePassed(), Flip::ToUp);
    }
};

QTEST_GUILESS_MAIN(TestRiseAndFall)
#include "test_rise_and_fall.moc"
