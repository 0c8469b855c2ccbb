// SPDX-License-Identifier: MIT
#include "app/demo/live_line.h"

#include <QTest>

using namespace reverxy;

namespace {

api::PoolSnapshot pool(const QString& name, std::initializer_list<bool> available) {
    api::PoolSnapshot pool;
    pool.name = name;
    for (const bool is : available) {
        api::BackendSnapshot backend;
        backend.available = is;
        pool.backends.push_back(backend);
    }
    return pool;
}

api::EngineSnapshot running() {
    api::EngineSnapshot snapshot;
    snapshot.state = api::EngineState::Running;
    snapshot.pools = {pool(QStringLiteral("shop"), {true, false}), pool(QStringLiteral("news"), {true})};
    snapshot.traffic.requestsPerSecond = 20.34;
    snapshot.traffic.errorsPerSecond = 0.2;
    snapshot.traffic.p95Micros = 412'300;
    snapshot.clientConnections = 12;
    snapshot.runningExchanges = 1;
    return snapshot;
}

} // namespace

/// The line of figures for who looks at a terminal.
class TestDemoLiveLine : public QObject {
    Q_OBJECT

  private Q_SLOTS:

    void aRunningEngineIsInFigures() {
        QCOMPARE(demo::liveLine(running()),
                 QStringLiteral("20.3 requests/s, 0.2 errors/s, p95 412 ms | available: shop 1/2, news 1/1 | "
                                "12 connections, 1 running exchange"));
    }

    void durationsAreReadable_data() {
        QTest::addColumn<uint>("micros");
        QTest::addColumn<QString>("expected");
        QTest::newRow("nothing") << 0u << QStringLiteral(" p95 - ");
        QTest::newRow("less than a millisecond") << 350u << QStringLiteral(" p95 0.3 ms ");
        QTest::newRow("a few") << 4'200u << QStringLiteral(" p95 4.2 ms ");
        QTest::newRow("many") << 98'700u << QStringLiteral(" p95 99 ms ");
        QTest::newRow("seconds") << 2'340'000u << QStringLiteral(" p95 2.3 s ");
    }

    void durationsAreReadable() {
        QFETCH(uint, micros);
        QFETCH(QString, expected);
        api::EngineSnapshot snapshot = running();
        snapshot.traffic.p95Micros = micros;
        const QString line = demo::liveLine(snapshot);
        QVERIFY2(line.contains(expected), qPrintable(line));
    }

    void whatDoesNotRunSaysWhy() {
        api::EngineSnapshot snapshot;
        QCOMPARE(demo::liveLine(snapshot), QStringLiteral("stopped"));
        snapshot.problem = QStringLiteral("port 8080 is in use");
        QCOMPARE(demo::liveLine(snapshot), QStringLiteral("stopped: port 8080 is in use"));
    }

    void aDrainIsTold() {
        api::EngineSnapshot snapshot = running();
        snapshot.state = api::EngineState::Draining;
        QVERIFY(demo::liveLine(snapshot).startsWith(QLatin1String("draining | 20.3 ")));
    }
};

QTEST_APPLESS_MAIN(TestDemoLiveLine)
#include "test_demo_live_line.moc"
