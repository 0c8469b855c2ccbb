// SPDX-License-Identifier: MIT
#include "behaviour/story.h"

using namespace reverxy;
using namespace reverxy::test;

/// What a gateway does to a message on its way (RFC 9110 section 7.6, RFC 9112 section 3.2).
class TestForwarding : public QObject {
    Q_OBJECT

  private Q_SLOTS:

    void everyMethodReachesTheOrigin_data() {
        QTest::addColumn<QString>("method");
        for (const char* method :
             {"GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND", "M-SEARCH", "x"})
            QTest::newRow(method) << method;
    }

    void everyMethodReachesTheOrigin() {
        QFETCH(QString, method);
        Origin origin(answer("done"));
        RunningEngine proxy(configFor({origin.port()}));
        COMPARE_STATUS(proxy.exchange(request(method.toStdString(), "/a%2Fb/c;d?e=f&g=%20")), 200);
        QCOMPARE(origin.lastRequest().method, method.toStdString());
        QCOMPARE(origin.lastRequest().target, "/a%2Fb/c;d?e=f&g=%20"s);
        VERIFY_NO_VIOLATIONS(origin);
    }

    void headGetsTheFieldsWithoutABody_data() {
        QTest::addColumn<QString>("framing");
        QTest::newRow("length") << "Content-Length: 1234";
        QTest::newRow("chunked") << "Transfer-Encoding: chunked";
        QTest::newRow("neither") << "X-A: b";
    }

    void headGetsTheFieldsWithoutABody() {
        QFETCH(QString, framing);
        Origin origin(rawAndStay("HTTP/1.1 200 OK\r\n" + framing.toStdString() + "\r\nETag: \"a\"\r\n\r\n"));
        RunningEngine proxy(configFor({origin.port()}));
        Client client = proxy.connect();
        for (int i = 0; i < 2; ++i) { // the second one shows that both sides agree on where the first ended
            const Response response = client.exchange(request("HEAD", "/"), "HEAD");
            COMPARE_STATUS(response, 200);
            if (framing.startsWith(QLatin1String("Content-Length")))
                QCOMPARE(response.field("Content-Length"), "1234"s);
            QCOMPARE(response.field("ETag"), "\"a\""s);
        }
        QCOMPARE(origin.connectionsTotal(), size_t(1));
    }

    void responsesWithoutABodyEndWithTheirHead_data() {
        QTest::addColumn<QString>("response");
        QTest::addColumn<int>("status");
        QTest::newRow("204") << "HTTP/1.1 204 No Content\r\nX-A: 1\r\n\r\n" << 204;
        QTest::newRow("304") << "HTTP/1.1 304 Not Modified\r\nX-A: 1\r\n\r\n" << 304;
        QTest::newRow("304 telling a length") << "HTTP/1.1 304 Not Modified\r\nX-A: 1\r\nContent-Length: 99\r\n\r\n"
                                              << 304;
        QTest::newRow("length 0") << "HTTP/1.1 200 OK\r\nX-A: 1\r\nContent-Length: 0\r\n\r\n" << 200;
    }

    void responsesWithoutABodyEndWithTheirHead() {
        QFETCH(QString, response);
        QFETCH(int, status);
        Origin origin(rawAndStay(response.toStdString()));
        RunningEngine proxy(configFor({origin.port()}));
        Client client = proxy.connect();
        for (int i = 0; i < 2; ++i) {
            const Response received = client.get("/");
            COMPARE_STATUS(received, status);
            QCOMPARE(received.field("X-A"), "1"s);
            QCOMPARE(received.body, ""s);
        }
        QCOMPARE(origin.connectionsTotal(), size_t(1));
    }

    void optionsForTheWholeServerStaysSo_data() {
        QTest::addColumn<QString>("target");
        QTest::newRow("asterisk") << "*";
        QTest::newRow("absolute without a path") << "http://test.example"; // RFC 9112 section 3.2.4
    }

    void optionsForTheWholeServerStaysSo() {
        QFETCH(QString, target);
        Origin origin(answer(""));
        config::Config config = configFor({origin.port()});
        config.pools[0].backends[0] = backend("origin-1", "127.0.0.1", origin.port(), "/base");
        RunningEngine proxy(config);
        COMPARE_STATUS(proxy.exchange(request("OPTIONS", target.toStdString())), 200);
        QCOMPARE(origin.lastRequest().target, "*"s);
        VERIFY_NO_VIOLATIONS(origin);
    }

    void absoluteFormOverridesHost() { // RFC 9112 section 3.2.2
        Origin origin(answer(""));
        RunningEngine proxy(configFor({origin.port()}));
        COMPARE_STATUS(proxy.exchange(request("GET", "http://other.example:81/p?q", "Host: wrong.example\r\n")),
                       200);
        QCOMPARE(origin.lastRequest().target, "/p?q"s);
        QCOMPARE(origin.lastRequest().field("Host"), "other.example:81"s);
        VERIFY_NO_VIOLATIONS(origin);
    }

    void maxForwardsCountsDown_data() {
        QTest::addColumn<QString>("method");
        QTest::addColumn<QString>("sent");
        QTest::addColumn<QString>("received");
        QTest::newRow("options") << "OPTIONS"
                                 << "5"
                                 << "4";
        QTest::newRow("trace") << "TRACE"
                               << "1"
                               << "0";
        QTest::newRow("not for others") << "GET"
                                        << "5"
                                        << "5";
    }

    void maxForwardsCountsDown() { // RFC 9110 section 7.6.2
        QFETCH(QString, method);
        QFETCH(QString, sent);
        QFETCH(QString, received);
        Origin origin(answer(""));
        RunningEngine proxy(configFor({origin.port()}));
        COMPARE_STATUS(
            proxy.exchange(request(method.toStdString(), "/", "Max-Forwards: " + sent.toStdString() + "\r\n")),
            200);
        QCOMPARE(origin.lastRequest().field("Max-Forwards"), received.toStdString());
    }

    void theLastHopAnswersOptionsAndTraceItself() {
        Origin origin(answer(""));
        RunningEngine proxy(configFor({origin.port()}));
        const Response options = proxy.exchange(request("OPTIONS", "/", "Max-Forwards: 0\r\n"));
        COMPARE_STATUS(options, 200);
        const Response trace = proxy.exchange(
            request("TRACE", "/here?now",
                    "Max-Forwards: 0\r\nX-Seen: yes\r\nCookie: secret\r\nAuthorization: Basic secret\r\n"));
        COMPARE_STATUS(trace, 200);
        QCOMPARE(trace.field("Content-Type"), "message/http"s);
        QVERIFY(trace.body.starts_with("TRACE /here?now HTTP/1.1\r\n"));
        QVERIFY(trace.body.find("X-Seen: yes\r\n") != std::string::npos);
        QVERIFY(trace.body.find("secret") == std::string::npos); // RFC 9110 section 9.3.8
        QCOMPARE(origin.requestCount(), size_t(0));
    }

    void fieldsOfTheClientsConnectionStayBehind() {
        Origin origin(answer(""));
        RunningEngine proxy(configFor({origin.port()}));
        COMPARE_STATUS(proxy.get("/",
                                 "Connection: X-Private, x-other\r\nX-Private: 1\r\nX-Other: 2\r\nKeep-Alive: 5\r\n"
                                 "Proxy-Connection: keep-alive\r\nTE: trailers\r\nUpgrade: websocket\r\n"
                                 "Proxy-Authorization: Basic eA==\r\nX-Public: 3\r\n"),
                       200);
        const ReceivedRequest received = origin.lastRequest();
        for (const char* name :
             {"X-Private", "X-Other", "Keep-Alive", "Proxy-Connection", "TE", "Upgrade", "Proxy-Authorization"})
            QVERIFY2(!received.head.has(name), name);
        QCOMPARE(received.field("X-Public"), "3"s);
        VERIFY_NO_VIOLATIONS(origin);
    }

    void namingFieldsOfTheMessageInConnectionDoesNotRemoveThem() {
        Origin origin(echo());
        RunningEngine proxy(configFor({origin.port()}));
        const Response response = proxy.exchange(
            request("POST", "/", "Connection: Host, Content-Length, X-Forwarded-For, Via, Forwarded\r\n", "whole"));
        COMPARE_STATUS(response, 200);
        QCOMPARE(response.field("X-Body-Size"), "5"s);
        const ReceivedRequest received = origin.lastRequest();
        QCOMPARE(received.field("Host"), "test.example"s);
        QCOMPARE(received.field("X-Forwarded-For"), "127.0.0.1"s);
        QVERIFY(received.head.has("Via"));
        VERIFY_NO_VIOLATIONS(origin);
    }

    void fieldsOfTheOriginsConnectionStayBehind() {
        Origin origin(
            raw("HTTP/1.1 200 OK\r\nConnection: close, X-Private\r\nX-Private: 1\r\nKeep-Alive: timeout=5\r\n"
                "Proxy-Connection: close\r\nUpgrade: h2c\r\nX-Public: 3\r\nContent-Length: 2\r\n\r\nok"));
        RunningEngine proxy(configFor({origin.port()}));
        Client client = proxy.connect();
        for (int i = 0; i < 2; ++i) { // the origin's `close` does not end the client's connection
            const Response response = client.get("/");
            COMPARE_STATUS(response, 200);
            for (const char* name : {"X-Private", "Keep-Alive", "Proxy-Connection", "Upgrade"})
                QVERIFY2(!response.has(name), name);
            QVERIFY(response.field("Connection").find("close") == std::string::npos);
            QCOMPARE(response.field("X-Public"), "3"s);
            QCOMPARE(response.body, "ok"s);
        }
    }

    void endToEndFieldsPassInOrderAndUnchanged() {
        Origin origin(rawAndStay(
            "HTTP/1.1 200 OK\r\nSet-Cookie: a=1, b\r\nX-Empty:\r\nSet-Cookie: c=2\r\nX-Raw: caf\xc3\xa9 \xe9\r\n"
            "Content-Length: 0\r\n\r\n"));
        RunningEngine proxy(configFor({origin.port()}));
        const Response response = proxy.get(
            "/", "X-Many: 1\r\nX-Empty:\r\nCookie: a=b\r\nX-Many:   2, 3  \r\nX-Raw: caf\xc3\xa9 \xe9\r\n");
        COMPARE_STATUS(response, 200);
        const auto onlyOwn = [](const Fields& fields) {
            Fields own;
            for (const auto& field : fields) {
                if (field.first.starts_with("X-") ? !field.first.starts_with("X-Forwarded")
                                                  : field.first.find("ookie") != std::string::npos)
                    own.push_back(field);
            }
            return own;
        };
        QVERIFY(
            onlyOwn(response.head.fields) ==
            (Fields{
                {"Set-Cookie", "a=1, b"}, {"X-Empty", ""}, {"Set-Cookie", "c=2"}, {"X-Raw", "caf\xc3\xa9 \xe9"}}));
        QVERIFY(onlyOwn(origin.lastRequest().head.fields) == (Fields{{"X-Many", "1"},
                                                                     {"X-Empty", ""},
                                                                     {"Cookie", "a=b"},
                                                                     {"X-Many", "2, 3"},
                                                                     {"X-Raw", "caf\xc3\xa9 \xe9"}}));
    }

    void viaTellsOfTheProxyBothWays() { // RFC 9110 section 7.6.3
        Origin origin(answer("", 200, {{"Via", "1.1 behind"}}));
        RunningEngine proxy(configFor({origin.port()}));
        QCOMPARE(proxy.get("/", "Via: 1.0 before\r\n").field("Via"), "1.1 behind, 1.1 reverxy"s);
        QCOMPARE(origin.lastRequest().field("Via"), "1.0 before, 1.1 reverxy"s);
        COMPARE_STATUS(proxy.exchange("GET / HTTP/1.0\r\n\r\n"), 200);
        QCOMPARE(origin.lastRequest().field("Via"), "1.0 reverxy"s);
    }

    void largeHeadsPassBothWays() {
        const std::string large(50'000, 'h');
        Origin origin(answer("body", 200, {{"X-Large", large}}));
        RunningEngine proxy(configFor({origin.port()}));
        Client client = proxy.connect();
        for (int i = 0; i < 3; ++i) {
            const Response response = client.exchange(request("POST", "/", "X-Large: " + large + "\r\n", "body"));
            COMPARE_STATUS(response, 200);
            QCOMPARE(response.field("X-Large"), large);
            QCOMPARE(origin.lastRequest().field("X-Large"), large);
        }
    }

    void aMissingDateIsAdded() { // RFC 9110 section 6.6.1
        Origin origin([](OriginExchange& exchange) {
            exchange.respond(200, "",
                             exchange.target() == "/dated" ? Fields{{"Date", "Sun, 06 Nov 1994 08:49:37 GMT"}}
                                                           : Fields{});
        });
        RunningEngine proxy(configFor({origin.port()}));
        QVERIFY(proxy.get("/").field("Date").ends_with(" GMT"));
        QCOMPARE(proxy.get("/dated").field("Date"), "Sun, 06 Nov 1994 08:49:37 GMT"s);
    }

    void hostReachesTheOriginAsConfigured() {
        Origin origin(answer(""));
        config::Config config = configFor({origin.port()});
        {
            RunningEngine proxy(config);
            COMPARE_STATUS(proxy.get("/", "Host: Shop.Example:8080\r\n"), 200);
            QCOMPARE(origin.lastRequest().field("Host"), "Shop.Example:8080"s);
        }
        config.proxy.hostHeader = config::HostHeader::Backend;
        RunningEngine proxy(config);
        COMPARE_STATUS(proxy.get("/", "Host: shop.example\r\n"), 200);
        QCOMPARE(origin.lastRequest().field("Host"), origin.authority());
        QCOMPARE(origin.lastRequest().field("X-Forwarded-Host"), "shop.example"s);
    }

    void aStrangersForwardingFieldsAreReplaced() {
        Origin origin(answer(""));
        RunningEngine proxy(configFor({origin.port()}));
        COMPARE_STATUS(
            proxy.get("/",
                      "X-Forwarded-For: 6.6.6.6\r\nX-Forwarded-For: 7.7.7.7\r\nX-Forwarded-Host: evil.example\r\n"
                      "X-Forwarded-Proto: https\r\nForwarded: for=6.6.6.6;host=evil.example;proto=https\r\n"),
            200);
        const ReceivedRequest received = origin.lastRequest();
        QCOMPARE(received.field("X-Forwarded-For"), "127.0.0.1"s);
        QCOMPARE(received.field("X-Forwarded-Host"), "test.example"s);
        QCOMPARE(received.field("X-Forwarded-Proto"), "http"s);
        QCOMPARE(received.head.count("Forwarded"), size_t(1));
        const std::string forwarded = received.field("Forwarded");
        QVERIFY(forwarded.find("for=127.0.0.1") != std::string::npos);
        QVERIFY(forwarded.find("proto=http") != std::string::npos);
        QVERIFY(forwarded.find("6.6.6.6") == std::string::npos);
        QVERIFY(forwarded.find("evil") == std::string::npos);
        QVERIFY(forwarded.find("https") == std::string::npos);
        const auto decisions = proxy.waitForDecisions(1);
        QCOMPARE(decisions.size(), size_t(1));
        QCOMPARE(decisions[0].client.toString(), "127.0.0.1"s);
    }

    void aTrustedProxysForwardingFieldsAreContinued() {
        Origin origin(answer(""));
        config::Config config = configFor({origin.port()});
        config.proxy.trustedProxies = {*CidrBlock::parse("127.0.0.0/8")};
        RunningEngine proxy(config);
        COMPARE_STATUS(proxy.get("/", "X-Forwarded-For: 6.6.6.6, 203.0.113.9\r\nX-Forwarded-Host: shop.example\r\n"
                                      "X-Forwarded-Proto: https\r\nForwarded: for=203.0.113.9;proto=https\r\n"),
                       200);
        const ReceivedRequest received = origin.lastRequest();
        QCOMPARE(received.field("X-Forwarded-For"), "6.6.6.6, 203.0.113.9, 127.0.0.1"s);
        QCOMPARE(received.field("X-Forwarded-Host"), "shop.example"s);
        QCOMPARE(received.field("X-Forwarded-Proto"), "https"s);
        QVERIFY(received.field("Forwarded").starts_with("for=203.0.113.9;proto=https, for=127.0.0.1"));
        const auto decisions = proxy.waitForDecisions(1);
        QCOMPARE(decisions.size(), size_t(1));
        QCOMPARE(decisions[0].client.toString(), "203.0.113.9"s); // not what the client claims further left
        QCOMPARE(decisions[0].peer.address.toString(), "127.0.0.1"s);
    }

    void aBasePathIsPutBefore_data() {
        QTest::addColumn<QString>("asked");
        QTest::addColumn<QString>("received");
        QTest::newRow("root") << "/"
                              << "/base/v1/";
        QTest::newRow("path") << "/x/y"
                              << "/base/v1/x/y";
        QTest::newRow("query") << "/x?y=/z"
                               << "/base/v1/x?y=/z";
        QTest::newRow("only a query") << "/?y"
                                      << "/base/v1/?y";
        QTest::newRow("absolute") << "http://test.example/x"
                                  << "/base/v1/x";
    }

    void aBasePathIsPutBefore() {
        QFETCH(QString, asked);
        QFETCH(QString, received);
        Origin origin(answer(""));
        config::Config config = configFor({origin.port()});
        config.pools[0].backends[0] = backend("origin-1", "127.0.0.1", origin.port(), "/base/v1");
        RunningEngine proxy(config);
        COMPARE_STATUS(proxy.get(asked.toStdString()), 200);
        QCOMPARE(origin.lastRequest().target, received.toStdString());
    }

    void aPrefixIsStripped_data() {
        QTest::addColumn<QString>("asked");
        QTest::addColumn<QString>("received");
        QTest::newRow("below") << "/api/orders/7"
                               << "/orders/7";
        QTest::newRow("the prefix itself") << "/api"
                                           << "/";
        QTest::newRow("with a slash") << "/api/"
                                      << "/";
        QTest::newRow("with a query") << "/api?x=/api"
                                      << "/?x=/api";
        QTest::newRow("dots within") << "/x/../api/y"
                                     << "/y";
    }

    void aPrefixIsStripped() {
        QFETCH(QString, asked);
        QFETCH(QString, received);
        Origin origin(answer(""));
        config::Config config = configFor({origin.port()});
        config.routes = {route("api", 0, "/api")};
        config.routes[0].stripPrefix = "/api";
        RunningEngine proxy(config);
        COMPARE_STATUS(proxy.get(asked.toStdString()), 200);
        QCOMPARE(origin.lastRequest().target, received.toStdString());
        QCOMPARE(proxy.get("/apix").status, 404); // whole segments only
        QCOMPARE(proxy.get("/api/../secret").status, 404);
        QCOMPARE(origin.requestCount(), size_t(1));
    }

    void anHttp10ClientIsServedAndItsConnectionClosed() {
        Origin origin(answer("old but good"));
        RunningEngine proxy(configFor({origin.port()}));
        Client client = proxy.connect();
        const Response response = client.exchange("GET / HTTP/1.0\r\n\r\n");
        COMPARE_STATUS(response, 200);
        QCOMPARE(response.body, "old but good"s);
        QVERIFY(client.expectEof());
        QCOMPARE(origin.lastRequest().field("Host"),
                 origin.authority()); // RFC 9112 section 3.2: the backend must get one
        VERIFY_NO_VIOLATIONS(origin);
    }

    void anHttp10ClientMayKeepItsConnection() {
        Origin origin(answer("again"));
        RunningEngine proxy(configFor({origin.port()}));
        Client client = proxy.connect();
        for (int i = 0; i < 3; ++i) {
            const Response response =
                client.exchange("GET / HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\n\r\n");
            COMPARE_STATUS(response, 200);
            QVERIFY(sameName(response.field("Connection"), "keep-alive"));
        }
    }

    void anHttp10ClientGetsNoChunks() { // RFC 9112 section 6.1
        Origin origin(bigBody(300'000, BodyEnd::Chunked));
        RunningEngine proxy(configFor({origin.port()}));
        Client client = proxy.connect();
        const Response response = client.exchange("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
        COMPARE_STATUS(response, 200);
        QVERIFY(!response.has("Transfer-Encoding"));
        QCOMPARE(int(response.shape.end), int(BodyEnd::Close));
        QVERIFY(response.body == pattern(300'000));
    }

    void anHttp10OriginIsUnderstood() {
        Origin origin(raw("HTTP/1.0 200 OK\r\nX-A: 1\r\n\r\nuntil the end"));
        RunningEngine proxy(configFor({origin.port()}));
        Client client = proxy.connect();
        for (int i = 0; i < 2; ++i) { // the client's own connection outlives the origin's
            const Response response = client.get("/");
            COMPARE_STATUS(response, 200);
            QCOMPARE(response.version(), "HTTP/1.1"s);
            QCOMPARE(response.body, "until the end"s);
            QCOMPARE(response.field("Via"), "1.0 reverxy"s);
        }
    }

    void anHttp10OriginMayKeepItsConnection() {
        Origin origin(rawAndStay("HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nok"));
        RunningEngine proxy(configFor({origin.port()}));
        Client client = proxy.connect();
        for (int i = 0; i < 3; ++i)
            COMPARE_STATUS(client.get("/"), 200);
        QCOMPARE(origin.connectionsTotal(), size_t(1));
    }

    void aRequestThatGoesInCirclesEnds() {
        Origin origin(answer(""));
        config::Config config = configFor({origin.port()});
        RunningEngine proxy(config);
        config.pools[0].backends[0] = backend("itself", "127.0.0.1", proxy.port());
        config.proxy.port = proxy.port();
        proxy.reload(config);
        const Response response = proxy.get("/");
        COMPARE_STATUS(response, 502);
        QVERIFY(response.field("Proxy-Status").find("proxy_loop_detected") != std::string::npos);
    }
};

QTEST_GUILESS_MAIN(TestForwarding)
#include "test_forwarding.moc"
