// SPDX-License-Identifier: MIT
#include "behaviour/story.h"

using namespace reverxy;
using namespace reverxy::test;

/// `min_rate` is averaged over ten seconds and judged for whole windows, so that every story here takes as long;
/// they happen at once.
class TestSlowPeers : public QObject {
    Q_OBJECT

  private Q_SLOTS:

    void whoIsTooSlowIsCutAndWhoMayBeSlowIsNot() {
        Gate gate;
        Origin origin([&](OriginExchange& exchange) {
            if (exchange.target() == "/events") {
                exchange.send(
                    "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n" +
                    chunk("one"));
                exchange.waitFor(gate);
                exchange.send(chunk("two") + chunk(""));
                return;
            }
            if (exchange.target() == "/thinking") {
                exchange.waitFor(gate);
                return void(exchange.respond(200, exchange.readBody()));
            }
            if (exchange.target() == "/large")
                return bigBody(200'000'000)(exchange);
            exchange.respond(200, exchange.readBody());
        });
        config::Config config = configFor({origin.port()});
        config.proxy.minRate = 20'000'000; // more in a window than fits between the sockets
        config.proxy.responseTimeout = 10min;
        RunningEngine proxy(config);

        Client slowSender = proxy.connect();
        slowSender.send(request("POST", "/", "Content-Length: 1000\r\n") + "some");
        Client slowReader(proxy.port(), Family::V4, 64 * 1024);
        slowReader.send(request("GET", "/large"));
        QCOMPARE(slowReader.readHead().status, 200);
        Client listener = proxy.connect(); // nothing is there to be read faster
        listener.send(request("GET", "/events"));
        const Response events = listener.readHead();
        QCOMPARE(events.status, 200);
        BodyReader body = listener.body(events);
        QVERIFY(body.next() == "one");
        Client waiting = proxy.connect(); // all is sent; the backend thinks
        waiting.send(request("POST", "/thinking", "", "thought"));

        COMPARE_STATUS(slowSender.read(), 408);
        QVERIFY(waitUntil([&] { return origin.connectionsOpen() <= 2; }));
        QVERIFY(slowReader.stream().expectEnd());

        gate.open();
        QCOMPARE(body.rest(), "two"s);
        QVERIFY(body.complete());
        QCOMPARE(waiting.read().body, "thought"s);
        const auto decisions = proxy.waitForDecisions(4);
        const auto met = [&](Failure failure) {
            return std::count_if(decisions.begin(), decisions.end(),
                                 [&](const auto& decision) { return decision.failure == failure; });
        };
        std::string told;
        for (const observe::Decision& decision : decisions)
            told.append(decision.target.view()).append(": ").append(infoOf(decision.failure).name).append("\n");
        QVERIFY2(met(Failure::RequestTimeout) == 1 && met(Failure::ClientTooSlow) == 1 && met(Failure::None) == 2,
                 told.c_str());
    }
};

QTEST_GUILESS_MAIN(TestSlowPeers)
#include "test_slow_peers.moc"
