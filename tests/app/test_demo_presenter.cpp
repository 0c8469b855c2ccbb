// SPDX-License-Identifier: MIT
#include "app/demo/presenter.h"
#include "support/fake_engine_control.h"

#include <QTest>

#include <memory>

using namespace reverxy;
using demo::LiveLines;

/// What the demo does and says while its engine starts, serves, stops and starts elsewhere.
class TestDemoPresenter : public QObject {
    Q_OBJECT

    std::unique_ptr<test::FakeEngineControl> m_control;
    std::unique_ptr<demo::Presenter> m_presenter;
    QStringList m_traffic; // where the clients were sent, and "-" where they were stopped
    QStringList m_printed;

    void present(LiveLines lines) {
        m_control = std::make_unique<test::FakeEngineControl>();
        demo::Stage stage;
        stage.ports.shopQuick = 4001;
        stage.ports.shopSlow = 4002;
        stage.ports.news = 4003;
        stage.sendTraffic = [this](const QString& host, uint16_t port) {
            m_traffic << QStringLiteral("%1 %2").arg(host).arg(port);
        };
        stage.stopTraffic = [this] { m_traffic << QStringLiteral("-"); };
        m_presenter = std::make_unique<demo::Presenter>(std::move(stage), *m_control, lines,
                                                        [this](const QString& text) { m_printed << text; });
    }

    /// A snapshot of so many milliseconds after the first.
    static api::EngineSnapshot serving(qint64 at,
                                       const QString& address = QStringLiteral("http://localhost:8080")) {
        api::EngineSnapshot snapshot;
        snapshot.taken = QDateTime::fromMSecsSinceEpoch(1'700'000'000'000 + at);
        snapshot.state = api::EngineState::Running;
        snapshot.addresses = {address};
        snapshot.probeAddress = QStringLiteral("http://localhost:8085");
        return snapshot;
    }

    static api::EngineSnapshot stopped(qint64 at) {
        api::EngineSnapshot snapshot;
        snapshot.taken = QDateTime::fromMSecsSinceEpoch(1'700'000'000'000 + at);
        return snapshot;
    }

  private Q_SLOTS:

    void init() {
        m_traffic.clear();
        m_printed.clear();
    }

    void cleanup() {
        m_presenter.reset();
        m_control.reset();
    }

    void beforeTheEngineServesNothingHappens() {
        present(LiveLines::Yes);
        m_control->show(stopped(0));
        m_control->show(stopped(60'000));
        QVERIFY(m_traffic.isEmpty());
        QVERIFY(m_printed.isEmpty());
    }

    void onceItServesClientsComeAndItIsIntroducedOnce() {
        present(LiveLines::No);
        m_control->show(serving(0));
        m_control->show(serving(250));
        QCOMPARE(m_traffic, QStringList{QStringLiteral("localhost 8080")});
        QCOMPARE(m_printed.size(), 1);
        for (const char* part : {"http://localhost:8080 ", "http://localhost:8085 ", "http://127.0.0.1:4001 ",
                                 "http://127.0.0.1:4002 ", "http://127.0.0.1:4003 "})
            QVERIFY2(m_printed.first().contains(QLatin1String(part)), part);
    }

    void aLineOfFiguresEveryFiveSeconds() {
        present(LiveLines::Yes);
        for (qint64 at = 0; at <= 15'000; at += 250)
            m_control->show(serving(at));
        QCOMPARE(m_printed.size(), 1 + 3);
        QVERIFY2(m_printed.last().contains(QStringLiteral(" requests/s")), qPrintable(m_printed.last()));
        QVERIFY(m_printed.last().endsWith(QLatin1Char('\n')));
        QCOMPARE(m_printed.last().count(QLatin1Char('\n')), 1);
    }

    void aWindowShowsTheFiguresInstead() {
        present(LiveLines::No);
        for (qint64 at = 0; at <= 15'000; at += 250)
            m_control->show(serving(at));
        QCOMPARE(m_printed.size(), 1);
    }

    void aClockThatIsSetBackSilencesNothing() {
        present(LiveLines::Yes);
        m_control->show(serving(0));
        m_control->show(serving(-3'600'000));
        QCOMPARE(m_printed.size(), 2);
        m_control->show(serving(-3'600'000 + 4'750));
        QCOMPARE(m_printed.size(), 2);
        m_control->show(serving(-3'600'000 + 5'000));
        QCOMPARE(m_printed.size(), 3);
    }

    void clientsFollowTheEngine() {
        present(LiveLines::No);
        m_control->show(serving(0));
        api::EngineSnapshot draining = serving(250);
        draining.state = api::EngineState::Draining;
        m_control->show(draining);
        m_control->show(stopped(500));
        m_control->show(serving(750, QStringLiteral("http://[::1]:9090")));
        const QStringList expected{QStringLiteral("localhost 8080"), QStringLiteral("-"),
                                   QStringLiteral("::1 9090")};
        QCOMPARE(m_traffic, expected);
        QCOMPARE(m_printed.size(), 1); // the introduction is for the first time
    }

    void noClientIsLeftBehind() {
        present(LiveLines::No);
        m_control->show(serving(0));
        m_presenter.reset();
        QCOMPARE(m_traffic.last(), QStringLiteral("-"));
    }
};

QTEST_GUILESS_MAIN(TestDemoPresenter)
#include "test_demo_presenter.moc"
