// SPDX-License-Identifier: MIT
#include "behaviour/story.h"

using namespace reverxy;
using namespace reverxy::test;

/// Messages that two parsers could read differently get their status and the connection's end (RFC 9112
/// sections 2.2, 3, 5, 6, 11).
class TestStrictness : public QObject {
    Q_OBJECT

    static size_t countOf(const std::string& text, std::string_view part) {
        size_t count = 0;
        for (size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + part.size()))
            ++count;
        return count;
    }

  private Q_SLOTS:

    void aBadRequestGetsItsStatusAndTheEnd_data() {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<int>("status");
        const auto row = [](const char* name, QByteArray bytes, int status = 400) {
            QTest::newRow(name) << bytes << status;
        };
        row("nonsense", "nonsense\r\n\r\n");
        row("no host", "GET / HTTP/1.1\r\n\r\n");
        row("two hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n");
        row("host with a space", "GET / HTTP/1.1\r\nHost: a b\r\n\r\n");
        row("host with userinfo", "GET / HTTP/1.1\r\nHost: user@a\r\n\r\n");
        row("host with a path", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n");
        row("space before the colon", "GET / HTTP/1.1\r\nHost : a\r\n\r\n");
        row("field name with a space", "GET / HTTP/1.1\r\nHost: a\r\nX A: b\r\n\r\n");
        row("no field name", "GET / HTTP/1.1\r\nHost: a\r\n: b\r\n\r\n");
        row("no colon", "GET / HTTP/1.1\r\nHost: a\r\nX-A\r\n\r\n");
        row("folded field", "GET / HTTP/1.1\r\nHost: a\r\nX-A: b\r\n c\r\n\r\n");
        row("space before the first field", "GET / HTTP/1.1\r\n Host: a\r\n\r\n");
        row("bare CR", "GET / HTTP/1.1\r\nHost: a\r\nX-A: b\rc\r\n\r\n");
        row("NUL", literal("GET / HTTP/1.1\r\nHost: a\r\nX-A: b\0c\r\n\r\n"));
        row("NUL in the target", literal("GET /\0 HTTP/1.1\r\nHost: a\r\n\r\n"));
        row("control in the target", "GET /\x01 HTTP/1.1\r\nHost: a\r\n\r\n");
        row("two spaces", "GET  / HTTP/1.1\r\nHost: a\r\n\r\n");
        row("no version", "GET /\r\nHost: a\r\n\r\n");
        row("lower case version", "GET / http/1.1\r\nHost: a\r\n\r\n");
        row("method that is no token", "GE(T / HTTP/1.1\r\nHost: a\r\n\r\n");
        row("target that is none", "GET index.html HTTP/1.1\r\nHost: a\r\n\r\n");
        row("asterisk for another method", "GET * HTTP/1.1\r\nHost: a\r\n\r\n");
        row("length and coding",
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
        row("coding and length",
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n");
        row("two lengths", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello");
        row("length list", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5, 6\r\n\r\nhello");
        row("signed length", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +5\r\n\r\nhello");
        row("negative length", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -5\r\n\r\nhello");
        row("hexadecimal length", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0x5\r\n\r\nhello");
        row("huge length", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999999\r\n\r\nhello");
        row("empty length", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length:\r\n\r\nhello");
        row("chunked not last",
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n");
        row("coding in 1.0", "POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
        row("unknown coding", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xyzzy, chunked\r\n\r\n0\r\n\r\n",
            501);
        row("connect", "CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n", 501);
        row("version 2", "GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505);
        row("HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505);
        row("long target", "GET /" + QByteArray(100'000, 'a') + " HTTP/1.1\r\nHost: a\r\n\r\n", 414);
        row("large field", "GET / HTTP/1.1\r\nHost: a\r\nX-A: " + QByteArray(100'000, 'a') + "\r\n\r\n", 431);
        row("many fields", "GET / HTTP/1.1\r\nHost: a\r\n" + QByteArray("X-A: b\r\n").repeated(200) + "\r\n", 431);
    }

    void aBadRequestGetsItsStatusAndTheEnd() {
        QFETCH(QByteArray, bytes);
        QFETCH(int, status);
        Origin origin(answer(""));
        RunningEngine proxy(configFor({origin.port()}));
        Client client = proxy.connect();
        // What stands behind the bad message must not be taken for another one.
        const Response response = client.exchange(bytes.toStdString() + request("GET", "/smuggled"));
        COMPARE_STATUS(response, status);
        QCOMPARE(response.field("Content-Type"), "application/problem+json"s);
        QVERIFY(sameName(response.field("Connection"), "close"));
        QVERIFY(client.expectEof());
        COMPARE_STATUS(proxy.get("/after"), 200);
        QCOMPARE(origin.requestCount(), size_t(1));
        QCOMPARE(origin.lastRequest().target, "/after"s);
    }

    void theAnswerCanBeReadThoughMoreIsSent() {
        Origin origin(answer(""));
        RunningEngine proxy(configFor({origin.port()}));
        for (int i = 0; i < 5; ++i) {
            Client client = proxy.connect();
            const std::string rest(2'000'000, 'x');
            auto sending = std::async(std::launch::async, [&] {
                client.send("BAD REQUEST\r\nX: y\r\n\r\n");
                client.send(rest);
                client.shutdownWrite();
            });
            const Response response = client.read();
            const bool ended = client.expectEof();
            sending.wait();
            COMPARE_STATUS(response, 400);
            QVERIFY(ended); // in order, not by a reset that would have destroyed the answer
        }
    }

    void whatWasGoodBeforeIsAnswered() {
        Origin origin(answer("good"));
        RunningEngine proxy(configFor({origin.port()}));
        Client client = proxy.connect();
        client.send(request("GET", "/1") + request("GET", "/2") + "GET / HTTP/1.1\r\nHost : bad\r\n\r\n" +
                    request("GET", "/3"));
        COMPARE_STATUS(client.read(), 200);
        COMPARE_STATUS(client.read(), 200);
        COMPARE_STATUS(client.read(), 400);
        QVERIFY(client.expectEof());
        QCOMPARE(origin.requestCount(), size_t(2));
    }

    void aBadBodyIsNotMadeToLookWhole_data() {
        QTest::addColumn<QByteArray>("body");
        QTest::newRow("no size") << QByteArray("\r\nhello\r\n0\r\n\r\n");
        QTest::newRow("bad size") << QByteArray("5g\r\nhello\r\n0\r\n\r\n");
        QTest::newRow("signed size") << QByteArray("+5\r\nhello\r\n0\r\n\r\n");
        QTest::newRow("prefixed size") << QByteArray("0x5\r\nhello\r\n0\r\n\r\n");
        QTest::newRow("huge size") << QByteArray("fffffffffffffffff\r\nhello\r\n0\r\n\r\n");
        QTest::newRow("bare LF behind the size") << QByteArray("5\nhello\r\n0\r\n\r\n");
        QTest::newRow("no CRLF behind the data") << QByteArray("5\r\nhello0\r\n\r\n");
        QTest::newRow("bare CR in an extension") << QByteArray("5;a\rb\r\nhello\r\n0\r\n\r\n");
        QTest::newRow("endless extension")
            << QByteArray("5;") + QByteArray(100'000, 'a') + "\r\nhello\r\n0\r\n\r\n";
        QTest::newRow("bad trailer") << QByteArray("5\r\nhello\r\n0\r\nX : y\r\n\r\n");
    }

    void aBadBodyIsNotMadeToLookWhole() {
        QFETCH(QByteArray, body);
        Origin origin([](OriginExchange& exchange) {
            exchange.readBody();
            if (exchange.body().complete())
                exchange.respond(200, "taken for whole");
            exchange.close();
        });
        RunningEngine proxy(configFor({origin.port()}));
        Client client = proxy.connect();
        const Response response = client.exchange(request("POST", "/", "Transfer-Encoding: chunked\r\n") +
                                                  body.toStdString() + request("GET", "/smuggled"));
        COMPARE_STATUS(response, 400);
        QVERIFY(client.expectEof());
        QVERIFY(waitUntil([&] { return origin.connectionsOpen() == 0; }));
        for (const ReceivedRequest& received : origin.requests()) {
            QVERIFY(!received.bodyComplete);
            QCOMPARE(received.target, "/"s);
        }
        VERIFY_NO_VIOLATIONS(origin);
    }

    void chunkExtensionsEndHere() { // RFC 9112 section 7.1.1
        Origin origin(echo());
        RunningEngine proxy(configFor({origin.port()}));
        const Response response = proxy.exchange(request("POST", "/", "Transfer-Encoding: chunked\r\n") +
                                                 "5;name=value;flag;quoted=\"a;b\"\r\nhello\r\n0;last\r\n\r\n");
        COMPARE_STATUS(response, 200);
        QVERIFY(response.body.ends_with("\r\n\r\nhello"));
        VERIFY_NO_VIOLATIONS(origin); // the origin takes no extension
    }

    void theSameLengthTwiceIsOneOrRefused() { // RFC 9112 section 6.3: the recipient may do either
        Origin origin(echo());
        RunningEngine proxy(configFor({origin.port()}));
        const Response response =
            proxy.exchange("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nhello");
        QVERIFY(response.status == 200 || response.status == 400);
        VERIFY_NO_VIOLATIONS(origin);
    }

    void emptyLinesBeforeARequestAreForgiven() { // RFC 9112 section 2.2
        Origin origin(answer("fine"));
        RunningEngine proxy(configFor({origin.port()}));
        Client client = proxy.connect();
        COMPARE_STATUS(client.exchange("\r\n" + request("GET", "/")), 200);
        COMPARE_STATUS(client.exchange("\r\n\r\n" + request("GET", "/")), 200);
    }

    void limitsAreThoseOfTheConfiguration() {
        Origin origin(answer(""));
        config::Config config = configFor({origin.port()});
        config.proxy.maxHeaderSize = 4096;
        config.proxy.maxHeaderCount = 10;
        RunningEngine proxy(config);
        COMPARE_STATUS(proxy.get("/" + std::string(3000, 'a')), 200);
        QCOMPARE(proxy.get("/" + std::string(5000, 'a')).status, 414);
        COMPARE_STATUS(proxy.get("/", "X-A: " + std::string(3000, 'a') + "\r\n"), 200);
        QCOMPARE(proxy.get("/", "X-A: " + std::string(5000, 'a') + "\r\n").status, 431);
        std::string fields;
        for (int i = 0; i < 9; ++i)
            fields += "X-A: b\r\n";
        COMPARE_STATUS(proxy.get("/", fields), 200); // and Host makes ten
        QCOMPARE(proxy.get("/", fields + fields).status, 431);
    }

    void aBadBodyIsLoggedOnceAMinuteToo() {
        Origin origin([](OriginExchange& exchange) { // answers before it has the body
            if (exchange.target() == "/last")
                return void(exchange.respond(200, ""));
            exchange.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk("early"));
            exchange.readBody();
        });
        RunningEngine proxy(configFor({origin.port()}));
        const std::string head = request("POST", "/", "Transfer-Encoding: chunked\r\n");
        for (int i = 0; i < 20; ++i) {
            Client client = proxy.connect();
            client.send(head + "5\r\nhello\r\n");
            QVERIFY(client.readHead("POST").status == 200);
            client.send("not a size\r\n");
            QVERIFY(client.stream().expectEnd());
        }
        QVERIFY(proxy.waitForLog("had its response cut: "));
        QCOMPARE(proxy.waitForDecisions(20).size(), size_t(20));
        COMPARE_STATUS(proxy.get("/last"), 200);
        QVERIFY(proxy.waitForLog("/last"));
        QVERIFY2(countOf(proxy.log(), "had its response cut: ") == 1 && countOf(proxy.log(), "\"POST /") == 0,
                 proxy.log().c_str());
    }

    void aBadClientIsLoggedOnceAMinuteAndKind() {
        Origin origin(answer(""));
        RunningEngine proxy(configFor({origin.port()}));
        for (int i = 0; i < 20; ++i)
            QCOMPARE(proxy.exchange("GET / HTTP/1.1\r\nHost : a\r\n\r\n").status, 400);
        QCOMPARE(proxy.exchange("GET / HTTP/3.0\r\nHost: a\r\n\r\n").status, 505);
        QVERIFY(proxy.waitForLog("refused with 505"));
        const std::string log = proxy.log();
        QVERIFY2(countOf(log, "refused with 400") == 1, log.c_str());
    }
};

QTEST_GUILESS_MAIN(TestStrictness)
#include "test_strictness.moc"
