// SPDX-License-Identifier: MIT
#include "limit/client_table.h"

#include <QTest>

#include <algorithm>
#include <chrono>
#include <memory>
#include <random>
#include <string>
#include <vector>

using namespace reverxy;
using namespace reverxy::limit;
using namespace std::chrono_literals;

namespace {

constexpr HashSeed seed{11, 12};
constexpr TimePoint anchor = TimePoint{} + 1000h;

QuotaPolicy policyOf(uint32_t limit, config::LimitAlgorithm algorithm = config::LimitAlgorithm::FixedWindow) {
    config::RateLimiter settings;
    settings.algorithm = algorithm;
    settings.limit = limit;
    settings.window = 60s;
    return QuotaPolicy(settings);
}

ClientKey client(uint32_t number) {
    const auto byte = [number](int shift) { return static_cast<uint8_t>(number >> shift); };
    return keyOfAddress(IpAddress::v4({byte(24), byte(16), byte(8), byte(0)}), 64);
}

/// A table with a policy and a clock that stands still unless the test moves it.
struct Clients {
    explicit Clients(uint32_t limit, uint32_t most,
                     config::LimitAlgorithm algorithm = config::LimitAlgorithm::FixedWindow)
        : policy(policyOf(limit, algorithm)), maxClients(most) {}

    Admission ask(uint32_t number) { return table->admit(policy, maxClients, client(number), now); }

    bool passes(uint32_t number) { return ask(number).standing.allowed; }

    bool remembers(uint32_t number) const {
        const auto rows = table->snapshot(policy, 1'000'000, now);
        return std::any_of(rows.begin(), rows.end(),
                           [&](const ClientRow& row) { return row.key == client(number); });
    }

    std::unique_ptr<ClientTable> table = std::make_unique<ClientTable>(seed, anchor);
    QuotaPolicy policy;
    uint32_t maxClients;
    TimePoint now = anchor;
};

} // namespace

class TestClientTable : public QObject {
    Q_OBJECT
  private Q_SLOTS:

    void eachClientHasItsOwnQuota() {
        Clients clients(2, 100);
        for (uint32_t number = 1; number <= 10; ++number) {
            QVERIFY(clients.passes(number));
            QVERIFY(clients.passes(number));
            QVERIFY(!clients.passes(number));
        }
        clients.now += 60s;
        QVERIFY(clients.passes(1));
    }

    void windowsAreAlignedOnTheAnchor() {
        Clients clients(1, 100);
        clients.now = anchor + 59'999ms;
        QVERIFY(clients.passes(1));
        QVERIFY(!clients.passes(1));
        clients.now = anchor + 60s;
        QVERIFY(clients.passes(1));
        clients.now = anchor - 5h; // time that ran back is no way out
        QVERIFY(!clients.passes(1));
    }

    void theColdestLeavesFirst() {
        Clients clients(10, 3);
        for (const uint32_t number : {1u, 2u, 3u, 1u}) {
            clients.now += 1s;
            clients.ask(number);
        }
        clients.now += 1s;
        QVERIFY(clients.ask(4).remembered);
        QVERIFY(!clients.remembers(2)); // not 1, which was seen again
        QVERIFY(clients.remembers(1) && clients.remembers(3) && clients.remembers(4));
        clients.now += 1s;
        clients.ask(5);
        QVERIFY(!clients.remembers(3));
        QCOMPARE(clients.table->totals().evictions, uint64_t(2));
        QCOMPARE(clients.table->totals().clients, uint64_t(3));
    }

    /// Against a list that is sorted by when its clients were last seen.
    void theColdestLeavesFirstHoweverManyThereAre() {
        constexpr uint32_t most = 500;
        Clients clients(1'000'000, most);
        std::vector<uint32_t> byColdness;
        std::mt19937 random(7);
        for (int i = 0; i < 20'000; ++i) {
            const auto number = static_cast<uint32_t>(random() % 700);
            const auto known = std::find(byColdness.begin(), byColdness.end(), number);
            if (known != byColdness.end())
                byColdness.erase(known);
            else if (byColdness.size() == most)
                byColdness.erase(byColdness.begin());
            byColdness.push_back(number);
            clients.now += 1ms;
            QVERIFY(clients.ask(number).remembered);
        }
        const auto rows = clients.table->snapshot(clients.policy, most, clients.now);
        QCOMPARE(rows.size(), size_t(most));
        for (size_t i = 0; i < most; ++i)
            QVERIFY(rows[i].key == client(byColdness[most - 1 - i]));
    }

    void aFloodFreesNobodyAndTakesNoMemory_data() {
        QTest::addColumn<int>("algorithm");
        QTest::addColumn<uint>("limit");
        using config::LimitAlgorithm;
        QTest::newRow("fixed window") << static_cast<int>(LimitAlgorithm::FixedWindow) << 3u;
        QTest::newRow("sliding window") << static_cast<int>(LimitAlgorithm::SlidingWindow) << 3u;
        QTest::newRow("token bucket") << static_cast<int>(LimitAlgorithm::TokenBucket) << 3u;
        QTest::newRow("the flood uses up its quota too") << static_cast<int>(LimitAlgorithm::FixedWindow) << 1u;
    }

    void aFloodFreesNobodyAndTakesNoMemory() {
        QFETCH(int, algorithm);
        QFETCH(uint, limit);
        Clients clients(limit, 1000, static_cast<config::LimitAlgorithm>(algorithm));
        for (uint32_t number = 0; number < 100; ++number) {
            while (clients.passes(number)) {
            }
        }
        for (uint32_t number = 0; number < 100'000; ++number)
            clients.ask(1'000'000 + number);
        QVERIFY(clients.table->totals().clients <= 1000);
        for (uint32_t number = 0; number < 100; ++number)
            QVERIFY(!clients.passes(number));
    }

    void whereAllAreThrottledTheOthersShareOneCount() {
        Clients clients(2, 3);
        for (uint32_t number = 1; number <= 3; ++number) {
            clients.ask(number);
            clients.ask(number);
            clients.now += 1s;
        }
        const Admission first = clients.ask(4);
        QVERIFY(first.standing.allowed);
        QVERIFY(!first.remembered);
        QVERIFY(clients.passes(5));
        QVERIFY(!clients.passes(6));
        QVERIFY(!clients.passes(4));
        QCOMPARE(clients.table->totals().shared, uint64_t(4));
        QCOMPARE(clients.table->totals().clients, uint64_t(3));
        clients.now += 60s; // what the three had used up has come back: the first of them makes room
        QVERIFY(clients.ask(4).remembered);
        QVERIFY(!clients.remembers(1));
    }

    void whoeverHasBeenThrottledLeavesOnceThatIsOver() {
        Clients clients(1, 2);
        clients.ask(1); // has nothing left
        clients.now += 30s;
        clients.ask(2);
        clients.now += 30s;
        QVERIFY(clients.ask(3).remembered);
        QVERIFY(!clients.remembers(1));
        QVERIFY(clients.remembers(2));
    }

    void aLoweredBoundIsReachedAsNewClientsCome() {
        Clients clients(10, 1000);
        for (uint32_t number = 0; number < 1000; ++number)
            clients.ask(number);
        clients.maxClients = 10;
        for (uint32_t number = 0; number < 500; ++number)
            clients.ask(10'000 + number);
        QCOMPARE(clients.table->totals().clients, uint64_t(10));
    }

    void resettingFreesOneOrAll() {
        Clients clients(1, 100);
        for (uint32_t number = 1; number <= 5; ++number) {
            clients.ask(number);
            QVERIFY(!clients.passes(number));
        }
        QVERIFY(clients.table->reset(client(2)));
        QVERIFY(!clients.table->reset(client(2)));
        QVERIFY(!clients.table->reset(client(99)));
        QVERIFY(clients.passes(2));
        QVERIFY(!clients.passes(3));
        clients.table->resetAll();
        QCOMPARE(clients.table->totals().clients, uint64_t(0));
        for (uint32_t number = 1; number <= 5; ++number)
            QVERIFY(clients.passes(number));
    }

    void resettingAllFreesThoseWithoutAPlaceToo() {
        Clients clients(1, 1);
        clients.ask(1);
        clients.ask(2);
        QVERIFY(!clients.passes(3));
        clients.table->resetAll();
        QVERIFY(clients.passes(1));
        QVERIFY(clients.passes(3));
    }

    void theSnapshotShowsTheThrottledFirst() {
        Clients clients(2, 1000);
        for (uint32_t number = 1; number <= 100; ++number) {
            clients.now += 10ms;
            clients.ask(number);
        }
        for (const uint32_t number : {7u, 9u, 8u}) {
            clients.now += 10ms;
            clients.ask(number);
            clients.ask(number);
        }
        const auto rows = clients.table->snapshot(clients.policy, 5, clients.now + 1s);
        QCOMPARE(rows.size(), size_t(5));
        const std::vector<uint32_t> expected{8, 9, 7, 100, 99};
        for (size_t i = 0; i < 5; ++i)
            QVERIFY(rows[i].key == client(expected[i]));
        const ClientRow& first = rows[0];
        QVERIFY(!first.standing.allowed);
        QCOMPARE(first.standing.used, 2u);
        QCOMPARE(first.standing.limit, 2u);
        QCOMPARE(first.allowed, uint64_t(2));
        QCOMPARE(first.throttled, uint64_t(1));
        QVERIFY(first.firstSeen == anchor + 80ms);
        QVERIFY(first.lastSeen == clients.now);
        QCOMPARE(quint64(first.standing.resetAfter), quint64(60'000 - 1030 - 1000));
        QVERIFY(rows[3].standing.allowed);
        QCOMPARE(rows[3].standing.remaining(), 1u);
    }

    void theSnapshotSeesWhatHasComeBack() {
        Clients clients(1, 1000);
        clients.ask(1);
        clients.now += 60s;
        const auto rows = clients.table->snapshot(clients.policy, 5, clients.now);
        QCOMPARE(rows.size(), size_t(1));
        QVERIFY(rows[0].standing.allowed);
        QCOMPARE(rows[0].standing.used, 0u);
    }

    void totalsAddUp() {
        Clients clients(2, 2);
        for (const uint32_t number : {1u, 1u, 1u, 2u, 2u, 3u, 3u, 3u, 3u})
            clients.ask(number);
        const LimitTotals totals = clients.table->totals();
        QCOMPARE(totals.allowed, uint64_t(6));
        QCOMPARE(totals.throttled, uint64_t(3));
        QCOMPARE(totals.shared, uint64_t(4));
        QCOMPARE(totals.clients, uint64_t(2));
        QCOMPARE(totals.evictions, uint64_t(0));
    }
};

QTEST_APPLESS_MAIN(TestClientTable)
#include "test_client_table.moc"
