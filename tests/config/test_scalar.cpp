// SPDX-License-Identifier: MIT
#include "config/scalar.h"

#include <QTest>

#include <array>
#include <limits>

using namespace reverxy::config;

namespace {

constexpr uint64_t anything = std::numeric_limits<int64_t>::max();

} // namespace

class TestScalar : public QObject {
    Q_OBJECT
  private Q_SLOTS:

    void readsDurations_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<qint64>("milliseconds");
        QTest::addColumn<QByteArray>("canonical");
        QTest::newRow("milliseconds") << QByteArray("250ms") << qint64(250) << QByteArray("250ms");
        QTest::newRow("seconds") << QByteArray("10s") << qint64(10'000) << QByteArray("10s");
        QTest::newRow("minutes") << QByteArray("5m") << qint64(300'000) << QByteArray("5m");
        QTest::newRow("hours") << QByteArray("24h") << qint64(86'400'000) << QByteArray("24h");
        QTest::newRow("nothing") << QByteArray("0s") << qint64(0) << QByteArray("0s");
        QTest::newRow("nothing in hours") << QByteArray("0h") << qint64(0) << QByteArray("0s");
        QTest::newRow("largest unit that divides") << QByteArray("5400s") << qint64(5'400'000) << QByteArray("90m");
    }

    void readsDurations() {
        QFETCH(QByteArray, text);
        QFETCH(qint64, milliseconds);
        QFETCH(QByteArray, canonical);
        const auto read = parseDuration(text.toStdString(), 0, anything);
        QVERIFY2(read, read.problem.c_str());
        QCOMPARE(qint64(read.value->count()), milliseconds);
        QCOMPARE(QByteArray::fromStdString(formatDuration(*read.value)), canonical);
    }

    void refusesDurations_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("remedy"); // part of the sentence
        const auto row = [](const char* text, const char* remedy) {
            QTest::newRow(text) << QByteArray(text) << QByteArray(remedy);
        };
        row("", "write a whole number with its unit");
        row("s", "write a whole number with its unit");
        row("30", "has no unit");
        row("-5s", "write a whole number with its unit");
        row("+5s", "write a whole number with its unit");
        row("1.5s", "write a whole number with its unit");
        row("1m30s", "write a whole number with its unit");
        row("10 s", "did you mean");
        row("10sec", "did you mean `10s`");
        row("5min", "did you mean `5m`");
        row("5millis", "did you mean `5ms`");
        row("2Hours", "did you mean `2h`");
        row("5S", "did you mean `5s`");
        row("05s", "begins with a zero");
        row("9ms", "from 10ms to 1m");
        row("61s", "from 10ms to 1m");
        row("18446744073709551615h", "from 10ms to 1m");
        row("18446744073709551616ms", "from 10ms to 1m");
        row("99999999999999999999999999h", "from 10ms to 1m");
    }

    void refusesDurations() {
        QFETCH(QByteArray, text);
        QFETCH(QByteArray, remedy);
        const auto read = parseDuration(text.toStdString(), 10, 60'000);
        QVERIFY(!read);
        QVERIFY2(read.problem.find(remedy.toStdString()) != std::string::npos, read.problem.c_str());
    }

    void readsSizes_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<quint64>("bytes");
        QTest::addColumn<QByteArray>("canonical");
        QTest::newRow("bytes") << QByteArray("512B") << quint64(512) << QByteArray("512B");
        QTest::newRow("KiB") << QByteArray("64KiB") << quint64(65'536) << QByteArray("64KiB");
        QTest::newRow("MiB") << QByteArray("16MiB") << quint64(16'777'216) << QByteArray("16MiB");
        QTest::newRow("GiB") << QByteArray("1GiB") << quint64(1'073'741'824) << QByteArray("1GiB");
        QTest::newRow("nothing") << QByteArray("0B") << quint64(0) << QByteArray("0B");
        QTest::newRow("largest unit that divides")
            << QByteArray("2048KiB") << quint64(2'097'152) << QByteArray("2MiB");
    }

    void readsSizes() {
        QFETCH(QByteArray, text);
        QFETCH(quint64, bytes);
        QFETCH(QByteArray, canonical);
        const auto read = parseSize(text.toStdString(), 0, anything);
        QVERIFY2(read, read.problem.c_str());
        QCOMPARE(quint64(*read.value), bytes);
        QCOMPARE(QByteArray::fromStdString(formatSize(*read.value)), canonical);
    }

    void refusesSizes_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("remedy");
        const auto row = [](const char* text, const char* remedy) {
            QTest::newRow(text) << QByteArray(text) << QByteArray(remedy);
        };
        row("65536", "has no unit");
        row("64KB", "did you mean `64KiB`");
        row("64k", "did you mean `64KiB`");
        row("1G", "did you mean `1GiB`");
        row("1.5MiB", "write a whole number with its unit");
        row("1B", "from 1KiB to 1MiB");
        row("2MiB", "from 1KiB to 1MiB");
        row("17179869184GiB", "from 1KiB to 1MiB"); // 2^64 bytes: would wrap to 0
        row("17179869185GiB", "from 1KiB to 1MiB"); // would wrap to 1GiB
    }

    void refusesSizes() {
        QFETCH(QByteArray, text);
        QFETCH(QByteArray, remedy);
        const auto read = parseSize(text.toStdString(), 1024, 1 << 20);
        QVERIFY(!read);
        QVERIFY2(read.problem.find(remedy.toStdString()) != std::string::npos, read.problem.c_str());
    }

    // The core schema of YAML 1.2 knows true and false; yes, on and their kin were YAML 1.1's.
    void readsBooleansOfTheCoreSchema() {
        for (const char* text : {"true", "True", "TRUE"})
            QCOMPARE(parseBoolean(text).value, std::optional(true));
        for (const char* text : {"false", "False", "FALSE"})
            QCOMPARE(parseBoolean(text).value, std::optional(false));
        for (const char* text : {"yes", "no", "on", "off", "y", "1", "0", "tRue", "", "true "})
            QVERIFY2(!parseBoolean(text), text);
    }

    void readsWholeNumbersInTheirRange() {
        QCOMPARE(parseInteger("0", 0, 10).value, std::optional<uint64_t>(0));
        QCOMPARE(parseInteger("10", 0, 10).value, std::optional<uint64_t>(10));
        QCOMPARE(parseInteger("18446744073709551615", 0, UINT64_MAX).value, std::optional<uint64_t>(UINT64_MAX));
        for (const char* text :
             {"11", "-1", "18446744073709551616", "", "1.0", "0x1", "1_0", "01", "1e1", " 1", "1 ", "one"})
            QVERIFY2(!parseInteger(text, 0, 10), text);
        QCOMPARE(parseInteger("11", 0, 10).problem,
                 std::string("`11` is out of range: write a value from 0 to 10"));
    }

    void namesTheWordThatWasMeant() {
        constexpr std::array<std::string_view, 3> words{"round-robin", "weighted-round-robin", "least-connections"};
        QCOMPARE(parseWord("least-connections", words).value, std::optional<uint64_t>(2));
        QVERIFY(parseWord("roundrobin", words).problem.find("did you mean `round-robin`?") != std::string::npos);
        QVERIFY(parseWord("least_connections", words).problem.find("did you mean `least-connections`?") !=
                std::string::npos);
        const std::string far = parseWord("random", words).problem;
        QVERIFY(far.find("did you mean") == std::string::npos);
        QVERIFY(far.find("round-robin, weighted-round-robin or least-connections") != std::string::npos);
    }

    void readsRangesOfStatuses_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<int>("first"); // 0: refused
        QTest::addColumn<int>("last");
        const auto row = [](const char* text, int first, int last) {
            QTest::newRow(text) << QByteArray(text) << first << last;
        };
        row("200-399", 200, 399);
        row("204", 204, 204);
        row("204-204", 204, 204);
        row("100-599", 100, 599);
        row("399-200", 0, 0);
        row("99-200", 0, 0);
        row("200-600", 0, 0);
        row("200-", 0, 0);
        row("-200", 0, 0);
        row("200-300-400", 0, 0);
        row("2xx", 0, 0);
        row("", 0, 0);
    }

    void readsRangesOfStatuses() {
        QFETCH(QByteArray, text);
        QFETCH(int, first);
        QFETCH(int, last);
        const auto read = parseStatusRange(text.toStdString());
        QCOMPARE(bool(read), first != 0);
        QCOMPARE(read.problem.empty(), first != 0);
        if (read) {
            QCOMPARE(int(read.value->first), first);
            QCOMPARE(int(read.value->last), last);
            QCOMPARE(parseStatusRange(formatStatusRange(*read.value)).value, read.value);
        }
    }

    void quotesHostileTextWithinALine() {
        QCOMPARE(quoted("a\nb\x1b[31m"), std::string("`a?b?[31m`"));
        const std::string cut = reverxy::config::quoted(std::string(59, 'a') + "\xC3\xA9" + "tail");
        QCOMPARE(cut, "`" + std::string(59, 'a') + "…`"); // no half of a character is left
    }
};

QTEST_APPLESS_MAIN(TestScalar)
#include "test_scalar.moc"
