// SPDX-License-Identifier: MIT
#include "ui/models/format.h"

#include <QTest>

using namespace reverxy::ui;

class TestFormat : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void rates_data();
    void rates();
    void durations_data();
    void durations();
    void whatTookNoTimeThatCanBeTold();
    void spans_data();
    void spans();
    void sizes_data();
    void sizes();
    void noMeasureIsADash();
    void oneIsNotMany();
};

/// Expected texts are written with plain spaces.
static QString plain(QString text) {
    return text.replace(QChar(QChar::Nbsp), QLatin1Char(' '));
}

void TestFormat::rates_data() {
    QTest::addColumn<double>("rate");
    QTest::addColumn<QString>("text");

    QTest::newRow("none") << 0.0 << QStringLiteral("0");
    QTest::newRow("not a number") << qQNaN() << QStringLiteral("0");
    QTest::newRow("some, but hardly") << 0.04 << QStringLiteral("<0.1");
    QTest::newRow("few") << 0.1 << QStringLiteral("0.1");
    QTest::newRow("tens") << 58.44 << QStringLiteral("58.4");
    QTest::newRow("just below a hundred") << 99.949 << QStringLiteral("99.9");
    QTest::newRow("rounds to a hundred") << 99.96 << QStringLiteral("100");
    QTest::newRow("thousands") << 1234.4 << QStringLiteral("1,234");
    QTest::newRow("just below ten thousand") << 9999.4 << QStringLiteral("9,999");
    QTest::newRow("ten thousand") << 9999.6 << QStringLiteral("10.0k");
    QTest::newRow("hundred thousands") << 123'456.0 << QStringLiteral("123k");
    QTest::newRow("a million") << 1'240'000.0 << QStringLiteral("1.2M");
}

void TestFormat::rates() {
    QFETCH(double, rate);
    QFETCH(QString, text);
    QCOMPARE(rateText(rate), text);
}

void TestFormat::durations_data() {
    QTest::addColumn<quint64>("micros");
    QTest::addColumn<QString>("text");

    QTest::newRow("none") << quint64(0) << QStringLiteral("0 µs");
    QTest::newRow("microseconds") << quint64(999) << QStringLiteral("999 µs");
    QTest::newRow("a millisecond") << quint64(1000) << QStringLiteral("1.00 ms");
    QTest::newRow("three figures") << quint64(12'449) << QStringLiteral("12.4 ms");
    QTest::newRow("rounds up a figure") << quint64(9'996) << QStringLiteral("10.0 ms");
    QTest::newRow("below a second") << quint64(999'499) << QStringLiteral("999 ms");
    QTest::newRow("a second") << quint64(999'500) << QStringLiteral("1.00 s");
    QTest::newRow("seconds") << quint64(12'400'000) << QStringLiteral("12.4 s");
    QTest::newRow("minutes") << quint64(125'000'000) << QStringLiteral("2 min 5 s");
}

void TestFormat::durations() {
    QFETCH(quint64, micros);
    QFETCH(QString, text);
    QCOMPARE(plain(durationText(micros)), text);
}

void TestFormat::whatTookNoTimeThatCanBeTold() {
    QCOMPARE(plain(tookText(0)), QStringLiteral("<1 ms"));
    QCOMPARE(plain(tookText(40)), QStringLiteral("40 µs"));
}

void TestFormat::spans_data() {
    QTest::addColumn<qint64>("seconds");
    QTest::addColumn<QString>("text");

    QTest::newRow("clocks that disagree") << qint64(-3) << QStringLiteral("0 s");
    QTest::newRow("seconds") << qint64(59) << QStringLiteral("59 s");
    QTest::newRow("a whole minute") << qint64(60) << QStringLiteral("1 min");
    QTest::newRow("minutes") << qint64(725) << QStringLiteral("12 min 5 s");
    QTest::newRow("hours") << qint64(8040) << QStringLiteral("2 h 14 min");
    QTest::newRow("days") << qint64(273'600) << QStringLiteral("3 d 4 h");
}

void TestFormat::spans() {
    QFETCH(qint64, seconds);
    QFETCH(QString, text);
    QCOMPARE(plain(spanText(seconds)), text);
}

void TestFormat::sizes_data() {
    QTest::addColumn<quint64>("bytes");
    QTest::addColumn<QString>("text");

    QTest::newRow("none") << quint64(0) << QStringLiteral("0 B");
    QTest::newRow("bytes") << quint64(1023) << QStringLiteral("1023 B");
    QTest::newRow("kibibytes") << quint64(1536) << QStringLiteral("1.5 KiB");
    QTest::newRow("a mebibyte, not 1024 KiB") << quint64(1024 * 1024 - 1) << QStringLiteral("1.0 MiB");
    QTest::newRow("hundreds") << quint64(512) * 1024 * 1024 << QStringLiteral("512 MiB");
    QTest::newRow("the most there can be") << ~quint64(0) << QStringLiteral("16384 PiB");
}

void TestFormat::sizes() {
    QFETCH(quint64, bytes);
    QFETCH(QString, text);
    QCOMPARE(plain(sizeText(bytes)), text);
}

void TestFormat::noMeasureIsADash() {
    QCOMPARE(durationOrNothing(0), nothing());
    QCOMPARE(plain(durationOrNothing(1)), QStringLiteral("1 µs"));
}

void TestFormat::oneIsNotMany() {
    QCOMPARE(countedText(0, QStringLiteral("request")), QStringLiteral("0 requests"));
    QCOMPARE(countedText(1, QStringLiteral("request")), QStringLiteral("1 request"));
    QCOMPARE(countedText(1'234'567, QStringLiteral("request")), QStringLiteral("1,234,567 requests"));
}

QTEST_APPLESS_MAIN(TestFormat)
#include "test_format.moc"
