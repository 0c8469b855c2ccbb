// SPDX-License-Identifier: MIT
#include "behaviour/story.h"

using namespace reverxy;
using namespace reverxy::test;

/// `max_connections_per_client` holds for the process, and who comes once too often learns why.
class TestConnectionsPerClient : public QObject {
    Q_OBJECT

    static config::Config limited(const Origin& origin, uint32_t most) {
        config::Config config = configFor({origin.port()});
        config.proxy.maxConnectionsPerClient = most;
        config.proxy.workers = 4;
        return config;
    }

  private Q_SLOTS:

    void oneTooManyIsToldSo() {
        Origin origin(answer("served"));
        RunningEngine proxy(limited(origin, 3));
        std::vector<Client> clients;
        for (int i = 0; i < 3; ++i) {
            clients.push_back(proxy.connect());
            COMPARE_STATUS(clients.back().get("/"), 200);
        }
        Client fourth = proxy.connect();
        fourth.send(request("GET", "/"));
        const Response response = fourth.read();
        COMPARE_STATUS(response, 429);
        QCOMPARE(response.field("Connection"), "close"s);
        QVERIFY(std::atoi(response.field("Retry-After").c_str()) >= 1);
        QCOMPARE(response.field("Content-Type"), "application/problem+json"s);
        QVERIFY(response.body.find("max_connections_per_client") != std::string::npos);
        QVERIFY(fourth.expectEof());
        QVERIFY(proxy.waitForLog("127.0.0.1 was refused with 429: max_connections_per_client is reached"));
        // The others go on, and when one leaves there is room for another, whoever else is still being told.
        for (Client& client : clients)
            COMPARE_STATUS(client.get("/"), 200);
        clients.pop_back();
        QVERIFY(waitUntil([&] { return proxy.get("/").status == 200; }));
    }

    void itIsToldEvenIfItNeverAsks() {
        Origin origin(answer("served"));
        RunningEngine proxy(limited(origin, 1));
        Client first = proxy.connect();
        COMPARE_STATUS(first.get("/"), 200);
        Client silent = proxy.connect();
        COMPARE_STATUS(silent.read(), 429);
        QVERIFY(silent.expectEof());
    }

    void manyMoreAreClosedWithoutAWord() {
        Origin origin(answer("served"));
        RunningEngine proxy(limited(origin, 2));
        std::vector<Client> serving;
        for (int i = 0; i < 2; ++i) {
            serving.push_back(proxy.connect());
            COMPARE_STATUS(serving.back().get("/"), 200);
        }
        std::vector<Client> more; // none of them reads what it is told, or leaves
        for (int i = 0; i < 40; ++i)
            more.push_back(proxy.connect());
        QVERIFY(waitUntil([&] { return proxy.clientConnections() <= 4; }));
        QVERIFY(proxy.waitForLog("127.0.0.1 had a connection closed: max_connections_per_client is reached"));
        for (Client& client : serving)
            COMPARE_STATUS(client.get("/"), 200);
    }

    void neverMoreAtATimeHoweverManyCome() {
        Gate gate;
        Origin origin(heldBy(gate, answer("served")));
        RunningEngine proxy(limited(origin, 5));
        std::atomic<int> served{0};
        std::atomic<int> refused{0};
        std::vector<std::future<void>> clients;
        for (int i = 0; i < 20; ++i) {
            clients.push_back(std::async(std::launch::async, [&] {
                const int status = proxy.get("/").status;
                ++(status == 200 ? served : refused); // answered with 429, or closed
            }));
        }
        QVERIFY(waitUntil([&] { return refused == 15 && origin.requestCount() == 5; }));
        gate.open();
        for (auto& client : clients)
            client.get();
        QCOMPARE(served.load(), 5);
        QCOMPARE(origin.requestCount(), size_t(5));
    }

    void aTrustedProxySpeaksForMany() {
        Origin origin(answer("served"));
        config::Config config = limited(origin, 1);
        config.proxy.trustedProxies = {*CidrBlock::parse("127.0.0.1")};
        RunningEngine proxy(config);
        std::vector<Client> clients;
        for (int i = 0; i < 10; ++i) {
            clients.push_back(proxy.connect());
            COMPARE_STATUS(clients.back().get("/"), 200);
        }
    }

    void aReloadBringsTheLimit() {
        Origin origin(answer("served"));
        config::Config config = limited(origin, 0);
        RunningEngine proxy(config);
        std::vector<Client> clients;
        for (int i = 0; i < 5; ++i) {
            clients.push_back(proxy.connect());
            COMPARE_STATUS(clients.back().get("/"), 200);
        }
        config.proxy.maxConnectionsPerClient = 3;
        proxy.reload(config);
        COMPARE_STATUS(proxy.get("/"), 429);
        for (Client& client : clients) // who is there stays
            COMPARE_STATUS(client.get("/"), 200);
        clients.erase(clients.begin() + 2, clients.end());
        QVERIFY(waitUntil([&] { return proxy.get("/").status == 200; }));
    }
};

QTEST_GUILESS_MAIN(TestConnectionsPerClient)
#include "test_connections_per_client.moc"
