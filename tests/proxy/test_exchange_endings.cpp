// SPDX-License-Identifier: MIT
#include "proxy/exchange_scene.h"

#include <QTest>

using namespace reverxy;
using namespace reverxy::proxy;
using observe::Phase;

/// How exchanges end before their time, and that the next one on the same stage knows nothing of it.
class TestExchangeEndings : public QObject {
    Q_OBJECT
  private Q_SLOTS:

    void aClientThatLeavesTakesEverythingWithIt_data() {
        QTest::addColumn<QString>("when");
        for (const char* when : {"connecting", "awaiting the response", "streaming", "queued", "awaiting a retry"})
            QTest::newRow(when) << when;
    }

    void aClientThatLeavesTakesEverythingWithIt() {
        QFETCH(QString, when);
        auto config = configOf("a");
        config.pools[0].backends[0].maxConnections = 1;
        ExchangeScene scene(config);
        if (when == QLatin1String("connecting"))
            scene.port.answers[0] = {pending};
        if (when == QLatin1String("queued"))
            QVERIFY(scene.backend(0).takeSlot());
        if (when == QLatin1String("awaiting a retry"))
            scene.pool().retriesInFlight = 3;
        scene.request(get);
        if (when == QLatin1String("streaming"))
            scene.response("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n");
        if (when == QLatin1String("awaiting a retry"))
            scene.lose();
        scene.exchange.clientLost(Failure::ClientGone, scene.now);
        QVERIFY(scene.exchange.responseOver());
        QVERIFY(!scene.port.waiting());
        QVERIFY(!scene.port.connectionOpen());
        QVERIFY(scene.port.deadline == TimePoint::max());
        QCOMPARE(scene.port.cuts, 0);
        QVERIFY(scene.decision().failure == Failure::ClientGone);
        if (when == QLatin1String("queued"))
            scene.backend(0).dropSlot();
        if (when == QLatin1String("awaiting a retry"))
            scene.pool().retriesInFlight = 0;
        scene.finish();
        QVERIFY(scene.countersAreZero());
    }

    void aClientThatLeavesBeforeItHasTheRestIsRecorded() {
        ExchangeScene scene;
        scene.request(get);
        scene.answer();
        scene.exchange.clientLost(Failure::ClientTooSlow, scene.now); // the response is complete, but not sent yet
        QVERIFY(scene.decision().failure == Failure::ClientTooSlow);
    }

    void butNotInPlaceOfWhatWentWrongBefore() {
        ExchangeScene scene(configOf("a"));
        scene.port.answers[0] = {refused};
        scene.request(get);
        scene.exchange.clientLost(Failure::ClientGone, scene.now);
        QVERIFY(scene.decision().failure == Failure::ConnectRefused);
    }

    void whatTheLastRequestTriedIsThereForTheNext() {
        ExchangeScene scene;
        scene.port.answers[0] = {refused};
        for (int i = 0; i < 3; ++i) {
            scene.port.requests.clear();
            scene.port.responses.clear();
            scene.request(get);
            scene.answer();
            scene.finish();
        }
        QCOMPARE(scene.port.opened, std::string("abba"));
    }

    void anExchangeIsReusedWithoutMemoryOfTheLast() {
        ExchangeScene scene;
        scene.request("PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\n");
        QVERIFY(scene.body("abc"));
        scene.endRequest();
        scene.lose();
        scene.lose();
        scene.lose();
        QCOMPARE(problemOf(scene), std::string("502 connection-closed"));
        scene.finish();

        scene.port.requests.clear();
        scene.port.responses.clear();
        scene.request(get);
        QVERIFY(scene.sent().body.empty());
        QCOMPARE(scene.decision().attemptsTotal, uint16_t(1));
        QVERIFY(scene.decision().failure == Failure::None);
        QVERIFY(!scene.exchange.headForwarded());
        scene.lose(); // all three tries are there again
        scene.lose();
        QCOMPARE(scene.port.requests.size(), size_t(3));
        scene.answer();
        scene.finish();
        QVERIFY(scene.countersAreZero());
    }
};

QTEST_APPLESS_MAIN(TestExchangeEndings)
#include "test_exchange_endings.moc"
