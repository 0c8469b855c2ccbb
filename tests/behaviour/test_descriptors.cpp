// SPDX-License-Identifier: MIT
#include "behaviour/story.h"
#include "support/reverxy_process.h"

using namespace reverxy::test;

/// Out of descriptors: accepting stops and is taken up again, what is open is served, and one line tells of it.
class TestDescriptors : public QObject {
    Q_OBJECT

    static int count(const std::string& text, std::string_view what) {
        int found = 0;
        for (size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + what.size()))
            ++found;
        return found;
    }

  private Q_SLOTS:

    void whoIsThereIsServedAndTheOthersWait() {
        Origin origin(answer("served"));
        ReverxyProcess proxy;
        proxy.configure("  workers: 1\n  upstream_idle_timeout: 1h\n", ReverxyProcess::poolOf({origin.port()}));
        QVERIFY2(proxy.start(), proxy.output().c_str());
        Client first = proxy.connect();
        COMPARE_STATUS(first.get("/"), 200);
        if (!proxy.allowFurtherDescriptors(2))
            QSKIP("the limits of another process cannot be changed here");

        std::vector<Client> clients;
        for (int i = 0; i < 12; ++i) {
            clients.push_back(proxy.connect()); // in the listen queue at least
            clients.back().send(request("GET", "/"));
        }
        QVERIFY2(proxy.waitForOutput("accepting is interrupted"), proxy.output().c_str());
        // Those who came before the last descriptor was gone may still be in each other's way.
        QVERIFY(waitUntil([&] { return first.get("/").status == 200; }));
        for (int i = 0; i < 50; ++i)
            COMPARE_STATUS(first.get("/"), 200);
        // One after the other has its turn, as those before it leave. Whoever finds no descriptor left for a
        // backend is told to come again.
        for (Client& client : clients) {
            const Response response = client.read();
            QVERIFY2(response.status == 200 || response.status == 503, response.problem.c_str());
            if (response.status == 503)
                QVERIFY(response.body.find("out-of-sockets") != std::string::npos && response.has("Retry-After"));
            client.close();
        }
        QVERIFY(waitUntil([&] { return getOnce(proxy.port(), "/").status == 200; })); // all is as it was
        QCOMPARE(count(proxy.output(), "accepting is interrupted"), 1);
        COMPARE_STATUS(first.get("/"), 200);
    }

    void anIdleConnectionMakesRoomForARequest() {
        Origin idle(answer("idle"));
        Origin wanted(answer("wanted"));
        ReverxyProcess proxy;
        proxy.configure(
            "  workers: 1\n  upstream_idle_timeout: 1h\n",
            "pools:\n  idle: { health_checker: { enabled: false }, backends: [ { url: \"http://127.0.0.1:" +
                std::to_string(idle.port()) +
                "\" } ] }\n  wanted: { health_checker: { enabled: false }, backends: [ { url: "
                "\"http://127.0.0.1:" +
                std::to_string(wanted.port()) +
                "\" } ] }\nroutes:\n  - { path: /idle, pool: idle }\n  - { pool: wanted }\n");
        QVERIFY2(proxy.start(), proxy.output().c_str());
        Client client = proxy.connect();
        QCOMPARE(client.get("/idle").body, std::string("idle"));
        if (!proxy.allowFurtherDescriptors(0))
            QSKIP("the limits of another process cannot be changed here");
        QCOMPARE(client.get("/").body, std::string("wanted"));
        QCOMPARE(client.get("/idle").body, std::string("idle")); // and back
    }
};

QTEST_GUILESS_MAIN(TestDescriptors)
#include "test_descriptors.moc"
