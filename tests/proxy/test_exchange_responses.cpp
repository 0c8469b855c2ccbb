// SPDX-License-Identifier: MIT
#include "proxy/exchange_scene.h"

#include <QTest>

using namespace reverxy;
using namespace reverxy::proxy;
using http::BodyKind;
using observe::Phase;

namespace {

constexpr std::string_view getOld = "GET / HTTP/1.0\r\nHost: x\r\n\r\n";
constexpr std::string_view headRequest = "HEAD / HTTP/1.1\r\nHost: x\r\n\r\n";

} // namespace

/// What becomes of a backend's response: interim ones, framing, trailers, and silence.
class TestExchangeResponses : public QObject {
    Q_OBJECT
  private Q_SLOTS:

    // RFC 9110 section 15.2.

    void interimResponsesComeToAnEnd() {
        ExchangeScene scene(configOf("a"));
        scene.request("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
        for (uint32_t i = 0; i < Exchange::interimLimit; ++i)
            scene.response("HTTP/1.1 102 Processing\r\n\r\n");
        QVERIFY(scene.port.responses.empty());
        scene.response("HTTP/1.1 102 Processing\r\n\r\n");
        QCOMPARE(scene.got().status, uint16_t(502));
        QVERIFY(scene.decision().failure == Failure::ResponseMalformed);
        QCOMPARE(scene.port.closed, 1);
    }

    void interimResponsesPass_data() {
        QTest::addColumn<QString>("head");
        QTest::addColumn<int>("status");
        QTest::newRow("100") << "HTTP/1.1 100 Continue\r\n\r\n" << 100;
        QTest::newRow("102") << "HTTP/1.1 102 Processing\r\n\r\n" << 102;
        QTest::newRow("103") << "HTTP/1.1 103 Early Hints\r\nLink: </s>\r\n\r\n" << 103;
        QTest::newRow("one that nobody knows") << "HTTP/1.1 199 Well\r\n\r\n" << 199;
    }

    void interimResponsesPass() {
        QFETCH(QString, head);
        QFETCH(int, status);
        ExchangeScene scene;
        scene.request(get);
        scene.response(head.toStdString());
        QCOMPARE(scene.port.interims.size(), size_t(1));
        QCOMPARE(int(scene.port.interims[0].status), status);
        QVERIFY(scene.port.interims[0].framing.kind == BodyKind::None);
        QVERIFY(scene.exchange.phase() == Phase::AwaitingResponse);
        QVERIFY(!scene.exchange.headForwarded());
        scene.answer();
        QCOMPARE(scene.got().status, uint16_t(200));
        QCOMPARE(scene.decision().status, uint16_t(200));
    }

    void manyOfThemPass() {
        ExchangeScene scene;
        scene.request(get);
        for (int i = 0; i < 5; ++i)
            scene.response("HTTP/1.1 103 Early Hints\r\nLink: </s>\r\n\r\n");
        QCOMPARE(scene.port.interims.size(), size_t(5));
        QCOMPARE(scene.port.interims[4].fields.value("Link"), std::string("</s>"));
    }

    void noneGoToHttp10() {
        ExchangeScene scene;
        scene.request(getOld);
        scene.response("HTTP/1.1 103 Early Hints\r\nLink: </s>\r\n\r\n");
        QVERIFY(scene.port.interims.empty());
        scene.answer();
        QCOMPARE(scene.got().status, uint16_t(200));
    }

    /// RFC 9110 section 10.1.1: the expectation goes to the backend, its 100 comes back, then the body follows.
    void continueFromEndToEnd() {
        ExchangeScene scene;
        scene.request("PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n");
        QCOMPARE(scene.sent().fields.value("Expect"), std::string("100-continue"));
        QVERIFY(scene.port.interims.empty()); // the proxy promises nothing itself
        scene.response("HTTP/1.1 100 Continue\r\n\r\n");
        QCOMPARE(scene.port.interims.size(), size_t(1));
        QVERIFY(scene.body("abc"));
        scene.endRequest();
        QCOMPARE(scene.sent().body, std::string("abc"));
        scene.answer("HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n");
        QCOMPARE(scene.got().status, uint16_t(201));
    }

    // Framing.

    void framing_data() {
        QTest::addColumn<QString>("request");
        QTest::addColumn<QString>("response");
        QTest::addColumn<int>("kind");
        QTest::addColumn<QString>("length"); // of the field handed on as it is
        const QString plain = QString::fromUtf8(get);
        const QString headOnly = QString::fromUtf8(headRequest);
        const auto none = static_cast<int>(BodyKind::None);
        QTest::newRow("of known length: its framing is written anew") << plain << "200 OK\r\nContent-Length: 5\r\n"
                                                                      << static_cast<int>(BodyKind::Length) << "-";
        QTest::newRow("chunked") << plain << "200 OK\r\nTransfer-Encoding: chunked\r\n"
                                 << static_cast<int>(BodyKind::Chunked) << "-";
        QTest::newRow("until close is of unknown length") << plain << "200 OK\r\n"
                                                          << static_cast<int>(BodyKind::Chunked) << "-";
        QTest::newRow("HEAD may tell a length (RFC 9110 section 8.6)")
            << headOnly << "200 OK\r\nContent-Length: 5\r\n"
            << none << "5";
        QTest::newRow("HEAD without a length") << headOnly << "200 OK\r\n" << none << "-";
        QTest::newRow("HEAD, chunked") << headOnly << "200 OK\r\nTransfer-Encoding: chunked\r\n" << none << "-";
        QTest::newRow("304 may tell a length (RFC 9110 section 8.6)")
            << plain << "304 Not Modified\r\nContent-Length: 5\r\n"
            << none << "5";
        QTest::newRow("304 to HEAD") << headOnly << "304 Not Modified\r\nContent-Length: 5\r\n" << none << "5";
        QTest::newRow("204 never has one (RFC 9110 section 8.6)")
            << plain << "204 No Content\r\nContent-Length: 5\r\n"
            << none << "-";
        QTest::newRow("204 to HEAD neither") << headOnly << "204 No Content\r\nContent-Length: 5\r\n"
                                             << none << "-";
    }

    void framing() {
        QFETCH(QString, request);
        QFETCH(QString, response);
        QFETCH(int, kind);
        QFETCH(QString, length);
        ExchangeScene scene;
        scene.request(request.toStdString());
        scene.response("HTTP/1.1 " + response.toStdString() + "\r\n");
        QCOMPARE(static_cast<int>(scene.got().framing.kind), kind);
        QCOMPARE(scene.got().fields.value("Content-Length"), length.toStdString());
        QCOMPARE(scene.got().fields.count("Transfer-Encoding"), size_t(0));
    }

    void trailersPassButNotAll() {
        ExchangeScene scene;
        scene.request(get);
        scene.response("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: X-Hop\r\n\r\n");
        scene.endResponse(true, "X-Checksum: 9\r\nSet-Cookie: a=b\r\nServer-Timing: db;dur=5\r\nX-Hop: 1\r\n");
        QCOMPARE(scene.got().trailers.value("X-Checksum"), std::string("9"));
        QCOMPARE(scene.got().trailers.value("Server-Timing"), std::string("db;dur=5"));
        QCOMPARE(scene.got().trailers.lines.size(), size_t(2)); // RFC 9110 sections 6.5.1 and 7.6.1
    }

    void soDoThoseOfARequest() {
        ExchangeScene scene;
        scene.request("POST / HTTP/1.1\r\nHost: x\r\nConnection: x-hop\r\nTransfer-Encoding: chunked\r\n\r\n");
        QVERIFY(scene.body("abc"));
        scene.endRequest("X-Checksum: 9\r\nAuthorization: Basic xyz\r\nX-Hop: 1\r\nX-Forwarded-For: 9.9.9.9\r\n");
        QCOMPARE(scene.sent().trailers.value("X-Checksum"), std::string("9"));
        QCOMPARE(scene.sent().trailers.lines.size(), size_t(1));
    }

    // Silence.

    void aSilentBackendIsAGatewayTimeout() {
        ExchangeScene scene(configOf("a"));
        scene.request(get);
        QVERIFY(scene.port.deadline == scene.now + 60s);
        QVERIFY(scene.deadlinePasses());
        QCOMPARE(scene.got().status, uint16_t(504));
        QVERIFY(scene.got().fields.value("Proxy-Status").starts_with("reverxy; error=http_response_timeout"));
        QVERIFY(scene.decision().failure == Failure::ResponseTimeout);
        QCOMPARE(scene.port.opened, std::string("a"));
        QCOMPARE(scene.port.closed, 1);
        scene.finish();
        QVERIFY(scene.countersAreZero());
    }

    void whatIsConfiguredCounts() {
        auto config = configOf("a");
        config.proxy.responseTimeout = 300ms;
        ExchangeScene scene(config);
        scene.request(get);
        QVERIFY(scene.port.deadline == scene.now + 300ms);
    }

    void anyActivityBeginsTheWaitAnew() {
        ExchangeScene scene(configOf("a"));
        scene.request(get);
        const TimePoint begun = scene.now;
        scene.pass(40s);
        scene.exchange.upstreamActive(scene.now);
        QVERIFY(scene.deadlinePasses()); // at 60 s, which is 20 s after the last sign of life
        QVERIFY(scene.port.responses.empty());
        QVERIFY(scene.port.deadline == begun + 100s);
        QVERIFY(scene.deadlinePasses());
        QCOMPARE(scene.got().status, uint16_t(504));
    }

    void anInterimResponseIsASignOfLife() {
        ExchangeScene scene;
        scene.request(get);
        scene.pass(59s);
        scene.response("HTTP/1.1 102 Processing\r\n\r\n");
        const TimePoint then = scene.now;
        QVERIFY(scene.deadlinePasses());
        QVERIFY(scene.port.deadline == then + 60s);
    }

    void aBodyThatStopsIsCut() {
        ExchangeScene scene;
        scene.request(get);
        scene.response("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n");
        scene.responseBody("abc");
        scene.exchange.upstreamActive(scene.now);
        QVERIFY(scene.deadlinePasses());
        QCOMPARE(scene.port.cuts, 1);
        QVERIFY(scene.decision().failure == Failure::ResponseTimeout);
        QCOMPARE(scene.decision().status, uint16_t(200));
        QCOMPARE(scene.port.closed, 1);
    }

    void aStreamOfEventsMayBeSilent_data() {
        QTest::addColumn<QString>("type");
        QTest::addColumn<bool>("events");
        QTest::newRow("plain") << "text/event-stream" << true;
        QTest::newRow("with a parameter") << "text/event-stream; charset=utf-8" << true;
        QTest::newRow("with a space before it") << "text/event-stream ;charset=utf-8" << true;
        QTest::newRow("in capitals") << "Text/Event-Stream" << true;
        QTest::newRow("another type that begins so") << "text/event-streaming" << false;
        QTest::newRow("another type") << "text/plain" << false;
        QTest::newRow("a type that names it") << "text/plain; was=text/event-stream" << false;
    }

    void aStreamOfEventsMayBeSilent() {
        QFETCH(QString, type);
        QFETCH(bool, events);
        ExchangeScene scene;
        scene.request(get);
        scene.response("HTTP/1.1 200 OK\r\nContent-Type: " + type.toStdString() + "\r\n\r\n");
        QCOMPARE(scene.exchange.isEventStream(), events);
        scene.pass(1h);
        while (scene.deadlinePasses() && scene.port.cuts == 0) {
        }
        QCOMPARE(scene.port.cuts, events ? 0 : 1);
    }

    void aStreamOfEventsThatOnlyOweItsHeadIsNotOne() {
        ExchangeScene scene(configOf("a"));
        scene.request("GET / HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\n\r\n");
        QVERIFY(scene.deadlinePasses());
        QCOMPARE(scene.got().status, uint16_t(504));
    }

    void aDeadlineThatComesLateDoesNothing() {
        ExchangeScene scene;
        scene.request(get);
        scene.answer();
        scene.pass(10min);
        scene.exchange.timeout(scene.now);
        QCOMPARE(scene.port.cuts, 0);
        QCOMPARE(scene.port.responses.size(), size_t(1));
        QVERIFY(scene.decision().failure == Failure::None);
    }

    void norOneThatWasMeantForAnotherPhase() {
        ExchangeScene scene;
        scene.port.answers[0] = {{OpenResult::Pending, Failure::None, false}};
        scene.request(get);
        scene.pass(10min);
        scene.exchange.timeout(scene.now); // connecting has a time limit of its own
        QVERIFY(scene.port.responses.empty());
        QVERIFY(scene.exchange.phase() == Phase::Connecting);
    }
};

QTEST_APPLESS_MAIN(TestExchangeResponses)
#include "test_exchange_responses.moc"
