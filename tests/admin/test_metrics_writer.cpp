// SPDX-License-Identifier: MIT
#include "admin/metrics_writer.h"

#include <QTest>

using namespace reverxy::admin;
using Type = MetricsWriter::Type;

/// Prometheus' text format, version 0.0.4.
class TestMetricsWriter : public QObject {
    Q_OBJECT
  private Q_SLOTS:

    void aFamilyAndItsSamples() {
        MetricsWriter writer;
        writer.family("a_total", Type::Counter, "Counts a.");
        writer.sample({}, 1);
        writer.sample({{"x", "1"}, {"y", "two"}}, 18446744073709551615u);
        writer.gauge("b", "Is b.", 0);
        QCOMPARE(writer.take(), std::string("# HELP a_total Counts a.\n# TYPE a_total counter\na_total 1\n"
                                            "a_total{x=\"1\",y=\"two\"} 18446744073709551615\n"
                                            "# HELP b Is b.\n# TYPE b gauge\nb 0\n"));
    }

    void anEmptyLabelIsNone() {
        MetricsWriter writer;
        writer.family("a", Type::Gauge, "Is a.");
        writer.sample({{"x", ""}, {"y", "1"}, {"z", ""}}, 1);
        writer.sample({{"x", ""}}, 2);
        const std::string text = writer.take();
        QVERIFY(text.ends_with("gauge\na{y=\"1\"} 1\na 2\n"));
    }

    void labelValuesAreEscaped_data() {
        QTest::addColumn<QByteArray>("value");
        QTest::addColumn<QByteArray>("written");
        QTest::newRow("plain") << QByteArray("orders-1.v2") << QByteArray("orders-1.v2");
        QTest::newRow("a quote") << QByteArray("a\"b") << QByteArray("a\\\"b");
        QTest::newRow("a backslash") << QByteArray("a\\b") << QByteArray("a\\\\b");
        QTest::newRow("a backslash before a quote") << QByteArray("\\\"") << QByteArray("\\\\\\\"");
        QTest::newRow("a line feed does not end the line") << QByteArray("a\nb") << QByteArray("a\\\\nb");
        QTest::newRow("what ends a label") << QByteArray("\"} 7\nx{y=\"") << QByteArray("\\\"} 7\\\\nx{y=\\\"");
        QTest::newRow("a control character") << QByteArray("\x1b[2J") << QByteArray("\\\\x1B[2J");
        QTest::newRow("no UTF-8") << QByteArray("\xff") << QByteArray("\\\\xFF");
        QTest::newRow("UTF-8") << QByteArray("caf\xc3\xa9") << QByteArray("caf\xc3\xa9");
    }

    void labelValuesAreEscaped() {
        QFETCH(QByteArray, value);
        QFETCH(QByteArray, written);
        std::string out;
        appendLabelValue(out, value.toStdString());
        QCOMPARE(QByteArray::fromStdString(out).toLower(), written.toLower());
        QVERIFY(out.find('\n') == std::string::npos);
    }

    void secondsAreExact_data() {
        QTest::addColumn<quint64>("micros");
        QTest::addColumn<QByteArray>("written");
        QTest::newRow("0") << quint64(0) << QByteArray("0");
        QTest::newRow("a microsecond") << quint64(1) << QByteArray("0.000001");
        QTest::newRow("100 µs") << quint64(100) << QByteArray("0.0001");
        QTest::newRow("2.5 ms") << quint64(2500) << QByteArray("0.0025");
        QTest::newRow("1 s") << quint64(1'000'000) << QByteArray("1");
        QTest::newRow("7.5 s") << quint64(7'500'000) << QByteArray("7.5");
        QTest::newRow("10 s") << quint64(10'000'000) << QByteArray("10");
        QTest::newRow("a moment in time") << quint64(1'700'000'000'120'000) << QByteArray("1700000000.12");
    }

    void secondsAreExact() {
        QFETCH(quint64, micros);
        QFETCH(QByteArray, written);
        std::string out;
        appendSeconds(out, micros);
        QCOMPARE(QByteArray::fromStdString(out), written);
    }

    void bucketsAreCumulative() {
        reverxy::observe::Histogram histogram;
        for (const uint32_t micros : {50u, 60u, 3'000u, 20'000'000u})
            histogram.add(micros);
        MetricsWriter writer;
        writer.family("d_seconds", Type::Histogram, "How long.");
        writer.histogram({{"r", "x"}}, histogram);
        const std::string text = writer.take();
        for (const char* line :
             {"d_seconds_bucket{r=\"x\",le=\"0.0001\"} 2\n", "d_seconds_bucket{r=\"x\",le=\"0.0025\"} 2\n",
              "d_seconds_bucket{r=\"x\",le=\"0.005\"} 3\n", "d_seconds_bucket{r=\"x\",le=\"10\"} 3\n",
              "d_seconds_bucket{r=\"x\",le=\"+Inf\"} 4\n", "d_seconds_sum{r=\"x\"} 20.00311\n",
              "d_seconds_count{r=\"x\"} 4\n"})
            QVERIFY2(text.find(line) != std::string::npos, line);
    }

    void aSummaryWithoutLabels() {
        MetricsWriter writer;
        writer.family("p_seconds", Type::Summary, "How long.");
        writer.summary({}, 2, 1500);
        QCOMPARE(writer.take(), std::string("# HELP p_seconds How long.\n# TYPE p_seconds summary\n"
                                            "p_seconds_sum 0.0015\np_seconds_count 2\n"));
    }
};

QTEST_APPLESS_MAIN(TestMetricsWriter)
#include "test_metrics_writer.moc"
