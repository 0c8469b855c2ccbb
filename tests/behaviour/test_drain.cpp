// SPDX-License-Identifier: MIT
#include "behaviour/story.h"

using namespace reverxy;
using namespace reverxy::test;

/// The end of the engine: nothing new comes in, what runs finishes, and after a while the rest is cut.
class TestDrain : public QObject {
    Q_OBJECT

  private Q_SLOTS:

    void anEngineWithoutConnectionsEndsAtOnce() {
        RunningEngine proxy(configFor({}));
        proxy.drain();
        QVERIFY(proxy.waitDrained());
    }

    void nobodyNewIsLetIn() {
        Gate gate;
        Origin origin(heldBy(gate, answer("")));
        RunningEngine proxy(configFor({origin.port()}));
        Client running = proxy.connect();
        running.send(request("GET", "/"));
        QVERIFY(waitUntil([&] { return origin.requestCount() == 1; }));
        proxy.drain();
        QVERIFY(waitUntil([&] { return !proxy.connect().connected(); }));
        QVERIFY(!proxy.isDrained());
        gate.open();
        COMPARE_STATUS(running.read(), 200);
        QVERIFY(proxy.waitDrained());
    }

    void idleConnectionsAreClosedInOrder() {
        Origin origin(answer(""));
        RunningEngine proxy(configFor({origin.port()}));
        Client used = proxy.connect();
        COMPARE_STATUS(used.get("/"), 200);
        Client fresh = proxy.connect();
        QVERIFY(waitUntil([&] { return proxy.clientConnections() == 2; }));
        proxy.drain();
        QVERIFY(used.expectEof());
        QVERIFY(fresh.expectEof());
        used.close();
        fresh.close();
        QVERIFY(proxy.waitDrained());
    }

    void aRequestThatCrossesTheEndOfItsConnectionIsServed() {
        // The connection is half-closed as idle while the client's next request is on its way: it was accepted, so
        // it is served, or the connection ends without a byte of a response; nothing in between.
        Origin origin(answer("served"));
        RunningEngine proxy(configFor({origin.port()}));
        Client client = proxy.connect();
        COMPARE_STATUS(client.get("/"), 200);
        proxy.drain();
        client.send(request("GET", "/late"));
        const Response response = client.read();
        if (response.status != 0)
            COMPARE_STATUS(response, 200);
        client.close();
        QVERIFY(proxy.waitDrained());
    }

    void whatRunsFinishesAndSaysGoodbye() {
        Gate gate;
        Origin origin(heldBy(gate, bigBody(5'000'000)));
        RunningEngine proxy(configFor({origin.port()}));
        std::vector<Client> clients;
        for (size_t i = 0; i < 8; ++i) {
            clients.push_back(proxy.connect());
            clients.back().send(request("GET", "/"));
        }
        QVERIFY(waitUntil([&] { return origin.requestCount() == 8; }));
        proxy.drain();
        QVERIFY(waitUntil([&] { return !proxy.connect().connected(); }));
        gate.open();
        for (Client& client : clients) {
            Response response = client.readHead();
            QCOMPARE(response.status, 200);
            QVERIFY(sameName(response.field("Connection"), "close"));
            PatternCheck check;
            client.readBody(response, [&](std::string_view piece) { return check.add(piece); });
            QVERIFY2(response.complete, response.problem.c_str());
            QVERIFY(check.good());
            QVERIFY(client.expectEof());
        }
        clients.clear();
        QVERIFY(proxy.waitDrained());
    }

    void aResponseThatHadBegunFinishesToo() {
        Gate gate;
        Origin origin([&](OriginExchange& exchange) {
            exchange.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nfirst");
            exchange.waitFor(gate);
            exchange.send("later");
        });
        RunningEngine proxy(configFor({origin.port()}));
        Client client = proxy.connect();
        client.send(request("GET", "/"));
        Response response = client.readHead();
        QCOMPARE(response.status, 200);
        proxy.drain();
        QVERIFY(waitUntil([&] { return !proxy.connect().connected(); }));
        gate.open();
        std::string body;
        client.readBody(response, [&](std::string_view piece) {
            body += piece;
            return true;
        });
        QVERIFY(response.complete);
        QCOMPARE(body, "firstlater"s);
        QVERIFY(client.expectEof());
        QVERIFY(proxy.waitDrained());
    }

    void pipelinedRequestsThatWereReadAreServed() {
        Gate gate;
        Origin origin(heldBy(gate, answer("served")));
        RunningEngine proxy(configFor({origin.port()}));
        Client client = proxy.connect();
        client.send(request("GET", "/1") + request("GET", "/2") + request("GET", "/3"));
        QVERIFY(waitUntil([&] { return origin.requestCount() == 1; }));
        proxy.drain();
        QVERIFY(waitUntil([&] { return !proxy.connect().connected(); }));
        gate.open();
        // Whole answers, as many as the proxy promises: the last one says `close`, and then the connection ends.
        int served = 0;
        for (;;) {
            const Response response = client.read();
            COMPARE_STATUS(response, 200);
            ++served;
            if (sameName(response.field("Connection"), "close"))
                break;
        }
        QVERIFY(client.expectEof());
        QVERIFY(served >= 1);
        QVERIFY(proxy.waitDrained());
    }

    void afterTheTimeoutTheRestIsCut() {
        Gate never;
        Origin origin(heldBy(never, answer("")));
        Origin tunnelled([](OriginExchange& exchange) {
            exchange.send("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n");
            exchange.stream().expectEnd();
            exchange.close();
        });
        config::Config config = configFor({origin.port()});
        config.pools.push_back(pool("tunnel", {backend("tunnel", "127.0.0.1", tunnelled.port())}));
        config.routes = {route("tunnel", 1, "/tunnel"), route("default", 0)};
        config.proxy.drainTimeout = 200ms;
        RunningEngine proxy(config);
        Client tunnel = proxy.connect();
        COMPARE_STATUS(tunnel.exchange(request("GET", "/tunnel", "Connection: Upgrade\r\nUpgrade: x\r\n")), 101);
        Client waiting = proxy.connect();
        waiting.send(request("GET", "/"));
        QVERIFY(waitUntil([&] { return origin.requestCount() == 1; }));
        proxy.drain();
        QVERIFY(proxy.waitDrained());
        QVERIFY(tunnel.stream().expectEnd());
        const Response response = waiting.read(); // cut, or told so
        QVERIFY(response.status == 0 || response.status == 503);
        QVERIFY2(response.problem.find("in time") == std::string::npos, response.problem.c_str());
    }

    void aSecondCallChangesNothing() {
        Gate gate;
        Origin origin(heldBy(gate, answer("held")));
        config::Config config = configFor({origin.port()});
        config.proxy.drainTimeout = 24h;
        RunningEngine proxy(config);
        Client client = proxy.connect();
        client.send(request("GET", "/"));
        QVERIFY(waitUntil([&] { return origin.requestCount() == 1; }));
        proxy.drain();
        proxy.drain();
        proxy.decisions(); // every worker has answered, and so has read what came before
        QVERIFY(!proxy.isDrained());
        gate.open();
        QCOMPARE(client.read().body, std::string("held"));
        QVERIFY(proxy.waitDrained());
    }

    void cuttingEndsItAtOnce_data() {
        QTest::addColumn<bool>("draining");
        QTest::newRow("while it drains") << true;
        QTest::newRow("while it serves") << false;
    }

    void cuttingEndsItAtOnce() {
        QFETCH(bool, draining);
        Gate never;
        Origin origin(heldBy(never, answer("")));
        config::Config config = configFor({origin.port()});
        config.proxy.drainTimeout = 24h;
        RunningEngine proxy(config);
        Client client = proxy.connect();
        client.send(request("GET", "/"));
        QVERIFY(waitUntil([&] { return origin.requestCount() == 1; }));
        if (draining)
            proxy.drain();
        proxy.cut();
        QVERIFY(proxy.waitDrained());
        QVERIFY(client.stream().expectEnd());
    }

    void anEngineMayBeDestroyedInMidLoad() {
        Gate never;
        Origin origin(heldBy(never, answer("")));
        std::vector<Client> clients;
        {
            RunningEngine proxy(configFor({origin.port()}));
            for (int i = 0; i < 8; ++i) {
                clients.push_back(proxy.connect());
                clients.back().send(request("POST", "/", "Content-Length: 100\r\n") + "part");
            }
            QVERIFY(waitUntil([&] { return origin.requestCount() == 8; }));
        }
        for (Client& client : clients)
            QVERIFY(client.stream().expectEnd());
    }
};

QTEST_GUILESS_MAIN(TestDrain)
#include "test_drain.moc"
