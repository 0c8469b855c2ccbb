// SPDX-License-Identifier: MIT
#include "proxy/exchange_scene.h"

#include <QTest>

using namespace reverxy;
using namespace reverxy::proxy;

namespace {

config::Route routeTo(uint32_t pool, std::string path, std::string strip = {}, std::string host = {}) {
    config::Route route;
    route.name = "to" + path;
    route.host = std::move(host);
    route.path = std::move(path);
    route.stripPrefix = std::move(strip);
    route.pool = pool;
    return route;
}

/// Pools "default" (a) and "orders" (o), with a route below /api to the second.
config::Config twoPools() {
    auto config = configOf("a");
    auto orders = configOf("o").pools[0];
    orders.name = "orders";
    orders.backends[0].url.port = 9100;
    config.pools.push_back(orders);
    config.routes.insert(config.routes.begin(), routeTo(1, "/api", "/api"));
    return config;
}

std::string poolOf(const ExchangeScene& scene) {
    return scene.nameOf(scene.decision().pool);
}

} // namespace

/// Where a request goes, under which target, and which requests end at the proxy itself.
class TestExchangeRouting : public QObject {
    Q_OBJECT
  private Q_SLOTS:

    void targets_data() {
        QTest::addColumn<QString>("target");
        QTest::addColumn<QString>("pool");
        QTest::addColumn<QString>("sent");
        QTest::newRow("as it is") << "/x/y?q=1"
                                  << "default"
                                  << "/x/y?q=1";
        QTest::newRow("prefix stripped") << "/api/items?q=1"
                                         << "orders"
                                         << "/items?q=1";
        QTest::newRow("nothing left of the path") << "/api"
                                                  << "orders"
                                                  << "/";
        QTest::newRow("nothing left but a slash") << "/api/"
                                                  << "orders"
                                                  << "/";
        QTest::newRow("nothing left but a query") << "/api?q=1"
                                                  << "orders"
                                                  << "/?q=1";
        QTest::newRow("whole segments only") << "/apix"
                                             << "default"
                                             << "/apix";
        QTest::newRow("climbing out of the prefix") << "/api/../admin"
                                                    << "default"
                                                    << "/admin";
        QTest::newRow("climbing out, encoded") << "/api/%2e%2E/admin"
                                               << "default"
                                               << "/admin";
        QTest::newRow("climbing in") << "/x/../api/y"
                                     << "orders"
                                     << "/y";
        QTest::newRow("dots in the query mean nothing") << "/x?y=/../z"
                                                        << "default"
                                                        << "/x?y=/../z";
        QTest::newRow("absolute form (RFC 9112 section 3.2.2)") << "http://x/api/y"
                                                                << "orders"
                                                                << "/y";
        QTest::newRow("absolute form without a path") << "http://x"
                                                      << "default"
                                                      << "/";
    }

    void targets() {
        QFETCH(QString, target);
        QFETCH(QString, pool);
        QFETCH(QString, sent);
        ExchangeScene scene(twoPools());
        scene.request("GET " + target.toStdString() + " HTTP/1.1\r\nHost: x\r\n\r\n");
        QCOMPARE(QString::fromStdString(poolOf(scene)), pool);
        QCOMPARE(QString::fromStdString(scene.sent().target), sent);
        scene.answer();
        scene.finish();
        QVERIFY(scene.countersAreZero());
    }

    void basePaths_data() {
        QTest::addColumn<QString>("request");
        QTest::addColumn<QString>("sent");
        QTest::newRow("path") << "GET /api/x?q"
                              << "/base/x?q";
        QTest::newRow("nothing left") << "GET /api"
                                      << "/base/";
        QTest::newRow("a query alone") << "GET /api?q"
                                       << "/base/?q";
    }

    void basePaths() {
        QFETCH(QString, request);
        QFETCH(QString, sent);
        auto config = twoPools();
        config.pools[1].backends[0].url.basePath = "/base";
        ExchangeScene scene(config);
        scene.request(request.toStdString() + " HTTP/1.1\r\nHost: x\r\n\r\n");
        QCOMPARE(QString::fromStdString(scene.sent().target), sent);
    }

    /// RFC 9112 section 3.2.4: such an OPTIONS is about the server as a whole.
    void theServerAsAWholeHasNoBasePath_data() {
        QTest::addColumn<QString>("target");
        QTest::newRow("asterisk form") << "*";
        QTest::newRow("absolute form without a path") << "http://x";
    }

    void theServerAsAWholeHasNoBasePath() {
        QFETCH(QString, target);
        auto config = twoPools();
        config.pools[0].backends[0].url.basePath = "/base";
        ExchangeScene scene(config);
        scene.request("OPTIONS " + target.toStdString() + " HTTP/1.1\r\nHost: x\r\n\r\n");
        QCOMPARE(scene.sent().target, std::string("*"));
    }

    void eachAttemptHasItsBackendsBasePath() {
        auto config = configOf("ab");
        config.pools[0].backends[0].url.basePath = "/one";
        config.pools[0].backends[1].url.basePath = "/two";
        config.proxy.hostHeader = config::HostHeader::Backend;
        ExchangeScene scene(config);
        scene.request("GET /x/../y HTTP/1.1\r\nHost: x\r\n\r\n");
        QCOMPARE(scene.sent().target, std::string("/one/y"));
        QCOMPARE(scene.sent().fields.value("Host"), std::string("127.0.0.1:9001"));
        scene.lose();
        QCOMPARE(scene.sent().target, std::string("/two/y"));
        QCOMPARE(scene.sent().fields.value("Host"), std::string("127.0.0.1:9002"));
    }

    void hosts() {
        auto config = twoPools();
        config.routes = {routeTo(1, "/", "", "orders.localhost"), routeTo(0, "/", "", "*.localhost")};
        ExchangeScene scene(config);
        scene.request("GET / HTTP/1.1\r\nHost: Orders.LOCALHOST:8080\r\n\r\n");
        QCOMPARE(poolOf(scene), std::string("orders"));
    }

    /// RFC 9112 section 3.2.2: the target's host counts, the Host field is ignored.
    void theTargetsHostCounts() {
        auto config = twoPools();
        config.routes = {routeTo(1, "/", "", "orders.localhost"), routeTo(0, "/")};
        ExchangeScene scene(config);
        scene.request("GET http://orders.localhost/x HTTP/1.1\r\nHost: other\r\n\r\n");
        QCOMPARE(poolOf(scene), std::string("orders"));
        QCOMPARE(scene.sent().fields.value("Host"), std::string("orders.localhost"));
        QCOMPARE(scene.sent().target, std::string("/x"));
    }

    // What ends here.

    void noWay_data() {
        QTest::addColumn<QString>("what");
        QTest::addColumn<int>("status");
        QTest::addColumn<int>("failure");
        const auto row = [](const char* what, int status, Failure failure) {
            QTest::newRow(what) << what << status << static_cast<int>(failure);
        };
        row("no route", 404, Failure::NoRoute);
        row("no backend", 503, Failure::NoBackend);
        row("all backends switched off", 503, Failure::AllBackendsDown);
    }

    void noWay() {
        QFETCH(QString, what);
        QFETCH(int, status);
        QFETCH(int, failure);
        auto config = configOf("ab");
        if (what == QLatin1String("no route"))
            config.routes[0].path = "/elsewhere";
        else if (what == QLatin1String("no backend"))
            config.pools[0].backends.clear();
        else
            config.pools[0].backends[0].enabled = config.pools[0].backends[1].enabled = false;
        ExchangeScene scene(config);
        scene.request("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
        QCOMPARE(int(scene.got().status), status);
        QCOMPARE(static_cast<int>(scene.decision().failure), failure);
        QVERIFY(scene.got().ended);
        QVERIFY(scene.port.opened.empty());
        QCOMPARE(scene.got().fields.value("Retry-After"), std::string(status == 503 ? "1" : "-"));
        QVERIFY(!scene.decision().responseFromBackend);
        scene.finish();
        QVERIFY(scene.countersAreZero());
    }

    void aBackendSwitchedOffGetsNothing() {
        auto config = configOf("ab");
        config.pools[0].backends[0].enabled = false;
        ExchangeScene scene(config);
        scene.request("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
        QCOMPARE(scene.port.opened, std::string("b"));
        scene.lose();
        QCOMPARE(scene.port.opened, std::string("bb"));
    }

    void connectIsNotImplemented() {
        ExchangeScene scene;
        scene.request("CONNECT x:443 HTTP/1.1\r\nHost: x:443\r\n\r\n");
        QCOMPARE(scene.got().status, uint16_t(501));
        QVERIFY(scene.port.opened.empty());
    }

    void noValidRequest() {
        ExchangeScene scene;
        scene.head.clear();
        scene.exchange.reject(scene.world.worker, scene.head, scene.client, Failure::BadRequest,
                              "white space before a colon", scene.now, WallTime{}, "date");
        QCOMPARE(scene.got().status, uint16_t(400));
        QVERIFY(scene.got().ended);
        QVERIFY(scene.got().body.find("white space before a colon") != std::string::npos);
        QVERIFY(scene.exchange.requestEnded());
        QVERIFY(scene.exchange.responseOver());
        QVERIFY(scene.decision().details.view() == "white space before a colon");
        scene.finish();
        QVERIFY(scene.countersAreZero());
    }

    /// RFC 9110 section 9.3.2: the fields that GET would have brought, and no content.
    void aHeadIsAnsweredWithoutABody() {
        auto config = configOf("a");
        config.routes[0].path = "/elsewhere";
        ExchangeScene full(config);
        full.request("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
        ExchangeScene scene(config);
        scene.request("HEAD / HTTP/1.1\r\nHost: x\r\n\r\n");
        QCOMPARE(scene.got().status, uint16_t(404));
        QVERIFY(scene.got().body.empty());
        QVERIFY(scene.got().framing.kind == http::BodyKind::None);
        QCOMPARE(scene.got().fields.value("Content-Length"), std::to_string(full.got().body.size()));
        QCOMPARE(full.got().framing.length, uint64_t(full.got().body.size()));
        QVERIFY(scene.got().ended);
    }

    // Loops.

    void whoMeetsItselfTooOftenStops_data() {
        QTest::addColumn<int>("times");
        QTest::addColumn<bool>("oneLine");
        QTest::addColumn<bool>("loop");
        QTest::newRow("never") << 0 << true << false;
        QTest::newRow("a chain of proxies") << 9 << true << false;
        QTest::newRow("a circle") << 10 << true << true;
        QTest::newRow("a circle in many lines") << 10 << false << true;
        QTest::newRow("a chain in many lines") << 9 << false << false;
    }

    void whoMeetsItselfTooOftenStops() {
        QFETCH(int, times);
        QFETCH(bool, oneLine);
        QFETCH(bool, loop);
        std::string via = "Via: 1.1 other";
        for (int i = 0; i < times; ++i)
            via += oneLine ? ", 1.1 reverxy" : "\r\nVia: 1.1 reverxy";
        ExchangeScene scene;
        scene.request("GET / HTTP/1.1\r\nHost: x\r\n" + via + "\r\n\r\n");
        if (loop) {
            QCOMPARE(scene.got().status, uint16_t(502));
            QVERIFY(scene.got().fields.value("Proxy-Status").starts_with("reverxy; error=proxy_loop_detected"));
            QVERIFY(scene.port.opened.empty());
        } else {
            QCOMPARE(scene.port.opened, std::string("a"));
        }
    }

    // RFC 9110 section 7.6.2.

    void maxForwards_data() {
        QTest::addColumn<QString>("method");
        QTest::addColumn<QString>("value");
        QTest::addColumn<QString>("sent"); // "": answered here
        QTest::newRow("TRACE 0 ends here") << "TRACE"
                                           << "0"
                                           << "";
        QTest::newRow("OPTIONS 0 ends here") << "OPTIONS"
                                             << "0"
                                             << "";
        QTest::newRow("and in other words") << "OPTIONS"
                                            << "000"
                                            << "";
        QTest::newRow("TRACE counts down") << "TRACE"
                                           << "1"
                                           << "0";
        QTest::newRow("OPTIONS counts down") << "OPTIONS"
                                             << "10"
                                             << "9";
        QTest::newRow("past what is supported") << "OPTIONS"
                                                << "99999999999999999999"
                                                << "4294967294";
        QTest::newRow("no number") << "OPTIONS"
                                   << "x"
                                   << "x";
        QTest::newRow("a sign is no digit") << "OPTIONS"
                                            << "-1"
                                            << "-1";
        QTest::newRow("GET does not mind") << "GET"
                                           << "0"
                                           << "0";
        QTest::newRow("nor does POST") << "POST"
                                       << "5"
                                       << "5";
    }

    void maxForwards() {
        QFETCH(QString, method);
        QFETCH(QString, value);
        QFETCH(QString, sent);
        ExchangeScene scene;
        scene.request(method.toStdString() + " /x HTTP/1.1\r\nHost: x\r\nMax-Forwards: " + value.toStdString() +
                      "\r\n\r\n");
        if (sent.isEmpty()) {
            QVERIFY(scene.port.opened.empty());
            QCOMPARE(scene.got().status, uint16_t(200));
            QVERIFY(scene.got().ended);
            QVERIFY(scene.decision().failure == Failure::None);
        } else {
            QCOMPARE(QString::fromStdString(scene.sent().fields.value("Max-Forwards")), sent);
        }
    }

    void optionsAnsweredHereTellWhatIsAllowed() {
        ExchangeScene scene;
        scene.request("OPTIONS * HTTP/1.1\r\nHost: x\r\nMax-Forwards: 0\r\n\r\n");
        QVERIFY(scene.got().fields.value("Allow").find("OPTIONS") != std::string::npos);
        QVERIFY(scene.got().framing == (http::Framing{http::BodyKind::Length, 0}));
        QCOMPARE(scene.got().fields.count("Date"), size_t(1));
        scene.finish();
        QVERIFY(scene.countersAreZero());
    }

    /// RFC 9110 section 9.3.8: the request as it came, without what may be secret.
    void traceAnsweredHereTellsWhatCame() {
        ExchangeScene scene;
        scene.request("TRACE /x?y HTTP/1.1\r\nHost: x\r\nMax-Forwards: 0\r\nVia: 1.1 first\r\nCookie: secret\r\n"
                      "Authorization: secret\r\nProxy-Authorization: secret\r\nX-Odd: 1\r\n\r\n");
        QCOMPARE(scene.got().fields.value("Content-Type"), std::string("message/http"));
        QCOMPARE(scene.got().body, std::string("TRACE /x?y HTTP/1.1\r\nHost: x\r\nMax-Forwards: 0\r\n"
                                               "Via: 1.1 first\r\nX-Odd: 1\r\n\r\n"));
    }
};

QTEST_APPLESS_MAIN(TestExchangeRouting)
#include "test_exchange_routing.moc"
