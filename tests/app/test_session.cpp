// SPDX-License-Identifier: MIT
#include "app/session.h"
#include "behaviour/story.h"

#include <QCoreApplication>
#include <QUrl>

#include <csignal>

using namespace reverxy;
using namespace reverxy::test;

namespace {

/// A session over an engine that serves, with one request held by its backend.
struct Scene {
    explicit Scene(uint16_t backend) : config(configFor({backend})) {
        config.proxy.drainTimeout = 24h;
        control.watch();
        control.send(api::StartEngine{});
        [this] { QTRY_VERIFY(!control.snapshot()->addresses.isEmpty()); }();
        client.emplace(uint16_t(QUrl(control.snapshot()->addresses.value(0)).port()));
        client->send(request("GET", "/"));
    }

    void waitForState(api::EngineState state) const {
        [&] { QTRY_COMPARE(int(control.snapshot()->state), int(state)); }();
    }

    config::Config config;
    NameTable names;
    observe::Log log{[](std::string_view) {}, names};
    LocalEngineControl control{[this] {
                                   return ConfigurationReading{config, {}, {}, {}};
                               },
                               log, names, reactorUnderTest()};
    app::Session session{control, log};
    std::optional<Client> client;
};

} // namespace

/// How a process that holds an engine ends.
class TestSession : public QObject {
    Q_OBJECT
  private Q_SLOTS:

    void itEndsWhenWhatRunsIsFinished_data() {
        QTest::addColumn<bool>("stoppedBefore");
        QTest::newRow("while it serves") << false;
        QTest::newRow("while it drains") << true;
    }

    void itEndsWhenWhatRunsIsFinished() {
        QFETCH(bool, stoppedBefore);
        Gate gate;
        Origin origin(heldBy(gate, answer("held")));
        Scene scene(origin.port());
        QVERIFY(waitUntil([&] { return origin.requestCount() == 1; }));
        if (stoppedBefore) {
            scene.control.send(api::StopEngine{}); // the window's button
            scene.waitForState(api::EngineState::Draining);
        }
        scene.session.end();
        scene.waitForState(api::EngineState::Draining);
        // It drains still once the engine has dealt with what was sent.
        bool answered = false;
        connect(&scene.control, &api::EngineControl::commandFinished, this, [&] { answered = true; });
        scene.control.send(api::ReloadConfiguration{});
        QTRY_VERIFY(answered);
        QCOMPARE(scene.control.snapshot()->runningExchanges, 1u);
        gate.open();
        QCOMPARE(QCoreApplication::exec(), 0);
        QVERIFY(!scene.session.cut());
        QCOMPARE(scene.client->read().body, std::string("held"));
    }

    void toldASecondTimeItEndsAtOnce() {
        Gate never;
        Origin origin(heldBy(never, answer("")));
        Scene scene(origin.port());
        QVERIFY(waitUntil([&] { return origin.requestCount() == 1; }));
        scene.session.end();
        scene.waitForState(api::EngineState::Draining);
        std::raise(SIGTERM);
        QCOMPARE(QCoreApplication::exec(), 1);
        QVERIFY(scene.session.cut());
        QVERIFY(scene.client->stream().expectEnd());
    }

    void whereNothingRunsItEndsAtOnce() {
        Origin origin(answer(""));
        Scene scene(origin.port());
        COMPARE_STATUS(scene.client->read(), 200);
        scene.control.send(api::StopEngine{});
        scene.waitForState(api::EngineState::Stopped);
        std::raise(SIGINT);
        QCOMPARE(QCoreApplication::exec(), 0);
    }
};

QTEST_GUILESS_MAIN(TestSession)
#include "test_session.moc"
