// SPDX-License-Identifier: MIT
#include "config/reader.h"

#include "config/settings.h"
#include "reading.h"

#include <QTest>

using namespace reverxy::config;
using namespace std::chrono_literals;

class TestReader : public QObject {
    Q_OBJECT
  private Q_SLOTS:

    void nothingIsAllDefaults() {
        for (const auto& text : {std::optional<std::string_view>(), std::optional<std::string_view>(""),
                                 std::optional<std::string_view>("proxy:\npool:\nroutes:\ncache: {}\n")}) {
            const Reading reading = readConfiguration({"config.yaml", text, nullptr, nullptr});
            QVERIFY2(reading.config, problemsOf(reading));
            Config expected;
            expected.pools.emplace_back().name = "default";
            expected.routes.emplace_back().name = "default";
            QVERIFY(*reading.config == expected);
        }
    }

    // The surface that people write against loads, and every value is what stands there.
    void readsTheExample() {
        const Reading reading = readText(fileText(REVERXY_TEST_FOLDER "/config.example.yaml"));
        QVERIFY2(reading.config, problemsOf(reading));
        Config expected;
        Pool& pool = expected.pools.emplace_back();
        pool.name = "default";
        Backend& backend = pool.backends.emplace_back();
        backend.name = "backend-1";
        backend.url = {"http://localhost:8081", "localhost", 8081, ""};
        backend.healthUrl = "/health";
        expected.routes.emplace_back().name = "default";
        QVERIFY(*reading.config == expected);
        for (const Setting& setting : settings()) {
            std::string path = pathOf(setting);
            if (setting.group == Group::Route)
                continue; // only in a comment there
            if (const size_t list = path.find("[]"); list != std::string::npos)
                path.replace(list, 2, "[0]");
            const auto source = reading.sources.find(path);
            QVERIFY2(source != reading.sources.end() && source->second.kind == Source::Kind::File, path.c_str());
        }
    }

    void readsEveryKindOfValue() {
        const Reading reading = readText(
            "proxy: { host: 0.0.0.0, port: \"9090\", workers: 4, memory_limit: 1GiB, host_header: backend,\n"
            "  header_timeout: 250ms, queue: { size: 0, timeout: 1h }, trusted_proxies: [10.0.0.0/8, '::1'] }\n"
            "log: { level: error, format: json, access: false, redact: [X-Api-Key] }\n"
            "rate_limiter: { key: \"header:X-Api-Key\", algorithm: token-bucket }\n"
            "pool: { health_checker: { expect_status: 204 }, when_all_down: refuse }\n");
        QVERIFY2(reading.config, problemsOf(reading));
        const Config& config = *reading.config;
        QCOMPARE(config.proxy.host, std::string("0.0.0.0"));
        QCOMPARE(config.proxy.port, uint16_t(9090));
        QCOMPARE(config.proxy.workers, 4u);
        QCOMPARE(config.proxy.memoryLimit, Bytes(1) << 30);
        QCOMPARE(config.proxy.hostHeader, HostHeader::Backend);
        QVERIFY(config.proxy.headerTimeout == 250ms);
        QCOMPARE(config.proxy.queue.size, 0u);
        QVERIFY(config.proxy.queue.timeout == 1h);
        QCOMPARE(config.proxy.trustedProxies.size(), size_t(2));
        QVERIFY(config.proxy.trustedProxies[0].contains(*reverxy::IpAddress::parse("10.1.2.3")));
        QCOMPARE(config.log.level, LogLevel::Error);
        QCOMPARE(config.log.format, LogFormat::Json);
        QVERIFY(!config.log.access);
        QCOMPARE(config.log.redact, std::vector<std::string>{"X-Api-Key"});
        QCOMPARE(config.rateLimiter.algorithm, LimitAlgorithm::TokenBucket);
        QCOMPARE(config.rateLimiter.key, std::string("header:X-Api-Key"));
        QCOMPARE(config.pools[0].healthChecker.expectStatus, (StatusRange{204, 204}));
        QCOMPARE(config.pools[0].whenAllDown, WhenAllDown::Refuse);
    }

    void tellsWhereAValueCameFrom() {
        const Reading reading = readText("# first\nproxy:\n  port: 9090\n");
        const Source& source = reading.sources.at("proxy.port");
        QCOMPARE(source.toString(), std::string("config.yaml:3"));
        QCOMPARE(source.column, 9u);
        QCOMPARE(source.text, std::string("9090"));
        QVERIFY(!reading.sources.contains("proxy.host"));
        QCOMPARE(Source{}.toString(), std::string("default"));
    }

    void names_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("problem"); // the only one
        const auto row = [](const char* name, const char* text, const char* problem) {
            QTest::newRow(name) << QByteArray(text) << QByteArray("config.yaml:") + problem + '\n';
        };
        row("unknown key", "proxy:\n  prot: 80\n", "2:3: proxy.prot: is no known key: did you mean `port`?");
        row("unknown section", "proxi:\n  port: 80\n", "1:1: proxi: is no known key: did you mean `proxy`?");
        row("key with a dash", "proxy: { max-connections: 5 }\n",
            "1:10: proxy.max-connections: is no known key: did you mean `max_connections`?");
        row("far from all", "proxy: { zzzzzzzz: 1 }\n",
            "1:10: proxy.zzzzzzzz: is no known key: the nearest known one is `host`");
        row("key of another section", "interval: 5s\n",
            "1:1: interval: is no known key here: did you mean `pool.health_checker.interval`?");
        row("section in the wrong place", "proxy: { backends: [] }\n",
            "1:10: proxy.backends: is no known key here: did you mean `pool.backends`?");
        row("number out of range", "proxy:\n  port: 70000\n",
            "2:9: proxy.port: `70000` is out of range: write a value from 0 to 65535");
        row("number in quotes", "proxy: { retries: \"2\" }\n",
            "1:19: proxy.retries: is text because of its quotes: write 2 without them");
        row("boolean in quotes", "cache: { enabled: 'true' }\n",
            "1:19: cache.enabled: is text because of its quotes: write true without them");
        row("yes", "cache: { enabled: yes }\n", "1:19: cache.enabled: `yes` is no boolean: write true or false");
        row("no value", "proxy:\n  port:\n",
            "2:8: proxy.port: has no value: write one, or remove the line for the default, 8080");
        row("list for a value", "proxy: { port: [80] }\n",
            "1:16: proxy.port: must be one value (whole number), not a list or section");
        row("value for a list", "proxy: { trusted_proxies: 10.0.0.0/8 }\n",
            "1:27: proxy.trusted_proxies: must be a list: write its elements in brackets, as [10.0.0.0/8]");
        row("element of a list", "log:\n  redact:\n    - A\n    - b c\n",
            "4:7: log.redact[1]: `b c` is no name of a header field: write for example X-Api-Key");
        row("list in a list", "log: { redact: [[a]] }\n",
            "1:17: log.redact[0]: must be one value, not a list, a section or nothing");
        row("value for a section", "proxy: 8080\n",
            "1:8: proxy: must be a section: write its keys with their values under it");
        row("list for a section", "proxy: []\n",
            "1:8: proxy: must be a section: write its keys with their values under it");
        row("section for backends", "pool: { backends: { url: x } }\n",
            "1:19: pool.backends: must be a list: begin each element with `- `");
        row("empty backend", "pool:\n  backends:\n    -\n",
            "3:6: pool.backends[0]: is empty: write its keys, or remove the `-`");
        row("text for a backend", "pool:\n  backends:\n    - http://h\n",
            "3:7: pool.backends[0]: must be a section: write its keys with their values under it");
        row("list for pools", "pools: [a]\n",
            "1:8: pools: must be a section: write each name with a colon, and its keys under it");
        row("name of a pool", "pools: { \"a b\": {} }\n",
            "1:10: pools: `a b` is no name: write 1 to 64 letters, digits, `-` and `_`");
        row("text for the file", "hello\n",
            "1:1: the file must hold keys with values, as `proxy:`, each on its line");
        row("list for the file", "- a\n",
            "1:1: the file must hold keys with values, as `proxy:`, each on its line");
        row("https backend", "pool: { backends: [ { url: \"https://h\" } ] }\n",
            "1:28: pool.backends[0].url: TLS towards backends is not built yet: give the service's plain http "
            "address, or put a program "
            "that speaks TLS to it in between");
        row("duplicate key", "proxy: {}\nproxy: {}\n",
            "2:1: proxy: was already written in line 1: keep one of the two");
    }

    void names() {
        QFETCH(QByteArray, text);
        QFETCH(QByteArray, problem);
        const Reading reading = readText(text.toStdString());
        QVERIFY(!reading.config);
        QCOMPARE(problemsOf(reading), problem);
    }

    void tellsAllProblemsInTheOrderOfTheFile() {
        const Reading reading =
            readText("routes:\n  - { path: x, pool: nowhere }\npool:\n  backends:\n    - name: a\n"
                     "proxy:\n  port: x\n  prot: 1\n",
                     {{"REVERXY_PROXY__HOST", "?"}});
        QVERIFY(!reading.config);
        QCOMPARE(reading.problems.size(), size_t(6));
        const std::vector<unsigned> lines{2, 2, 5, 7, 8, 0};
        for (size_t i = 0; i < lines.size(); ++i)
            QCOMPARE(reading.problems[i].line, lines[i]);
    }

    void boundsItsProblems() {
        std::string text = "proxy:\n";
        for (int i = 0; i < 500; ++i)
            text += "  wrong" + std::to_string(i) + ": 1\n";
        const Reading reading = readText(text);
        QCOMPARE(reading.problems.size(), mostProblems + 1);
        QVERIFY(reading.problems.back().message.starts_with("and 400 more problems"));
    }

    // Files of the original Reverxy load unchanged.
    void readsTheOriginalsFiles() {
        const Reading reading =
            readText("proxy:\n  port: \"8080\"\n  default_ttl: 30s\n  max_age: 1h\n"
                     "load_balancer:\n  type: least-connections\n  pool:\n    health_checker: { interval: 5s }\n"
                     "    backends:\n      - url: http://localhost:1\n      - url: http://localhost:2\n");
        QVERIFY2(reading.config, problemsOf(reading));
        QVERIFY(reading.config->cache.defaultTtl == 30s);
        QVERIFY(reading.config->cache.maxAge == 1h);
        QCOMPARE(reading.config->pools.size(), size_t(1));
        const Pool& pool = reading.config->pools[0];
        QCOMPARE(pool.name, std::string("default"));
        QCOMPARE(pool.balance, BalanceAlgorithm::LeastConnections);
        QVERIFY(pool.healthChecker.interval == 5s);
        QCOMPARE(pool.backends.size(), size_t(2));
        QCOMPARE(reading.sources.at("cache.default_ttl").line, 3u);
        QCOMPARE(reading.sources.at("pool.backends[1].url").line, 11u);
    }

    void refusesOldAndNewPlaceTogether() {
        QCOMPARE(
            problemsOf(readText("proxy: { max_age: 1h }\ncache: { max_age: 2h }\n")),
            QByteArray("config.yaml:2:10: cache.max_age: was already written in line 1: keep one of the two\n"));
        QCOMPARE(problemsOf(readText("pool: {}\nload_balancer: { pool: {} }\n")),
                 QByteArray("config.yaml:2:18: pool: was already written in line 1: keep one of the two\n"));
    }

    void nestedPoolIsOnlyReadUnderTheGlobalSection() {
        const QByteArray problems = problemsOf(readText("pools: { a: { load_balancer: { pool: {} } } }\n"));
        QVERIFY2(problems.contains("pools.a.load_balancer.pool: is no known key"), problems);
    }
};

QTEST_APPLESS_MAIN(TestReader)
#include "test_reader.moc"
