// SPDX-License-Identifier: MIT
#include "observe/series_table.h"

#include <QTest>

using namespace reverxy::observe;

namespace {

/// Hashes badly on purpose: keys meet in the same places.
struct Key {
    uint32_t number = 0;
    bool operator==(const Key&) const = default;

    static constexpr Key rest() { return {UINT32_MAX}; }

    uint64_t hash() const { return number % 3; }
};

struct Count {
    uint64_t value = 0;

    void merge(const Count& other) { value += other.value; }
};

using Table = SeriesTable<Key, Count>;

} // namespace

class TestSeriesTable : public QObject {
    Q_OBJECT
  private Q_SLOTS:

    void startsEmpty() {
        const Table table;
        QVERIFY(table.entries().empty());
        QVERIFY(!table.seriesOf({1}));
    }

    void keepsKeysApart() {
        Table table;
        for (uint32_t round = 0; round < 3; ++round) {
            for (uint32_t key = 0; key < 100; ++key)
                table.at({key}).value += key;
        }
        QCOMPARE(table.entries().size(), size_t(100));
        for (uint32_t key = 0; key < 100; ++key) {
            QVERIFY(table.seriesOf({key}));
            QCOMPARE(table.seriesOf({key})->value, uint64_t(3) * key);
            QCOMPARE(table.entries()[key].key.number, key); // as first seen
        }
        QVERIFY(!table.seriesOf({100}));
    }

    void guessesByPlaceAlone() {
        Table table;
        QVERIFY(!table.guess({1}));
        table.at({1});
        QVERIFY(table.guess({1}) && table.guess({1})->key == Key{1});
        QVERIFY(table.guess({4}) && table.guess({4})->key == Key{1}); // unknown, but it would stand there
        QVERIFY(!table.guess({2}));
    }

    void countsUnderTheRestWhatItHasNoRoomFor() {
        Table table(2);
        for (uint32_t key = 1; key <= 10; ++key)
            ++table.at({key}).value;
        QCOMPARE(table.entries().size(), size_t(3));
        QCOMPARE(table.seriesOf({1})->value, uint64_t(1));
        QCOMPARE(table.seriesOf({2})->value, uint64_t(1));
        QVERIFY(!table.seriesOf({3}));
        QCOMPARE(table.seriesOf(Key::rest())->value, uint64_t(8));
        ++table.at({2}).value; // the known ones go on
        QCOMPARE(table.seriesOf({2})->value, uint64_t(2));
    }

    void aTableWithoutRoomHasOnlyTheRest() {
        Table table(0);
        ++table.at({1}).value;
        ++table.at({2}).value;
        QCOMPARE(table.entries().size(), size_t(1));
        QCOMPARE(table.seriesOf(Key::rest())->value, uint64_t(2));
    }

    void mergesSeriesOfTheSameKey() {
        Table one;
        one.at({1}).value = 10;
        one.at({2}).value = 20;
        Table other;
        other.at({2}).value = 5;
        other.at({3}).value = 7;
        one.merge(other);
        QCOMPARE(one.entries().size(), size_t(3));
        QCOMPARE(one.seriesOf({1})->value, uint64_t(10));
        QCOMPARE(one.seriesOf({2})->value, uint64_t(25));
        QCOMPARE(one.seriesOf({3})->value, uint64_t(7));
    }
};

QTEST_APPLESS_MAIN(TestSeriesTable)
#include "test_series_table.moc"
