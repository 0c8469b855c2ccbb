// SPDX-License-Identifier: MIT
#include "observe/repeat_filter.h"

#include <QTest>

using namespace reverxy;
using namespace reverxy::observe;
using namespace std::chrono_literals;

namespace {

const TimePoint start{1000s};

IpAddress client(unsigned number) {
    return IpAddress::v4(
        {10, static_cast<uint8_t>(number >> 16), static_cast<uint8_t>(number >> 8), static_cast<uint8_t>(number)});
}

} // namespace

class TestRepeatFilter : public QObject {
    Q_OBJECT
  private Q_SLOTS:

    void oneLinePerMinutePasses() {
        RepeatFilter filter;
        QVERIFY(filter.admit(client(1), 5, start).pass);
        QVERIFY(!filter.admit(client(1), 5, start).pass);
        QVERIFY(!filter.admit(client(1), 5, start + 59'999ms).pass);
        const RepeatFilter::Verdict later = filter.admit(client(1), 5, start + 60s);
        QVERIFY(later.pass);
        QCOMPARE(later.suppressedBefore, 2u);
        // Counted anew from the line that passed.
        QVERIFY(!filter.admit(client(1), 5, start + 61s).pass);
        QCOMPARE(filter.admit(client(1), 5, start + 120s).suppressedBefore, 1u);
        QCOMPARE(filter.admit(client(1), 5, start + 999s).suppressedBefore, 0u);
    }

    void clientsAndKindsAreApart() {
        RepeatFilter filter;
        QVERIFY(filter.admit(client(1), 5, start).pass);
        QVERIFY(filter.admit(client(1), 6, start).pass);
        QVERIFY(filter.admit(client(2), 5, start).pass);
        QVERIFY(!filter.admit(client(1), 6, start).pass);
        QVERIFY(!filter.admit(client(2), 5, start).pass);
    }

    void theUnknownClientIsAClientToo() {
        RepeatFilter filter;
        QVERIFY(filter.admit(IpAddress(), 0, start).pass);
        QVERIFY(!filter.admit(IpAddress(), 0, start).pass);
    }

    void aTimeThatStandsStillOrRunsBackPassesNothing() {
        RepeatFilter filter;
        QVERIFY(filter.admit(client(1), 5, start).pass);
        QVERIFY(!filter.admit(client(1), 5, start - 10s).pass);
    }

    void aFullTableLetsTheOldestGo() {
        RepeatFilter filter(4); // one group
        for (unsigned i = 0; i < 4; ++i)
            QVERIFY(filter.admit(client(i), 0, start + i * 1s).pass);
        for (unsigned i = 0; i < 4; ++i)
            QVERIFY(!filter.admit(client(i), 0, start + 4s).pass);
        QVERIFY(filter.admit(client(99), 0, start + 5s).pass); // in the place of client 0
        QVERIFY(!filter.admit(client(1), 0, start + 6s).pass);
        QVERIFY(!filter.admit(client(2), 0, start + 6s).pass);
        QVERIFY(!filter.admit(client(3), 0, start + 6s).pass);
        QVERIFY(!filter.admit(client(99), 0, start + 6s).pass);
        QVERIFY(filter.admit(client(0), 0, start + 7s).pass);
    }

    /// A flood of clients may pass one line each; a client that keeps on is held back all the same.
    void aFloodOfClientsIsBounded() {
        RepeatFilter filter;
        unsigned passed = 0;
        for (unsigned round = 0; round < 50; ++round) {
            for (unsigned i = 0; i < 300; ++i)
                passed += filter.admit(client(i), 1, start + round * 1s).pass ? 1 : 0;
        }
        QVERIFY(passed >= 300);
        QVERIFY2(passed < 600, "300 clients find their places in a table of 1,024");
    }

    void tinyTablesWork() {
        RepeatFilter filter(0);
        QVERIFY(filter.admit(client(1), 0, start).pass);
        QVERIFY(!filter.admit(client(1), 0, start).pass);
    }
};

QTEST_APPLESS_MAIN(TestRepeatFilter)
#include "test_repeat_filter.moc"
