// SPDX-License-Identifier: MIT
#include "limit/fixed_window.h"

#include <QTest>

using namespace reverxy::limit;

class TestFixedWindow : public QObject {
    Q_OBJECT
  private Q_SLOTS:

    void theLimitPassesAndNoMore() {
        const FixedWindow window(3, 1000);
        Count count;
        for (uint32_t i = 1; i <= 3; ++i) {
            const Standing standing = window.take(count, 100);
            QVERIFY(standing.allowed);
            QCOMPARE(standing.limit, 3u);
            QCOMPARE(standing.used, i);
            QCOMPARE(standing.remaining(), 3 - i);
        }
        for (int i = 0; i < 5; ++i) {
            const Standing standing = window.take(count, 999);
            QVERIFY(!standing.allowed);
            QCOMPARE(standing.used, 3u); // what was refused does not count
        }
    }

    void windowsBeginAtMultiplesOfTheirLength_data() {
        QTest::addColumn<quint64>("first");
        QTest::addColumn<quint64>("second");
        QTest::addColumn<bool>("same");
        QTest::newRow("the very first") << quint64(0) << quint64(999) << true;
        QTest::newRow("its end") << quint64(0) << quint64(1000) << false;
        QTest::newRow("late in one, early in the next") << quint64(1999) << quint64(2000) << false;
        QTest::newRow("a later one") << quint64(5000) << quint64(5999) << true;
        QTest::newRow("far apart") << quint64(10) << quint64(86'400'000) << false;
        QTest::newRow("time that ran back") << quint64(2001) << quint64(1999) << true;
    }

    void windowsBeginAtMultiplesOfTheirLength() {
        QFETCH(quint64, first);
        QFETCH(quint64, second);
        QFETCH(bool, same);
        const FixedWindow window(1, 1000);
        Count count;
        QVERIFY(window.take(count, first).allowed);
        QCOMPARE(window.take(count, second).allowed, !same);
    }

    void theResetIsTheWindowsEnd_data() {
        QTest::addColumn<quint64>("now");
        QTest::addColumn<quint64>("resetAfter");
        QTest::newRow("at its beginning") << quint64(60'000) << quint64(60'000);
        QTest::newRow("within") << quint64(100'000) << quint64(20'000);
        QTest::newRow("a millisecond before its end") << quint64(119'999) << quint64(1);
    }

    void theResetIsTheWindowsEnd() {
        QFETCH(quint64, now);
        QFETCH(quint64, resetAfter);
        const FixedWindow window(10, 60'000);
        Count count;
        QCOMPARE(quint64(window.look(count, now).resetAfter), quint64(0)); // nothing is used
        QCOMPARE(quint64(window.take(count, now).resetAfter), resetAfter);
        QCOMPARE(quint64(window.look(count, now).resetAfter), resetAfter);
    }

    void timeThatRanBackDoesNotLengthenTheWindow() {
        const FixedWindow window(10, 1000);
        Count count;
        window.take(count, 5000);
        QCOMPARE(quint64(window.take(count, 4000).resetAfter), quint64(1000));
    }

    void lookingCountsNothing() {
        const FixedWindow window(1, 1000);
        Count count;
        QVERIFY(window.look(count, 0).allowed);
        QVERIFY(window.take(count, 0).allowed);
        QVERIFY(!window.look(count, 0).allowed);
        QVERIFY(window.look(count, 1000).allowed);
        QCOMPARE(window.look(count, 1000).used, 0u);
    }

    void aLoweredLimitHoldsAtOnce() {
        Count count;
        const FixedWindow before(10, 1000);
        for (int i = 0; i < 7; ++i)
            before.take(count, 0);
        const FixedWindow after(5, 1000);
        const Standing standing = after.take(count, 1);
        QVERIFY(!standing.allowed);
        QCOMPARE(standing.used, 5u);
        QCOMPARE(standing.remaining(), 0u);
        QVERIFY(FixedWindow(8, 1000).take(count, 2).allowed); // and a raised one goes on from what was used
        QVERIFY(!FixedWindow(8, 1000).take(count, 2).allowed);
    }
};

QTEST_APPLESS_MAIN(TestFixedWindow)
#include "test_fixed_window.moc"
