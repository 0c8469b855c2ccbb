// SPDX-License-Identifier: MIT
#include "behaviour/story.h"

using namespace reverxy;
using namespace reverxy::test;

namespace {

const std::string handshake =
    request("GET", "/socket",
            "Connection: keep-alive, Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n");

const std::string switching = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                              "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";

/// Switches, then gives every byte back until the other side is done.
void echoBytes(OriginExchange& exchange) {
    exchange.send(switching);
    Stream& stream = exchange.stream();
    do {
        if (!exchange.send(stream.buffered()))
            break;
        stream.consume(stream.buffered().size());
    } while (!exchange.stopping() && stream.fill());
    exchange.close();
}

} // namespace

/// Upgrades become tunnels that know nothing but bytes (RFC 9110 section 7.8).
class TestUpgrade : public QObject {
    Q_OBJECT

    static bool echoes(Client& client, std::string_view bytes) {
        return client.send(bytes) && client.stream().readExactly(bytes.size()) == bytes;
    }

  private Q_SLOTS:

    void aWebSocketIsOpenedAndCarriesBytes() {
        Origin origin(echoBytes);
        RunningEngine proxy(configFor({origin.port()}));
        Client client = proxy.connect();
        const Response response = client.exchange(handshake);
        COMPARE_STATUS(response, 101);
        QVERIFY(sameName(response.field("Upgrade"), "websocket"));
        QVERIFY(sameName(response.field("Connection"), "upgrade"));
        QCOMPARE(response.field("Sec-WebSocket-Accept"), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="s);
        QVERIFY(!response.has("Content-Length"));
        QVERIFY(!response.has("Transfer-Encoding"));
        const ReceivedRequest received = origin.lastRequest();
        QVERIFY(sameName(received.field("Connection"), "upgrade"));
        QCOMPARE(received.field("Upgrade"), "websocket"s);
        QCOMPARE(received.field("Sec-WebSocket-Key"), "dGhlIHNhbXBsZSBub25jZQ=="s);

        QVERIFY(echoes(client, "GET / HTTP/1.1\r\n\r\n")); // looks like HTTP, is not looked at
        QVERIFY(echoes(client, "\x00\x01\xff\r\n\r\n"s));
        QCOMPARE(origin.requestCount(), size_t(1));
        VERIFY_NO_VIOLATIONS(origin);
    }

    void muchPassesBothWaysAtOnce() {
        Origin origin(echoBytes);
        RunningEngine proxy(configFor({origin.port()}));
        Client client = proxy.connect();
        COMPARE_STATUS(client.exchange(handshake), 101);
        constexpr uint64_t size = 30'000'000;
        auto sending = std::async(std::launch::async, [&] {
            uint64_t offset = 0;
            while (offset < size && client.send(patternAt(offset)))
                offset += patternAt(offset).size();
            client.shutdownWrite();
            return offset;
        });
        PatternCheck check;
        do {
            check.add(client.stream().buffered());
            client.stream().consume(client.stream().buffered().size());
        } while (client.stream().fill());
        QCOMPARE(check.offset(), sending.get());
        QVERIFY(check.good());
        QCOMPARE(int(client.stream().end()), int(Stream::End::Eof));
    }

    void whatTheOriginSaidBeforeItClosedArrivesHoweverLateItIsRead() {
        constexpr uint64_t size = 40'000; // the system takes it all
        Origin origin([](OriginExchange& exchange) {
            exchange.send(switching + pattern(size));
            exchange.close();
        });
        RunningEngine proxy(configFor({origin.port()}));
        Client client = proxy.connect();
        client.send(handshake);
        QVERIFY(waitUntil([&] { return origin.requestCount() == 1 && origin.connectionsOpen() == 0; }));
        client.shutdownWrite();
        QVERIFY(waitUntil([&] { return proxy.clientConnections() == 0; }));
        COMPARE_STATUS(client.read(), 101);
        QCOMPARE(client.stream().readToEnd(), pattern(size));
        QCOMPARE(int(client.stream().end()), int(Stream::End::Eof));
    }

    void bytesRightBehindTheSwitchAreNotLost() {
        Origin origin([](OriginExchange& exchange) {
            exchange.send(switching + "first words");
            exchange.stream().expectEnd();
            exchange.close();
        });
        RunningEngine proxy(configFor({origin.port()}));
        Client client = proxy.connect();
        COMPARE_STATUS(client.exchange(handshake), 101);
        QVERIFY(client.stream().readExactly(11) == "first words");
    }

    void bytesRightBehindTheRequestAreNotLost() {
        Origin origin(echoBytes);
        RunningEngine proxy(configFor({origin.port()}));
        Client client = proxy.connect();
        COMPARE_STATUS(client.exchange(handshake + "hasty words"), 101);
        QVERIFY(client.stream().readExactly(11) == "hasty words");
        QVERIFY(echoes(client, "and calm ones"));
    }

    void theClientMayStopSpeakingAndGoOnListening() {
        Origin origin([](OriginExchange& exchange) {
            exchange.send(switching);
            const std::string heard = exchange.stream().readToEnd();
            exchange.send("you said: " + heard);
            exchange.close();
        });
        RunningEngine proxy(configFor({origin.port()}));
        Client client = proxy.connect();
        COMPARE_STATUS(client.exchange(handshake), 101);
        client.send("all I had to say");
        client.shutdownWrite();
        QCOMPARE(client.stream().readToEnd(), "you said: all I had to say"s);
        QCOMPARE(int(client.stream().end()), int(Stream::End::Eof));
        QVERIFY(waitUntil([&] { return proxy.clientConnections() == 0; }));
    }

    void theOriginMayStopSpeakingAndGoOnListening() {
        std::promise<std::string> heard;
        Origin origin([&](OriginExchange& exchange) {
            exchange.send(switching + "bye");
            exchange.stream().shutdownWrite();
            heard.set_value(exchange.stream().readToEnd());
            exchange.close();
        });
        RunningEngine proxy(configFor({origin.port()}));
        Client client = proxy.connect();
        COMPARE_STATUS(client.exchange(handshake), 101);
        QCOMPARE(client.stream().readToEnd(), "bye"s);
        client.send("one more thing");
        client.close();
        QCOMPARE(heard.get_future().get(), "one more thing"s);
        QVERIFY(waitUntil([&] { return proxy.clientConnections() == 0; }));
    }

    void aResetEndsTheOtherSide() {
        std::atomic<bool> ended{false};
        Origin origin([&](OriginExchange& exchange) {
            exchange.send(switching);
            ended = exchange.stream().expectEnd();
            exchange.close();
        });
        RunningEngine proxy(configFor({origin.port()}));
        Client client = proxy.connect();
        COMPARE_STATUS(client.exchange(handshake), 101);
        client.reset();
        QVERIFY(waitUntil([&] { return ended.load(); }));
        const auto decisions = proxy.waitForDecisions(1);
        QCOMPARE(decisions.size(), size_t(1));
        QVERIFY(decisions[0].tunnel);
        QCOMPARE(int(decisions[0].status), 101);
    }

    void anOriginsEndIsTheClientsEnd() {
        Gate gate;
        Origin origin([&](OriginExchange& exchange) {
            exchange.send(switching);
            exchange.waitFor(gate);
            exchange.reset();
        });
        RunningEngine proxy(configFor({origin.port()}));
        Client client = proxy.connect();
        COMPARE_STATUS(client.exchange(handshake), 101);
        gate.open();
        QVERIFY(client.stream().expectEnd());
    }

    void otherProtocolsAreTunnelledToo() {
        Origin origin([](OriginExchange& exchange) {
            exchange.send(
                "HTTP/1.1 101 Switching Protocols\r\nUpgrade: chat/2\r\nConnection: Upgrade\r\n\r\nhello");
            exchange.stream().expectEnd();
            exchange.close();
        });
        RunningEngine proxy(configFor({origin.port()}));
        Client client = proxy.connect();
        COMPARE_STATUS(client.exchange(request("GET", "/", "Connection: Upgrade\r\nUpgrade: chat/2, irc\r\n")),
                       101);
        QCOMPARE(origin.lastRequest().field("Upgrade"), "chat/2, irc"s);
        QVERIFY(client.stream().readExactly(5) == "hello");
    }

    void h2cIsNeverForwarded_data() {
        QTest::addColumn<QString>("offered");
        QTest::addColumn<QString>("forwarded");
        QTest::newRow("alone") << "h2c"
                               << "";
        QTest::newRow("beside another") << "h2c, websocket"
                                        << "websocket";
        QTest::newRow("in capitals") << "websocket, H2C"
                                     << "websocket";
    }

    void h2cIsNeverForwarded() {
        QFETCH(QString, offered);
        QFETCH(QString, forwarded);
        Origin origin(answer("plain"));
        RunningEngine proxy(configFor({origin.port()}));
        const Response response =
            proxy.get("/", "Connection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\nUpgrade: " +
                               offered.toStdString() + "\r\n");
        COMPARE_STATUS(response, 200);
        const ReceivedRequest received = origin.lastRequest();
        QCOMPARE(received.field("Upgrade"), forwarded.toStdString());
        QVERIFY(!received.head.has("HTTP2-Settings"));
        QCOMPARE(received.field("Connection").find("HTTP2-Settings"), std::string::npos);
    }

    void anOriginMayDecline() {
        Origin origin(answer("no sockets here"));
        RunningEngine proxy(configFor({origin.port()}));
        Client client = proxy.connect();
        const Response response = client.exchange(handshake);
        COMPARE_STATUS(response, 200);
        QCOMPARE(response.body, "no sockets here"s);
        COMPARE_STATUS(client.get("/"), 200); // the connection goes on in HTTP
    }

    void aSwitchNobodyAskedForIsRefused() {
        Origin origin(raw(switching + "surprise"));
        RunningEngine proxy(configFor({origin.port()}));
        const Response response = proxy.get("/");
        COMPARE_STATUS(response, 502);
        QVERIFY(response.field("Proxy-Status").find("http_protocol_error") != std::string::npos);
        QVERIFY(response.body.find("surprise") == std::string::npos);
    }

    void aTunnelSurvivesReloads() {
        Origin origin(echoBytes);
        Origin other(answer("new world"));
        RunningEngine proxy(configFor({origin.port()}));
        Client client = proxy.connect();
        COMPARE_STATUS(client.exchange(handshake), 101);
        config::Config config = configFor({other.port()}); // the tunnel's own backend is gone
        for (int i = 0; i < 3; ++i) {
            proxy.reload(config);
            COMPARE_STATUS(proxy.get("/"), 200);
            QVERIFY(echoes(client, "still here"));
        }
        proxy.reload(configFor({}));
        QCOMPARE(proxy.get("/").status, 503);
        QVERIFY(echoes(client, "still here"));
    }

    void aQuietTunnelIsLeftAlone() {
        Gate never;
        Origin origin([&](OriginExchange& exchange) {
            if (exchange.target() == "/socket")
                echoBytes(exchange);
            else
                exchange.stream().expectEnd();
        });
        config::Config config = configFor({origin.port()});
        config.proxy.workers = 1;
        config.proxy.idleTimeout = 100ms;
        config.proxy.headerTimeout = 100ms;
        config.proxy.responseTimeout = 100ms;
        config.proxy.upstreamIdleTimeout = 100ms;
        RunningEngine proxy(config);
        Client client = proxy.connect();
        COMPARE_STATUS(client.exchange(handshake), 101);
        // Others that began later meet every one of those limits.
        Client idle = proxy.connect();
        QCOMPARE(idle.get("/slow").status, 504);
        QVERIFY(idle.stream().expectEnd());
        QVERIFY(echoes(client, "still here"));
    }

    void anUpgradingRequestMayHaveABody() {
        Origin origin([](OriginExchange& exchange) {
            exchange.readBody();
            echoBytes(exchange);
        });
        RunningEngine proxy(configFor({origin.port()}));
        Client client = proxy.connect();
        COMPARE_STATUS(
            client.exchange(request("POST", "/socket", "Connection: Upgrade\r\nUpgrade: websocket\r\n", "body") +
                            "tunnel"),
            101);
        QVERIFY(client.stream().readExactly(6) == "tunnel");
        client.close();
        QVERIFY(waitUntil([&] { return origin.lastRequest().body == "body"; }));
    }
};

QTEST_GUILESS_MAIN(TestUpgrade)
#include "test_upgrade.moc"
