// SPDX-License-Identifier: MIT
#include "observe/decision_ring.h"

#include <QTest>

using namespace reverxy::observe;

namespace {

Decision numbered(uint64_t id) {
    Decision decision{};
    decision.id = id;
    return decision;
}

std::vector<uint64_t> ids(const DecisionRing& ring, size_t count) {
    std::vector<uint64_t> result;
    for (const Decision& decision : ring.latest(count))
        result.push_back(decision.id);
    return result;
}

using Ids = std::vector<uint64_t>;

} // namespace

class TestDecisionRing : public QObject {
    Q_OBJECT
  private Q_SLOTS:

    void startsEmpty() {
        const DecisionRing ring(4);
        QCOMPARE(ring.added(), uint64_t{0});
        QVERIFY(ring.latest(10).empty());
    }

    void givesTheNewestLast() {
        DecisionRing ring(4);
        for (uint64_t id = 1; id <= 3; ++id)
            ring.add(numbered(id));
        QVERIFY((ids(ring, 10) == Ids{1, 2, 3}));
        QVERIFY((ids(ring, 2) == Ids{2, 3}));
        QVERIFY(ids(ring, 0).empty());
    }

    void overwritesTheOldest() {
        DecisionRing ring(4);
        for (uint64_t id = 1; id <= 10; ++id)
            ring.add(numbered(id));
        QVERIFY((ids(ring, 10) == Ids{7, 8, 9, 10}));
        QVERIFY((ids(ring, 1) == Ids{10}));
        QCOMPARE(ring.added(), uint64_t{10});
    }

    void givesWhatCameAfterAPosition_data() {
        QTest::addColumn<uint64_t>("position");
        QTest::addColumn<size_t>("count");
        QTest::addColumn<QList<uint64_t>>("expected");
        QTest::addColumn<uint64_t>("skipped");
        using List = QList<uint64_t>;
        QTest::newRow("nothing new") << uint64_t(10) << size_t(9) << List{} << uint64_t(0);
        QTest::newRow("the last two") << uint64_t(8) << size_t(9) << List{9, 10} << uint64_t(0);
        QTest::newRow("more than is held") << uint64_t(3) << size_t(9) << List{7, 8, 9, 10} << uint64_t(3);
        QTest::newRow("more than is wanted") << uint64_t(6) << size_t(1) << List{10} << uint64_t(3);
        QTest::newRow("none is wanted") << uint64_t(6) << size_t(0) << List{} << uint64_t(4);
        QTest::newRow("a position that is not reached yet") << uint64_t(50) << size_t(9) << List{} << uint64_t(0);
    }

    void givesWhatCameAfterAPosition() {
        QFETCH(uint64_t, position);
        QFETCH(size_t, count);
        QFETCH(QList<uint64_t>, expected);
        QFETCH(uint64_t, skipped);
        DecisionRing ring(4);
        for (uint64_t id = 1; id <= 10; ++id)
            ring.add(numbered(id));
        const DecisionRing::Part part = ring.after(position, count);
        QList<uint64_t> got;
        for (const Decision& decision : part.decisions)
            got.append(decision.id);
        QCOMPARE(got, expected);
        QCOMPARE(part.skipped, skipped);
    }

    void holdsAtLeastOne() {
        DecisionRing ring(0);
        ring.add(numbered(1));
        ring.add(numbered(2));
        QVERIFY((ids(ring, 10) == Ids{2}));
    }
};

QTEST_APPLESS_MAIN(TestDecisionRing)
#include "test_decision_ring.moc"
