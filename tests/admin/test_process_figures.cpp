// SPDX-License-Identifier: MIT
#include "admin/process_figures.h"

#include <QFile>
#include <QTest>

#include <sys/resource.h>

using namespace reverxy::admin;

namespace {

/// As proc(5) describes it.
std::string stat(const std::string& name) {
    return "4711 (" + name +
           ") S 1 2 3 4 5 6 7 8 9 10 250 50 0 0 20 0 7 0 12345 104857600 2560 18446744073709551615 1\n";
}

} // namespace

class TestProcessFigures : public QObject {
    Q_OBJECT
  private Q_SLOTS:

    void readsWhatTheSystemTells_data() {
        QTest::addColumn<QByteArray>("name");
        QTest::newRow("plain") << QByteArray("reverxy");
        QTest::newRow("with spaces and parentheses") << QByteArray("a) S 1 (b");
        QTest::newRow("with a line feed") << QByteArray("a\nb");
    }

    void readsWhatTheSystemTells() {
        QFETCH(QByteArray, name);
        const auto figures = parseProcessStat(stat(name.toStdString()), 100, 4096, 1'700'000'000);
        QVERIFY(figures);
        QCOMPARE(*figures->cpuMicros, uint64_t(3'000'000));
        QCOMPARE(*figures->threads, uint64_t(7));
        QCOMPARE(*figures->startMillis, uint64_t(1'700'000'123'450));
        QCOMPARE(*figures->virtualBytes, uint64_t(104'857'600));
        QCOMPARE(*figures->residentBytes, uint64_t(2560 * 4096));
    }

    void refusesAnythingElse_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::newRow("nothing") << QByteArray();
        QTest::newRow("no name") << QByteArray("1 2 3");
        QTest::newRow("too short") << QByteArray("1 (a) S 1 2 3");
        QTest::newRow("no number") << QByteArray("1 (a) S 1 2 3 4 5 6 7 8 9 10 x 50 0 0 20 0 7 0 1 1 1");
        QTest::newRow("less than nothing") << QByteArray("1 (a) S 1 2 3 4 5 6 7 8 9 10 1 -5 0 0 20 0 7 0 1 1 1");
    }

    void refusesAnythingElse() {
        QFETCH(QByteArray, text);
        QVERIFY(!parseProcessStat(text.toStdString(), 100, 4096, 0));
    }

    void refusesUnitsThatAreNone() { QVERIFY(!parseProcessStat(stat("a"), 0, 4096, 0)); }

    void findsTheTimeOfBooting() {
        QCOMPARE(parseBootSecond("cpu  1 2 3\nintr 5 6\nctxt 7\nbtime 1700000000\nprocesses 9\n"),
                 std::optional<uint64_t>(1'700'000'000));
        QCOMPARE(parseBootSecond("btime 5"), std::optional<uint64_t>(5));
        QCOMPARE(parseBootSecond("xbtime 5\n"), std::nullopt);
        QCOMPARE(parseBootSecond("btime soon\n"), std::nullopt);
        QCOMPARE(parseBootSecond(""), std::nullopt);
    }

    void knowsThisProcess() {
        if (!QFile::exists(QStringLiteral("/proc/self/stat")))
            QSKIP("the system has no /proc");
        const ProcessFigures before = readProcessFigures();
        QVERIFY(before.residentBytes && *before.residentBytes > 1 << 20);
        QVERIFY(before.virtualBytes && *before.virtualBytes >= *before.residentBytes);
        QVERIFY(before.threads && *before.threads >= 1);
        QVERIFY(before.maxDescriptors && before.openDescriptors);
        QVERIFY(*before.openDescriptors >= 3 && *before.openDescriptors <= *before.maxDescriptors);
        const auto now = static_cast<uint64_t>(QDateTime::currentMSecsSinceEpoch());
        QVERIFY(*before.startMillis <= now + 2000 && *before.startMillis + 3'600'000 > now);
        QFile file(QStringLiteral("/proc/self/stat"));
        QVERIFY(file.open(QIODevice::ReadOnly));
        const ProcessFigures after = readProcessFigures();
        QCOMPARE(*after.openDescriptors, *before.openDescriptors + 1);
        QVERIFY(*after.cpuMicros >= *before.cpuMicros);
    }
};

QTEST_APPLESS_MAIN(TestProcessFigures)
#include "test_process_figures.moc"
