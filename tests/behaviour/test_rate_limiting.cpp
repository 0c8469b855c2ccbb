// SPDX-License-Identifier: MIT
#include "behaviour/story.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

using namespace reverxy;
using namespace reverxy::test;

namespace {

/// Windows so long that no story meets the end of one.
config::Config limited(const Origin& origin, uint32_t limit) {
    config::Config config = configFor({origin.port()});
    config.rateLimiter.enabled = true;
    config.rateLimiter.limit = limit;
    config.rateLimiter.window = 24h;
    return config;
}

std::string from(std::string_view address) {
    return "X-Forwarded-For: " + std::string(address) + "\r\n";
}

} // namespace

/// Fair shares: the rate limiter as its clients meet it.
class TestRateLimiting : public QObject {
    Q_OBJECT

  private Q_SLOTS:

    void exactlyTheLimitPassesHoweverManyAskAtOnce_data() {
        QTest::addColumn<int>("algorithm");
        QTest::newRow("fixed window") << static_cast<int>(config::LimitAlgorithm::FixedWindow);
        QTest::newRow("sliding window") << static_cast<int>(config::LimitAlgorithm::SlidingWindow);
        QTest::newRow("token bucket") << static_cast<int>(config::LimitAlgorithm::TokenBucket);
    }

    void exactlyTheLimitPassesHoweverManyAskAtOnce() {
        QFETCH(int, algorithm);
        Origin origin(answer("passed"));
        config::Config config = limited(origin, 100);
        config.rateLimiter.algorithm = static_cast<config::LimitAlgorithm>(algorithm);
        config.proxy.workers = 4;
        RunningEngine proxy(config);
        std::atomic<int> passed{0};
        std::atomic<int> refused{0};
        std::vector<std::future<void>> clients;
        for (int i = 0; i < 16; ++i) {
            clients.push_back(std::async(std::launch::async, [&] {
                Client client = proxy.connect();
                for (int n = 0; n < 20; ++n) {
                    const Response response = client.get("/");
                    if (response.status == 200 && response.body == "passed")
                        ++passed;
                    else if (response.status == 429 && response.complete)
                        ++refused;
                }
            }));
        }
        for (auto& client : clients)
            client.get();
        QCOMPARE(passed.load(), 100);
        QCOMPARE(refused.load(), 220);
        QCOMPARE(origin.requestCount(), size_t(100));
    }

    void whoIsRefusedIsToldWhyAndWhenToComeBack() {
        Origin origin(answer("passed"));
        RunningEngine proxy(limited(origin, 1));
        Client client = proxy.connect();
        const Response first = client.get("/");
        COMPARE_STATUS(first, 200);
        QCOMPARE(first.field("RateLimit-Policy"), "\"reverxy\";q=1;w=86400"s);
        QVERIFY(first.field("RateLimit").starts_with("\"reverxy\";r=0;t="));
        QVERIFY(!first.has("Retry-After"));
        const Response second = client.get("/"); // on the same connection: it is not lost
        COMPARE_STATUS(second, 429);
        const int seconds = std::atoi(second.field("Retry-After").c_str());
        QVERIFY(seconds >= 1 && seconds <= 86'400);
        QCOMPARE(second.field("RateLimit"), "\"reverxy\";r=0;t=" + std::to_string(seconds));
        QCOMPARE(second.field("Content-Type"), "application/problem+json"s);
        const QJsonObject body = QJsonDocument::fromJson(QByteArray::fromStdString(second.body)).object();
        QCOMPARE(body[QStringLiteral("type")].toString(),
                 QStringLiteral("https://iana.org/assignments/http-problem-types#quota-exceeded"));
        QCOMPARE(body[QStringLiteral("violated-policies")].toArray(), QJsonArray{QStringLiteral("reverxy")});
        const Response head = client.exchange(request("HEAD", "/"), "HEAD");
        COMPARE_STATUS(head, 429);
        QCOMPARE(head.field("RateLimit").substr(0, 15), "\"reverxy\";r=0;t"s);
        QVERIFY(proxy.waitForLog(" 429 "));
        QVERIFY(proxy.waitForLog("quota=1/1 failure=rate-limited"));
    }

    void aRefusedUploadIsNotRead() {
        Origin origin(answer("passed"));
        RunningEngine proxy(limited(origin, 1));
        COMPARE_STATUS(proxy.get("/"), 200);
        Client client = proxy.connect();
        client.send(request("POST", "/", "Content-Length: 1000000\r\nExpect: 100-continue\r\n"));
        const Response response = client.read("POST");
        COMPARE_STATUS(response, 429);
        QVERIFY(response.interim.empty());
        QVERIFY(client.stream().expectEnd());
        QCOMPARE(origin.requestCount(), size_t(1));
    }

    void clientsBehindATrustedProxyAreToldApart() {
        Origin origin(answer("passed"));
        config::Config config = limited(origin, 2);
        config.proxy.trustedProxies = {*CidrBlock::parse("127.0.0.1"), *CidrBlock::parse("10.0.0.0/8")};
        RunningEngine proxy(config);
        for (const char* const address : {"192.0.2.1", "192.0.2.2", "2001:db8::1"}) {
            COMPARE_STATUS(proxy.get("/", from(address)), 200);
            COMPARE_STATUS(proxy.get("/", from(address)), 200);
            COMPARE_STATUS(proxy.get("/", from(address)), 429);
        }
        COMPARE_STATUS(proxy.get("/", from("::ffff:192.0.2.1")), 429);       // the same in another coat
        COMPARE_STATUS(proxy.get("/", from("2001:db8::2")), 429);            // the same network
        COMPARE_STATUS(proxy.get("/", from("203.0.113.9, 192.0.2.1")), 429); // what it made up is not looked at
        COMPARE_STATUS(proxy.get("/", from("192.0.2.1, 10.0.0.7")), 429);    // through a further proxy
        COMPARE_STATUS(proxy.get("/", "Forwarded: for=192.0.2.1\r\n"), 429); // told in another field
        COMPARE_STATUS(proxy.get("/", from("192.0.2.1") + "Forwarded: for=203.0.113.8\r\n"), 200); // as the proxy
        COMPARE_STATUS(proxy.get("/", from("unknown")), 200);                                      // likewise
        COMPARE_STATUS(proxy.get("/", from("not, an, address")), 429); // which has used up its own
        const auto decisions = proxy.waitForDecisions(16);
        const auto walked = std::find_if(decisions.begin(), decisions.end(),
                                         [](const auto& decision) { return decision.clientHops == 2; });
        QVERIFY(walked != decisions.end());
        QCOMPARE(walked->clientWalk[0].toString(), "10.0.0.7"s);
        QCOMPARE(walked->clientWalk[1].toString(), "192.0.2.1"s);
    }

    void aStrangerCannotPassForOthers() {
        Origin origin(answer("passed"));
        config::Config config = limited(origin, 2);
        config.rateLimiter.exempt = {*CidrBlock::parse("10.0.0.0/8")};
        RunningEngine proxy(config);
        COMPARE_STATUS(proxy.get("/", from("192.0.2.1")), 200);
        COMPARE_STATUS(proxy.get("/", from("192.0.2.2")), 200);
        COMPARE_STATUS(proxy.get("/", from("192.0.2.3")), 429);
        COMPARE_STATUS(proxy.get("/", from("10.0.0.1")), 429);
        COMPARE_STATUS(proxy.get("/", "Forwarded: for=10.0.0.1\r\n"), 429);
    }

    void whoIsExemptIsNeitherCountedNorTold() {
        Origin origin(answer("passed"));
        config::Config config = limited(origin, 1);
        config.proxy.trustedProxies = {*CidrBlock::parse("127.0.0.1")};
        config.rateLimiter.exempt = {*CidrBlock::parse("10.0.0.0/8"), *CidrBlock::parse("2001:db8::/32")};
        RunningEngine proxy(config);
        for (const char* const address : {"10.1.2.3", "2001:db8::1", "::ffff:10.1.2.3"}) {
            for (int i = 0; i < 3; ++i) {
                const Response response = proxy.get("/", from(address));
                COMPARE_STATUS(response, 200);
                QVERIFY(!response.has("RateLimit") && !response.has("RateLimit-Policy"));
            }
        }
        COMPARE_STATUS(proxy.get("/", from("192.0.2.1")), 200);
        COMPARE_STATUS(proxy.get("/", from("192.0.2.1")), 429);
    }

    void clientsAreToldApartByAField() {
        Origin origin(answer("passed"));
        config::Config config = limited(origin, 1);
        config.rateLimiter.key = "header:X-Api-Key";
        RunningEngine proxy(config);
        for (const char* const key : {"k3y-a", "k3y-b"}) {
            const std::string field = "x-api-key: "s + key + "\r\n";
            COMPARE_STATUS(proxy.get("/", field), 200);
            COMPARE_STATUS(proxy.get("/", field), 429);
        }
        COMPARE_STATUS(proxy.get("/"), 200); // by its address
        COMPARE_STATUS(proxy.get("/", "X-Api-Key:\r\n"), 429);
        COMPARE_STATUS(proxy.get("/", "X-Api-Key: k3y-a\r\nX-Api-Key: k3y-b\r\n"), 200); // neither of them
        for (const observe::Decision& decision : proxy.waitForDecisions(7))
            QVERIFY(decision.details.view().find("k3y") == std::string_view::npos);
    }

    /// Whoever answers: the backend, the cache, or the proxy itself.
    void everyResponseToldOfTheQuota() {
        Origin origin([](OriginExchange& exchange) {
            if (exchange.target() == "/gone")
                return exchange.reset();
            exchange.respond(200, "passed", {{"Cache-Control", "max-age=60"}, {"ETag", "\"a\""}});
        });
        config::Config config = limited(origin, 6);
        config.cache = config::Cache{};
        RunningEngine proxy(config);
        const auto told = [&](const std::string& message, int status, int left) {
            const Response response = proxy.exchange(message);
            return response.status == status && response.field("RateLimit-Policy") == "\"reverxy\";q=6;w=86400" &&
                   response.field("RateLimit").starts_with("\"reverxy\";r=" + std::to_string(left) + ";t=");
        };
        QVERIFY(told(request("GET", "/"), 200, 5));
        QVERIFY(told(request("GET", "/"), 200, 4));
        QVERIFY(told(request("GET", "/", "If-None-Match: \"a\"\r\n"), 304, 3));
        QVERIFY(told(request("GET", "/", "Range: bytes=0-1\r\n"), 206, 2));
        QCOMPARE(origin.requestCount(), size_t(1));
        QVERIFY(told(request("GET", "/other", "Cache-Control: only-if-cached\r\n"), 504, 1));
        QVERIFY(told(request("POST", "/gone", "", "x"), 502, 0));
        QVERIFY(told(request("GET", "/"), 429, 0)); // the cache's answers are limited too
    }

    void aReloadKeepsWhatWasUsed() {
        Origin origin(answer("passed"));
        config::Config config = limited(origin, 3);
        RunningEngine proxy(config);
        for (int i = 0; i < 3; ++i)
            COMPARE_STATUS(proxy.get("/"), 200);
        COMPARE_STATUS(proxy.get("/"), 429);
        proxy.reload(config);
        COMPARE_STATUS(proxy.get("/"), 429);
        config.rateLimiter.limit = 4;
        proxy.reload(config);
        const Response fourth = proxy.get("/");
        COMPARE_STATUS(fourth, 200);
        QVERIFY(fourth.field("RateLimit").starts_with("\"reverxy\";r=0;"));
        COMPARE_STATUS(proxy.get("/"), 429);
        config.rateLimiter.enabled = false;
        proxy.reload(config);
        COMPARE_STATUS(proxy.get("/"), 200);
        config.rateLimiter.enabled = true;
        config.rateLimiter.algorithm = config::LimitAlgorithm::TokenBucket;
        proxy.reload(config);
        COMPARE_STATUS(proxy.get("/"), 200); // another way of counting begins anew
    }

    void aWindowsEndBringsTheQuotaBack() {
        Origin origin(answer("passed"));
        config::Config config = limited(origin, 1);
        config.rateLimiter.window = 100ms;
        RunningEngine proxy(config);
        Client client = proxy.connect();
        const Deadline deadline;
        int passed = 0;
        int refused = 0;
        while ((passed < 3 || refused < 3) && !deadline.passed()) {
            const int status = client.get("/").status;
            passed += status == 200 ? 1 : 0;
            refused += status == 429 ? 1 : 0;
        }
        QVERIFY2(passed >= 3 && refused >= 3, (std::to_string(passed) + ", " + std::to_string(refused)).c_str());
    }

    void routesMayHaveTheirOwn() {
        Origin origin(answer("passed"));
        config::Config config = limited(origin, 1);
        config.routes = {route("orders", 0, "/orders"), route("rest", 0)};
        config.routes[0].rateLimiter = config.rateLimiter;
        config.routes[0].rateLimiter->limit = 2;
        RunningEngine proxy(config);
        COMPARE_STATUS(proxy.get("/"), 200);
        COMPARE_STATUS(proxy.get("/"), 429);
        COMPARE_STATUS(proxy.get("/orders/1"), 200);
        const Response second = proxy.get("/orders/2");
        COMPARE_STATUS(second, 200);
        QVERIFY(second.field("RateLimit").starts_with("\"reverxy-orders\";r=0;"));
        COMPARE_STATUS(proxy.get("/orders/3"), 429);
    }
};

QTEST_GUILESS_MAIN(TestRateLimiting)
#include "test_rate_limiting.moc"
