// SPDX-License-Identifier: MIT
#include "net/health_reporter.h"

#include <QTest>

using namespace reverxy;
using namespace reverxy::net;

namespace {

/// A worker's side and the engine's, on the test's thread.
struct Scene {
    std::shared_ptr<health::Target> target(const char* path) const {
        health::ProbeDefinition probe;
        probe.target = path;
        return std::make_shared<health::Target>(probe);
    }

    /// What has arrived by the time that something has.
    std::vector<HealthReport> arrived() {
        std::vector<std::vector<HealthReport>> batches;
        if (!QTest::qWaitFor([&] {
                inbox.mailbox.takeAll(batches);
                return !batches.empty();
            }))
            return {};
        return batches.size() == 1 ? batches[0] : std::vector<HealthReport>();
    }

    Loop loop{makePortableReactor()};
    HealthInbox inbox;
    HealthReporter reporter{loop, inbox};
};

} // namespace

/// A story is a line of outcomes at one target: `+` answered, `-` failed.
class TestHealthReporter : public QObject {
    Q_OBJECT
  private Q_SLOTS:

    void oneEntryTellsWhatCountsOfMany_data() {
        QTest::addColumn<QByteArray>("outcomes");
        QTest::addColumn<bool>("succeeded");
        QTest::addColumn<uint>("failures");
        QTest::newRow("a failure") << QByteArray("-") << false << 1u;
        QTest::newRow("failures") << QByteArray("-----") << false << 5u;
        QTest::newRow("an answer") << QByteArray("+++") << true << 0u;
        QTest::newRow("failures, then an answer") << QByteArray("---+") << true << 0u;
        QTest::newRow("an answer, then failures") << QByteArray("-+--") << true << 2u;
    }

    void oneEntryTellsWhatCountsOfMany() {
        QFETCH(QByteArray, outcomes);
        QFETCH(bool, succeeded);
        QFETCH(uint, failures);
        Scene scene;
        const auto target = scene.target("/");
        for (const char outcome : outcomes)
            scene.reporter.add(target, outcome == '+' ? Failure::None : Failure::ConnectRefused);
        const auto reports = scene.arrived();
        QCOMPARE(reports.size(), size_t(1));
        QVERIFY(reports[0].target == target);
        QCOMPARE(reports[0].traffic.succeeded, succeeded);
        QCOMPARE(reports[0].traffic.failures, failures);
        QCOMPARE(static_cast<int>(reports[0].traffic.last),
                 static_cast<int>(failures > 0 ? Failure::ConnectRefused : Failure::None));
    }

    void targetsAreApart() {
        Scene scene;
        const auto one = scene.target("/one");
        const auto two = scene.target("/two");
        scene.reporter.add(one, Failure::ConnectRefused);
        scene.reporter.add(two, Failure::ConnectTimeout);
        scene.reporter.add(one, Failure::ConnectionClosed);
        const auto reports = scene.arrived();
        QCOMPARE(reports.size(), size_t(2));
        QCOMPARE(reports[0].traffic.failures, 2u);
        QVERIFY(reports[0].traffic.last == Failure::ConnectionClosed);
        QCOMPARE(reports[1].traffic.failures, 1u);
        scene.reporter.add(two, Failure::ConnectTimeout); // the next batch begins anew
        const auto further = scene.arrived();
        QCOMPARE(further.size(), size_t(1));
        QVERIFY(further[0].target == two);
        QCOMPARE(further[0].traffic.failures, 1u);
    }
};

QTEST_GUILESS_MAIN(TestHealthReporter)
#include "test_health_reporter.moc"
