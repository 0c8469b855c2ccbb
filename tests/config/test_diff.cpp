// SPDX-License-Identifier: MIT
#include "config/diff.h"

#include "reading.h"

#include <QTest>

using namespace reverxy::config;

class TestDiff : public QObject {
    Q_OBJECT
  private Q_SLOTS:

    void tellsWhatAReloadMeans_data() {
        QTest::addColumn<QByteArray>("next");
        QTest::addColumn<QByteArray>("restart"); // keys, with spaces between
        QTest::addColumn<bool>("live");
        const auto row = [](const char* next, const char* restart, bool live) {
            QTest::newRow(next) << QByteArray(next) << QByteArray(restart) << live;
        };
        row("pool: { backends: [ { url: http://a } ] }", "", false);
        row("# moved\npool:\n  backends:\n    - name: backend-1\n      url: http://a\n", "", false);
        row("pool: { backends: [ { url: http://b } ] }", "", true);
        row("{}", "", true);
        row("{ proxy: { port: 9090 }, pool: { backends: [ { url: http://a } ] } }", "proxy.port", false);
        row("{ proxy: { port: 9090, host: 0.0.0.0, probe_host: '::1', probe_port: 1, workers: 2 }, pool: { "
            "backends: [ { url: http://a } ] } }",
            "proxy.host proxy.port proxy.probe_port proxy.probe_host proxy.workers", false);
        row("{ proxy: { workers: 3, retries: 1 }, pool: { backends: [ { url: http://a } ] } }", "proxy.workers",
            true);
        row("{ pool: { backends: [ { url: http://a } ], health_checker: { rise: 9 } } }", "", true);
        row("{ pool: { backends: [ { url: http://a } ] }, routes: [ { name: x } ] }", "", true);
        row("{ pool: { backends: [ { url: http://a } ] }, log: { level: debug } }", "", true);
        row("{ pool: { backends: [ { url: http://a } ] }, cache: { max_age: 1h } }", "", true);
    }

    void tellsWhatAReloadMeans() {
        QFETCH(QByteArray, next);
        QFETCH(QByteArray, restart);
        QFETCH(bool, live);
        const Config running = *readText("pool: { backends: [ { url: http://a } ] }").config;
        const Reading reading = readText(next.toStdString());
        QVERIFY2(reading.config, problemsOf(reading));
        const Difference result = difference(running, *reading.config);
        QByteArray keys;
        for (const std::string& key : result.restart)
            keys += (keys.isEmpty() ? "" : " ") + QByteArray::fromStdString(key);
        QCOMPARE(keys, restart);
        QCOMPARE(result.live, live);
        QCOMPARE(result.empty(), restart.isEmpty() && !live);
    }
};

QTEST_APPLESS_MAIN(TestDiff)
#include "test_diff.moc"
