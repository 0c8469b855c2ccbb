// SPDX-License-Identifier: MIT
#include "proxy/exchange_scene.h"

#include <QTest>

using namespace reverxy;
using namespace reverxy::proxy;
using observe::Phase;

namespace {

std::string asking(std::string_view protocols, std::string_view connection = "upgrade") {
    return "GET /chat HTTP/1.1\r\nHost: x\r\nConnection: " + std::string(connection) +
           "\r\nUpgrade: " + std::string(protocols) + "\r\n\r\n";
}

std::string switching(std::string_view protocols) {
    return "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: " + std::string(protocols) +
           "\r\nSec-WebSocket-Accept: x\r\n\r\n";
}

} // namespace

/// RFC 9110 section 7.8: switching protocols, after which bytes pass both ways as they are.
class TestExchangeUpgrade : public QObject {
    Q_OBJECT
  private Q_SLOTS:

    void aTunnelFromEndToEnd() {
        ExchangeScene scene;
        scene.request(asking("websocket"));
        QCOMPARE(scene.sent().upgrade, std::string("websocket"));
        QCOMPARE(scene.sent().fields.count("Upgrade"), size_t(0)); // written with the connection's own fields
        scene.response(switching("WebSocket"));
        QVERIFY(scene.exchange.phase() == Phase::Tunnel);
        QCOMPARE(scene.got().status, uint16_t(101));
        QCOMPARE(scene.got().upgrade, std::string("WebSocket"));
        QCOMPARE(scene.got().fields.value("Sec-WebSocket-Accept"), std::string("x"));
        QCOMPARE(scene.got().fields.count("Upgrade") + scene.got().fields.count("Connection"), size_t(0));
        QCOMPARE(scene.port.tunnels, 1);
        QVERIFY(scene.port.deadline == TimePoint::max()); // no response_timeout

        scene.responseBody("\x81\x02hi");
        QCOMPARE(scene.got().body, std::string("\x81\x02hi"));
        scene.exchange.timeout(scene.now + 10h);
        QVERIFY(!scene.exchange.responseOver());
        QCOMPARE(scene.pool().inFlight.load(), 1u);

        scene.exchange.tunnelOver();
        QVERIFY(scene.exchange.responseOver());
        scene.finish();
        QCOMPARE(scene.port.closed, 1);
        QCOMPARE(scene.port.kept, 0);
        QVERIFY(scene.decision().tunnel);
        QVERIFY(scene.decision().failure == Failure::None);
        QCOMPARE(scene.decision().status, uint16_t(101));
        QCOMPARE(scene.decision().responseBodyBytes, uint64_t(4));
        QVERIFY(scene.countersAreZero());
    }

    void whatIsOffered_data() {
        QTest::addColumn<QString>("protocols");
        QTest::addColumn<QString>("offered");
        QTest::newRow("one") << "websocket"
                             << "websocket";
        QTest::newRow("several, in their order") << "websocket, IRC/6.9,RTA/x11"
                                                 << "websocket, IRC/6.9, RTA/x11";
        QTest::newRow("never h2c") << "h2c"
                                   << "";
        QTest::newRow("h2c in capitals") << "H2C"
                                         << "";
        QTest::newRow("nor a version of it") << "h2c/1"
                                             << "";
        QTest::newRow("what stands beside it") << "h2c, websocket, H2c"
                                               << "websocket";
        QTest::newRow("what only begins so") << "h2cat"
                                             << "h2cat";
    }

    void whatIsOffered() {
        QFETCH(QString, protocols);
        QFETCH(QString, offered);
        ExchangeScene scene;
        scene.request(asking(protocols.toStdString(), "Upgrade, HTTP2-Settings"));
        QCOMPARE(QString::fromStdString(scene.sent().upgrade), offered);
        QCOMPARE(scene.sent().fields.count("HTTP2-Settings"), size_t(0));
    }

    void whatIsNotMeantIsNotOffered_data() {
        QTest::addColumn<QString>("request");
        QTest::newRow("not named by Connection") << "GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n\r\n";
        QTest::newRow("HTTP/1.0 (a server must ignore it)")
            << "GET / HTTP/1.0\r\nHost: x\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n";
        QTest::newRow("Connection alone") << "GET / HTTP/1.1\r\nHost: x\r\nConnection: upgrade\r\n\r\n";
    }

    void whatIsNotMeantIsNotOffered() {
        QFETCH(QString, request);
        ExchangeScene scene(configOf("a"));
        scene.request(request.toStdString());
        QVERIFY(scene.sent().upgrade.empty());
        QCOMPARE(scene.sent().fields.count("Upgrade"), size_t(0));
        // And so a 101 cannot be.
        scene.response(switching("websocket"));
        QCOMPARE(scene.got().status, uint16_t(502));
        QVERIFY(scene.decision().failure == Failure::UnexpectedUpgrade);
    }

    /// A server must not switch to a protocol that the client did not indicate, and must say which it takes.
    void whatMayBeSwitchedTo_data() {
        QTest::addColumn<QString>("offered");
        QTest::addColumn<QString>("response");
        QTest::addColumn<bool>("good");
        QTest::newRow("one of several") << "websocket, irc/6.9"
                                        << "IRC/6.9" << true;
        QTest::newRow("several, in layers") << "tls/1.3, http/1.1"
                                            << "TLS/1.3, HTTP/1.1" << true;
        QTest::newRow("another one") << "websocket"
                                     << "irc/6.9" << false;
        QTest::newRow("one that was offered, and another") << "websocket"
                                                           << "websocket, irc" << false;
        QTest::newRow("h2c, although it was asked for") << "h2c, websocket"
                                                        << "h2c" << false;
        QTest::newRow("h2c, when nothing else was asked for") << "h2c"
                                                              << "h2c" << false;
        QTest::newRow("none") << "websocket"
                              << "" << false;
        QTest::newRow("an empty list") << "websocket"
                                       << ", ," << false;
    }

    void whatMayBeSwitchedTo() {
        QFETCH(QString, offered);
        QFETCH(QString, response);
        QFETCH(bool, good);
        ExchangeScene scene(configOf("a"));
        scene.request(asking(offered.toStdString()));
        scene.response(switching(response.toStdString()));
        QCOMPARE(scene.port.tunnels, good ? 1 : 0);
        QCOMPARE(scene.got().status, uint16_t(good ? 101 : 502));
        if (!good) {
            QVERIFY(scene.got().fields.value("Proxy-Status").starts_with("reverxy; error=http_protocol_error"));
            QCOMPARE(scene.port.closed, 1);
        }
        scene.exchange.tunnelOver();
        scene.finish();
        QVERIFY(scene.countersAreZero());
    }

    void notBeforeTheRequestIsComplete() {
        ExchangeScene scene;
        scene.request("POST / HTTP/1.1\r\nHost: x\r\nConnection: upgrade\r\nUpgrade: websocket\r\n"
                      "Content-Length: 3\r\n\r\n");
        scene.response(switching("websocket"));
        QCOMPARE(scene.got().status, uint16_t(502));
        QCOMPARE(scene.port.tunnels, 0);
    }

    void afterACompleteBodyItMay() {
        ExchangeScene scene;
        scene.request("POST / HTTP/1.1\r\nHost: x\r\nConnection: upgrade\r\nUpgrade: tcp\r\n"
                      "Content-Length: 3\r\n\r\n");
        QVERIFY(scene.body("abc"));
        scene.endRequest();
        scene.response("HTTP/1.1 100 Continue\r\n\r\n");
        scene.response(switching("tcp"));
        QCOMPARE(scene.port.tunnels, 1);
    }

    void aBackendThatDeclinesJustAnswers() {
        ExchangeScene scene;
        scene.request(asking("websocket"));
        scene.answer("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
        QCOMPARE(scene.got().status, uint16_t(400));
        QCOMPARE(scene.port.tunnels, 0);
        QCOMPARE(scene.port.kept, 1);
    }

    void aRetryOffersTheSame() {
        ExchangeScene scene;
        scene.request(asking("websocket, h2c"));
        scene.lose();
        QCOMPARE(scene.port.opened, std::string("ab"));
        QCOMPARE(scene.sent().upgrade, std::string("websocket"));
        scene.response(switching("websocket"));
        QCOMPARE(scene.port.tunnels, 1);
        QCOMPARE(scene.pool().retriesInFlight.load(), 0u); // a tunnel is no retry in flight
    }

    void aTunnelThatBreaksIsCut() {
        ExchangeScene scene;
        scene.request(asking("websocket"));
        scene.response(switching("websocket"));
        scene.lose(Failure::ConnectionClosed, true);
        QCOMPARE(scene.port.cuts, 1);
        QVERIFY(scene.exchange.responseOver());
        QVERIFY(scene.decision().failure == Failure::ConnectionClosed);
        QCOMPARE(scene.port.opened, std::string("a"));
        scene.finish();
        QVERIFY(scene.countersAreZero());
    }

    void aClientThatLeavesItEndsIt() {
        ExchangeScene scene;
        scene.request(asking("websocket"));
        scene.response(switching("websocket"));
        scene.exchange.clientLost(Failure::ClientGone, scene.now);
        QCOMPARE(scene.port.closed, 1);
        scene.finish();
        QVERIFY(scene.countersAreZero());
    }
};

QTEST_APPLESS_MAIN(TestExchangeUpgrade)
#include "test_exchange_upgrade.moc"
