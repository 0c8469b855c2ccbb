// SPDX-License-Identifier: MIT
#include "behaviour/story.h"

using namespace reverxy;
using namespace reverxy::test;

/// What trickles passes piece by piece: no piece waits for the next one.
class TestStreaming : public QObject {
    Q_OBJECT

  private Q_SLOTS:

    void eachEventPassesAtOnce_data() {
        QTest::addColumn<QString>("framing");
        QTest::newRow("chunked") << "Transfer-Encoding: chunked";
        QTest::newRow("length") << "Content-Length: 80";
        QTest::newRow("until close") << "Connection: close";
    }

    void eachEventPassesAtOnce() {
        QFETCH(QString, framing);
        constexpr int events = 10;
        const std::string event = "data: 1\n";
        std::atomic<int> allowed{0};
        Origin origin([&](OriginExchange& exchange) {
            exchange.send("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n" + framing.toStdString() +
                          "\r\n\r\n");
            const bool chunked = framing.contains(QLatin1String("chunked"));
            for (int i = 0; i < events; ++i) {
                waitUntil([&] { return allowed > i || exchange.stopping(); });
                exchange.send(chunked ? chunk(event) : event);
            }
            if (chunked)
                exchange.send(chunk(""));
            exchange.close();
        });
        RunningEngine proxy(configFor({origin.port()}));
        Client client = proxy.connect();
        client.send(request("GET", "/"));
        const Response response = client.readHead(); // before the first event
        QCOMPARE(response.status, 200);
        BodyReader body = client.body(response);
        for (int i = 0; i < events; ++i) {
            ++allowed; // the origin writes no further event before this one is here
            std::string received;
            while (received.size() < event.size()) {
                const std::string_view piece = body.next();
                QVERIFY2(!piece.empty(), body.problem().c_str());
                received += piece;
            }
            QCOMPARE(received, event);
        }
        QVERIFY(body.next().empty());
        QVERIFY2(body.complete(), body.problem().c_str());
    }

    /// Thousands of tiny chunks in a row are put off in favour of others' work, and yet arrive whole, in order, and
    /// on a connection that is kept.
    void bodiesOfCrumbsArriveWhole() {
        constexpr int crumbs = 10'000;
        const auto crumbled = [](const std::string& body) {
            std::string text;
            for (const char c : body)
                text += chunk({&c, 1});
            return text + chunk("");
        };
        std::string body;
        for (int i = 0; i < crumbs; ++i)
            body += static_cast<char>('a' + i % 26);
        Origin origin([&](OriginExchange& exchange) {
            const std::string received = exchange.readBody();
            exchange.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + crumbled(received));
        });
        RunningEngine proxy(configFor({origin.port()}));
        Client client = proxy.connect();
        const std::string message = request("POST", "/", "Transfer-Encoding: chunked\r\n") + crumbled(body);
        for (int i = 0; i < 3; ++i) {
            const Response response = client.exchange(message, "POST");
            COMPARE_STATUS(response, 200);
            QVERIFY(response.complete && response.body == body);
        }
    }

    void eachPieceOfAnUploadPassesAtOnce() {
        constexpr int pieces = 10;
        std::atomic<int> seen{0};
        Origin origin([&](OriginExchange& exchange) {
            std::string received;
            for (std::string_view piece = exchange.body().next(); !piece.empty(); piece = exchange.body().next()) {
                received += piece;
                seen = static_cast<int>(received.size() / 5);
            }
            exchange.respond(200, received);
        });
        RunningEngine proxy(configFor({origin.port()}));
        Client client = proxy.connect();
        client.send(request("POST", "/", "Transfer-Encoding: chunked\r\n"));
        for (int i = 0; i < pieces; ++i) {
            client.send(chunk("piece"));
            QVERIFY(waitUntil([&] { return seen == i + 1; }));
        }
        client.send(chunk(""));
        const Response response = client.read();
        COMPARE_STATUS(response, 200);
        QCOMPARE(response.body.size(), size_t(5 * pieces));
    }

    void anEventStreamMayBeSilentForLong() {
        Gate more;
        Origin origin([&](OriginExchange& exchange) {
            if (exchange.target() != "/events") {
                exchange.stream().expectEnd();
                return;
            }
            exchange.send("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\nTransfer-Encoding: "
                          "chunked\r\n\r\n" +
                          chunk("first"));
            exchange.waitFor(more);
            exchange.send(chunk("second") + chunk(""));
        });
        config::Config config = configFor({origin.port()});
        config.proxy.workers = 1;
        config.proxy.responseTimeout = 200ms;
        RunningEngine proxy(config);
        Client client = proxy.connect();
        client.send(request("GET", "/events"));
        const Response response = client.readHead();
        QCOMPARE(response.status, 200);
        BodyReader body = client.body(response);
        QVERIFY(body.next() == "first");
        QCOMPARE(proxy.get("/silent").status, 504); // began later, and is over the limit by now
        more.open();
        QCOMPARE(body.rest(), "second"s);
        QVERIFY(body.complete());
    }

    void anotherResponseMayNotBeSilentForLong() {
        Origin origin([](OriginExchange& exchange) {
            exchange.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nfirst");
            exchange.stream().expectEnd();
            exchange.close();
        });
        config::Config config = configFor({origin.port()});
        config.proxy.responseTimeout = 200ms;
        RunningEngine proxy(config);
        Client client = proxy.connect();
        const Response response = client.get("/");
        QCOMPARE(response.status, 200);
        QVERIFY(!response.complete);
        QVERIFY2(response.problem.find("in time") == std::string::npos, response.problem.c_str());
        const auto decisions = proxy.waitForDecisions(1);
        QCOMPARE(decisions.size(), size_t(1));
        QCOMPARE(int(decisions[0].failure), int(Failure::ResponseTimeout));
    }
};

QTEST_GUILESS_MAIN(TestStreaming)
#include "test_streaming.moc"
