// SPDX-License-Identifier: MIT
#include "proxy/exchange_scene.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

using namespace reverxy;
using namespace reverxy::proxy;
using observe::LimitVerdict;

namespace {

config::Config limitedTo(uint32_t limit) {
    config::Config config = configOf("a");
    config.rateLimiter.enabled = true;
    config.rateLimiter.limit = limit;
    return config;
}

/// A scene in which whole exchanges follow one another. Its time begins at the beginning of a window.
struct LimitedScene : ExchangeScene {
    using ExchangeScene::ExchangeScene;

    /// Asks and gets what a backend with a 200 would say; true when the backend was asked.
    bool ask(std::string_view text = get) {
        const size_t before = port.requests.size();
        port.responses.clear();
        request(text);
        const bool forwarded = port.requests.size() > before;
        if (forwarded)
            answer("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        finish();
        return forwarded;
    }

    bool askFrom(std::string_view address, std::string_view text = get) {
        client.identity.address = *IpAddress::parse(address);
        return ask(text);
    }

    std::string field(std::string_view name) const { return got().fields.value(name); }
};

} // namespace

/// The rate limiter in an exchange's life: right after the route is known, before anything else.
class TestExchangeLimit : public QObject {
    Q_OBJECT
  private Q_SLOTS:

    void withoutALimiterNothingIsSaid() {
        LimitedScene scene;
        QVERIFY(scene.ask());
        QCOMPARE(scene.field("RateLimit"), std::string("-"));
        QCOMPARE(scene.field("RateLimit-Policy"), std::string("-"));
        QVERIFY(scene.decision().limit.verdict == LimitVerdict::None);
    }

    /// draft-ietf-httpapi-ratelimit-headers, sections 3 and 4; RFC 6585 section 4.
    void theQuotaIsToldUntilItIsUsedUp() {
        LimitedScene scene(limitedTo(2));
        QVERIFY(scene.ask());
        QCOMPARE(scene.field("RateLimit-Policy"), std::string("\"reverxy\";q=2;w=60"));
        QCOMPARE(scene.field("RateLimit"), std::string("\"reverxy\";r=1;t=60"));
        QCOMPARE(scene.field("Retry-After"), std::string("-"));
        scene.pass(10s + 1ms);
        QVERIFY(scene.ask());
        QCOMPARE(scene.field("RateLimit"), std::string("\"reverxy\";r=0;t=50"));
        scene.pass(10s);
        QVERIFY(!scene.ask());
        QCOMPARE(scene.got().status, uint16_t(429));
        QCOMPARE(scene.got().reason, std::string("Too Many Requests"));
        QCOMPARE(scene.field("RateLimit"), std::string("\"reverxy\";r=0;t=40"));
        QCOMPARE(scene.field("RateLimit-Policy"), std::string("\"reverxy\";q=2;w=60"));
        QCOMPARE(scene.field("Retry-After"), std::string("40"));
        scene.pass(39s + 998ms);
        QVERIFY(!scene.ask());
        QCOMPARE(scene.field("Retry-After"), std::string("1")); // a millisecond is left: never "at once"
        scene.pass(1ms);
        QVERIFY(scene.ask());
    }

    void theRefusalIsAProblem() {
        LimitedScene scene(limitedTo(1));
        scene.ask();
        scene.ask();
        QCOMPARE(scene.field("Content-Type"), std::string("application/problem+json"));
        const QJsonObject body = QJsonDocument::fromJson(QByteArray::fromStdString(scene.got().body)).object();
        QCOMPARE(body[QStringLiteral("violated-policies")].toArray(), QJsonArray{QStringLiteral("reverxy")});
        QVERIFY(body[QStringLiteral("detail")].toString().contains(QStringLiteral("may come in 60 s")));
        QVERIFY(scene.field("Proxy-Status").starts_with("reverxy; error=http_request_denied"));
    }

    void theRecordTellsHowTheClientStands() {
        LimitedScene scene(limitedTo(2));
        scene.askFrom("2001:db8::1");
        const observe::LimitRecord& record = scene.decision().limit;
        QVERIFY(record.verdict == LimitVerdict::Allowed);
        QCOMPARE(scene.nameOf(record.limiter), std::string("global"));
        QCOMPARE(record.keyKind, static_cast<uint8_t>(limit::KeyKind::Network));
        QCOMPARE(record.limit, 2u);
        QCOMPARE(record.used, 1u);
        QCOMPARE(record.resetMillis, 60'000u);
        scene.ask();
        scene.pass(1s);
        scene.ask();
        QVERIFY(record.verdict == LimitVerdict::Throttled);
        QCOMPARE(record.used, 2u);
        QCOMPARE(record.resetMillis, 59'000u);
        QVERIFY(scene.decision().failure == Failure::RateLimited);
        QCOMPARE(scene.decision().status, uint16_t(429));
        QCOMPARE(scene.nameOf(scene.decision().route), std::string("all"));
        QCOMPARE(scene.decision().attemptsTotal, uint16_t(0));
    }

    void whoIsOneClient_data() {
        QTest::addColumn<QByteArray>("one");
        QTest::addColumn<QByteArray>("other");
        QTest::addColumn<bool>("same");
        const auto row = [](const char* name, const char* one, const char* other, bool same) {
            QTest::newRow(name) << QByteArray(one) << QByteArray(other) << same;
        };
        row("the same address", "192.0.2.1", "192.0.2.1", true);
        row("another address", "192.0.2.1", "192.0.2.2", false);
        row("IPv4 mapped into IPv6", "192.0.2.1", "::ffff:192.0.2.1", true);
        row("one IPv6 network", "2001:db8::1", "2001:db8::2", true);
        row("another IPv6 network", "2001:db8::1", "2001:db8:0:1::1", false);
    }

    void whoIsOneClient() {
        QFETCH(QByteArray, one);
        QFETCH(QByteArray, other);
        QFETCH(bool, same);
        LimitedScene scene(limitedTo(1));
        QVERIFY(scene.askFrom(one.toStdString()));
        QCOMPARE(scene.askFrom(other.toStdString()), !same);
    }

    void clientsMayBeToldApartByAField_data() {
        QTest::addColumn<QByteArray>("one");
        QTest::addColumn<QByteArray>("other");
        QTest::addColumn<bool>("same");
        const auto row = [](const char* name, const char* one, const char* other, bool same) {
            QTest::newRow(name) << QByteArray(one) << QByteArray(other) << same;
        };
        row("the same value", "X-Api-Key: a\r\n", "X-Api-Key: a\r\n", true);
        row("whatever the case of its name", "X-Api-Key: a\r\n", "x-api-KEY: a\r\n", true);
        row("another value", "X-Api-Key: a\r\n", "X-Api-Key: b\r\n", false);
        row("several lines", "X-Api-Key: a\r\nX-Api-Key: b\r\n", "X-Api-Key: a\r\n", false);
        row("another field", "X-Api-Keys: a\r\n", "X-Api-Keys: b\r\n", true);
        row("without it the address counts", "", "", true);
        row("and so it does where it says nothing", "", "X-Api-Key:\r\n", true);
        row("with it the address does not", "", "X-Api-Key: a\r\n", false);
    }

    void clientsMayBeToldApartByAField() {
        QFETCH(QByteArray, one);
        QFETCH(QByteArray, other);
        QFETCH(bool, same);
        config::Config config = limitedTo(1);
        config.rateLimiter.key = "header:X-Api-Key";
        LimitedScene scene(config);
        const auto with = [](const QByteArray& lines) {
            return "GET / HTTP/1.1\r\nHost: x\r\n" + lines.toStdString() + "\r\n";
        };
        QVERIFY(scene.askFrom("192.0.2.1", with(one)));
        QCOMPARE(scene.askFrom("192.0.2.1", with(other)), !same);
    }

    void aFieldWithItsOwnIdTellsApartToo() {
        config::Config config = limitedTo(1);
        config.rateLimiter.key = "header:authorization";
        LimitedScene scene(config);
        QVERIFY(scene.ask("GET / HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer a\r\n\r\n"));
        QVERIFY(!scene.ask("GET / HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer a\r\n\r\n"));
        QVERIFY(scene.ask("GET / HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer b\r\n\r\n"));
        QCOMPARE(scene.decision().limit.keyKind, static_cast<uint8_t>(limit::KeyKind::Field));
    }

    void theExemptAreNotCounted() {
        config::Config config = limitedTo(1);
        config.rateLimiter.exempt = {*CidrBlock::parse("10.0.0.0/8")};
        LimitedScene scene(config);
        for (int i = 0; i < 3; ++i)
            QVERIFY(scene.askFrom("10.1.2.3"));
        QVERIFY(scene.decision().limit.verdict == LimitVerdict::Exempt);
        QCOMPARE(scene.field("RateLimit"), std::string("-"));
        QVERIFY(scene.askFrom("11.1.2.3"));
        QVERIFY(!scene.askFrom("11.1.2.3"));
    }

    /// Nonsense in a forwarding field makes the trusted proxy's own address the client's; it brings nobody what
    /// that address is entitled to.
    void nonsenseMakesNobodyExempt_data() {
        QTest::addColumn<int>("source");
        QTest::addColumn<bool>("exempt");
        using limit::IdentitySource;
        QTest::newRow("the proxy itself") << static_cast<int>(IdentitySource::Peer) << true;
        QTest::newRow("all are proxies") << static_cast<int>(IdentitySource::AllTrusted) << true;
        QTest::newRow("malformed") << static_cast<int>(IdentitySource::Malformed) << false;
        QTest::newRow("contradiction") << static_cast<int>(IdentitySource::Contradiction) << false;
    }

    void nonsenseMakesNobodyExempt() {
        QFETCH(int, source);
        QFETCH(bool, exempt);
        config::Config config = limitedTo(1);
        config.rateLimiter.exempt = {*CidrBlock::parse("10.0.0.0/8")};
        LimitedScene scene(config);
        scene.client.identity.source = static_cast<limit::IdentitySource>(source);
        scene.client.identity.peerTrusted = true;
        scene.askFrom("10.0.0.1");
        QCOMPARE(scene.askFrom("10.0.0.1"), exempt);
    }

    void aRoutesOwnLimiterStandsInForTheGlobalOne() {
        config::Config config = limitedTo(1);
        config.routes.insert(config.routes.begin(), 2, config.routes[0]);
        config.routes[0].name = "own";
        config.routes[0].path = "/own";
        config.routes[0].rateLimiter = config.rateLimiter;
        config.routes[0].rateLimiter->limit = 3;
        config.routes[1].path = "/free";
        config.routes[1].rateLimiter.emplace(); // not enabled
        LimitedScene scene(config);
        QVERIFY(scene.ask());
        QVERIFY(!scene.ask());
        const std::string_view own = "GET /own HTTP/1.1\r\nHost: x\r\n\r\n";
        for (int i = 0; i < 3; ++i)
            QVERIFY(scene.ask(own));
        QCOMPARE(scene.field("RateLimit-Policy"), std::string("\"reverxy-own\";q=3;w=60"));
        QVERIFY(!scene.ask(own));
        QCOMPARE(scene.nameOf(scene.decision().limit.limiter), std::string("own"));
        for (int i = 0; i < 3; ++i)
            QVERIFY(scene.ask("GET /free HTTP/1.1\r\nHost: x\r\n\r\n"));
        QCOMPARE(scene.field("RateLimit"), std::string("-"));
    }

    void everyResponseOfALimitedRouteTellsTheQuota_data() {
        QTest::addColumn<QByteArray>("request");
        QTest::addColumn<int>("status");
        QTest::newRow("the proxy's own answer")
            << QByteArray("OPTIONS * HTTP/1.1\r\nHost: x\r\nMax-Forwards: 0\r\n\r\n") << 200;
        QTest::newRow("a problem") << QByteArray("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n")
                                   << 413;
        QTest::newRow("no backend reached") << QByteArray("GET / HTTP/1.1\r\nHost: x\r\n\r\n") << 502;
    }

    void everyResponseOfALimitedRouteTellsTheQuota() {
        QFETCH(QByteArray, request);
        QFETCH(int, status);
        config::Config config = limitedTo(5);
        config.proxy.maxBodySize = 50;
        LimitedScene scene(config);
        scene.port.answers[0] = {{OpenResult::Failed, Failure::ConnectRefused, false}};
        scene.request(request.toStdString());
        QCOMPARE(int(scene.got().status), status);
        QCOMPARE(scene.field("RateLimit"), std::string("\"reverxy\";r=4;t=60"));
        QCOMPARE(scene.got().fields.count("RateLimit-Policy"), size_t(1));
    }

    void anUpgradeTellsItToo() {
        LimitedScene scene(limitedTo(5));
        scene.request("GET / HTTP/1.1\r\nHost: x\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n");
        scene.response("HTTP/1.1 103 Early Hints\r\n\r\n");
        QCOMPARE(scene.port.interims.back().fields.value("RateLimit"), std::string("-")); // once is enough
        scene.response("HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n");
        QCOMPARE(scene.got().status, uint16_t(101));
        QCOMPARE(scene.field("RateLimit"), std::string("\"reverxy\";r=4;t=60"));
    }

    /// An intermediary takes nothing away from what the backend says of its own quotas (section "Intermediaries").
    void whatTheBackendSaysStaysBesideIt() {
        LimitedScene scene(limitedTo(5));
        scene.request(get);
        scene.answer(
            "HTTP/1.1 200 OK\r\nRateLimit: \"default\";r=7;t=3\r\nRateLimit-Policy: \"default\";q=10;w=10\r\n"
            "Content-Length: 0\r\n\r\n");
        QCOMPARE(scene.field("RateLimit"), std::string("\"default\";r=7;t=3 | \"reverxy\";r=4;t=60"));
        QCOMPARE(scene.field("RateLimit-Policy"), std::string("\"default\";q=10;w=10 | \"reverxy\";q=5;w=60"));
    }

    void theFieldsCanBeLeftOutButForRetryAfter() {
        config::Config config = limitedTo(1);
        config.rateLimiter.headers = false;
        LimitedScene scene(config);
        scene.ask();
        QCOMPARE(scene.field("RateLimit"), std::string("-"));
        scene.ask();
        QCOMPARE(scene.field("RateLimit"), std::string("-"));
        QCOMPARE(scene.field("RateLimit-Policy"), std::string("-"));
        QCOMPARE(scene.field("Retry-After"), std::string("60"));
    }

    void whoIsThrottledWaitsForNothingElse() {
        config::Config config = limitedTo(1);
        config.pools[0].backends.clear();
        LimitedScene scene(config);
        scene.ask();
        QCOMPARE(scene.got().status, uint16_t(503));
        scene.ask();
        QCOMPARE(scene.got().status, uint16_t(429));
        QVERIFY(scene.countersAreZero());
    }

    void whatMatchesNoRouteIsNotCounted() {
        config::Config config = limitedTo(1);
        config.routes[0].path = "/here";
        LimitedScene scene(config);
        for (int i = 0; i < 3; ++i)
            scene.ask();
        QCOMPARE(scene.got().status, uint16_t(404));
        QVERIFY(scene.ask("GET /here HTTP/1.1\r\nHost: x\r\n\r\n"));
    }

    void aRetryIsNoSecondRequest() {
        config::Config config = limitedTo(3);
        LimitedScene scene(config);
        scene.request(get);
        scene.lose();
        scene.answer();
        QCOMPARE(scene.decision().attemptsTotal, uint16_t(2));
        QCOMPARE(scene.decision().limit.used, 1u);
    }
};

QTEST_APPLESS_MAIN(TestExchangeLimit)
#include "test_exchange_limit.moc"
