// SPDX-License-Identifier: MIT
#include "limit/memory_limit.h"

#include <QTest>

using namespace reverxy::limit;

/// `memory_limit`: first the cache shrinks, then buffers, then new connections wait.
class TestMemoryLimit : public QObject {
    Q_OBJECT
  private Q_SLOTS:

    void withoutALimitNothingIsDone() {
        QVERIFY(measuresFor({0, UINT64_MAX, UINT64_MAX, 100}, {}) == MemoryMeasures());
        QVERIFY(measuresFor({0, UINT64_MAX, 0, 100}, {0, true, true}) == MemoryMeasures());
    }

    void oneAfterTheOther_data() {
        QTest::addColumn<quint64>("used");
        QTest::addColumn<quint64>("cache");
        QTest::addColumn<quint64>("cacheBound");
        QTest::addColumn<bool>("frugal");
        QTest::addColumn<bool>("hold");
        const auto row = [](const char* name, quint64 used, quint64 cache, quint64 bound, bool frugal, bool hold) {
            QTest::newRow(name) << used << cache << bound << frugal << hold;
        };
        row("plenty: the cache may grow into what is free", 300, 200, 700, false, false);
        row("at its bound", 800, 200, 200, false, false);
        row("beyond it the cache gives up the excess", 850, 200, 150, false, false);
        row("however much that is", 870, 40, 0, false, false);
        row("then buffers", 880, 40, 0, true, false);
        row("not yet the connections", 949, 0, 0, true, false);
        row("then those", 950, 0, 0, true, true);
        row("far beyond", 5000, 300, 0, true, true);
    }

    void oneAfterTheOther() {
        QFETCH(quint64, used);
        QFETCH(quint64, cache);
        QFETCH(quint64, cacheBound);
        QFETCH(bool, frugal);
        QFETCH(bool, hold);
        const MemoryMeasures measures = measuresFor({1000, used, cache, 1}, {});
        QCOMPARE(quint64(measures.cacheBound), cacheBound);
        QCOMPARE(measures.frugalBuffers, frugal);
        QCOMPARE(measures.holdClients, hold);
    }

    void whatHasBegunEndsOnlyALittleLower() {
        MemoryMeasures measures = measuresFor({1000, 960, 0, 1}, {});
        QVERIFY(measures.frugalBuffers && measures.holdClients);
        measures = measuresFor({1000, 900, 0, 1}, measures);
        QVERIFY(measures.frugalBuffers && measures.holdClients);
        measures = measuresFor({1000, 899, 0, 1}, measures);
        QVERIFY(measures.frugalBuffers && !measures.holdClients);
        measures = measuresFor({1000, 940, 0, 1}, measures);
        QVERIFY(measures.frugalBuffers && !measures.holdClients);
        measures = measuresFor({1000, 829, 0, 1}, measures);
        QVERIFY(!measures.frugalBuffers);
    }

    void withoutAClientNobodyWaits() {
        QVERIFY(!measuresFor({1000, 2000, 0, 0}, {0, true, true}).holdClients);
        QVERIFY(measuresFor({1000, 2000, 0, 1}, {}).holdClients);
    }

    void largeNumbersDoNotRunOver() {
        const uint64_t tebibyte = uint64_t{1} << 40;
        QCOMPARE(quint64(measuresFor({tebibyte, 0, 0, 1}, {}).cacheBound), quint64(tebibyte / 100 * 80 + 60));
        QVERIFY(measuresFor({1, 1, 0, 1}, {}).holdClients);
    }
};

QTEST_APPLESS_MAIN(TestMemoryLimit)
#include "test_memory_limit.moc"
