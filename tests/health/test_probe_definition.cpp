// SPDX-License-Identifier: MIT
#include "health/probe_definition.h"

#include <QTest>

using namespace reverxy;
using namespace reverxy::health;
using namespace std::chrono_literals;

class TestProbeDefinition : public QObject {
    Q_OBJECT

    static config::Backend backendWith(std::string_view healthUrl, std::string_view host = "localhost",
                                       uint16_t port = 8081) {
        config::Backend backend;
        backend.name = "one";
        backend.url.host = host;
        backend.url.port = port;
        backend.url.basePath = "/base";
        backend.healthUrl = healthUrl;
        return backend;
    }

  private Q_SLOTS:

    void whereAndWhatIsAsked_data() {
        QTest::addColumn<QString>("backendHost");
        QTest::addColumn<int>("backendPort");
        QTest::addColumn<QString>("healthUrl");
        QTest::addColumn<QString>("host");
        QTest::addColumn<int>("port");
        QTest::addColumn<QString>("target");
        QTest::addColumn<QString>("authority"); // RFC 9110 section 7.2
        const auto row = [](const char* name, const char* backendHost, int backendPort, const char* healthUrl,
                            const char* host, int port, const char* target, const char* authority) {
            QTest::newRow(name) << QString::fromLatin1(backendHost) << backendPort << QString::fromLatin1(healthUrl)
                                << QString::fromLatin1(host) << port << QString::fromLatin1(target)
                                << QString::fromLatin1(authority);
        };
        row("connect only", "localhost", 8081, "", "localhost", 8081, "", "localhost:8081");
        row("path", "localhost", 8081, "/health", "localhost", 8081, "/health", "localhost:8081");
        row("path with a query", "localhost", 81, "/h?deep=1", "localhost", 81, "/h?deep=1", "localhost:81");
        row("default port", "orders.test", 80, "/h", "orders.test", 80, "/h", "orders.test");
        row("IPv6 backend", "::1", 8081, "/h", "::1", 8081, "/h", "[::1]:8081");
        row("another port", "localhost", 8081, "http://localhost:9000/h", "localhost", 9000, "/h",
            "localhost:9000");
        row("another host", "localhost", 8081, "http://Admin.Test/h", "admin.test", 80, "/h", "admin.test");
        row("no path", "localhost", 8081, "http://admin.test:81", "admin.test", 81, "/", "admin.test:81");
        row("no path, but a query", "localhost", 8081, "http://admin.test?x=/", "admin.test", 80, "/?x=/",
            "admin.test");
        row("IPv6 literal", "localhost", 8081, "http://[::1]:9000/h", "::1", 9000, "/h", "[::1]:9000");
        row("IPv6 literal, default port", "localhost", 8081, "http://[::1]/h", "::1", 80, "/h", "[::1]");
        row("scheme in capitals", "localhost", 8081, "HTTP://a.test:81/h", "a.test", 81, "/h", "a.test:81");
    }

    void whereAndWhatIsAsked() {
        QFETCH(QString, backendHost);
        QFETCH(int, backendPort);
        QFETCH(QString, healthUrl);
        QFETCH(QString, host);
        QFETCH(int, port);
        QFETCH(QString, target);
        QFETCH(QString, authority);
        const auto probe = probeOf({}, backendWith(healthUrl.toStdString(), backendHost.toStdString(),
                                                   static_cast<uint16_t>(backendPort)));
        QVERIFY(probe.has_value());
        QCOMPARE(QString::fromStdString(probe->host), host);
        QCOMPARE(int(probe->port), port);
        QCOMPARE(QString::fromStdString(probe->target), target);
        QCOMPARE(QString::fromStdString(probe->authority), authority);
        QCOMPARE(probe->connectOnly(), target.isEmpty());
    }

    void theCheckersSettingsAreTheProbes() {
        config::HealthChecker checker;
        checker.interval = 5s;
        checker.timeout = 700ms;
        checker.rise = 4;
        checker.fall = 7;
        checker.expectStatus = {200, 204};
        const auto probe = probeOf(checker, backendWith("/health"));
        QVERIFY(probe->interval == 5s);
        QVERIFY(probe->timeout == 700ms);
        QCOMPARE(probe->rise, 4u);
        QCOMPARE(probe->fall, 7u);
        QCOMPARE(int(probe->firstStatus), 200);
        QCOMPARE(int(probe->lastStatus), 204);
        checker.enabled = false;
        QVERIFY(!probeOf(checker, backendWith("/health")));
    }

    void whatDiffersIsAnotherProbe() {
        config::HealthChecker checker;
        const ProbeDefinition probe = *probeOf(checker, backendWith("/health"));
        QVERIFY(*probeOf(checker, backendWith("/health")) == probe);
        QVERIFY(!probeOf(checker, backendWith("/ready"))->asksTheSame(probe));
        QVERIFY(!probeOf(checker, backendWith("/health", "localhost", 8082))->asksTheSame(probe));
        checker.concurrency = 99; // no verdict depends on it
        QVERIFY(*probeOf(checker, backendWith("/health")) == probe);
        checker.interval = 1s;
        QVERIFY(*probeOf(checker, backendWith("/health")) != probe);
        QVERIFY(probeOf(checker, backendWith("/health"))->asksTheSame(probe));
        checker.expectStatus = {200, 200};
        QVERIFY(!probeOf(checker, backendWith("/health"))->asksTheSame(probe));
    }

    void statusesMakeNoDifferenceWhereNoneIsAsked() {
        config::HealthChecker checker;
        const ProbeDefinition probe = *probeOf(checker, backendWith(""));
        checker.expectStatus = {200, 200};
        QVERIFY(*probeOf(checker, backendWith("")) == probe);
    }

    void descriptions() {
        QCOMPARE(probeOf({}, backendWith("/health"))->description(),
                 std::string("GET http://localhost:8081/health"));
        QCOMPARE(probeOf({}, backendWith(""))->description(), std::string("connect to localhost:8081"));
    }
};

QTEST_GUILESS_MAIN(TestProbeDefinition)
#include "test_probe_definition.moc"
