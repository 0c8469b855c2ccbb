// SPDX-License-Identifier: MIT
#include "proxy/exchange_scene.h"

#include <QTest>

using namespace reverxy;
using namespace reverxy::proxy;
using observe::ChoiceReason;
using observe::Decision;
using observe::Phase;

/// The one record of what happened: every field filled in, none without bound (DESIGN section 2, rule 9).
class TestExchangeDecision : public QObject {
    Q_OBJECT
  private Q_SLOTS:

    void everyFieldIsFilledIn() {
        ExchangeScene scene(configOf("abc"));
        for (uint32_t backend = 0; backend < 3; ++backend)
            scene.port.answers[backend] = {pending};
        ClientFacts facts = scene.client;
        facts.identity.address = IpAddress::v4({10, 1, 2, 3});
        facts.identity.source = limit::IdentitySource::Forwarded;
        facts.identity.hops = 2;
        scene.requestOf("PUT /path?q HTTP/1.1\r\nHost: Host.Example:81\r\nContent-Length: 5\r\n\r\n", facts);
        scene.pass(1ms);
        scene.connectFails(Failure::ConnectRefused); // 1 ms
        scene.pass(2ms);
        scene.connected(1900); // 3 ms
        QVERIFY(scene.body("hello"));
        scene.endRequest();
        scene.pass(3ms);
        scene.lose(Failure::ConnectionClosed, true); // 6 ms
        scene.pass(4ms);
        scene.connected(4000); // 10 ms
        scene.pass(5ms);
        scene.response("HTTP/1.1 103 Early Hints\r\n\r\n"); // 15 ms
        scene.pass(6ms);
        scene.response("HTTP/1.1 201 Created\r\nContent-Length: 3\r\n\r\n"); // 21 ms
        scene.responseBody("abc");
        scene.endResponse();
        scene.pass(7ms);
        scene.finish(); // 28 ms

        const Decision& decision = scene.decision();
        QCOMPARE(decision.id, uint64_t(77));
        QVERIFY(decision.started == WallTime{} + 24h);
        QVERIFY(decision.phase == Phase::Finished);
        QVERIFY(decision.peer == scene.client.peer);
        QVERIFY(decision.client == facts.identity.address);
        QCOMPARE(decision.clientSource, static_cast<uint8_t>(limit::IdentitySource::Forwarded));
        QCOMPARE(decision.clientHops, uint8_t(2));
        QVERIFY(decision.method.view() == "PUT");
        QVERIFY(decision.host.view() == "Host.Example:81");
        QVERIFY(decision.target.view() == "/path?q");
        QCOMPARE(decision.httpMinor, uint8_t(1));
        QCOMPARE(scene.nameOf(decision.route), std::string("all"));
        QCOMPARE(scene.nameOf(decision.pool), std::string("default"));
        QCOMPARE(decision.candidatesTotal, uint16_t(1)); // the third time
        QVERIFY(decision.choice == ChoiceReason::OthersTried);
        QCOMPARE(decision.status, uint16_t(201));
        QVERIFY(decision.failure == Failure::None);
        QVERIFY(decision.details.empty());
        QVERIFY(!decision.tunnel);
        QVERIFY(decision.responseFromBackend);
        QCOMPARE(decision.requestBodyBytes, uint64_t(5));
        QCOMPARE(decision.responseBodyBytes, uint64_t(3));
        QCOMPARE(decision.queuedMicros, 0u);
        QCOMPARE(decision.firstByteMicros, 21000u);
        QCOMPARE(decision.totalMicros, 28000u);
        QCOMPARE(decision.attemptsTotal, uint16_t(3));

        const observe::Attempt& first = decision.attempts[0];
        QCOMPARE(scene.nameOf(first.backend), std::string("a"));
        QVERIFY(first.failure == Failure::ConnectRefused);
        QVERIFY(!first.bytesSent);
        QCOMPARE(first.status, uint16_t(0));
        QCOMPARE(first.startedMicros, 0u);
        QCOMPARE(first.firstByteMicros, 0u);

        const observe::Attempt& lost = decision.attempts[1];
        QVERIFY(lost.backend != first.backend);
        QVERIFY(lost.failure == Failure::ConnectionClosed);
        QVERIFY(lost.bytesSent);
        QCOMPARE(lost.startedMicros, 1000u);
        QCOMPARE(lost.connectMicros, 1900u);

        const observe::Attempt& used = decision.attempts[2];
        QCOMPARE(used.backend, decision.candidates[0]);
        QVERIFY(used.failure == Failure::None);
        QVERIFY(used.bytesSent);
        QVERIFY(!used.reusedConnection);
        QCOMPARE(used.status, uint16_t(201));
        QCOMPARE(used.startedMicros, 6000u);
        QCOMPARE(used.connectMicros, 4000u);
        QCOMPARE(used.firstByteMicros, 9000u); // to the interim response
    }

    void aReusedConnectionIsToldApart() {
        ExchangeScene scene;
        QVERIFY(scene.world.addIdle(0, 0));
        scene.request("GET / HTTP/1.0\r\n\r\n");
        QVERIFY(scene.decision().attempts[0].reusedConnection);
        QCOMPARE(scene.decision().attempts[0].connectMicros, 0u);
        QCOMPARE(scene.decision().httpMinor, uint8_t(0));
        QVERIFY(scene.decision().host.empty());
    }

    void whyABackendWasChosen() {
        ExchangeScene one(configOf("a"));
        one.request(get);
        QVERIFY(one.decision().choice == ChoiceReason::OnlyOne);
        QCOMPARE(one.decision().candidatesTotal, uint16_t(1));

        ExchangeScene three(configOf("abc"));
        three.request(get);
        QVERIFY(three.decision().choice == ChoiceReason::Algorithm);
        QCOMPARE(three.decision().candidatesTotal, uint16_t(3));
        three.lose();
        QVERIFY(three.decision().choice == ChoiceReason::OthersTried);
        QCOMPARE(three.decision().candidatesTotal, uint16_t(2));
    }

    void localAnswersAreTimedToo() {
        auto config = configOf("a");
        config.pools[0].backends[0].maxConnections = 1;
        ExchangeScene scene(config);
        QVERIFY(scene.backend(0).takeSlot());
        scene.request(get);
        QVERIFY(scene.deadlinePasses());
        QCOMPARE(scene.decision().firstByteMicros, 5000000u);
        QCOMPARE(scene.decision().status, uint16_t(503));
        QVERIFY(!scene.decision().responseFromBackend);
        QCOMPARE(scene.decision().responseBodyBytes, uint64_t(scene.got().body.size()));
    }

    // Bounds.

    void longTextsAreCutAndSaySo() {
        ExchangeScene scene;
        const std::string method(40, 'M');
        const std::string host(200, 'h');
        const std::string path = "/" + std::string(5000, 'p');
        scene.request(method + " " + path + " HTTP/1.1\r\nHost: " + host + "\r\n\r\n");
        QVERIFY(scene.decision().method.truncated());
        QVERIFY(scene.decision().host.truncated());
        QVERIFY(scene.decision().target.truncated());
        QCOMPARE(scene.decision().target.totalSize(), uint32_t(path.size()));
        QCOMPARE(scene.sent().target, path); // what is recorded is cut, not what is sent
        QCOMPARE(scene.sent().method, method);
    }

    void moreCandidatesThanFitAreCounted() {
        ExchangeScene scene(configOf("abcdefghijkl"));
        scene.request(get);
        QCOMPARE(scene.decision().candidatesTotal, uint16_t(12));
        QCOMPARE(scene.nameOf(scene.decision().candidates[Decision::maxCandidates - 1]), std::string("h"));
    }

    void moreAttemptsThanFitAreCounted() {
        ExchangeScene scene(configOf("abcdefghij"));
        for (uint32_t backend = 0; backend < 9; ++backend)
            scene.port.answers[backend] = {{OpenResult::Failed, Failure::ConnectRefused, false}};
        scene.request(get);
        scene.answer();
        QCOMPARE(scene.decision().attemptsTotal, uint16_t(10));
        QCOMPARE(scene.nameOf(scene.decision().attempts[4].backend), std::string("e"));
        // The last place is the last attempt's.
        QCOMPARE(scene.nameOf(scene.decision().attempts[5].backend), std::string("j"));
        QCOMPARE(scene.decision().attempts[5].status, uint16_t(200));
    }

    void proxyStatusReadsTheRecord() {
        ExchangeScene scene;
        scene.request("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n");
        scene.exchange.upstreamLost(Failure::ResponseMalformed, "the status line is malformed", true, scene.now);
        QCOMPARE(scene.got().status, uint16_t(502));
        QCOMPARE(scene.got().fields.value("Proxy-Status"),
                 std::string("reverxy; error=http_protocol_error; next-hop=\"a\"; details=\"the status line is "
                             "malformed\""));
    }

    void aFailureBeforeAnyBackendNamesNone() {
        auto config = configOf("a");
        config.routes[0].path = "/elsewhere";
        ExchangeScene scene(config);
        scene.request(get);
        QVERIFY(scene.got().fields.value("Proxy-Status").find("next-hop") == std::string::npos);
    }
};

QTEST_APPLESS_MAIN(TestExchangeDecision)
#include "test_exchange_decision.moc"
