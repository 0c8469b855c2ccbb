// SPDX-License-Identifier: MIT
#include "behaviour/story.h"

#include <sys/socket.h>
#include <unistd.h>

using namespace reverxy;
using namespace reverxy::test;

/// `localhost` means both loopback families, for backends (RFC 8305) and for the proxy itself.
class TestLoopbackNames : public QObject {
    Q_OBJECT

    static config::Config toLocalhost(uint16_t port) {
        config::Config config = configFor({});
        config.pools[0].backends = {backend("local", "localhost", port)};
        return config;
    }

  private Q_SLOTS:

    void initTestCase() {
        if (!hasIpv6())
            QSKIP("this machine has no ::1");
    }

    void aBackendMayListenOnEitherFamily_data() {
        QTest::addColumn<int>("family");
        QTest::newRow("only IPv4") << int(Family::V4);
        QTest::newRow("only IPv6") << int(Family::V6);
    }

    void aBackendMayListenOnEitherFamily() {
        QFETCH(int, family);
        Origin::Options options;
        options.family = Family(family);
        Origin origin(answer("found"), options);
        RunningEngine proxy(toLocalhost(origin.port()));
        for (int i = 0; i < 6; ++i) // on every worker
            QCOMPARE(proxy.get("/").body, "found"s);
        Client client = proxy.connect();
        COMPARE_STATUS(client.exchange(request("POST", "/", "", "body")), 200);
        const auto decisions = proxy.waitForDecisions(7);
        QCOMPARE(decisions.size(), size_t(7));
        for (const observe::Decision& decision : decisions)
            QCOMPARE(int(decision.attemptsTotal), 1); // the family that was refused is no attempt of its own
    }

    void aBackendMayMoveToTheOtherFamily() {
        // Two listeners, one after the other, on one port number but not on one family.
        LoopbackPort port;
        config::Config config = toLocalhost(port.number());
        config.proxy.upstreamIdleTimeout = 1h;
        RunningEngine proxy(config);
        QCOMPARE(proxy.get("/").status, 502);
        for (const Family family : {Family::V4, Family::V6, Family::V4}) {
            const int listener = port.listen(family);
            QVERIFY(listener >= 0);
            auto served = std::async(std::launch::async, [&] {
                Stream stream(::accept(listener, nullptr, nullptr));
                const bool asked = stream.readThrough("\r\n\r\n").has_value();
                stream.write("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 5\r\n\r\nmoved");
                return asked;
            });
            QCOMPARE(proxy.get("/").body, "moved"s);
            QVERIFY(served.get());
            ::close(listener);
        }
    }

    void aBackendMayBeAnIpv6Literal() {
        Origin::Options options;
        options.family = Family::V6;
        Origin origin(answer("six"), options);
        config::Config config = configFor({});
        config.pools[0].backends = {backend("six", "::1", origin.port())};
        config.proxy.hostHeader = config::HostHeader::Backend;
        RunningEngine proxy(config);
        QCOMPARE(proxy.get("/").body, "six"s);
        QCOMPARE(origin.lastRequest().field("Host"), origin.authority());
        VERIFY_NO_VIOLATIONS(origin);
    }

    void theProxyListensOnBothFamilies() {
        Origin origin(answer("both"));
        config::Config config = configFor({origin.port()});
        config.proxy.host = "localhost";
        RunningEngine proxy(config);
        QCOMPARE(Client(proxy.port(), Family::V4).get("/").body, "both"s);
        QCOMPARE(Client(proxy.port(), Family::V6).get("/").body, "both"s);
        QCOMPARE(origin.lastRequest().field("X-Forwarded-For"), "::1"s);
        QVERIFY(origin.lastRequest().field("Forwarded").find("for=\"[::1]\"") != std::string::npos);
    }

    void aRequestThatWasNotSentIsTriedOnTheOtherFamilyBeforeItFails() {
        LoopbackPort refused;
        RunningEngine proxy(toLocalhost(refused.number()));
        const Response response = proxy.get("/");
        COMPARE_STATUS(response, 502);
        QVERIFY(response.field("Proxy-Status").find("connection_refused") != std::string::npos);
    }
};

QTEST_GUILESS_MAIN(TestLoopbackNames)
#include "test_names.moc"
