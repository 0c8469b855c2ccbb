// SPDX-License-Identifier: MIT
#include "config/print.h"

#include "config/settings.h"
#include "reading.h"

#include <QTest>

using namespace reverxy::config;

namespace {

QByteArray printed(const Reading& reading) {
    return QByteArray::fromStdString(printConfiguration(*reading.config, reading.sources));
}

/// The lines with the source cut off and the ends trimmed.
QList<QByteArray> valuesOf(const QByteArray& text) {
    QList<QByteArray> lines;
    for (const QByteArray& line : text.split('\n'))
        lines += line.left(line.indexOf(" # ")).trimmed();
    return lines;
}

} // namespace

class TestPrint : public QObject {
    Q_OBJECT
  private Q_SLOTS:

    void everyValueHasItsSource() {
        const Reading reading = readText("proxy:\n  retries: 5\n", {{"REVERXY_LOG__LEVEL", "debug"}},
                                         {{"proxy.port", "9090", "--port"}});
        const QByteArray text = printed(reading);
        QVERIFY2(text.contains(QByteArray("\n  port: 9090").leftJustified(45) + "# flag --port\n"), text);
        QVERIFY2(
            text.contains(QByteArray("\n  level: debug").leftJustified(45) + "# environment REVERXY_LOG__LEVEL\n"),
            text);
        QVERIFY2(text.contains(QByteArray("\n  retries: 5").leftJustified(45) + "# config.yaml:2\n"), text);
        QVERIFY2(text.contains(QByteArray("\n  host: localhost").leftJustified(45) + "# default\n"), text);
        for (const QByteArray& line : text.split('\n')) {
            if (!line.isEmpty() && !line.endsWith(':'))
                QVERIFY2(line.contains("  # "), line);
        }
    }

    // Exactly the values that stand in the example, written as they stand there.
    void printsTheExamplesValues() {
        const std::string example = fileText(REVERXY_TEST_FOLDER "/config.example.yaml");
        const Reading reading = readText(example);
        QVERIFY2(reading.config, problemsOf(reading));
        const QList<QByteArray> lines = valuesOf(printed(reading));
        int compared = 0;
        for (const QByteArray& line : QByteArray::fromStdString(example).split('\n')) {
            QByteArray value = line.left(line.indexOf(" #") < 0 ? line.size() : line.indexOf(" #")).trimmed();
            if (value.startsWith('#') || value.isEmpty() || value.endsWith(':') || value.contains('{'))
                continue;
            QVERIFY2(lines.contains(value), value);
            ++compared;
        }
        QVERIFY(compared > 50);
        QVERIFY(lines.contains("size: 1000"));
        QVERIFY(lines.contains("timeout: 5s"));
    }

    void readsBackAsTheSame_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::newRow("nothing") << QByteArray();
        QTest::newRow("example") << QByteArray::fromStdString(fileText(REVERXY_TEST_FOLDER "/config.example.yaml"));
        QTest::newRow("hosts that need quotes") << QByteArray(
            "proxy: { host: '::', probe_host: '::1', probe_port: 1, trusted_proxies: ['::/0', 10.0.0.0/8] }\n");
        QTest::newRow("pools and routes") << QByteArray(
            "pools:\n  a: { backends: [ { url: \"http://[::1]:80/x\", health_url: \"/h?a=b&c='d'\" } ] }\n"
            "  b: { load_balancer: { type: least-connections }, health_checker: { enabled: false } }\n"
            "  default: { when_all_down: refuse }\n"
            "load_balancer: { type: weighted-round-robin }\nrate_limiter: { limit: 7, key: \"header:X-Key\" }\n"
            "routes:\n  - { host: \"*.a.b\", path: /a, strip_prefix: /a, pool: a, rate_limiter: { enabled: true } "
            "}\n"
            "  - { pool: b }\n  - { name: last }\n");
        QTest::newRow("pools without routes") << QByteArray("pools: { b: {}, a: {} }\n");
        QTest::newRow("pool behind pools") << QByteArray("pools: { b: {}, a: {} }\npool: {}\n");
        QTest::newRow("odd units") << QByteArray(
            "proxy: { idle_timeout: 90000ms, max_header_size: 2048B }\ncache: { max_age: 120m }\n");
        QTest::newRow("lists") << QByteArray("log: { redact: ['X-A', \"!x\", \"*\", \"~\", \"%\", \"#a\"] }\n");
    }

    void readsBackAsTheSame() {
        QFETCH(QByteArray, text);
        const Reading first = readText(text.toStdString());
        QVERIFY2(first.config, problemsOf(first));
        const QByteArray print = printed(first);
        const Reading second = readText(print.toStdString());
        QVERIFY2(second.config, problemsOf(second) + print);
        QVERIFY2(*first.config == *second.config, print);
    }

    void whatIsInheritedNamesItsOrigin() {
        const Reading reading = readText(
            "rate_limiter:\n  limit: 7\nload_balancer:\n  type: least-connections\nroutes:\n  - rate_limiter:\n"
            "      burst: 3\n");
        const QByteArray text = printed(reading);
        QCOMPARE(text.count("limit: 7 "), 2);
        QCOMPARE(text.count("# config.yaml:2\n"), 2);
        QCOMPARE(text.count("type: least-connections"), 2);
        QCOMPARE(text.count("# config.yaml:4\n"), 2);
        QCOMPARE(text.count("burst: 3 "), 1);
    }

    void unwrittenRouteStaysUnwritten() {
        QVERIFY(printed(readText("")).contains("\nroutes: []"));
        QVERIFY(!printed(readText("routes: [ {} ]\n")).contains("routes: []"));
    }
};

QTEST_APPLESS_MAIN(TestPrint)
#include "test_print.moc"
