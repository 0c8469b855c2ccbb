// SPDX-License-Identifier: MIT
#include "cache/entry_list.h"

#include "cache/stored_text.h"

#include <QTest>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

using namespace reverxy::cache;
using namespace reverxy::test;

namespace {

struct Entries {
    explicit Entries(size_t count) {
        for (size_t i = 0; i < count; ++i) {
            all.push_back(stored(std::to_string(i), "body"));
            list.addNewest(*all.back());
        }
    }

    /// Takes them out, the oldest first.
    std::string order() {
        std::string order;
        while (const StoredResponse* const oldest = list.oldest()) {
            order += oldest->key();
            list.remove(*oldest);
        }
        return order;
    }

    std::vector<StoredRef> all;
    EntryList list;
};

} // namespace

class TestEntryList : public QObject {
    Q_OBJECT
  private Q_SLOTS:

    void usesSetTheOrder_data() {
        QTest::addColumn<QString>("uses");
        QTest::addColumn<QString>("order");
        const auto row = [](const char* uses, const char* order) {
            QTest::newRow(uses) << QString::fromLatin1(uses) << QString::fromLatin1(order);
        };
        row("", "01234");
        row("0", "12340");
        row("4", "01234");
        row("2", "01342");
        row("22", "01342");
        row("212", "03412");
        row("01", "23401");
        row("43210", "43210");
    }

    void usesSetTheOrder() {
        QFETCH(QString, uses);
        QFETCH(QString, order);
        Entries entries(5);
        for (const QChar use : uses)
            entries.list.makeNewest(*entries.all[static_cast<size_t>(use.digitValue())]);
        QCOMPARE(QString::fromStdString(entries.order()), order);
    }

    void theOnlyOneMayBeUsed() {
        Entries entries(1);
        entries.list.makeNewest(*entries.all[0]);
        entries.list.makeNewest(*entries.all[0]);
        QCOMPARE(entries.order(), std::string("0"));
        QVERIFY(!entries.list.oldest());
    }

    /// What was used last stands in its old place still: it, or a neighbour, may leave.
    void whatWasUsedAndItsNeighboursMayLeave() {
        for (const size_t leaves : {1u, 2u, 3u, 4u}) {
            Entries entries(5);
            entries.list.makeNewest(*entries.all[2]);
            entries.list.remove(*entries.all[leaves]);
            std::string expected = "01342";
            expected.erase(expected.find(static_cast<char>('0' + leaves)), 1);
            QCOMPARE(entries.order(), expected);
        }
    }

    void aNewOneIsNewerThanWhatWasUsed() {
        Entries entries(3);
        entries.list.makeNewest(*entries.all[1]);
        const StoredRef added = stored("3", "body");
        entries.list.addNewest(*added);
        QCOMPARE(entries.order(), std::string("0213"));
    }

    void theOldestIsAlwaysKnown() {
        std::mt19937 random(1);
        Entries entries(7);
        std::vector<size_t> order{0, 1, 2, 3, 4, 5, 6};
        for (int step = 0; step < 10'000; ++step) {
            const size_t used = random() % order.size();
            entries.list.makeNewest(*entries.all[used]);
            order.erase(std::find(order.begin(), order.end(), used));
            order.push_back(used);
            QCOMPARE(entries.list.oldest(), entries.all[order.front()].raw());
        }
    }
};

QTEST_APPLESS_MAIN(TestEntryList)
#include "test_entry_list.moc"
