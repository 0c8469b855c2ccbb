// SPDX-License-Identifier: MIT
#include "behaviour/story.h"

#include "net/process_memory.h"

using namespace reverxy;
using namespace reverxy::test;

/// `memory_limit`, here that of the test's own process: far below what it uses anyhow, or far beyond.
class TestMemoryLimit : public QObject {
    Q_OBJECT

  private Q_SLOTS:

    void initTestCase() {
        if (!net::processMemory())
            QSKIP("the system does not tell how much the process uses");
    }

    void whileMemoryIsScarceNewConnectionsWait() {
        Origin origin(answer("served"));
        config::Config config = configFor({origin.port()});
        config.proxy.memoryLimit = 1 << 20;
        RunningEngine proxy(config);
        Client first = proxy.connect();
        COMPARE_STATUS(first.get("/"), 200); // with nobody there, nothing would become free by waiting
        QVERIFY(proxy.waitForLog("new connections wait until there is room"));
        Client second = proxy.connect();
        second.send(request("GET", "/waits"));
        for (int i = 0; i < 20; ++i)
            COMPARE_STATUS(first.get("/"), 200); // who is there is served
        QCOMPARE(proxy.clientConnections(), 1u);
        QCOMPARE(origin.requestCount(), size_t(21));
        first.close();
        COMPARE_STATUS(second.read(), 200);
    }

    void withMoreMemoryTheyWaitNoLonger() {
        Origin origin(answer("served"));
        config::Config config = configFor({origin.port()});
        config.proxy.memoryLimit = 1 << 20;
        RunningEngine proxy(config);
        Client first = proxy.connect();
        COMPARE_STATUS(first.get("/"), 200);
        QVERIFY(proxy.waitForLog("new connections wait until there is room"));
        std::vector<Client> waiting;
        for (int i = 0; i < 5; ++i) {
            waiting.push_back(proxy.connect());
            waiting.back().send(request("GET", "/"));
        }
        config.proxy.memoryLimit = uint64_t{1} << 40;
        proxy.reload(config);
        for (Client& client : waiting)
            COMPARE_STATUS(client.read(), 200);
        config.proxy.memoryLimit = 1 << 20;
        proxy.reload(config);
        config.proxy.memoryLimit = 0;
        proxy.reload(config);
        COMPARE_STATUS(proxy.get("/"), 200);
    }

    void bodiesPassWithSmallBuffersToo() {
        Origin origin(bigBody(20'000'000));
        config::Config config = configFor({origin.port()});
        config.proxy.memoryLimit = 1 << 20;
        RunningEngine proxy(config);
        Client client = proxy.connect();
        COMPARE_STATUS(client.get("/"), 200);
        QVERIFY(proxy.waitForLog("buffers are kept small"));
        const Response response = client.get("/");
        COMPARE_STATUS(response, 200);
        QCOMPARE(response.body.size(), size_t(20'000'000));
    }

    void aDrainingProxyLetsNobodyWait() {
        Origin origin(answer("served"));
        config::Config config = configFor({origin.port()});
        config.proxy.memoryLimit = 1 << 20;
        RunningEngine proxy(config);
        Client first = proxy.connect();
        COMPARE_STATUS(first.get("/"), 200);
        QVERIFY(proxy.waitForLog("new connections wait until there is room"));
        Client second = proxy.connect();
        second.send(request("GET", "/"));
        proxy.drain();
        COMPARE_STATUS(second.read(), 200); // it was accepted before the end
        QVERIFY(proxy.waitDrained());
    }
};

QTEST_GUILESS_MAIN(TestMemoryLimit)
#include "test_memory_limit.moc"
