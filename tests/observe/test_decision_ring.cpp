// SPDX-License-Identifier: MIT
#include "observe/decision_ring.h"
#include "observe/packed_decision.h"

#include <QTest>

#include <deque>
#include <random>

using namespace reverxy::observe;

namespace {

/// All of the same size, a long one.
Decision numbered(uint64_t id) {
    Decision decision{};
    decision.id = id;
    decision.target.assign(std::string(300, 't'));
    decision.details.assign(std::string(300, 'd'));
    return decision;
}

/// That have room for so many of those.
size_t roomFor(size_t count) {
    return count * (sizeof(uint32_t) + packedSizeOf(numbered(1)));
}

Decision ofAnySize(std::mt19937& random, uint64_t id) {
    Decision decision{};
    decision.id = id;
    decision.target.assign(std::string(random() % 300, 't'));
    for (size_t attempts = random() % 9; attempts > 0; --attempts)
        decision.beginAttempt().startedMicros = static_cast<uint32_t>(id);
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
        const DecisionRing ring(roomFor(4));
        QCOMPARE(ring.added(), uint64_t{0});
        QVERIFY(ring.latest(10).empty());
    }

    void givesTheNewestLast() {
        DecisionRing ring(roomFor(4));
        for (uint64_t id = 1; id <= 3; ++id)
            ring.add(numbered(id));
        QVERIFY((ids(ring, 10) == Ids{1, 2, 3}));
        QVERIFY((ids(ring, 2) == Ids{2, 3}));
        QVERIFY(ids(ring, 0).empty());
    }

    void overwritesTheOldest() {
        DecisionRing ring(roomFor(4));
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
        DecisionRing ring(roomFor(4));
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
        Decision longest = numbered(0);
        longest.clientHops = 200;
        longest.candidatesTotal = longest.attemptsTotal = 200;
        longest.method.assign(std::string(300, 'm'));
        longest.host.assign(std::string(300, 'h'));
        QVERIFY(packedSizeOf(longest) <= maxPackedSize());
        for (longest.id = 1; longest.id <= 3; ++longest.id) {
            ring.add(longest);
            QVERIFY((ids(ring, 10) == Ids{longest.id}));
        }
    }

    /// Against a list of all that was added: what is held is the end of it, unchanged, and as much as has room.
    void holdsTheEndOfWhatWasAdded() {
        std::mt19937 random(7);
        for (const size_t bytes : {size_t{0}, size_t{2000}, size_t{5000}, size_t{20000}}) {
            DecisionRing ring(bytes);
            std::deque<Decision> all;
            for (uint64_t id = 1; id <= 2000; ++id) {
                const Decision decision = ofAnySize(random, id);
                ring.add(decision);
                all.push_back(decision);
                const std::vector<Decision> held = ring.latest(SIZE_MAX);
                QVERIFY(!held.empty() && held.size() <= all.size());
                all.erase(all.begin(), all.end() - static_cast<std::ptrdiff_t>(held.size()));
                size_t size = 0;
                for (size_t i = 0; i < held.size(); ++i) {
                    QCOMPARE(held[i].id, all[i].id);
                    QCOMPARE(held[i].target.view(), all[i].target.view());
                    QCOMPARE(held[i].target.totalSize(), all[i].target.totalSize());
                    QCOMPARE(held[i].attemptsTotal, all[i].attemptsTotal);
                    for (size_t attempt = 0; attempt < held[i].attemptsKept(); ++attempt)
                        QCOMPARE(held[i].attempts[attempt].startedMicros, uint32_t(held[i].id));
                    size += packedSizeOf(held[i]) + sizeof(uint32_t);
                }
                // Short of the room by less than the next one and the end that none fitted into.
                if (id > 500)
                    QVERIFY(size + 2 * maxPackedSize() >= bytes);
            }
        }
    }
};

QTEST_APPLESS_MAIN(TestDecisionRing)
#include "test_decision_ring.moc"
