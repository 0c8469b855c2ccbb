// SPDX-License-Identifier: MIT
#include "behaviour/story.h"

using namespace reverxy;
using namespace reverxy::test;

/// Interim responses pass at once, and `Expect: 100-continue` is settled between client and origin (RFC 9110
/// sections 10.1.1 and 15.2).
class TestInterim : public QObject {
    Q_OBJECT

  private Q_SLOTS:

    void theOriginAsksForTheBody() {
        std::atomic<bool> bodyCameUnasked{false};
        Origin origin([&](OriginExchange& exchange) {
            bodyCameUnasked = !exchange.stream().buffered().empty();
            exchange.send("HTTP/1.1 100 Continue\r\n\r\n");
            exchange.respond(200, exchange.readBody());
        });
        RunningEngine proxy(configFor({origin.port()}));
        Client client = proxy.connect();
        for (int i = 0; i < 2; ++i) {
            client.send(request("POST", "/", "Expect: 100-continue\r\nContent-Length: 7\r\n"));
            QCOMPARE(client.readInterim().startLine.substr(0, 12), "HTTP/1.1 100"s);
            client.send("patient");
            const Response response = client.read();
            COMPARE_STATUS(response, 200);
            QCOMPARE(response.body, "patient"s);
        }
        QVERIFY(!bodyCameUnasked);
        QCOMPARE(origin.lastRequest().field("Expect"), "100-continue"s);
        QCOMPARE(origin.connectionsTotal(), size_t(1));
        VERIFY_NO_VIOLATIONS(origin);
    }

    void aClientNeedNotWait() {
        Origin origin([](OriginExchange& exchange) {
            exchange.send("HTTP/1.1 100 Continue\r\n\r\n");
            exchange.respond(200, exchange.readBody());
        });
        RunningEngine proxy(configFor({origin.port()}));
        const Response response = proxy.exchange(request("POST", "/", "Expect: 100-continue\r\n", "impatient"));
        COMPARE_STATUS(response, 200);
        QCOMPARE(response.body, "impatient"s);
    }

    void theOriginAnswersFinallyInstead_data() {
        QTest::addColumn<int>("status");
        QTest::newRow("refused") << 401;
        QTest::newRow("expectation failed") << 417;
        QTest::newRow("done without it") << 200;
    }

    void theOriginAnswersFinallyInstead() {
        QFETCH(int, status);
        Origin origin([&](OriginExchange& exchange) {
            exchange.respond(status, "no body wanted");
            exchange.close();
        });
        RunningEngine proxy(configFor({origin.port()}));
        Client client = proxy.connect();
        client.send(request("POST", "/", "Expect: 100-continue\r\nContent-Length: 1000000\r\n"));
        const Response response = client.read();
        COMPARE_STATUS(response, status);
        QCOMPARE(response.body, "no body wanted"s);
        QVERIFY(response.interim.empty());
        client.close();
        QVERIFY(waitUntil([&] { return proxy.runningExchanges() == 0 && origin.connectionsOpen() == 0; }));
    }

    void interimResponsesPassAtOnce_data() {
        QTest::addColumn<QString>("interim");
        QTest::addColumn<QString>("begin");
        QTest::newRow("103") << "HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\nX-A: 1\r\n\r\n"
                             << "HTTP/1.1 103";
        QTest::newRow("102") << "HTTP/1.1 102 Processing\r\nX-A: 1\r\n\r\n"
                             << "HTTP/1.1 102";
        QTest::newRow("unknown") << "HTTP/1.1 199 Whatever\r\nX-A: 1\r\n\r\n"
                                 << "HTTP/1.1 199";
    }

    void interimResponsesPassAtOnce() {
        QFETCH(QString, interim);
        QFETCH(QString, begin);
        Gate second;
        Gate final;
        Origin origin([&](OriginExchange& exchange) {
            exchange.send(interim.toStdString());
            exchange.waitFor(second);
            exchange.send(interim.toStdString());
            exchange.waitFor(final);
            exchange.respond(200, "final");
        });
        RunningEngine proxy(configFor({origin.port()}));
        Client client = proxy.connect();
        client.send(request("GET", "/"));
        for (Gate* next : {&second, &final}) {
            const Head head = client.readInterim(); // the origin goes on only once it is here
            QVERIFY(head.startLine.starts_with(begin.toStdString()));
            QCOMPARE(head.value("X-A"), "1"s);
            QVERIFY(!head.has("Content-Length"));
            QVERIFY(!head.has("Transfer-Encoding"));
            next->open();
        }
        const Response response = client.read();
        COMPARE_STATUS(response, 200);
        QCOMPARE(response.body, "final"s);
    }

    void anOldClientGetsNone() { // RFC 9110 section 15.2
        Origin origin([](OriginExchange& exchange) {
            exchange.send("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\n\r\n");
            exchange.respond(200, exchange.readBody());
        });
        RunningEngine proxy(configFor({origin.port()}));
        const Response response =
            proxy.exchange("POST / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\nold");
        COMPARE_STATUS(response, 200);
        QVERIFY(response.interim.empty());
        QCOMPARE(response.body, "old"s);
        QVERIFY(!origin.lastRequest().head.has("Expect")); // RFC 9110 section 10.1.1: ignored in HTTP/1.0
    }

    void aFinalResponseMayFollowInTheSameWrite() {
        Origin origin(
            rawAndStay("HTTP/1.1 103 Early Hints\r\nX-A: 1\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"));
        RunningEngine proxy(configFor({origin.port()}));
        Client client = proxy.connect();
        for (int i = 0; i < 3; ++i) {
            const Response response = client.get("/");
            COMPARE_STATUS(response, 200);
            QCOMPARE(response.interim.size(), size_t(1));
            QCOMPARE(response.body, "ok"s);
        }
        QCOMPARE(origin.connectionsTotal(), size_t(1));
    }
};

QTEST_GUILESS_MAIN(TestInterim)
#include "test_interim.moc"
