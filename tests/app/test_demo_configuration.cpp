// SPDX-License-Identifier: MIT
#include "app/demo/demo_configuration.h"
#include "app/demo/introduction.h"

#include <QTest>

using namespace reverxy;
using namespace reverxy::demo;

namespace {

constexpr DemoPorts ports{40001, 40002, 40003, 40004, 40005};

config::Reading read(const config::Environment& environment = {},
                     const std::vector<config::Override>& overrides = {}) {
    return demoConfiguration(ports, environment, overrides);
}

} // namespace

/// What the proxy of the demo is told to do, and what people are told of it.
class TestDemoConfiguration : public QObject {
    Q_OBJECT

  private Q_SLOTS:

    void itIsAValidConfiguration() {
        const config::Reading reading = read();
        for (const config::Problem& problem : reading.problems)
            QWARN(problem.toString().c_str());
        QVERIFY(reading.config.has_value());
    }

    void itNamesThePorts() {
        const config::Config config = *read().config;
        QCOMPARE(config.proxy.port, uint16_t(40004));
        QCOMPARE(config.proxy.probePort, uint16_t(40005));
        QCOMPARE(config.pools.size(), size_t(2));
        const config::Pool& shop = config.pools[0];
        QCOMPARE(shop.backends.size(), size_t(2));
        QCOMPARE(shop.backends[0].url.port, uint16_t(40001));
        QCOMPARE(shop.backends[1].url.port, uint16_t(40002));
        QCOMPARE(config.pools[1].backends.at(0).url.port, uint16_t(40003));
    }

    void aFallenBackendIsOutWithinSeconds() {
        const config::Config config = *read().config;
        for (const config::Pool& pool : config.pools) {
            QVERIFY(pool.healthChecker.enabled);
            QCOMPARE(pool.healthChecker.interval, config::Milliseconds(2000));
            QCOMPARE(pool.healthChecker.rise, 1u);
            QCOMPARE(pool.healthChecker.fall, 2u);
            for (const config::Backend& backend : pool.backends)
                QCOMPARE(backend.healthUrl, std::string("/health"));
        }
    }

    void whatTheCommandLineSaysComesFirst() {
        const config::Reading reading =
            read({{"REVERXY_PROXY__PORT", "7001"}, {"REVERXY_LOG__ACCESS", "true"}},
                 {{"proxy.port", "7002", "--port"}, {"proxy.probe_port", "7003", "--probe-port"}});
        QVERIFY(reading.config.has_value());
        QCOMPARE(reading.config->proxy.port, uint16_t(7002));
        QCOMPARE(reading.config->proxy.probePort, uint16_t(7003));
        QVERIFY(reading.config->log.access);
    }

    void whatIsWrongOnTheCommandLineIsAProblem() {
        const config::Reading reading = read({}, {{"proxy.port", "many", "--port"}});
        QVERIFY(!reading.config.has_value());
        QCOMPARE(reading.problems.size(), size_t(1));
        QCOMPARE(reading.problems[0].file, std::string("--port"));
    }

    void theIntroductionNamesWhatRunsWhere() {
        const QString text = introduction(ports, QUrl(QStringLiteral("http://localhost:40004")),
                                          QUrl(QStringLiteral("http://localhost:40005/")));
        for (const char* part :
             {"  http://localhost:40004 ", "  http://localhost:40005 ", "  http://127.0.0.1:40001 ",
              "  http://127.0.0.1:40002 ", "  http://127.0.0.1:40003 ",
              "curl -N http://localhost:40004/news/stream\n", "curl -i http://news.localhost:40004/headlines\n",
              "curl http://localhost:40005/ready\n", "curl http://localhost:40005/metrics\n",
              "curl -X PUT -d down http://127.0.0.1:40002/health\n"})
            QVERIFY2(text.contains(QLatin1String(part)), part);
    }

    void namesBelowLocalhostAreOfUseOnlyThere() {
        const QString text = introduction(ports, QUrl(QStringLiteral("http://[::1]:40004")),
                                          QUrl(QStringLiteral("http://[::1]:40005")));
        QVERIFY(!text.contains(QLatin1String("news.localhost:")));
        QVERIFY(text.contains(QLatin1String("curl -i -H 'Host: news.localhost' 'http://[::1]:40004/headlines'\n")));
    }
};

QTEST_APPLESS_MAIN(TestDemoConfiguration)
#include "test_demo_configuration.moc"
