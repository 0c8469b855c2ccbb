// SPDX-License-Identifier: MIT
#include "proxy/exchange_scene.h"

#include <QTest>

using namespace reverxy;
using namespace reverxy::proxy;
using http::BodyKind;
using observe::Phase;

namespace {

constexpr size_t held = Exchange::heldBodyLimit;

std::string put(size_t length) {
    return "PUT /x HTTP/1.1\r\nHost: x\r\nContent-Length: " + std::to_string(length) + "\r\n\r\n";
}

constexpr std::string_view putChunked = "PUT /x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
constexpr std::string_view postChunked = "POST /x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";

} // namespace

/// Bodies on their way: streamed, held for a retry up to 64 KiB, limited, cut.
class TestExchangeBodies : public QObject {
    Q_OBJECT
  private Q_SLOTS:

    void aBodyPassesPieceByPiece() {
        ExchangeScene scene;
        scene.request("POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 6\r\n\r\n");
        QVERIFY(scene.sent().framing == (http::Framing{BodyKind::Length, 6}));
        QVERIFY(!scene.sent().ended);
        QVERIFY(scene.body("abc"));
        QCOMPARE(scene.sent().body, std::string("abc"));
        QVERIFY(scene.body("def"));
        QVERIFY(!scene.sent().ended);
        scene.endRequest();
        QVERIFY(scene.sent().ended);
        QVERIFY(!scene.exchange.wantsRequestBody());
        QCOMPARE(scene.decision().requestBodyBytes, uint64_t(6));
    }

    void nothingIsWantedWhileNobodyCanTakeIt() {
        ExchangeScene scene;
        scene.port.answers[0] = {{OpenResult::Pending, Failure::None, false}};
        scene.request(putChunked);
        QVERIFY(!scene.exchange.wantsRequestBody());
        scene.connected();
        QVERIFY(scene.exchange.wantsRequestBody());
        QVERIFY(scene.body("abc"));
        QVERIFY(scene.sent().framing.kind == BodyKind::Chunked);
    }

    void anEmptyBodyIsComplete_data() {
        QTest::addColumn<QString>("head");
        QTest::newRow("none") << "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
        QTest::newRow("of length 0") << "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n";
    }

    void anEmptyBodyIsComplete() {
        QFETCH(QString, head);
        ExchangeScene scene;
        scene.request(head.toStdString());
        QVERIFY(scene.exchange.requestEnded());
        QVERIFY(!scene.exchange.wantsRequestBody());
        QVERIFY(scene.sent().ended);
    }

    // Held for a retry.

    void whatIsHeldIsSentAgain_data() {
        QTest::addColumn<qulonglong>("size");
        QTest::addColumn<bool>("chunked");
        QTest::addColumn<bool>("again");
        QTest::newRow("a little") << 5ull << false << true;
        QTest::newRow("a little, chunked") << 5ull << true << true;
        QTest::newRow("64 KiB") << qulonglong(held) << false << true;
        QTest::newRow("64 KiB, chunked") << qulonglong(held) << true << true;
        QTest::newRow("a byte more") << qulonglong(held + 1) << false << false;
        QTest::newRow("a byte more, chunked") << qulonglong(held + 1) << true << false;
    }

    void whatIsHeldIsSentAgain() {
        QFETCH(qulonglong, size);
        QFETCH(bool, chunked);
        QFETCH(bool, again);
        ExchangeScene scene;
        scene.request(chunked ? std::string(putChunked) : put(size));
        std::string body(size, 'x');
        body.front() = 'a';
        body.back() = 'z';
        QVERIFY(scene.body(std::string_view(body).substr(0, 3)));
        QVERIFY(scene.body(std::string_view(body).substr(3)));
        scene.endRequest();
        scene.lose();
        QCOMPARE(scene.port.requests.size(), size_t(again ? 2 : 1));
        if (!again) {
            QCOMPARE(scene.got().status, uint16_t(502));
            return;
        }
        QVERIFY(scene.sent().body == body);
        QVERIFY(scene.sent().ended);
        QVERIFY(scene.sent().framing == scene.port.requests.front().framing);
        QCOMPARE(scene.decision().requestBodyBytes, uint64_t(size)); // what the client sent, not what went out
    }

    void aBodyHalfWayGoesOnAtTheNextBackend() {
        ExchangeScene scene;
        scene.request(put(6));
        QVERIFY(scene.body("abc"));
        scene.lose();
        QCOMPARE(scene.sent().backend, 1u);
        QCOMPARE(scene.sent().body, std::string("abc"));
        QVERIFY(!scene.sent().ended);
        QVERIFY(scene.body("def"));
        scene.endRequest();
        QCOMPARE(scene.sent().body, std::string("abcdef"));
        QVERIFY(scene.sent().ended);
    }

    void aBodyThatHasNotBegunNeedNotBeHeld_data() {
        QTest::addColumn<QString>("head");
        QTest::addColumn<bool>("bytesSent");
        QTest::newRow("idempotent and long") << QString::fromStdString(put(10000000)) << true;
        QTest::newRow("not idempotent, nothing sent") << QString::fromUtf8(postChunked) << false;
    }

    void aBodyThatHasNotBegunNeedNotBeHeld() {
        QFETCH(QString, head);
        QFETCH(bool, bytesSent);
        ExchangeScene scene;
        scene.request(head.toStdString());
        scene.lose(Failure::ConnectionClosed, bytesSent);
        QCOMPARE(scene.port.opened, std::string("ab"));
        QVERIFY(scene.exchange.wantsRequestBody());
        QVERIFY(scene.body("abc"));
        QCOMPARE(scene.sent().body, std::string("abc"));
    }

    void aPostIsNotSentTwiceHoweverItEnds_data() {
        QTest::addColumn<bool>("begun");
        QTest::addColumn<bool>("ended");
        QTest::newRow("its head alone was sent") << false << false;
        QTest::newRow("some of it was sent") << true << false;
        QTest::newRow("all of it was sent") << true << true;
    }

    void aPostIsNotSentTwiceHoweverItEnds() {
        QFETCH(bool, begun);
        QFETCH(bool, ended);
        ExchangeScene scene(configOf("abc"));
        scene.request(postChunked);
        if (begun)
            QVERIFY(scene.body("abc"));
        if (ended)
            scene.endRequest();
        scene.lose();
        QCOMPARE(scene.port.requests.size(), size_t(1));
        QCOMPARE(scene.got().status, uint16_t(502));
    }

    /// Taken from the client and queued for a connection that proved closed before a byte went out.
    void aPostOfWhichNothingLeftGoesOn() {
        ExchangeScene scene;
        scene.request(postChunked);
        QVERIFY(scene.body("abc"));
        scene.lose(Failure::ConnectionClosed, false);
        QCOMPARE(scene.port.opened, std::string("ab"));
        QCOMPARE(scene.sent().body, std::string("abc"));
        QVERIFY(scene.body("def"));
        scene.endRequest();
        QCOMPARE(scene.sent().body, std::string("abcdef"));
        scene.lose(Failure::ConnectionClosed, true);
        QCOMPARE(scene.port.requests.size(), size_t(2));
        QCOMPARE(scene.got().status, uint16_t(502));
    }

    /// Once bytes went out, the body of what is not repeated is not held any longer.
    void aPostThatWasActiveIsNotHeld() {
        ExchangeScene scene;
        scene.request(postChunked);
        QVERIFY(scene.body("abc"));
        scene.exchange.upstreamActive(scene.now);
        scene.lose(Failure::ConnectionClosed, false);
        QCOMPARE(scene.port.requests.size(), size_t(1));
        QCOMPARE(scene.got().status, uint16_t(502));
    }

    void thatOfAPutIs() {
        ExchangeScene scene;
        scene.request(putChunked);
        QVERIFY(scene.body("abc"));
        scene.exchange.upstreamActive(scene.now);
        scene.lose();
        QCOMPARE(scene.sent().body, std::string("abc"));
        QCOMPARE(scene.sent().backend, 1u);
    }

    void trailersAreHeldWithTheirBody_data() {
        QTest::addColumn<QString>("body");
        QTest::newRow("behind a body") << "abc";
        QTest::newRow("behind nothing") << "";
    }

    void trailersAreHeldWithTheirBody() {
        QFETCH(QString, body);
        ExchangeScene scene;
        scene.request(putChunked);
        if (!body.isEmpty())
            QVERIFY(scene.body(body.toStdString()));
        scene.endRequest("X-Checksum: 1\r\nCookie: not=passed\r\n");
        for (uint32_t backend = 0; backend < 2; ++backend) {
            QCOMPARE(scene.sent().backend, backend);
            QCOMPARE(scene.sent().body, body.toStdString());
            QCOMPARE(scene.sent().trailers.value("X-Checksum"), std::string("1"));
            QCOMPARE(scene.sent().trailers.lines.size(), size_t(1));
            QVERIFY(scene.sent().ended);
            scene.lose();
        }
    }

    /// Without them, and without what stood before them, it would be another request.
    void trailersOfABodyThatIsGoneAreNotSentAlone() {
        ExchangeScene scene;
        scene.request(putChunked);
        QVERIFY(scene.body(std::string(held + 1, 'x')));
        scene.endRequest("X-Checksum: 1\r\n");
        scene.lose();
        QCOMPARE(scene.port.requests.size(), size_t(1));
        QCOMPARE(scene.got().status, uint16_t(502));
    }

    // Limits and faults.

    void aBodyThatSaysItIsTooLongNeverSetsOut() {
        auto config = configOf("a");
        config.proxy.maxBodySize = 10;
        ExchangeScene scene(config);
        scene.request(put(11));
        QVERIFY(scene.port.opened.empty());
        QCOMPARE(scene.got().status, uint16_t(413));
        QVERIFY(scene.decision().failure == Failure::BodyTooLarge);
        scene.finish();
        QVERIFY(scene.countersAreZero());
    }

    void oneThatProvesTooLongIsStopped() {
        auto config = configOf("a");
        config.proxy.maxBodySize = 10;
        ExchangeScene scene(config);
        scene.request(putChunked);
        QVERIFY(scene.body("0123456789"));
        QVERIFY(scene.port.responses.empty());
        QVERIFY(scene.body("x"));
        QCOMPARE(scene.got().status, uint16_t(413));
        QCOMPARE(scene.sent().body.size(), size_t(10));
        QVERIFY(!scene.sent().ended);
        QCOMPARE(scene.port.closed, 1); // the backend sees that something is missing
        scene.finish();
        QVERIFY(scene.countersAreZero());
    }

    void oneThatIsAsLongAsItMayBePasses() {
        auto config = configOf("a");
        config.proxy.maxBodySize = 10;
        ExchangeScene scene(config);
        scene.request(put(10));
        QVERIFY(scene.body("0123456789"));
        scene.endRequest();
        scene.answer();
        QCOMPARE(scene.got().status, uint16_t(200));
    }

    void aBodyWithBadFramingIsAnswered() {
        ExchangeScene scene;
        scene.request(putChunked);
        QVERIFY(scene.body("abc"));
        scene.exchange.requestFailed(Failure::BadRequest, "a chunk's size is malformed", scene.now);
        QCOMPARE(scene.got().status, uint16_t(400));
        QVERIFY(scene.got().body.find("a chunk's size is malformed") != std::string::npos);
        QVERIFY(!scene.sent().ended);
        QCOMPARE(scene.port.closed, 1);
        QCOMPARE(scene.port.opened, std::string("a")); // what is wrong is wrong everywhere
    }

    void orCutWhenTheAnswerHasBegun() {
        ExchangeScene scene;
        scene.request(putChunked);
        QVERIFY(scene.body("abc"));
        scene.response("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n");
        scene.exchange.requestFailed(Failure::BadRequest, "", scene.now);
        QCOMPARE(scene.got().status, uint16_t(200));
        QCOMPARE(scene.port.cuts, 1);
        QCOMPARE(scene.port.closed, 1);
        QVERIFY(scene.decision().failure == Failure::BadRequest);
        QCOMPARE(scene.decision().status, uint16_t(200));
    }

    void orLetGoWhenAllIsSaid() {
        ExchangeScene scene;
        scene.request(putChunked);
        QVERIFY(scene.body("abc"));
        scene.answer("HTTP/1.1 413 No\r\nContent-Length: 0\r\n\r\n");
        scene.exchange.requestFailed(Failure::BadRequest, "", scene.now);
        QCOMPARE(scene.port.responses.size(), size_t(1));
        QCOMPARE(scene.port.cuts, 0);
        QVERIFY(scene.decision().failure == Failure::None);
    }

    /// RFC 9110 section 7.5: a response may come, and be complete, before the request is.
    void anEarlyResponsePassesAtOnce() {
        ExchangeScene scene;
        scene.request(put(1000));
        QVERIFY(scene.body("abc"));
        scene.response("HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\n");
        QCOMPARE(scene.got().status, uint16_t(403));
        QVERIFY(scene.body("def")); // the backend may want to read on
        QCOMPARE(scene.sent().body, std::string("abcdef"));
        scene.responseBody("no");
        scene.endResponse();
        QVERIFY(scene.exchange.responseOver());
        // The rest of the request would be taken for the next one.
        QCOMPARE(scene.port.kept, 0);
        QCOMPARE(scene.port.closed, 1);
        scene.finish();
        QVERIFY(scene.countersAreZero());
    }

    void anEarlyResponseToACompleteRequestKeepsTheConnection() {
        ExchangeScene scene;
        scene.request(put(3));
        QVERIFY(scene.body("abc"));
        scene.response("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n");
        scene.endRequest();
        scene.responseBody("ok");
        scene.endResponse();
        QCOMPARE(scene.port.kept, 1);
    }

    void whatComesAfterTheResponseIsWantedByNobody() {
        ExchangeScene scene;
        scene.request(put(6));
        scene.answer("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
        QVERIFY(scene.body("abc")); // taken, so that it is out of the way
        scene.endRequest();
        QVERIFY(scene.sent().body.empty());
        QVERIFY(!scene.sent().ended);
    }

    void responseBytesAreCounted() {
        ExchangeScene scene;
        scene.request("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
        scene.response("HTTP/1.1 200 OK\r\n\r\n");
        scene.responseBody("abc");
        scene.responseBody("defg");
        scene.endResponse(false);
        QCOMPARE(scene.got().body, std::string("abcdefg"));
        QCOMPARE(scene.decision().responseBodyBytes, uint64_t(7));
    }
};

QTEST_APPLESS_MAIN(TestExchangeBodies)
#include "test_exchange_bodies.moc"
