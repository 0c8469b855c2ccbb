// SPDX-License-Identifier: MIT
#include "proxy/exchange_scene.h"

#include <QTest>

using namespace reverxy;
using namespace reverxy::proxy;
using observe::ChoiceReason;
using observe::Phase;

namespace {

constexpr std::string_view post = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\n";

} // namespace

/// Finding a backend, and another one when that fails (RFC 9110 section 9.2.2; issue: Retries).
class TestExchangeAttempts : public QObject {
    Q_OBJECT
  private Q_SLOTS:

    void anExchangeFromEndToEnd() {
        ExchangeScene scene;
        scene.request(get);
        QCOMPARE(scene.port.opened, std::string("a"));
        QVERIFY(scene.exchange.phase() == Phase::AwaitingResponse);
        QVERIFY(scene.sent().ended);
        QCOMPARE(scene.pool().inFlight.load(), 1u);
        QCOMPARE(scene.backend(0).inFlight.load(), 1u);

        scene.response("HTTP/1.1 200 Fine\r\nContent-Length: 2\r\n\r\n");
        QVERIFY(scene.exchange.phase() == Phase::Streaming);
        QCOMPARE(scene.got().reason, std::string("Fine"));
        scene.responseBody("ok");
        QVERIFY(!scene.exchange.responseOver());
        scene.endResponse();
        QVERIFY(scene.exchange.responseOver());
        QCOMPARE(scene.got().body, std::string("ok"));
        QVERIFY(scene.got().ended);
        QCOMPARE(scene.port.kept, 1);
        QCOMPARE(scene.port.closed, 0);
        QVERIFY(scene.port.deadline == TimePoint::max());

        scene.finish();
        QVERIFY(scene.exchange.phase() == Phase::Finished);
        QVERIFY(scene.countersAreZero());
    }

    void turnsGoRoundOverExchanges() {
        ExchangeScene scene(configOf("abc"));
        for (int i = 0; i < 6; ++i) {
            scene.port.requests.clear();
            scene.port.responses.clear();
            scene.request(get);
            scene.answer();
            scene.finish();
        }
        QCOMPARE(scene.port.opened, std::string("abcabc"));
        QVERIFY(scene.countersAreZero());
    }

    void aBackendThatRefusesIsPassedOverAtOnce() {
        ExchangeScene scene(configOf("abc"));
        scene.port.answers[0] = {refused};
        scene.port.answers[1] = {refused};
        scene.request(post);
        QCOMPARE(scene.port.opened.size(), size_t(3));
        QCOMPARE(scene.port.opened.back(), 'c');
        QVERIFY(scene.exchange.phase() == Phase::AwaitingResponse);
        // Neither count nor budget was touched: nothing was repeated.
        QCOMPARE(scene.pool().retriesInFlight.load(), 0u);
        QCOMPARE(scene.backend(0).inFlight.load(), 0u);
        QCOMPARE(scene.backend(1).inFlight.load(), 0u);
        QCOMPARE(scene.backend(2).inFlight.load(), 1u);
    }

    void theSameWhenItRefusesLater() {
        ExchangeScene scene(configOf("abc"));
        for (uint32_t backend = 0; backend < 3; ++backend)
            scene.port.answers[backend] = {pending};
        scene.request(post);
        QVERIFY(scene.exchange.phase() == Phase::Connecting);
        QVERIFY(!scene.exchange.wantsRequestBody()); // there is nobody yet to send it to
        scene.connectFails(Failure::ConnectTimeout);
        QVERIFY(scene.exchange.phase() == Phase::Connecting);
        scene.connectFails(Failure::DnsError);
        scene.connected(1234);
        QVERIFY(scene.exchange.phase() == Phase::AwaitingResponse);
        QCOMPARE(scene.port.opened.size(), size_t(3));
        QCOMPARE(scene.decision().attemptsTotal, uint16_t(3));
        QVERIFY(scene.decision().attempts[0].failure == Failure::ConnectTimeout);
        QVERIFY(scene.decision().attempts[1].failure == Failure::DnsError);
        QVERIFY(scene.decision().attempts[2].failure == Failure::None);
        QCOMPARE(scene.decision().attempts[2].connectMicros, 1234u);
        QCOMPARE(scene.pool().retriesInFlight.load(), 0u);
    }

    /// What the proxy lacks it lacks for every backend, and none of them is to blame.
    void whatTheProxyItselfLacksIsNotSoughtElsewhere_data() {
        QTest::addColumn<bool>("atOnce");
        QTest::newRow("at once") << true;
        QTest::newRow("a little later") << false;
    }

    void whatTheProxyItselfLacksIsNotSoughtElsewhere() {
        QFETCH(bool, atOnce);
        ExchangeScene scene(configOf("abc"));
        scene.port.answers[0] = {{atOnce ? OpenResult::Failed : OpenResult::Pending,
                                  atOnce ? Failure::OutOfSockets : Failure::None, false}};
        scene.request("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
        if (!atOnce)
            scene.connectFails(Failure::OutOfSockets);
        QCOMPARE(scene.port.opened, std::string("a"));
        QCOMPARE(scene.got().status, uint16_t(503));
        QCOMPARE(scene.got().fields.value("Retry-After"), std::string("1"));
        QVERIFY(infoOf(scene.decision().failure).fault == Fault::Proxy);
        scene.finish();
        QVERIFY(scene.countersAreZero());
    }

    void whenAllRefuseTheLastReasonIsTold() {
        ExchangeScene scene;
        scene.port.answers[0] = {refused};
        scene.port.answers[1] = {{OpenResult::Failed, Failure::ConnectUnreachable, false}};
        scene.request(get);
        QCOMPARE(scene.port.opened, std::string("ab"));
        QCOMPARE(problemOf(scene), std::string("502 connect-unreachable"));
        QVERIFY(scene.got().ended);
        QVERIFY(scene.got().fields.value("Proxy-Status").starts_with("reverxy; error=destination_ip_unroutable"));
        QCOMPARE(scene.got().fields.value("Content-Type"), std::string("application/problem+json"));
        QVERIFY(scene.got().body.find("\"failure\":\"connect-unreachable\"") != std::string::npos);
        scene.finish();
        QVERIFY(scene.countersAreZero());
    }

    void aSlowConnectIsAGatewayTimeout() {
        ExchangeScene scene(configOf("a"));
        scene.port.answers[0] = {pending};
        scene.request(get);
        scene.connectFails(Failure::ConnectTimeout, "127.0.0.1:9001: no answer");
        QCOMPARE(problemOf(scene), std::string("504 connect-timeout"));
        QVERIFY(scene.got().fields.value("Proxy-Status").ends_with("details=\"127.0.0.1:9001: no answer\""));
    }

    void theCauseOfAnAttemptThatDidNotMatterIsForgotten() {
        ExchangeScene scene;
        scene.port.answers[0] = {pending};
        scene.request(get);
        scene.connectFails(Failure::ConnectRefused, "127.0.0.1:9001: refused");
        scene.answer();
        QVERIFY(scene.decision().details.empty());
        QVERIFY(scene.decision().failure == Failure::None);
    }

    void anIdempotentRequestIsSentAgain_data() {
        QTest::addColumn<QString>("method");
        QTest::addColumn<bool>("again");
        for (const char* method : {"GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE"})
            QTest::addRow("%s (RFC 9110 section 9.2.2)", method) << method << true;
        for (const char* method : {"POST", "PATCH", "PROPFIND", "get", "FOO"})
            QTest::addRow("%s may not be", method) << method << false;
    }

    void anIdempotentRequestIsSentAgain() {
        QFETCH(QString, method);
        QFETCH(bool, again);
        ExchangeScene scene;
        scene.request(method.toStdString() + " / HTTP/1.1\r\nHost: x\r\n\r\n");
        scene.lose(Failure::ConnectionClosed, true);
        QCOMPARE(scene.port.opened, std::string(again ? "ab" : "a"));
        QCOMPARE(scene.port.requests.size(), size_t(again ? 2 : 1));
        if (again) {
            QCOMPARE(scene.pool().retriesInFlight.load(), 1u);
            scene.answer();
        } else {
            QCOMPARE(problemOf(scene), std::string("502 connection-closed"));
        }
        scene.finish();
        QVERIFY(scene.countersAreZero());
    }

    void aRequestOfWhichNothingWasSentGoesOnWhateverItsMethod() {
        ExchangeScene scene;
        scene.request(post);
        scene.lose(Failure::ConnectionClosed, false);
        QCOMPARE(scene.port.opened, std::string("ab"));
        QCOMPARE(scene.pool().retriesInFlight.load(), 0u);
        QVERIFY(!scene.decision().attempts[0].bytesSent);
    }

    void aConnectionThatWentStaleIsNoReasonToGiveUpItsBackend() {
        ExchangeScene scene(configOf("a"));
        QVERIFY(scene.world.addIdle(0, 0));
        scene.request(post);
        QVERIFY(scene.sent().reused);
        scene.lose(Failure::ConnectionClosed, false); // closed between the look and the first byte
        QCOMPARE(scene.port.opened, std::string("aa"));
        QVERIFY(!scene.sent().reused);
        QVERIFY(scene.exchange.phase() == Phase::AwaitingResponse);
        // A new connection that ends in the same way does mean the backend.
        scene.lose(Failure::ConnectionClosed, false);
        QCOMPARE(problemOf(scene), std::string("502 connection-closed"));
        scene.finish();
        QVERIFY(scene.countersAreZero());
    }

    void notAllOfManyStaleConnectionsAreTried() {
        ExchangeScene scene(configOf("a"));
        QVERIFY(scene.world.addIdle(0, 0, 100));
        scene.request(post);
        int lost = 0;
        for (; lost < 100 && scene.port.responses.empty(); ++lost)
            scene.lose(Failure::ConnectionClosed, false);
        QCOMPARE(lost, int(observe::Decision::maxAttempts));
        QCOMPARE(problemOf(scene), std::string("502 connection-closed"));
    }

    void anotherBackendIsTriedBeforeTheSameAgain() {
        auto config = configOf("abc");
        config.proxy.retries = 3;
        ExchangeScene scene(config);
        scene.request(get);
        for (int i = 0; i < 3; ++i)
            scene.lose(Failure::ResponseIncomplete, true);
        std::string firstThree = scene.port.opened.substr(0, 3);
        std::sort(firstThree.begin(), firstThree.end());
        QCOMPARE(firstThree, std::string("abc"));
        QCOMPARE(scene.port.opened.size(), size_t(4)); // none was left: any may be next
    }

    void theOnlyBackendIsAskedAgain() {
        ExchangeScene scene(configOf("a"));
        scene.request(get);
        scene.lose();
        QCOMPARE(scene.port.opened, std::string("aa"));
        scene.answer();
        QCOMPARE(scene.got().status, uint16_t(200));
    }

    void notMoreOftenThanConfigured_data() {
        QTest::addColumn<uint>("retries");
        QTest::newRow("never") << 0u;
        QTest::newRow("twice, the default") << 2u;
        QTest::newRow("more than attempts are recorded") << 20u;
    }

    void notMoreOftenThanConfigured() {
        QFETCH(uint, retries);
        auto config = configOf("ab");
        config.proxy.retries = retries;
        ExchangeScene scene(config);
        scene.request(get);
        for (uint i = 0; i < 50 && scene.port.responses.empty(); ++i)
            scene.lose();
        QCOMPARE(scene.port.requests.size(), size_t(retries + 1));
        QCOMPARE(problemOf(scene), std::string("502 connection-closed"));
        QCOMPARE(scene.decision().attemptsTotal, uint16_t(retries + 1));
        scene.finish();
        QVERIFY(scene.countersAreZero());
    }

    void notOnceTheClientHasAFinalHead() {
        ExchangeScene scene;
        scene.request(get);
        scene.response("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n");
        scene.lose(Failure::ResponseIncomplete, true);
        QCOMPARE(scene.port.opened, std::string("a"));
        QCOMPARE(scene.port.cuts, 1);
        QVERIFY(!scene.got().ended);
        QVERIFY(scene.exchange.responseOver());
        QVERIFY(scene.decision().failure == Failure::ResponseIncomplete);
        QVERIFY(scene.decision().attempts[0].failure == Failure::ResponseIncomplete);
        scene.finish();
        QVERIFY(scene.countersAreZero());
    }

    void anInterimHeadIsNoFinalOne() {
        ExchangeScene scene;
        scene.request(get);
        scene.response("HTTP/1.1 103 Early Hints\r\nLink: </s>; rel=preload\r\n\r\n");
        scene.lose();
        QCOMPARE(scene.port.opened, std::string("ab"));
        scene.answer();
        QCOMPARE(scene.got().status, uint16_t(200));
    }

    void whatWouldFailAgainIsRepeatedElsewhereOnly_data() {
        QTest::addColumn<int>("failure");
        QTest::addColumn<int>("status");
        const auto row = [](Failure failure, int status) {
            QTest::newRow(infoOf(failure).name.data()) << static_cast<int>(failure) << status;
        };
        row(Failure::ResponseMalformed, 502);
        row(Failure::ResponseHeadTooLarge, 502);
        row(Failure::ResponseTimeout, 504);
        row(Failure::UnexpectedUpgrade, 502);
    }

    void whatWouldFailAgainIsRepeatedElsewhereOnly() {
        QFETCH(int, failure);
        QFETCH(int, status);
        ExchangeScene scene;
        scene.request(get);
        scene.lose(static_cast<Failure>(failure), true);
        QCOMPARE(scene.port.opened, std::string("ab"));
        scene.lose(static_cast<Failure>(failure), true);
        QCOMPARE(scene.port.opened, std::string("ab"));
        QCOMPARE(int(scene.got().status), status);
    }
};

QTEST_APPLESS_MAIN(TestExchangeAttempts)
#include "test_exchange_attempts.moc"
