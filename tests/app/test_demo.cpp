// SPDX-License-Identifier: MIT
#include "app/demo/demo.h"
#include "app/demo/free_port.h"
#include "behaviour/story.h"
#include "support/loopback_port.h"

#include <algorithm>
#include <set>

using namespace reverxy;
using namespace reverxy::test;
using demo::Demo;

namespace {

/// The demo's configuration on ports that no other test has.
config::Config configurationOf(const Demo& demo) {
    demo::DemoPorts ports = demo.ports();
    ports.proxy = ports.probe = 0;
    return *demo::demoConfiguration(ports, {}, {}).config;
}

std::string bodyLength(const Response& response) {
    return response.field("Content-Length");
}

} // namespace

/// The demo's services as any client meets them, and all of it around a real engine.
class TestDemo : public QObject {
    Q_OBJECT

  private Q_SLOTS:

    void servicesKeepTheirConnections() {
        Demo demo(1);
        QVERIFY(!demo.start());
        Client client(demo.ports().shopSlow);
        const Response product = client.get("/products/7");
        COMPARE_STATUS(product, 200);
        QCOMPARE(product.field("X-Served-By"), "shop-slow"s);
        QCOMPARE(bodyLength(product), std::to_string(product.body.size()));
        QVERIFY(product.has("Date"));
        const Response known = client.get("/products/7", "If-None-Match: " + product.field("ETag") + "\r\n");
        COMPARE_STATUS(known, 304);
        COMPARE_STATUS(client.get("/nothing"), 404);
        const Response posted = client.exchange(request("POST", "/orders", "", std::string(200'000, 'x')));
        QVERIFY(posted.status == 201 || posted.status == 500); // one in some fails
        COMPARE_STATUS(client.exchange(request("DELETE", "/cart"), "DELETE"), 204);
        // RFC 9110 section 9.3.2.
        const Response head = client.exchange(request("HEAD", "/products/7"), "HEAD");
        COMPARE_STATUS(head, 200);
        QCOMPARE(bodyLength(head), bodyLength(product));
    }

    void servicesTakePipelinedAndChunkedRequests() {
        Demo demo(1);
        QVERIFY(!demo.start());
        Client client(demo.ports().news);
        QVERIFY(client.send(request("GET", "/headlines") + request("GET", "/nothing") +
                            request("PUT", "/health", "Transfer-Encoding: chunked\r\n") + "2\r\nup\r\n0\r\n\r\n"));
        COMPARE_STATUS(client.read(), 200);
        COMPARE_STATUS(client.read(), 404);
        COMPARE_STATUS(client.read(), 200);
    }

    void servicesEndConnectionsAsAsked_data() {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<int>("status");
        QTest::newRow("Connection: close")
            << QByteArray("GET /headlines HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n") << 200;
        QTest::newRow("HTTP/1.0") << QByteArray("GET /headlines HTTP/1.0\r\n\r\n") << 200;
        QTest::newRow("nonsense") << QByteArray("hello\r\n\r\n") << 400;
        QTest::newRow("two lengths")
            << QByteArray("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n")
            << 400;
    }

    void servicesEndConnectionsAsAsked() {
        QFETCH(QByteArray, bytes);
        QFETCH(int, status);
        Demo demo(1);
        QVERIFY(!demo.start());
        Client client(demo.ports().news);
        COMPARE_STATUS(client.exchange(bytes.toStdString()), status);
        QVERIFY(client.expectEof());
    }

    // RFC 9110 section 10.1.1.
    void whoAsksBeforeSendingIsToldToGoOn() {
        Demo demo(1);
        QVERIFY(!demo.start());
        Client client(demo.ports().news);
        QVERIFY(
            client.send("PUT /health HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n"));
        QCOMPARE(client.readInterim().startLine, "HTTP/1.1 100 Continue"s);
        QVERIFY(client.send("up"));
        COMPARE_STATUS(client.read(), 200);
    }

    void eventsComeOneAfterTheOther_data() {
        QTest::addColumn<QByteArray>("version");
        QTest::newRow("chunked") << QByteArray("HTTP/1.1");
        QTest::newRow("until the end") << QByteArray("HTTP/1.0");
    }

    void eventsComeOneAfterTheOther() {
        QFETCH(QByteArray, version);
        Demo demo(1);
        QVERIFY(!demo.start());
        Client client(demo.ports().news);
        QVERIFY(client.send("GET /stream " + version.toStdString() + "\r\nHost: x\r\n\r\n"));
        Response response = client.readHead();
        QCOMPARE(response.status, 200);
        QCOMPARE(response.field("Content-Type"), "text/event-stream"s);
        std::string events;
        client.readBody(response, [&](std::string_view piece) {
            events += piece;
            return events.find("id: 2\n") == std::string::npos;
        });
        QVERIFY(events.starts_with("event: headline\nid: 1\n"));
        QVERIFY(events.find("id: 2\n") != std::string::npos);
    }

    void aPortThatIsTakenIsNotWanted() {
        LoopbackPort taken;
        for (const Family family : {Family::V4, Family::V6}) {
            if (family == Family::V6 && !hasIpv6())
                continue;
            const int listener = taken.listen(family);
            QVERIFY(listener >= 0);
            const uint16_t other = demo::freePort(taken.number());
            QVERIFY(other != 0 && other != taken.number());
            ::close(listener);
        }
        QCOMPARE(demo::freePort(taken.number()), taken.number());
    }

    void aLivingSystemIsSeen() {
        Demo demo(1);
        QVERIFY(!demo.start());
        RunningEngine proxy(configurationOf(demo));
        QCOMPARE(proxy.startError(), ""s);
        demo.sendTraffic(QStringLiteral("127.0.0.1"), proxy.port());
        std::set<std::string> seen;
        const auto look = [&] {
            for (const observe::Decision& decision : proxy.decisions()) {
                const std::string pool = proxy.nameOf(decision.pool);
                seen.insert(pool + " " + std::to_string(decision.status));
                seen.insert(std::string(decision.method.view()));
                if (decision.attemptsTotal > 0 && decision.status == 200)
                    seen.insert(proxy.nameOf(decision.lastAttempt().backend));
                // What its forwarded field says, which this machine is trusted to tell.
                if (decision.clientSource != 0)
                    seen.insert("a client of its own");
            }
            const std::set<std::string> wanted{"shop 200",  "shop 201", "news 200",
                                               "GET",       "POST",     "shop-quick",
                                               "shop-slow", "news",     "a client of its own"};
            return std::includes(seen.begin(), seen.end(), wanted.begin(), wanted.end());
        };
        QVERIFY(waitUntil(look));
        // The streams that are held.
        QVERIFY(waitUntil([&] { return proxy.runningExchanges() >= 2; }));
        demo.stopTraffic();
        QVERIFY(waitUntil([&] { return proxy.runningExchanges() == 0 && proxy.clientConnections() == 0; }));
    }

    void clientsGoOnWhenTheProxyComesBack() {
        Demo demo(1);
        QVERIFY(!demo.start());
        LoopbackPort port;
        demo.sendTraffic(QStringLiteral("127.0.0.1"), port.number());
        config::Config config = configurationOf(demo);
        config.proxy.port = port.number();
        for (int round = 0; round < 2; ++round) {
            RunningEngine proxy(config);
            QCOMPARE(proxy.startError(), ""s);
            QVERIFY(waitUntil([&] { return proxy.decisions().size() > 20; }));
        }
    }
};

QTEST_GUILESS_MAIN(TestDemo)
#include "test_demo.moc"
