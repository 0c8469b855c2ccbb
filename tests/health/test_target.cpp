// SPDX-License-Identifier: MIT
#include "health/target.h"

#include <QTest>

#include <thread>

using namespace reverxy;
using namespace reverxy::health;
using namespace std::chrono_literals;

namespace {

const WallTime start = WallTime{} + 24h;

ProbeDefinition definition(std::string_view path = "/health") {
    ProbeDefinition probe;
    probe.host = "localhost";
    probe.authority = "localhost:8081";
    probe.port = 8081;
    probe.target = path;
    return probe;
}

ProbeResult passed() {
    return {true, 200, Failure::None, 1500, ""};
}

ProbeResult refused() {
    return {false, 0, Failure::ConnectRefused, 100, ""};
}

ProbeResult status(uint16_t status) {
    return {false, status, Failure::None, 100, ""};
}

TrafficReport failures(uint32_t count, Failure last = Failure::ConnectRefused) {
    return {false, count, last};
}

} // namespace

class TestTarget : public QObject {
    Q_OBJECT

    static QString text(const std::string& from) { return QString::fromStdString(from); }

  private Q_SLOTS:

    void reasonsNameWhoSawWhat_data() {
        QTest::addColumn<QByteArray>("observations"); // `-` a refused probe, `5` one with status 500, `f` a request
        QTest::addColumn<QString>("reason");
        QTest::newRow("probes") << QByteArray("---")
                                << QStringLiteral("3 probes in a row failed, the last: connection refused");
        QTest::newRow("the last one counts")
            << QByteArray("--5")
            << QStringLiteral("3 probes in a row failed, the last: status 500 instead of 200-399");
        QTest::newRow("requests") << QByteArray("fff")
                                  << QStringLiteral("3 requests in a row failed, the last: connection refused");
        QTest::newRow("both") << QByteArray("f-f")
                              << QStringLiteral("2 requests and 1 probe in a row failed, the last: connection "
                                                "refused");
        QTest::newRow("both, ended by a probe")
            << QByteArray("f55")
            << QStringLiteral("1 request and 2 probes in a row failed, the last: status 500 instead of 200-399");
        QTest::newRow("back again") << QByteArray("---++")
                                    << QStringLiteral("2 probes in a row passed, the last: status 200");
        QTest::newRow("first") << QByteArray("-+") << QStringLiteral("the first probe that passed: status 200");
        QTest::newRow("no verdict yet") << QByteArray("--") << QString();
    }

    void reasonsNameWhoSawWhat() {
        QFETCH(QByteArray, observations);
        QFETCH(QString, reason);
        Target target(definition());
        for (const char what : observations) {
            if (what == 'f')
                target.reported(failures(1), start);
            else
                target.probed(what == '+' ? passed() : (what == '-' ? refused() : status(500)), start);
        }
        QCOMPARE(text(target.reason()), reason);
    }

    void theLastFailureIsKeptInBrief() {
        Target target(definition());
        QCOMPARE(text(target.snapshot().lastFailure), QString());
        target.probed(status(500), start);
        QCOMPARE(text(target.snapshot().lastFailure), QStringLiteral("status 500"));
        target.reported(failures(1), start);
        QCOMPARE(text(target.snapshot().lastFailure), QStringLiteral("connection refused"));
        target.probed(passed(), start);
        QCOMPARE(text(target.snapshot().lastFailure), QStringLiteral("connection refused"));
        for (int i = 0; i < 3; ++i)
            target.probed(refused(), start);
        target.probed(status(503), start); // still down, by now for another reason
        QCOMPARE(text(target.snapshot().lastFailure), QStringLiteral("status 503"));
        QVERIFY(target.reason().ends_with("connection refused"));
    }

    void aSingleFailureIsNotInARow() {
        ProbeDefinition probe = definition();
        probe.fall = 1;
        Target target(probe);
        QCOMPARE(target.probed(refused(), start), Flip::ToDown);
        QCOMPARE(text(target.reason()), QStringLiteral("1 probe failed: connection refused"));
    }

    void theSignalFollows() {
        Target target(definition());
        const Signal::Reading before = target.signal().read();
        QVERIFY(!before.down());
        QVERIFY(!before.suspected());
        target.reported(failures(1), start);
        QVERIFY(!target.signal().read().down());
        QVERIFY(target.signal().read().suspected());
        QVERIFY(target.signal().read().sameStateAs(before));
        QCOMPARE(target.reported(failures(2), start), Flip::ToDown);
        const Signal::Reading down = target.signal().read();
        QVERIFY(down.down());
        QVERIFY(!down.suspected());
        QVERIFY(!down.sameStateAs(before));
        target.probed(passed(), start);
        QVERIFY(target.signal().read().sameStateAs(down));
        QCOMPARE(target.probed(passed(), start), Flip::ToUp);
        QVERIFY(!target.signal().read().down());
        QVERIFY(!target.signal().read().sameStateAs(before)); // up as before, but another time
    }

    void aReportIsASuccessAndThenFailures() {
        Target target(definition());
        target.reported(failures(2), start);
        QCOMPARE(target.reported({true, 2, Failure::ConnectTimeout}, start), Flip::None);
        QCOMPARE(target.reported(failures(1, Failure::ConnectionClosed), start), Flip::ToDown);
        QCOMPARE(text(target.reason()), QStringLiteral("3 requests in a row failed, the last: connection closed "
                                                       "without a response"));
    }

    void theStateHasItsTime() {
        Target target(definition());
        target.begin(start);
        target.begin(start + 5s); // it began already
        QVERIFY(target.snapshot().since == start);
        target.probed(passed(), start + 10s);
        QVERIFY(target.snapshot().since == start + 10s);
        target.probed(passed(), start + 20s);
        QVERIFY(target.snapshot().since == start + 10s);
        target.reported(failures(3), start + 25s);
        QVERIFY(target.snapshot().since == start + 25s);
    }

    void theLastTenProbesAreRemembered() {
        Target target(definition());
        QVERIFY(target.snapshot().probes.empty());
        for (int i = 0; i < 13; ++i)
            target.probed(i % 2 == 0 ? passed() : refused(), start + std::chrono::seconds(i));
        const TargetSnapshot snapshot = target.snapshot();
        QCOMPARE(snapshot.probes.size(), Target::probesRemembered);
        QVERIFY(snapshot.probes.front().at == start + 3s);
        QVERIFY(!snapshot.probes.front().passed);
        QCOMPARE(text(snapshot.probes.front().reason), QStringLiteral("connection refused"));
        QVERIFY(snapshot.probes.back().at == start + 12s);
        QVERIFY(snapshot.probes.back().passed);
        QCOMPARE(snapshot.probes.back().micros, 1500u);
        QCOMPARE(text(snapshot.probes.back().reason), QStringLiteral("status 200"));
        QCOMPARE(snapshot.probesPassed, uint64_t(7));
        QCOMPARE(snapshot.probesFailed, uint64_t(6));
        QCOMPARE(snapshot.probeMicros, uint64_t(7 * 1500 + 6 * 100));
        QCOMPARE(snapshot.passes, 1u);
        QCOMPARE(snapshot.probeFailures, 0u);
        QCOMPARE(text(snapshot.description), QStringLiteral("GET http://localhost:8081/health"));
    }

    void aChangedThresholdKeepsTheVerdict() {
        Target before(definition());
        before.begin(start);
        before.probed(refused(), start);
        before.probed(refused(), start);
        before.probed(refused(), start + 3s);
        ProbeDefinition changed = definition();
        changed.rise = 1;
        Target after(changed);
        after.continueFrom(before);
        after.begin(start + 60s);
        QVERIFY(after.signal().read().down());
        QVERIFY(after.snapshot().since == start + 3s);
        QCOMPARE(after.reason(), before.reason());
        QCOMPARE(after.probed(passed(), start + 61s), Flip::ToUp);
    }

    /// Workers read while the engine's thread writes; ThreadSanitizer looks on.
    void readersSeeWholeWords() {
        Target target(definition());
        std::atomic<bool> done{false};
        std::atomic<int> torn{0};
        std::thread reader([&] {
            while (!done) {
                const Signal::Reading reading = target.signal().read();
                torn += reading.down() && reading.suspected(); // never written together
            }
        });
        for (int i = 0; i < 2000; ++i) {
            target.reported(failures(3), start);
            target.probed(passed(), start);
            target.probed(passed(), start);
        }
        done = true;
        reader.join();
        QCOMPARE(torn.load(), 0);
    }
};

QTEST_GUILESS_MAIN(TestTarget)
#include "test_target.moc"
