// SPDX-License-Identifier: MIT
#include "behaviour/story.h"

#include <QJsonDocument>
#include <QJsonObject>

using namespace reverxy;
using namespace reverxy::test;

/// Whatever a backend does, the client gets an answer that says what happened (RFC 9457, RFC 9209), and nothing
/// hangs.
class TestFailures : public QObject {
    Q_OBJECT

    /// The answer's body and fields tell of the failure.
    static void compareProblem(const Response& response, int status, const std::string& failure,
                               const std::string& error) {
        COMPARE_STATUS(response, status);
        QCOMPARE(response.field("Content-Type"), "application/problem+json"s);
        const QJsonObject problem = QJsonDocument::fromJson(QByteArray::fromStdString(response.body)).object();
        QCOMPARE(problem[QLatin1String("status")].toInt(), status);
        QVERIFY(!problem[QLatin1String("title")].toString().isEmpty());
        QVERIFY(!problem[QLatin1String("detail")].toString().isEmpty());
        QCOMPARE(problem[QLatin1String("failure")].toString().toStdString(), failure);
        QVERIFY2(response.field("Proxy-Status").starts_with("reverxy; error=" + error),
                 response.field("Proxy-Status").c_str());
    }

  private Q_SLOTS:

    void aRefusedConnection() {
        LoopbackPort refused;
        RunningEngine proxy(configFor({refused.number()}));
        Client client = proxy.connect();
        for (int i = 0; i < 2; ++i) { // the client's connection lives on
            const Response response = client.get("/");
            compareProblem(response, 502, "connect-refused", "connection_refused");
            QVERIFY(response.field("Proxy-Status").find("next-hop=\"origin-1\"") != std::string::npos);
        }
    }

    void aRefusedConnectionWithABodyOnItsWay() {
        LoopbackPort refused;
        RunningEngine proxy(configFor({refused.number()}));
        Client client = proxy.connect();
        const std::string body(3'000'000, 'x');
        auto sending = std::async(std::launch::async, [&] { client.send(request("POST", "/", "", body)); });
        const Response response = client.read();
        client.stream().shutdownAll();
        sending.wait();
        compareProblem(response, 502, "connect-refused", "connection_refused");
    }

    void aFailureAnswersHeadWithoutABody() {
        LoopbackPort refused;
        RunningEngine proxy(configFor({refused.number()}));
        Client client = proxy.connect();
        COMPARE_STATUS(client.exchange(request("HEAD", "/"), "HEAD"), 502);
        compareProblem(client.get("/"), 502, "connect-refused", "connection_refused");
    }

    void aConnectionThatNobodyTakes() {
        HangingPort hanging;
        config::Config config = configFor({hanging.number()});
        config.proxy.connectTimeout = 200ms;
        RunningEngine proxy(config);
        compareProblem(proxy.get("/"), 504, "connect-timeout", "connection_timeout");
    }

    void aConnectionClosedInsteadOfAResponse_data() {
        QTest::addColumn<bool>("reset");
        QTest::newRow("closed") << false;
        QTest::newRow("reset") << true;
    }

    void aConnectionClosedInsteadOfAResponse() {
        QFETCH(bool, reset);
        Origin origin([&](OriginExchange& exchange) { reset ? exchange.reset() : exchange.close(); });
        RunningEngine proxy(configFor({origin.port()}));
        compareProblem(proxy.exchange(request("POST", "/")), 502, "connection-closed", "connection_terminated");
        compareProblem(proxy.get("/"), 502, "connection-closed", "connection_terminated");
    }

    void aSilentBackend() {
        Origin origin([](OriginExchange& exchange) {
            exchange.stream().expectEnd();
            exchange.close();
        });
        config::Config config = configFor({origin.port()});
        config.proxy.responseTimeout = 200ms;
        RunningEngine proxy(config);
        compareProblem(proxy.get("/"), 504, "response-timeout", "http_response_timeout");
        QVERIFY(waitUntil([&] { return origin.connectionsOpen() == 0; }));
        QCOMPARE(origin.requestCount(), size_t(1));
    }

    void aBackendThatTalksNonsense_data() {
        QTest::addColumn<QByteArray>("bytes");
        QTest::newRow("another protocol") << QByteArray("SSH-2.0-OpenSSH_9.2\r\n\r\n");
        QTest::newRow("binary") << literal("\x15\x03\x01\x00\x02\x02\x16\r\n\r\n");
        QTest::newRow("status of two digits") << QByteArray("HTTP/1.1 20 OK\r\n\r\n");
        QTest::newRow("status of four digits") << QByteArray("HTTP/1.1 2000 OK\r\n\r\n");
        QTest::newRow("status below 100") << QByteArray("HTTP/1.1 099 OK\r\n\r\n");
        QTest::newRow("another major version") << QByteArray("HTTP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n");
        QTest::newRow("length and coding")
            << QByteArray("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
        QTest::newRow("two lengths") << QByteArray(
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello");
        QTest::newRow("negative length") << QByteArray("HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n");
        QTest::newRow("space before the colon") << QByteArray("HTTP/1.1 200 OK\r\nContent-Length : 0\r\n\r\n");
        QTest::newRow("NUL in a field") << literal("HTTP/1.1 200 OK\r\nX-A: a\0b\r\nContent-Length: 0\r\n\r\n");
        QTest::newRow("bare CR in a field")
            << QByteArray("HTTP/1.1 200 OK\r\nX-A: a\rb\r\nContent-Length: 0\r\n\r\n");
        QTest::newRow("line without a colon")
            << QByteArray("HTTP/1.1 200 OK\r\nnonsense\r\nContent-Length: 0\r\n\r\n");
    }

    void aBackendThatTalksNonsense() {
        QFETCH(QByteArray, bytes);
        Origin origin(raw(bytes.toStdString()));
        RunningEngine proxy(configFor({origin.port()}));
        const Response response = proxy.get("/");
        compareProblem(response, 502, "response-malformed", "http_protocol_error");
        QVERIFY(response.field("Proxy-Status").find("details=\"") != std::string::npos);
    }

    void whatNobodyAskedForIsNotTakenForTheNextResponse_data() {
        QTest::addColumn<QString>("first");
        QTest::newRow("behind a body") << "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ngood";
        QTest::newRow("behind chunks")
            << "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\ngood\r\n0\r\n\r\n";
        QTest::newRow("behind no content") << "HTTP/1.1 204 No Content\r\n\r\n";
    }

    void whatNobodyAskedForIsNotTakenForTheNextResponse() {
        QFETCH(QString, first);
        Origin origin([&](OriginExchange& exchange) {
            if (exchange.target() == "/")
                exchange.respond(200, "mine");
            else
                exchange.send(first.toStdString() + "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil");
        });
        config::Config config = configFor({origin.port()});
        config.proxy.workers = 1;
        RunningEngine proxy(config);
        Client client = proxy.connect();
        for (int i = 0; i < 5; ++i) {
            const Response talkative = client.get("/talkative");
            QVERIFY(talkative.complete);
            QVERIFY(talkative.body == (talkative.status == 204 ? "" : "good"));
            QCOMPARE(client.get("/").body, "mine"s);
        }
    }

    void aBackendWhoseHeadIsTooLarge() {
        Origin origin(
            raw("HTTP/1.1 200 OK\r\nX-Large: " + std::string(100'000, 'x') + "\r\nContent-Length: 0\r\n\r\n"));
        RunningEngine proxy(configFor({origin.port()}));
        compareProblem(proxy.get("/"), 502, "response-head-too-large", "http_response_header_section_size");
    }

    void aNameThatDoesNotResolve() {
        config::Config config = configFor({});
        config.pools[0].backends = {backend("lost", "name.invalid", 80)};
        RunningEngine proxy(config);
        compareProblem(proxy.get("/"), 502, "dns-error", "dns_error");
    }

    void aPoolWithoutBackendsSaysHowToAddOne() {
        RunningEngine proxy(configFor({}));
        const Response response = proxy.get("/");
        compareProblem(response, 503, "no-backend", "destination_unavailable");
        QVERIFY(response.body.find("backends:") != std::string::npos);
        QVERIFY(response.body.find("config.yaml") != std::string::npos);
    }

    void aPoolWithoutEnabledBackends() {
        Origin origin(answer(""));
        config::Config config = configFor({origin.port()});
        config.pools[0].backends[0].enabled = false;
        RunningEngine proxy(config);
        COMPARE_STATUS(proxy.get("/"), 503);
        QCOMPARE(origin.requestCount(), size_t(0));
    }

    void aPathWithoutARoute() {
        Origin origin(answer(""));
        config::Config config = configFor({origin.port()});
        config.routes = {route("api", 0, "/api")};
        RunningEngine proxy(config);
        compareProblem(proxy.get("/other"), 404, "no-route", "destination_not_found");
    }

    void aBackendThatComesBackIsUsed() {
        Origin origin(answer("back"));
        origin.stop();
        RunningEngine proxy(configFor({origin.port()}));
        Client client = proxy.connect();
        QCOMPARE(client.get("/").status, 502);
        origin.start();
        COMPARE_STATUS(client.get("/"), 200);
        origin.stop();
        QCOMPARE(client.get("/").status, 502);
        origin.start();
        COMPARE_STATUS(client.get("/"), 200);
    }

    void allBackendsAbsentIsNoReasonNotToStart() {
        LoopbackPort one;
        LoopbackPort other;
        RunningEngine proxy(configFor({one.number(), other.number()}));
        QCOMPARE(proxy.startError(), ""s);
        QCOMPARE(proxy.get("/").status, 502);
        const auto decisions = proxy.waitForDecisions(1);
        QCOMPARE(decisions.size(), size_t(1));
        QCOMPARE(int(decisions[0].attemptsTotal), 2);
    }

    void aFailureIsOneLineInTheLog() {
        LoopbackPort refused;
        RunningEngine proxy(configFor({refused.number()}));
        QCOMPARE(proxy.get("/broken?x").status, 502);
        QVERIFY(proxy.waitForLog("connect-refused"));
        const std::string log = proxy.log();
        const size_t found = log.find("\"GET /broken?x HTTP/1.1\" 502");
        QVERIFY2(found != std::string::npos, log.c_str());
        const std::string line = log.substr(found, log.find('\n', found) - found);
        QVERIFY2(line.find("backend=origin-1") != std::string::npos, line.c_str());
        QVERIFY2(line.find("route=default") != std::string::npos, line.c_str());
    }
};

QTEST_GUILESS_MAIN(TestFailures)
#include "test_failures.moc"
