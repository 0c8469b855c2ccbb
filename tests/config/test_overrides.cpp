// SPDX-License-Identifier: MIT
#include "config/settings.h"
#include "config/value.h"
#include "reading.h"

#include <QTest>

using namespace reverxy::config;

class TestOverrides : public QObject {
    Q_OBJECT
  private Q_SLOTS:

    void orderIsFlagEnvironmentFileDefault() {
        const std::string file = "proxy: { port: 1001 }\n";
        const Environment environment{{"REVERXY_PROXY__PORT", "1002"}};
        const std::vector<Override> flags{{"proxy.port", "1003", "--port"}};
        QCOMPARE(readText("").config->proxy.port, uint16_t(8080));
        QCOMPARE(readText(file).config->proxy.port, uint16_t(1001));
        QCOMPARE(readText(file, environment).config->proxy.port, uint16_t(1002));
        const Reading reading = readText(file, environment, flags);
        QCOMPARE(reading.config->proxy.port, uint16_t(1003));
        QCOMPARE(reading.sources.at("proxy.port").toString(), std::string("flag --port"));
        QCOMPARE(readText(file, environment).sources.at("proxy.port").toString(),
                 std::string("environment REVERXY_PROXY__PORT"));
        QCOMPARE(readText({}, {}, flags).config->proxy.port, uint16_t(1003));
    }

    void everySettingHasItsVariable_data() {
        QTest::addColumn<int>("index");
        for (size_t i = 0; i < settings().size(); ++i)
            QTest::newRow(pathOf(settings()[i]).c_str()) << int(i);
    }

    void everySettingHasItsVariable() {
        QFETCH(int, index);
        const Setting& setting = settings()[size_t(index)];
        std::string path = pathOf(setting);
        if (const size_t list = path.find("[]"); list != std::string::npos)
            path.replace(list, 2, "[0]");
        const std::string name = environmentNameOf(path);
        const std::string value = setting.required   ? "http://h"
                                  : setting.numbered ? "one"
                                                     : std::string(setting.defaultText);
        const Reading reading =
            readText("pool: { backends: [ { url: http://x } ] }\nroutes: [ {} ]\n", {{name, value}});
        QVERIFY2(reading.config, problemsOf(reading));
        QCOMPARE(reading.sources.at(path).toString(), "environment " + name);
    }

    void listsStandBetweenCommas() {
        for (const char* text : {"10.0.0.0/8,::1", "10.0.0.0/8, ::1", "[10.0.0.0/8, ::1]"}) {
            const Reading reading = readText("", {{"REVERXY_PROXY__TRUSTED_PROXIES", text}});
            QVERIFY2(reading.config, problemsOf(reading));
            QCOMPARE(reading.config->proxy.trustedProxies.size(), size_t(2));
        }
        QCOMPARE(readText("proxy: { trusted_proxies: ['::1'] }\n", {{"REVERXY_PROXY__TRUSTED_PROXIES", ""}})
                     .config->proxy.trustedProxies.size(),
                 size_t(0));
    }

    // A container names its services by the environment alone; the numbers count, not the order of the names.
    void elementsOfListsAreChangedAndMade() {
        Environment environment;
        for (int i = 0; i < 12; ++i)
            environment["REVERXY_POOL__BACKENDS__" + std::to_string(i) + "__URL"] = "http://h" + std::to_string(i);
        environment["REVERXY_POOL__BACKENDS__3__HEALTH_URL"] = "/up";
        const Reading reading = readText("pool: { backends: [ { name: first, url: http://x } ] }\n", environment);
        QVERIFY2(reading.config, problemsOf(reading));
        const auto& backends = reading.config->pools[0].backends;
        QCOMPARE(backends.size(), size_t(12));
        QCOMPARE(backends[0].name, std::string("first"));
        for (size_t i = 0; i < backends.size(); ++i)
            QCOMPARE(backends[i].url.host, "h" + std::to_string(i));
        QCOMPARE(backends[3].healthUrl, std::string("/up"));
        QCOMPARE(backends[11].name, std::string("backend-12"));
    }

    void poolsAreFoundByTheirFoldedName() {
        const Reading reading = readText(
            "pools: { My-Orders: {}, default: {} }\n",
            {{"REVERXY_POOLS__MY_ORDERS__WHEN_ALL_DOWN", "refuse"}, {"REVERXY_POOL__HEALTH_CHECKER__RISE", "9"}});
        QVERIFY2(reading.config, problemsOf(reading));
        QCOMPARE(reading.config->pools.size(), size_t(2));
        QCOMPARE(reading.config->pools[0].whenAllDown, WhenAllDown::Refuse);
        QCOMPARE(reading.config->pools[1].healthChecker.rise, 9u);
        QVERIFY(reading.sources.contains("pools.default.health_checker.rise"));
    }

    void refuses_data() {
        QTest::addColumn<QByteArray>("name");
        QTest::addColumn<QByteArray>("value");
        QTest::addColumn<QByteArray>("problem"); // behind `environment NAME: `
        const auto row = [](const char* name, const char* value, const char* problem) {
            QTest::newRow(name) << QByteArray(name) << QByteArray(value) << QByteArray(problem);
        };
        row("REVERXY_PROXY__PROT", "1", "is no known setting: did you mean `REVERXY_PROXY__PORT`?");
        row("REVERXY_PROXY_PORT", "1", "is no known setting: did you mean `REVERXY_PROXY__PORT`?");
        row("REVERXY_", "1", "is no known setting: the nearest known one is ");
        row("REVERXY_PROXY", "1", "is no known setting: ");
        row("REVERXY_POOL__BACKENDS", "1", "is no known setting: ");
        row("REVERXY_POOL__BACKENDS__0", "1", "is no known setting: ");
        row("REVERXY_PROXY__RETRIES", "many", "proxy.retries: `many` is no whole number");
        row("REVERXY_PROXY__IDLE_TIMEOUT", "", "proxy.idle_timeout: `` is no duration");
        row("REVERXY_POOL__BACKENDS__2__URL", "http://h",
            "pool.backends has 1 elements: write the number of one, from 0, or 1");
        row("REVERXY_POOL__BACKENDS__X__URL", "http://h",
            "pool.backends has 1 elements: write the number of one, from 0, or 1");
        row("REVERXY_POOLS__NONE__WHEN_ALL_DOWN", "refuse", "there is no pool called `none` in the file");
        row("REVERXY_PROXY__TRUSTED_PROXIES", "10.0.0.0/8,x", "proxy.trusted_proxies: `x` is no address");
    }

    void refuses() {
        QFETCH(QByteArray, name);
        QFETCH(QByteArray, value);
        QFETCH(QByteArray, problem);
        const Reading reading =
            readText("pool: { backends: [ { url: http://x } ] }\n", {{name.toStdString(), value.toStdString()}});
        QVERIFY(!reading.config);
        QCOMPARE(reading.problems.size(), size_t(1));
        QVERIFY2(problemsOf(reading).startsWith("environment " + name + ": " + problem), problemsOf(reading));
    }

    void aFlagIsNamedInItsProblem() {
        QCOMPARE(
            problemsOf(readText("", {}, {{"proxy.port", "x", "--port"}})),
            QByteArray("--port: proxy.port: `x` is no whole number: write one from 0 to 65535, in plain digits\n"));
    }

    // What a flag hides is still wrong.
    void theHiddenValueOfTheFileIsStillChecked() {
        const Reading reading = readText("proxy: { port: x }\n", {}, {{"proxy.port", "9000", "--port"}});
        QCOMPARE(reading.problems.size(), size_t(1));
        QCOMPARE(reading.problems[0].line, 1u);
    }

    void otherVariablesAreNotLookedAt() {
        QVERIFY(
            readText("", {{"CONFIG_PATH", "x"}, {"PATH", "x"}, {"XREVERXY_A", "x"}, {"reverxy_a", "x"}}).config);
    }

    void nothingIsMissedInAFileThatCannotBeRead() {
        const Reading reading =
            readText("pools: { orders: {}\n",
                     {{"REVERXY_POOLS__ORDERS__WHEN_ALL_DOWN", "refuse"}, {"REVERXY_PROXY__PORT", "x"}});
        QCOMPARE(reading.problems.size(),
                 size_t(2)); // the syntax, and the port; not the pool that nobody could read
    }
};

QTEST_APPLESS_MAIN(TestOverrides)
#include "test_overrides.moc"
