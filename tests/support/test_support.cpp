// SPDX-License-Identifier: MIT
#include "support/client.h"
#include "support/pattern.h"
#include "support/scripts.h"

#include <QTest>

#include <future>

using namespace reverxy::test;
using namespace std::string_literals;

/// The judge is judged: clients talk to origins directly, and what is wrong must be noticed.
class TestSupport : public QObject {
    Q_OBJECT

  private Q_SLOTS:

    void anAnswerArrivesWhole() {
        Origin origin(answer("hello", 201, {{"X-A", "1"}, {"X-A", "2"}}));
        Client client(origin.port());
        const Response response = client.get("/path");
        QCOMPARE(response.status, 201);
        QCOMPARE(response.body, "hello"s);
        QVERIFY(response.complete);
        QCOMPARE(response.field("x-a"), "1, 2"s);
        QCOMPARE(origin.lastRequest().target, "/path"s);
        QVERIFY(origin.violations().empty());
    }

    void theConnectionIsKeptBetweenRequests() {
        Origin origin(echo());
        Client client(origin.port());
        QCOMPARE(client.exchange(request("POST", "/", "", "one")).field("X-Body-Size"), "3"s);
        QCOMPARE(client.exchange(request("POST", "/", "", "three")).field("X-Body-Size"), "5"s);
        QCOMPARE(origin.connectionsTotal(), size_t(1));
        QCOMPARE(origin.requestCount(), size_t(2));
    }

    void everyFramingIsRead_data() {
        QTest::addColumn<int>("delimited");
        QTest::newRow("length") << int(BodyEnd::Length);
        QTest::newRow("chunked") << int(BodyEnd::Chunked);
        QTest::newRow("close") << int(BodyEnd::Close);
    }

    void everyFramingIsRead() {
        QFETCH(int, delimited);
        Origin origin(bigBody(3'000'001, BodyEnd(delimited)));
        Client client(origin.port());
        client.send(request("GET", "/"));
        Response response = client.readHead();
        PatternCheck check;
        client.readBody(response, [&](std::string_view piece) { return check.add(piece); });
        QVERIFY(response.complete);
        QVERIFY(check.good());
        QCOMPARE(check.offset(), uint64_t(3'000'001));
    }

    void aChunkedUploadWithTrailersIsRead() {
        Origin origin(echo());
        const std::string body = chunk("abc") + chunk("de") + "0\r\nX-Sum: 5\r\n\r\n";
        const Response response =
            exchangeOnce(origin.port(), request("POST", "/", "Transfer-Encoding: chunked\r\n") + body);
        QCOMPARE(response.field("X-Body-Size"), "5"s);
        QVERIFY(waitUntil([&] { return origin.lastRequest().bodyComplete; }));
        QCOMPARE(origin.lastRequest().trailers, (Fields{{"X-Sum", "5"}}));
    }

    void aWrongByteOfThePatternIsNoticed() {
        Origin origin(checkPattern());
        std::string body = pattern(200'000);
        QCOMPARE(exchangeOnce(origin.port(), request("PUT", "/", "", body)).status, 200);
        body[123'456] = static_cast<char>(body[123'456] ^ 1);
        QCOMPARE(exchangeOnce(origin.port(), request("PUT", "/", "", body)).status, 500);
    }

    void aCutBodyIsNotComplete_data() {
        QTest::addColumn<QString>("message");
        QTest::newRow("length") << "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort";
        QTest::newRow("chunked") << "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nshort\r\n";
        QTest::newRow("bad chunk")
            << "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nshortest\r\n0\r\n\r\n";
    }

    void aCutBodyIsNotComplete() {
        QFETCH(QString, message);
        Origin origin(raw(message.toStdString()));
        const Response response = getOnce(origin.port(), "/");
        QCOMPARE(response.status, 200);
        QVERIFY(!response.complete);
        QVERIFY(!response.problem.empty());
    }

    void interimResponsesAreListed() {
        Origin origin(rawAndStay("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
                                 "HTTP/1.1 204 No Content\r\n\r\n"));
        const Response response = getOnce(origin.port(), "/");
        QCOMPARE(response.status, 204);
        QCOMPARE(response.interim.size(), size_t(2));
        QCOMPARE(response.interim[1].value("Link"), "</a>"s);
    }

    void violationsAreReported_data() {
        QTest::addColumn<QString>("message");
        QTest::newRow("no host") << "GET / HTTP/1.1\r\n\r\n";
        QTest::newRow("two hosts") << "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n";
        QTest::newRow("two framings")
            << "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n";
        QTest::newRow("old version") << "GET / HTTP/1.0\r\nHost: a\r\n\r\n";
        QTest::newRow("keep-alive") << "GET / HTTP/1.1\r\nHost: a\r\nKeep-Alive: 5\r\n\r\n";
        QTest::newRow("space before colon") << "GET / HTTP/1.1\r\nHost : a\r\n\r\n";
    }

    void violationsAreReported() {
        QFETCH(QString, message);
        Origin origin(answer("x"));
        Client client(origin.port());
        client.send(message.toStdString());
        QVERIFY(waitUntil([&] { return !origin.violations().empty() || origin.requestCount() > 0; }));
        if (origin.violations().empty()) // a head that cannot be read at all ends the connection instead
            QVERIFY(client.expectEof());
        else
            QCOMPARE(origin.violations().size(), size_t(1));
    }

    void aStoppedOriginRefusesAndComesBack() {
        Origin origin(answer("x"));
        Client before(origin.port());
        QCOMPARE(before.get("/").status, 200);
        origin.stop();
        QVERIFY(before.stream().expectEnd());
        QVERIFY(!Client(origin.port()).connected());
        origin.start();
        QCOMPARE(getOnce(origin.port(), "/").status, 200);
    }

    void aGateHoldsTheAnswerBack() {
        Gate gate;
        Origin origin(heldBy(gate, answer("now")));
        Client client(origin.port());
        client.send(request("GET", "/"));
        QVERIFY(waitUntil([&] { return origin.requestCount() == 1; }));
        QVERIFY(client.stream().buffered().empty());
        gate.open();
        QCOMPARE(client.read().body, "now"s);
    }

    void aResetIsSeenAsOne() {
        Origin origin([](OriginExchange& exchange) { exchange.reset(); });
        Client client(origin.port());
        client.send(request("GET", "/"));
        QVERIFY(!client.stream().fill());
        QCOMPARE(int(client.stream().end()), int(Stream::End::Reset));
    }

    void bothFamiliesAreServed() {
        if (!hasIpv6())
            QSKIP("this machine has no ::1");
        Origin::Options options;
        options.family = Family::V6;
        Origin origin(answer("six"), options);
        QCOMPARE(Client(origin.port(), Family::V6).get("/").body, "six"s);
        QVERIFY(!Client(origin.port(), Family::V4).connected());
    }
};

QTEST_APPLESS_MAIN(TestSupport)
#include "test_support.moc"
