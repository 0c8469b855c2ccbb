// SPDX-License-Identifier: MIT
#include "behaviour/story.h"

using namespace reverxy;
using namespace reverxy::test;

namespace {

constexpr uint64_t megabyte = 1'000'000;

/// Writes the pattern to a client's connection, as one body.
bool sendPattern(Client& client, uint64_t size, bool chunked) {
    for (uint64_t offset = 0; offset < size;) {
        const std::string_view piece =
            patternAt(offset).substr(0, static_cast<size_t>(std::min<uint64_t>(size - offset, 60'000)));
        if (!client.send(chunked ? chunk(piece) : std::string(piece)))
            return false;
        offset += piece.size();
    }
    return !chunked || client.send(chunk(""));
}

std::string framingOf(uint64_t size, bool chunked) {
    return chunked ? "Transfer-Encoding: chunked\r\n" : "Content-Length: " + std::to_string(size) + "\r\n";
}

/// Gives every piece of the request's body back as soon as it is there.
Origin::Script mirror(bool chunked) {
    return [chunked](OriginExchange& exchange) {
        exchange.send("HTTP/1.1 200 OK\r\n" +
                      (exchange.field("Content-Length").empty() || chunked
                           ? "Transfer-Encoding: chunked\r\n\r\n"s
                           : "Content-Length: " + exchange.field("Content-Length") + "\r\n\r\n"));
        for (std::string_view piece = exchange.body().next(60'000); !piece.empty();
             piece = exchange.body().next(60'000)) {
            if (!exchange.send(chunked ? chunk(piece) : std::string(piece)))
                return exchange.close();
        }
        if (!exchange.body().complete())
            return exchange.close();
        if (chunked)
            exchange.send(chunk(""));
    };
}

} // namespace

/// Bodies stream both ways, in every framing, and no side outruns the other (RFC 9112 sections 6 and 7).
class TestBodies : public QObject {
    Q_OBJECT

  private Q_SLOTS:

    void uploadsOfEverySizeArriveWhole() {
        Origin origin(checkPattern());
        RunningEngine proxy(configFor({origin.port()}));
        Client client = proxy.connect();
        for (const uint64_t size : {1u, 2u, 16'000u, 16'383u, 16'384u, 16'385u, 65'535u, 65'536u, 65'537u, 131'071u,
                                    131'072u, 131'073u, 1'000'003u}) {
            for (const bool chunked : {false, true}) {
                client.send(request("POST", "/", framingOf(size, chunked)));
                QVERIFY(sendPattern(client, size, chunked));
                const Response response = client.read();
                COMPARE_STATUS(response, 200);
                QCOMPARE(response.body, std::to_string(size));
                QCOMPARE(origin.lastRequest().head.has("Content-Length"), !chunked);
            }
        }
        QCOMPARE(origin.connectionsTotal(), size_t(1));
        VERIFY_NO_VIOLATIONS(origin);
    }

    void downloadsOfEverySizeArriveWhole() {
        Origin origin([](OriginExchange& exchange) {
            const size_t slash = exchange.target().find('/', 1);
            bigBody(std::stoull(exchange.target().substr(slash + 1)),
                    BodyEnd(exchange.target()[1] - '0'))(exchange);
        });
        RunningEngine proxy(configFor({origin.port()}));
        Client client = proxy.connect();
        for (const uint64_t size : {0u, 1u, 16'383u, 16'384u, 65'535u, 65'536u, 131'072u, 131'073u, 1'000'003u}) {
            for (const BodyEnd end : {BodyEnd::Length, BodyEnd::Chunked, BodyEnd::Close}) {
                const Response response = client.get("/" + std::to_string(int(end)) + "/" + std::to_string(size));
                COMPARE_STATUS(response, 200);
                QVERIFY(response.body == pattern(size));
                QCOMPARE(int(response.shape.end), int(end == BodyEnd::Length ? BodyEnd::Length : BodyEnd::Chunked));
            }
        }
    }

    void anEmptyUploadKeepsItsLength() { // RFC 9110 section 8.6
        Origin origin(answer(""));
        RunningEngine proxy(configFor({origin.port()}));
        COMPARE_STATUS(proxy.exchange(request("POST", "/", "Content-Length: 0\r\n")), 200);
        QCOMPARE(origin.lastRequest().field("Content-Length"), "0"s);
        COMPARE_STATUS(proxy.get("/"), 200);
        QVERIFY(!origin.lastRequest().head.has("Content-Length"));
        QVERIFY(!origin.lastRequest().head.has("Transfer-Encoding"));
    }

    void trailersOfAnUploadPass() { // RFC 9110 section 6.5
        Origin origin(answer(""));
        RunningEngine proxy(configFor({origin.port()}));
        COMPARE_STATUS(proxy.exchange(request("POST", "/", "Transfer-Encoding: chunked\r\nTrailer: X-Sum\r\n") +
                                      chunk("abc") + "0\r\nX-Sum: 3\r\nX-More: 4\r\n\r\n"),
                       200);
        QVERIFY(waitUntil([&] { return origin.lastRequest().bodyComplete; }));
        QCOMPARE(origin.lastRequest().body, "abc"s);
        QVERIFY(origin.lastRequest().trailers == (Fields{{"X-Sum", "3"}, {"X-More", "4"}}));
        VERIFY_NO_VIOLATIONS(origin);
    }

    void trailersOfADownloadPass() {
        Origin origin(
            rawAndStay("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nX-Sum: 3\r\n\r\n"));
        RunningEngine proxy(configFor({origin.port()}));
        Client client = proxy.connect();
        for (int i = 0; i < 2; ++i) {
            const Response response = client.get("/");
            COMPARE_STATUS(response, 200);
            QCOMPARE(response.body, "abc"s);
            QVERIFY(response.trailers == (Fields{{"X-Sum", "3"}}));
        }
    }

    void trailersAreOfferedWhereTheClientTakesThem() { // RFC 9110 section 10.1.4
        Origin origin(raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\nX-T: 2\r\n\r\n"));
        RunningEngine proxy(configFor({origin.port()}));
        const Response response = proxy.get("/", "Connection: TE\r\nTE: trailers, gzip\r\n");
        COMPARE_STATUS(response, 200);
        QVERIFY(response.trailers == (Fields{{"X-T", "2"}}));
        QCOMPARE(origin.lastRequest().field("TE"), "trailers"s);
        QCOMPARE(origin.lastRequest().field("Connection"), "TE"s);
        COMPARE_STATUS(proxy.get("/"), 200);
        QVERIFY(!origin.lastRequest().head.has("TE"));
        VERIFY_NO_VIOLATIONS(origin);
    }

    void trailersThatWouldFrameOrRouteAreLeftOut() { // RFC 9110 section 6.5.1
        Origin origin(answer(""));
        RunningEngine proxy(configFor({origin.port()}));
        Client client = proxy.connect();
        const Response response =
            client.exchange(request("POST", "/", "Transfer-Encoding: chunked\r\n") + chunk("abc") +
                            "0\r\nContent-Length: 7\r\nHost: evil.example\r\nX-Forwarded-For: 6.6.6.6\r\n\r\n");
        // Refusing the message is as good as forwarding it without them.
        QVERIFY(response.status == 200 || response.status == 400);
        for (const auto& [name, value] : origin.lastRequest().trailers)
            QVERIFY2(false, name.c_str());
    }

    void bodiesPassInBothDirectionsAtOnce_data() {
        QTest::addColumn<bool>("chunkedUp");
        QTest::addColumn<bool>("chunkedDown");
        QTest::newRow("lengths") << false << false;
        QTest::newRow("chunked up") << true << true;
        QTest::newRow("chunked down") << false << true;
    }

    void bodiesPassInBothDirectionsAtOnce() {
        QFETCH(bool, chunkedUp);
        QFETCH(bool, chunkedDown);
        Origin origin(mirror(chunkedDown));
        RunningEngine proxy(configFor({origin.port()}));
        Client client = proxy.connect();
        constexpr uint64_t size = 50 * megabyte;
        client.send(request("POST", "/", framingOf(size, chunkedUp)));
        auto sending = std::async(std::launch::async, [&] { return sendPattern(client, size, chunkedUp); });
        Response response = client.readHead();
        QCOMPARE(response.status, 200);
        PatternCheck check;
        client.readBody(response, [&](std::string_view piece) { return check.add(piece); });
        QVERIFY(sending.get());
        QVERIFY2(response.complete, response.problem.c_str());
        QVERIFY(check.good());
        QCOMPARE(check.offset(), size);
        VERIFY_NO_VIOLATIONS(origin);
    }

    void theConnectionIsKeptThoughTheResponseEndsWithTheRequest() {
        // The origin gives the last byte back as soon as it is there: both bodies end at about the same moment.
        Origin origin(mirror(false));
        RunningEngine proxy(configFor({origin.port()}));
        Client client = proxy.connect();
        for (uint64_t i = 0; i < 100; ++i) {
            const uint64_t size = 1 + i * 20'011;
            client.send(request("POST", "/", framingOf(size, false)));
            auto sending = std::async(std::launch::async, [&] { return sendPattern(client, size, false); });
            const Response response = client.read();
            QVERIFY(sending.get());
            COMPARE_STATUS(response, 200);
            QVERIFY(response.body == pattern(size));
        }
        QCOMPARE(origin.connectionsTotal(), size_t(1));
    }

    void anOriginWaitsForASlowClient() {
        std::atomic<uint64_t> written{0};
        constexpr uint64_t size = 100 * megabyte;
        Origin::Options options;
        options.sendBuffer = 64 * 1024;
        Origin origin(
            [&](OriginExchange& exchange) {
                exchange.send("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(size) + "\r\n\r\n");
                while (written < size) {
                    const std::string_view piece = patternAt(written).substr(
                        0, static_cast<size_t>(std::min<uint64_t>(size - written, 60'000)));
                    if (!exchange.send(piece))
                        return exchange.close();
                    written += piece.size();
                }
            },
            options);
        RunningEngine proxy(configFor({origin.port()}));
        Client client(proxy.port(), Family::V4, 64 * 1024);
        client.send(request("GET", "/"));
        Response response = client.readHead();
        QCOMPARE(response.status, 200);

        // The client does not read. The origin comes to a standstill, long before the body is through.
        uint64_t before = UINT64_MAX;
        QVERIFY(waitUntil([&] {
            std::this_thread::sleep_for(200ms);
            return std::exchange(before, written.load()) == written.load();
        }));
        QVERIFY2(written < 20 * megabyte, std::to_string(written).c_str());

        PatternCheck check;
        client.readBody(response, [&](std::string_view piece) { return check.add(piece); });
        QVERIFY2(response.complete, response.problem.c_str());
        QVERIFY(check.good());
        QCOMPARE(check.offset(), size);
    }

    void aClientWaitsForASlowOrigin() {
        Gate gate;
        constexpr uint64_t size = 100 * megabyte;
        Origin::Options options;
        options.receiveBuffer = 64 * 1024;
        Origin origin(heldBy(gate, checkPattern()), options);
        RunningEngine proxy(configFor({origin.port()}));
        Client client = proxy.connect();
        std::atomic<uint64_t> written{0};
        client.send(request("PUT", "/", framingOf(size, false)));
        auto sending = std::async(std::launch::async, [&] {
            while (written < size) {
                const std::string_view piece =
                    patternAt(written).substr(0, static_cast<size_t>(std::min<uint64_t>(size - written, 60'000)));
                if (!client.send(piece))
                    return false;
                written += piece.size();
            }
            return true;
        });
        uint64_t before = UINT64_MAX;
        const bool stood = waitUntil([&] {
            std::this_thread::sleep_for(200ms);
            return std::exchange(before, written.load()) == written.load();
        });
        const uint64_t standstill = written;
        gate.open();
        const Response response = client.read();
        QVERIFY(sending.get());
        QVERIFY(stood);
        QVERIFY2(standstill < 20 * megabyte, std::to_string(standstill).c_str());
        COMPARE_STATUS(response, 200);
        QCOMPARE(response.body, std::to_string(size));
    }

    void anEarlyResponsePassesBeforeTheUploadIsOver() { // RFC 9110 section 7.5
        Origin origin([](OriginExchange& exchange) {
            exchange.respond(403, "no need to go on");
            exchange.discardBody();
        });
        RunningEngine proxy(configFor({origin.port()}));
        Client client = proxy.connect();
        constexpr uint64_t size = 5 * megabyte;
        client.send(request("POST", "/", framingOf(size, false)));
        client.send(patternAt(0).substr(0, 1000));
        const Response response = client.read();
        COMPARE_STATUS(response, 403);
        QCOMPARE(response.body, "no need to go on"s);
        // The client sends the rest all the same; then the connection is good for more, unless the proxy said
        // otherwise.
        for (uint64_t offset = 1000; offset < size;) {
            const std::string_view piece = patternAt(offset).substr(0, static_cast<size_t>(size - offset));
            if (!client.send(piece))
                break;
            offset += piece.size();
        }
        if (sameName(response.field("Connection"), "close"))
            QVERIFY(client.stream().expectEnd());
        else
            COMPARE_STATUS(client.get("/"), 403);
    }

    void anOriginThatRefusesABodyIsHeardAboutIt() {
        Origin origin([](OriginExchange& exchange) {
            exchange.send("HTTP/1.1 413 Too Large\r\nConnection: close\r\nContent-Length: 3\r\n\r\nbig");
            exchange.stream().shutdownWrite();
            exchange.discardBody(); // a server that lingers
            exchange.close();
        });
        RunningEngine proxy(configFor({origin.port()}));
        Client client = proxy.connect();
        constexpr uint64_t size = 20 * megabyte;
        client.send(request("POST", "/", framingOf(size, false)));
        auto sending = std::async(std::launch::async, [&] { return sendPattern(client, size, false); });
        const Response response = client.read();
        COMPARE_STATUS(response, 413);
        QCOMPARE(response.body, "big"s);
        client.stream().shutdownAll();
        sending.wait();
    }

    void aBodyThatBreaksOffIsNotMadeToLookWhole_data() {
        QTest::addColumn<QString>("message");
        QTest::addColumn<int>("failure");
        QTest::newRow("length") << "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nshort"
                                << int(Failure::ResponseIncomplete);
        QTest::newRow("chunked") << "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nshort\r\n"
                                 << int(Failure::ResponseIncomplete);
        QTest::newRow("within a chunk") << "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nshort"
                                        << int(Failure::ResponseIncomplete);
        QTest::newRow("within the trailers")
            << "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nshort\r\n0\r\nX-A"
            << int(Failure::ResponseIncomplete);
        QTest::newRow("a bad chunk") << "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nshort\r\nzz\r\n"
                                     << int(Failure::ResponseBodyMalformed);
    }

    void aBodyThatBreaksOffIsNotMadeToLookWhole() {
        QFETCH(QString, message);
        QFETCH(int, failure);
        Gate gate;
        Origin origin([&](OriginExchange& exchange) {
            const size_t body = message.toStdString().find("\r\n\r\n") + 4;
            exchange.send(message.toStdString().substr(0, body));
            exchange.waitFor(gate); // so that the head is on its way before the body breaks
            exchange.send(message.toStdString().substr(body));
            exchange.close();
        });
        RunningEngine proxy(configFor({origin.port()}));
        Client client = proxy.connect();
        client.send(request("GET", "/"));
        Response response = client.readHead();
        gate.open();
        QCOMPARE(response.status, 200);
        client.readBody(response, [](std::string_view) { return true; });
        QVERIFY(!response.complete);
        QVERIFY2(response.problem.find("in time") == std::string::npos, response.problem.c_str());
        const auto decisions = proxy.waitForDecisions(1);
        QCOMPARE(decisions.size(), size_t(1));
        QCOMPARE(int(decisions[0].failure), failure);
    }

    void anUploadThatBreaksOffIsNotMadeToLookWhole_data() {
        QTest::addColumn<QString>("fields");
        QTest::addColumn<QString>("part");
        QTest::newRow("length") << "Content-Length: 10\r\n"
                                << "short";
        QTest::newRow("chunked") << "Transfer-Encoding: chunked\r\n"
                                 << "5\r\nshort\r\n";
        QTest::newRow("within a chunk") << "Transfer-Encoding: chunked\r\n"
                                        << "9\r\nshort";
    }

    void anUploadThatBreaksOffIsNotMadeToLookWhole() {
        QFETCH(QString, fields);
        QFETCH(QString, part);
        std::atomic<int> seen{0};
        Origin origin([&](OriginExchange& exchange) {
            exchange.discardBody();
            seen = exchange.body().complete() ? 1 : 2;
            exchange.close();
        });
        RunningEngine proxy(configFor({origin.port()}));
        Client client = proxy.connect();
        client.send(request("POST", "/", fields.toStdString()) + part.toStdString());
        QVERIFY(waitUntil([&] { return origin.requestCount() == 1; }));
        client.close();
        QVERIFY(waitUntil([&] { return seen != 0; }));
        QCOMPARE(seen.load(), 2);
        QVERIFY(waitUntil([&] { return proxy.runningExchanges() == 0; }));
    }

    void anOriginIsToldWhenTheClientLeaves() {
        Origin origin(bigBody(1000 * megabyte));
        RunningEngine proxy(configFor({origin.port()}));
        Client client = proxy.connect();
        client.send(request("GET", "/"));
        Response response = client.readHead();
        QCOMPARE(response.status, 200);
        client.reset();
        QVERIFY(waitUntil([&] { return origin.connectionsOpen() == 0; }));
        const auto decisions = proxy.waitForDecisions(1);
        QCOMPARE(decisions.size(), size_t(1));
        QCOMPARE(int(decisions[0].failure), int(Failure::ClientGone));
    }

    void anOriginIsToldWhenTheClientLeavesBeforeTheResponse() {
        std::atomic<bool> left{false};
        Origin origin([&](OriginExchange& exchange) { left = exchange.stream().expectEnd(); });
        RunningEngine proxy(configFor({origin.port()}));
        Client client = proxy.connect();
        client.send(request("GET", "/"));
        QVERIFY(waitUntil([&] { return origin.requestCount() == 1; }));
        client.reset();
        QVERIFY(waitUntil([&] { return left.load(); }));
    }

    void aBodyPastTheLimitIsRefused_data() {
        QTest::addColumn<bool>("chunked");
        QTest::newRow("announced") << false;
        QTest::newRow("chunked") << true;
    }

    void aBodyPastTheLimitIsRefused() {
        QFETCH(bool, chunked);
        Origin origin(checkPattern());
        config::Config config = configFor({origin.port()});
        config.proxy.maxBodySize = 100'000;
        RunningEngine proxy(config);
        {
            Client client = proxy.connect();
            client.send(request("POST", "/", framingOf(100'000, chunked)));
            sendPattern(client, 100'000, chunked);
            COMPARE_STATUS(client.read(), 200);
        }
        Client client = proxy.connect();
        client.send(request("POST", "/", framingOf(3 * megabyte, chunked)));
        auto sending = std::async(std::launch::async, [&] { return sendPattern(client, 3 * megabyte, chunked); });
        const Response response = client.read();
        client.stream().shutdownAll();
        sending.wait();
        COMPARE_STATUS(response, 413);
    }

    void bytesMayComeOneByOne() {
        Origin origin([](OriginExchange& exchange) {
            const std::string& body = exchange.readBody();
            const std::string response = "HTTP/1.1 200 OK\r\nX-A: 1\r\nTransfer-Encoding: chunked\r\n\r\n" +
                                         chunk(body) + "0\r\nX-T: 2\r\n\r\n";
            for (const char c : response)
                exchange.send(std::string_view(&c, 1));
        });
        RunningEngine proxy(configFor({origin.port()}));
        Client client = proxy.connect();
        const std::string message = request("POST", "/drip", "Transfer-Encoding: chunked\r\n") +
                                    chunk("drop by drop") + chunk("") +
                                    request("POST", "/drip", "Content-Length: 4\r\n") + "once";
        auto sending = std::async(std::launch::async, [&] {
            for (const char c : message)
                client.send(std::string_view(&c, 1));
        });
        for (const std::string& expected : {"drop by drop"s, "once"s}) {
            const Response response = client.read();
            COMPARE_STATUS(response, 200);
            QCOMPARE(response.body, expected);
            QVERIFY(response.trailers == (Fields{{"X-T", "2"}}));
        }
        VERIFY_NO_VIOLATIONS(origin);
    }
};

QTEST_GUILESS_MAIN(TestBodies)
#include "test_bodies.moc"
