// SPDX-License-Identifier: MIT
#include "http/head_parser.h"
#include "proxy/exchange.h"
#include "support/counted_new.h"

#include <QTest>

#include <string>

using namespace reverxy;
using namespace reverxy::proxy;
using namespace reverxy::test;

namespace {

/// A world in which everything is at hand, and that remembers nothing.
class ReadyPort final : public ExchangePort {
  public:
    bool hasIdleConnection(uint32_t, uint32_t) const override { return true; }

    Opened openUpstream(uint32_t, uint32_t, bool) override { return {OpenResult::Ready, Failure::None, true}; }

    void sendRequestHead(RequestOut& request) override { bytes += request.fields.size() + request.target.size(); }

    void sendRequestBody(const Piece& piece) override { bytes += piece.bytes.size(); }

    void sendRequestEnd(const http::FieldList&) override {}

    void releaseUpstream(bool) override {}

    bool waitForSlot(uint32_t, uint32_t) override { return false; }

    void waitForRetry(uint32_t) override {}

    void stopWaiting() override {}

    void retryPlaceFreed(uint32_t) override {}

    void observeBackend(uint32_t, uint32_t, Failure) override {}

    void sendInterim(ResponseOut&) override {}

    void sendResponseHead(ResponseOut& response) override { bytes += response.fields.size(); }

    void sendResponseBody(const Piece& piece) override { bytes += piece.bytes.size(); }

    void sendResponseEnd(const http::FieldList&) override {}

    void cutResponse() override {}

    void beginTunnel() override {}

    void setDeadline(TimePoint) override {}

    Waiter follower() override { return {}; }

    void stopFollowing() override {}

    void wakeFollowers(const std::vector<Waiter>&) override {}

    void validateInBackground() override {}

    size_t bytes = 0;
};

config::Config twoBackends() {
    config::Config config;
    config.cache.enabled = false;
    config::Pool pool;
    pool.name = "default";
    for (uint16_t port = 9001; port < 9003; ++port) {
        config::Backend backend;
        backend.name = "backend-" + std::to_string(port);
        backend.url.host = "localhost";
        backend.url.port = port;
        pool.backends.push_back(backend);
    }
    config.pools.push_back(pool);
    config::Route route;
    route.name = "api";
    route.path = route.stripPrefix = "/api";
    config.routes.push_back(route);
    return config;
}

} // namespace

/// On the path of a plain forwarded request an exchange takes no memory (DESIGN section 5).
class TestExchangeAllocation : public QObject {
    Q_OBJECT
  private Q_SLOTS:

    void plainRequestsTakeNone_data() {
        QTest::addColumn<QString>("request");
        QTest::addColumn<QString>("body");
        QTest::addColumn<QString>("limiterKey");
        QTest::newRow("what most clients send")
            << "GET /api/items?page=2 HTTP/1.1\r\nHost: shop.localhost:8080\r\nConnection: keep-alive\r\n"
               "User-Agent: Mozilla/5.0\r\nAccept: */*\r\nAccept-Encoding: gzip\r\nCookie: session=1\r\n\r\n"
            << ""
            << "";
        QTest::newRow("with a small body") << "POST /api/items HTTP/1.1\r\nHost: x\r\nContent-Length: 500\r\n\r\n"
                                           << QString(500, QLatin1Char('x')) << "";
        QTest::newRow("with a body in chunks")
            << "PUT /api/items HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
            << QString(900, QLatin1Char('x')) << "";
        QTest::newRow("behind another proxy")
            << "GET /api/ HTTP/1.1\r\nHost: x\r\nVia: 1.1 front\r\nX-Forwarded-For: 1.2.3.4\r\n"
               "X-Forwarded-Proto: https\r\nForwarded: for=1.2.3.4\r\n\r\n"
            << ""
            << "";
        QTest::newRow("in the old version") << "GET /api HTTP/1.0\r\n\r\n"
                                            << ""
                                            << "";
        QTest::newRow("limited by address") << "GET /api/items HTTP/1.1\r\nHost: x\r\n\r\n"
                                            << ""
                                            << "client-ip";
        QTest::newRow("limited by a field")
            << "GET /api/items HTTP/1.1\r\nHost: x\r\nX-Api-Key: a-rather-long-secret-for-a-key\r\n\r\n"
            << ""
            << "header:X-Api-Key";
    }

    void plainRequestsTakeNone() {
        QFETCH(QString, request);
        QFETCH(QString, body);
        QFETCH(QString, limiterKey);
        config::Config config = twoBackends();
        config.rateLimiter.enabled = !limiterKey.isEmpty();
        config.rateLimiter.key = limiterKey.toStdString();
        config.rateLimiter.limit = 10'000;
        SharedState shared;
        NameTable names;
        WorkerRuntime worker(compileRuntime(config, shared, names));
        ReadyPort port;
        Exchange exchange(port);
        const std::string requestText = request.toStdString();
        const std::string bodyText = body.toStdString();
        const std::string responseText = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n"
                                         "Connection: keep-alive\r\nServer: s\r\nSet-Cookie: a=b\r\n\r\n";
        http::RequestParser requestParser;
        http::RequestHead head;
        QVERIFY(requestParser.parse(requestText, {}, head) == http::ParseStatus::Done);
        http::ResponseParser responseParser;
        http::ResponseHead response;
        QVERIFY(responseParser.parse(responseText, {}, head.method, response) == http::ParseStatus::Done);
        ClientFacts client;
        client.peer.address = *IpAddress::parse("2001:db8::7");
        client.identity.address = client.peer.address;
        client.identity.peerTrusted = true;
        const http::FieldList noTrailers;

        const auto forward = [&] {
            const TimePoint now{};
            exchange.begin(worker, head, client, now, WallTime{}, "Sun, 06 Nov 1994 08:49:37 GMT");
            if (!exchange.requestEnded()) {
                exchange.requestBody({bodyText, nullptr}, now);
                exchange.requestEnd(noTrailers, now);
            }
            exchange.responseHead(response, "Sun, 06 Nov 1994 08:49:37 GMT", now);
            exchange.responseBody({"hello", nullptr});
            exchange.responseEnd(noTrailers, true, now);
            exchange.finish(now);
        };
        for (int i = 0; i < 3; ++i)
            forward();
        allocations = 0;
        for (int i = 0; i < 100; ++i)
            forward();
        QCOMPARE(allocations, size_t(0));
        QVERIFY(port.bytes > 103 * bodyText.size());
        QCOMPARE(exchange.decision().status, uint16_t(200));
        QCOMPARE(exchange.decision().limit.used, limiterKey.isEmpty() ? 0u : 103u);
    }
};

QTEST_APPLESS_MAIN(TestExchangeAllocation)
#include "test_exchange_allocation.moc"
