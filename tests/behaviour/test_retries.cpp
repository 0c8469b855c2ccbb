// SPDX-License-Identifier: MIT
#include "behaviour/story.h"

#include <map>

using namespace reverxy;
using namespace reverxy::test;

namespace {

/// Takes the whole request and goes away.
void leave(OriginExchange& exchange) {
    exchange.readBody();
    exchange.close();
}

constexpr size_t heldBody = 64 * 1024;

} // namespace

/// What is tried again and what never is (RFC 9110 section 9.2.2).
class TestRetries : public QObject {
    Q_OBJECT

  private Q_SLOTS:

    void whatWasNotSentGoesToAnotherBackendAtOnce_data() {
        QTest::addColumn<QString>("method");
        for (const char* method : {"GET", "POST", "PATCH"})
            QTest::newRow(method) << method;
    }

    void whatWasNotSentGoesToAnotherBackendAtOnce() {
        QFETCH(QString, method);
        LoopbackPort refused;
        Origin origin(echo());
        config::Config config = configFor({refused.number(), origin.port()});
        config.proxy.retries = 0; // nothing is repeated: no byte was sent
        RunningEngine proxy(config);
        Client client = proxy.connect();
        const std::string body(200'000, 'b');
        for (int i = 0; i < 10; ++i) {
            const Response response = client.exchange(request(method.toStdString(), "/", "", body));
            COMPARE_STATUS(response, 200);
            QCOMPARE(response.field("X-Body-Size"), "200000"s);
        }
        QCOMPARE(origin.requestCount(), size_t(10));
    }

    void theRecordTellsOfEveryAttempt() {
        LoopbackPort refused;
        Origin origin(answer("", 201));
        RunningEngine proxy(configFor({refused.number(), origin.port()}));
        Client client = proxy.connect();
        COMPARE_STATUS(client.get("/"), 201);
        COMPARE_STATUS(client.get("/"), 201);
        const auto decisions = proxy.waitForDecisions(2);
        QCOMPARE(decisions.size(), size_t(2));
        int withRefusal = 0;
        for (const observe::Decision& decision : decisions) {
            QCOMPARE(int(decision.failure), int(Failure::None));
            QCOMPARE(int(decision.status), 201);
            QCOMPARE(proxy.nameOf(decision.lastAttempt().backend), "origin-2"s);
            QCOMPARE(int(decision.lastAttempt().status), 201);
            if (decision.attemptsTotal == 2) {
                ++withRefusal;
                QCOMPARE(proxy.nameOf(decision.attempts[0].backend), "origin-1"s);
                QCOMPARE(int(decision.attempts[0].failure), int(Failure::ConnectRefused));
                QVERIFY(!decision.attempts[0].bytesSent);
            }
        }
        QVERIFY(withRefusal >= 1);
    }

    void theIdempotentIsTriedOnTheOtherBackend_data() {
        QTest::addColumn<QString>("method");
        for (const char* method : {"GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE"})
            QTest::newRow(method) << method;
    }

    void theIdempotentIsTriedOnTheOtherBackend() {
        QFETCH(QString, method);
        Origin leaving(leave);
        Origin origin(answer(""));
        RunningEngine proxy(configFor({leaving.port(), origin.port()}));
        Client client = proxy.connect();
        for (int i = 0; i < 6; ++i)
            COMPARE_STATUS(client.exchange(request(method.toStdString(), "/"), method.toStdString()), 200);
        QCOMPARE(origin.requestCount(), size_t(6));
        QVERIFY(leaving.requestCount() >= 1);
    }

    void nonsenseAndSilenceAreTriedElsewhere_data() {
        QTest::addColumn<QByteArray>("answer");
        QTest::newRow("no status line") << QByteArray("SSH-2.0-OpenSSH\r\n\r\n");
        QTest::newRow("two lengths") << QByteArray(
            "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab");
        QTest::newRow("an upgrade nobody asked for") << QByteArray("HTTP/1.1 101 Switching Protocols\r\n\r\n");
        QTest::newRow("silence") << QByteArray();
    }

    void nonsenseAndSilenceAreTriedElsewhere() {
        QFETCH(QByteArray, answer);
        Origin odd([answer](OriginExchange& exchange) {
            exchange.send(answer.toStdString());
            exchange.stream().expectEnd();
            exchange.close();
        });
        Origin origin(reverxy::test::answer(""));
        config::Config config = configFor({odd.port(), origin.port()});
        config.proxy.responseTimeout = 300ms;
        RunningEngine proxy(config);
        Client client = proxy.connect();
        for (int i = 0; i < 4; ++i)
            COMPARE_STATUS(client.get("/"), 200);
        QVERIFY(odd.requestCount() >= 1);
        // Where there is no other, the client is told.
        RunningEngine alone([&] {
            config::Config only = configFor({odd.port()});
            only.proxy.responseTimeout = 300ms;
            return only;
        }());
        const size_t before = odd.requestCount();
        COMPARE_STATUS(alone.get("/"), answer.isEmpty() ? 504 : 502);
        QCOMPARE(odd.requestCount(), before + 1);
    }

    void theRestIsNeverSentTwice_data() {
        QTest::addColumn<QString>("method");
        QTest::addColumn<bool>("reset");
        for (const char* method : {"POST", "PATCH", "LOCK", "Get"}) {
            QTest::addRow("%s closed", method) << method << false;
            QTest::addRow("%s reset", method) << method << true;
        }
    }

    void theRestIsNeverSentTwice() {
        QFETCH(QString, method);
        QFETCH(bool, reset);
        const auto go = [&](OriginExchange& exchange) {
            exchange.readBody();
            reset ? exchange.reset() : exchange.close();
        };
        Origin one(go);
        Origin other(go);
        RunningEngine proxy(configFor({one.port(), other.port()}));
        for (size_t i = 1; i <= 6; ++i) {
            QCOMPARE(proxy.exchange(request(method.toStdString(), "/", "", "once")).status, 502);
            QCOMPARE(one.requestCount() + other.requestCount(), i);
        }
    }

    void thereAreAsManyRetriesAsConfigured_data() {
        QTest::addColumn<int>("retries");
        QTest::newRow("none") << 0;
        QTest::newRow("one") << 1;
        QTest::newRow("four") << 4;
    }

    void thereAreAsManyRetriesAsConfigured() {
        QFETCH(int, retries);
        Origin origin(leave);
        config::Config config = configFor({origin.port()});
        config.proxy.retries = static_cast<uint32_t>(retries);
        RunningEngine proxy(config);
        QCOMPARE(proxy.get("/").status, 502);
        QCOMPARE(origin.requestCount(), size_t(retries + 1));
    }

    void noBackendIsTriedTwiceWhileAnotherIsLeft() {
        Origin one(leave);
        Origin two(leave);
        Origin three(leave);
        RunningEngine proxy(configFor({one.port(), two.port(), three.port()}));
        for (size_t i = 1; i <= 5; ++i) {
            QCOMPARE(proxy.get("/").status, 502);
            QCOMPARE(one.requestCount(), i);
            QCOMPARE(two.requestCount(), i);
            QCOMPARE(three.requestCount(), i);
        }
    }

    void aHeadThatBrokeOffIsRetried() {
        Origin broken(raw("HTTP/1.1 200 OK\r\nContent-Le"));
        Origin origin(answer("whole"));
        RunningEngine proxy(configFor({broken.port(), origin.port()}));
        for (int i = 0; i < 4; ++i)
            QCOMPARE(proxy.get("/").body, "whole"s);
    }

    void anInterimResponseDoesNotForbidARetry() {
        Origin hinting(raw("HTTP/1.1 103 Early Hints\r\n\r\n"));
        Origin origin(answer("whole"));
        RunningEngine proxy(configFor({hinting.port(), origin.port()}));
        for (int i = 0; i < 4; ++i)
            QCOMPARE(proxy.get("/").body, "whole"s);
    }

    void aResponseThatBeganIsNotRetried() {
        Gate gate;
        Origin origin([&](OriginExchange& exchange) {
            exchange.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n");
            exchange.waitFor(gate);
            exchange.close();
        });
        RunningEngine proxy(configFor({origin.port()}));
        Client client = proxy.connect();
        client.send(request("GET", "/"));
        Response response = client.readHead();
        gate.open();
        client.readBody(response, [](std::string_view) { return true; });
        QVERIFY(!response.complete);
        proxy.waitForDecisions(1);
        QCOMPARE(origin.requestCount(), size_t(1));
    }

    void aBodyStillHeldIsSentAgain_data() {
        QTest::addColumn<int>("size");
        QTest::addColumn<bool>("chunked");
        QTest::newRow("small") << 10 << false;
        QTest::newRow("small chunked") << 10 << true;
        QTest::newRow("the most") << int(heldBody) << false;
        QTest::newRow("the most chunked") << int(heldBody) << true;
    }

    void aBodyStillHeldIsSentAgain() {
        QFETCH(int, size);
        QFETCH(bool, chunked);
        Origin leaving(leave);
        Origin origin(checkPattern());
        RunningEngine proxy(configFor({leaving.port(), origin.port()}));
        const std::string body = pattern(static_cast<uint64_t>(size));
        const std::string message =
            chunked ? request("PUT", "/", "Transfer-Encoding: chunked\r\n") + chunk(body) + "0\r\nX-T: 1\r\n\r\n"
                    : request("PUT", "/", "", body);
        for (int i = 0; i < 4; ++i) {
            const Response response = proxy.exchange(message);
            COMPARE_STATUS(response, 200);
            QCOMPARE(response.body, std::to_string(size));
        }
        QVERIFY(leaving.requestCount() >= 1);
        QVERIFY(waitUntil([&] { return origin.lastRequest().bodyComplete; }));
        if (chunked) {
            for (const ReceivedRequest& received : origin.requests())
                QVERIFY(received.trailers == (Fields{{"X-T", "1"}}));
        }
        VERIFY_NO_VIOLATIONS(origin);
    }

    void aBodyNoLongerHeldIsNotSentAgain_data() {
        QTest::addColumn<bool>("chunked");
        QTest::newRow("length") << false;
        QTest::newRow("chunked") << true;
    }

    void aBodyNoLongerHeldIsNotSentAgain() {
        QFETCH(bool, chunked);
        Origin one(leave);
        Origin other(leave);
        RunningEngine proxy(configFor({one.port(), other.port()}));
        const std::string body = pattern(4 * heldBody);
        const std::string message =
            chunked ? request("PUT", "/", "Transfer-Encoding: chunked\r\n") + chunk(body) + chunk("")
                    : request("PUT", "/", "", body);
        QCOMPARE(proxy.exchange(message).status, 502);
        QCOMPARE(one.requestCount() + other.requestCount(), size_t(1));
    }

    void aConnectionClosedMeanwhileIsNotUsed() {
        Origin origin([](OriginExchange& exchange) {
            exchange.respond(200, exchange.readBody()); // says nothing of closing
            exchange.close();
        });
        RunningEngine proxy(configFor({origin.port()}));
        Client client = proxy.connect();
        for (size_t i = 1; i <= 30; ++i) {
            const Response response = client.exchange(request("POST", "/", "", "precious"));
            COMPARE_STATUS(response, 200);
            QCOMPARE(response.body, "precious"s);
            QVERIFY(waitUntil([&] { return origin.connectionsOpen() == 0; }));
            QCOMPARE(origin.requestCount(), i);
        }
    }

    void aConnectionClosedWhileTheRequestIsOnItsWayIsNoLoss() {
        // The origin answers one request on each connection and closes on the second one, as a server does whose
        // idle limit is met.
        std::atomic<int> answered{0};
        Origin origin([&](OriginExchange& exchange) {
            if (exchange.target() == "/first") {
                exchange.respond(200, "first");
                return;
            }
            if (answered++ % 2 == 0)
                return exchange.close();
            exchange.respond(200, "second");
        });
        RunningEngine proxy(configFor({origin.port()}));
        Client client = proxy.connect();
        for (int i = 0; i < 10; ++i) {
            COMPARE_STATUS(client.get("/first"), 200);
            COMPARE_STATUS(client.get("/second"), 200);
        }
    }

    void retriesStayWithinTheirBudget() {
        constexpr size_t clients = 10;
        Gate gate;
        std::mutex mutex;
        std::map<std::string, int> tries;
        int retrying = 0;
        int mostRetrying = 0;
        std::atomic<int> arrived{0};
        Origin origin([&](OriginExchange& exchange) {
            int attempt = 0;
            {
                const std::lock_guard lock(mutex);
                attempt = ++tries[exchange.target()];
                if (attempt > 1)
                    mostRetrying = std::max(mostRetrying, ++retrying);
            }
            if (attempt == 1) { // all fail together
                ++arrived;
                waitUntil([&] { return arrived >= int(clients) || exchange.stopping(); });
                return exchange.close();
            }
            exchange.waitFor(gate);
            {
                const std::lock_guard lock(mutex);
                --retrying;
            }
            exchange.respond(200, "at last");
        });
        config::Config config = configFor({origin.port()});
        config.proxy.retries = 1;
        RunningEngine proxy(config);
        std::vector<Client> all;
        for (size_t i = 0; i < clients; ++i) {
            all.push_back(proxy.connect());
            all.back().send(request("GET", "/" + std::to_string(i)));
        }
        // 20 % of ten would be two; three are always allowed.
        QVERIFY(waitUntil([&] {
            const std::lock_guard lock(mutex);
            return retrying >= 3;
        }));
        gate.open();
        int served = 0;
        for (Client& client : all) {
            const Response response = client.read();
            QVERIFY2(response.status == 200 || response.status == 502, response.problem.c_str());
            served += response.status == 200;
        }
        QVERIFY(served >= 3);
        const std::lock_guard lock(mutex);
        QVERIFY2(mostRetrying <= 3, std::to_string(mostRetrying).c_str());
    }
};

QTEST_GUILESS_MAIN(TestRetries)
#include "test_retries.moc"
