// SPDX-License-Identifier: MIT
#include "cache/store.h"
#include "cache/stored_text.h"

#include <QTest>

#include <algorithm>
#include <set>
#include <thread>

using namespace reverxy;
using namespace reverxy::cache;
using namespace reverxy::test;
using namespace std::string_literals;
using namespace std::chrono_literals;

namespace {

/// A store and a clock that moves when told.
struct Shelf {
    explicit Shelf(uint64_t limit = 1 << 20) { store.setLimit(limit); }

    uint64_t hash(std::string_view key) const { return store.hashOf(key); }

    StoredRef put(std::string_view key, std::string_view body = "body", std::string_view selecting = "") {
        now += 1ms;
        StoredFacts facts;
        facts.responseTime = WallTime(now.time_since_epoch());
        StoredRef entry = stored(key, body, selecting, {}, facts);
        return store.insert(entry, hash(key), now) ? entry : StoredRef();
    }

    /// A part of the whole, not in the store yet.
    StoredRef part(std::string_view key, std::string_view body, std::string_view selecting = "") const {
        StoredFacts facts;
        facts.status = 206;
        facts.partial = true;
        return stored(key, body, selecting, {}, facts);
    }

    StoredRef putPart(std::string_view key, std::string_view body, std::string_view selecting = "") {
        now += 1ms;
        const StoredRef entry = part(key, body, selecting);
        return store.insert(entry, hash(key), now) ? entry : StoredRef();
    }

    std::vector<StoredRef> find(std::string_view key) {
        now += 1ms;
        Store::Variants variants;
        const size_t count = store.find(key, hash(key), now, variants);
        return {variants.begin(), variants.begin() + static_cast<std::ptrdiff_t>(count)};
    }

    std::string body(std::string_view key) {
        const auto found = find(key);
        return found.empty() ? "" : bodyText(BodySlices(*found.front()));
    }

    Store store{HashSeed{1, 2}};
    TimePoint now{1h};
};

} // namespace

class TestStore : public QObject {
    Q_OBJECT

  private Q_SLOTS:

    void whatIsPutIsFound() {
        Shelf shelf;
        shelf.put("a", "one");
        shelf.put("b", "two");
        QCOMPARE(shelf.body("a"), "one"s);
        QCOMPARE(shelf.body("b"), "two"s);
        QVERIFY(shelf.find("c").empty());
        QCOMPARE(shelf.store.entries(), uint64_t(2));
    }

    void keysThatDifferInAnyByteNeverMeet() {
        Shelf shelf;
        shelf.put("http://h/a?x=1");
        for (const auto& other : {"http://h/a?x=2"s, "http://h/a?x="s, "http://h/A?x=1"s, "http://h/a?x=1\0"s, ""s})
            QVERIFY(shelf.find(other).empty());
    }

    void oneVariantTakesItsOwnPlaceOnly() {
        Shelf shelf;
        shelf.put("a", "de", "Accept-Language: de\r\n");
        shelf.put("a", "en", "Accept-Language: en\r\n");
        shelf.put("a", "DE", "Accept-Language: de\r\n");
        std::set<std::string> bodies;
        for (const StoredRef& found : shelf.find("a"))
            bodies.insert(bodyText(BodySlices(*found)));
        QCOMPARE(bodies, (std::set<std::string>{"DE", "en"}));
        QCOMPARE(shelf.store.entries(), uint64_t(2));
    }

    void ofTooManyVariantsTheFirstStoredLeaves() {
        Shelf shelf;
        for (size_t i = 0; i <= Store::maxVariants; ++i)
            shelf.put("a", std::to_string(i), "X: " + std::to_string(i) + "\r\n");
        const auto found = shelf.find("a");
        QCOMPARE(found.size(), Store::maxVariants);
        for (const StoredRef& variant : found)
            QVERIFY(bodyText(BodySlices(*variant)) != "0");
    }

    void theOneNotUsedForTheLongestTimeLeavesFirst() {
        Shelf shelf;
        const uint64_t size = shelf.put("0")->footprint();
        for (int i = 1; i < 100; ++i)
            shelf.put(std::to_string(i));
        for (int i = 0; i < 50; ++i) // the first half is wanted again
            QCOMPARE(shelf.find(std::to_string(i)).size(), size_t(1));
        shelf.store.setLimit(shelf.store.bytes() - 50 * size);
        for (int i = 0; i < 100; ++i)
            QCOMPARE(shelf.find(std::to_string(i)).size(), size_t(i < 50 ? 1 : 0));
        QCOMPARE(shelf.store.evictions(), uint64_t(50));
    }

    void ofSeveralVariantsTheChosenOneStays() {
        Shelf shelf;
        const StoredRef chosen = shelf.put("a", "1", "X: 1\r\n");
        const StoredRef other = shelf.put("a", "2", "X: 2\r\n");
        QCOMPARE(shelf.find("a").size(), size_t(2));
        shelf.store.used(*chosen, shelf.hash("a"), shelf.now);
        shelf.store.setLimit(shelf.store.bytes() - 1);
        QVERIFY(shelf.find("a").front() == chosen);
    }

    void whatIsTooLargeForAllOfItIsNotTaken() {
        Shelf shelf(10'000);
        shelf.put("small");
        QVERIFY(!shelf.put("large", std::string(20'000, 'x')));
        QVERIFY(shelf.find("large").empty());
        QCOMPARE(shelf.find("small").size(), size_t(1));
    }

    void anEntryBeingServedMayLeave() {
        Shelf shelf;
        shelf.put("a", "still readable");
        const StoredRef serving = shelf.find("a").front();
        shelf.store.setLimit(0);
        QCOMPARE(shelf.store.entries(), uint64_t(0));
        QCOMPARE(bodyText(BodySlices(*serving)), "still readable"s);
    }

    void aPartDoesNotTakeTheWholesPlace_data() {
        QTest::addColumn<bool>("replaces");
        QTest::newRow("that it meets") << false;
        QTest::newRow("that has come to where it moves to") << true;
    }

    /// The whole may have been stored by somebody else while the part came; whatever was there stays.
    void aPartDoesNotTakeTheWholesPlace() {
        QFETCH(bool, replaces);
        Shelf shelf;
        const StoredRef whole = shelf.put("a", "0123", "X: 2\r\n");
        const StoredRef old = shelf.putPart("a", "01", "X: 1\r\n");
        const uint64_t bytes = shelf.store.bytes();
        const StoredRef part = shelf.part("a", "23", "X: 2\r\n");
        QVERIFY(!(replaces ? shelf.store.replace(*old, part, shelf.hash("a"), shelf.now)
                           : shelf.store.insert(part, shelf.hash("a"), shelf.now)));
        const auto found = shelf.find("a");
        QCOMPARE(found.size(), size_t(2));
        QVERIFY(std::find(found.begin(), found.end(), whole) != found.end());
        QVERIFY(std::find(found.begin(), found.end(), old) != found.end());
        QCOMPARE(shelf.store.entries(), uint64_t(2));
        QCOMPARE(shelf.store.bytes(), bytes);
        shelf.store.purge(shelf.hash("a"));
        QCOMPARE(shelf.store.entries(), uint64_t(0));
    }

    void aPartTakesAPartsPlaceAndTheWholeThatOfBoth() {
        Shelf shelf;
        shelf.putPart("a", "01");
        QVERIFY(shelf.putPart("a", "012"));
        QCOMPARE(shelf.body("a"), "012"s);
        shelf.put("b", "0123");
        QVERIFY2(shelf.putPart("b", "01", "X: 1\r\n"), "another variant is in nobody's way");
        QVERIFY(shelf.put("a", "0123"));
        QCOMPARE(shelf.body("a"), "0123"s);
        QCOMPARE(shelf.store.entries(), uint64_t(3));
    }

    void aFreshenedOneTakesTheOldOnesPlaceOnlyIfThatIsStillThere() {
        Shelf shelf;
        const StoredRef old = shelf.put("a", "body");
        const StoredRef fresh =
            StoredResponse::makeFreshened(*old, old->selecting(), fieldList({{"ETag", "2"}}), {});
        QVERIFY(shelf.store.replace(*old, fresh, shelf.hash("a"), shelf.now));
        QCOMPARE(shelf.find("a").size(), size_t(1));
        QVERIFY(shelf.find("a").front() == fresh);
        const StoredRef late =
            StoredResponse::makeFreshened(*old, old->selecting(), fieldList({{"ETag", "3"}}), {});
        QVERIFY(!shelf.store.replace(*old, late, shelf.hash("a"), shelf.now));
        QVERIFY(shelf.find("a").front() == fresh);
        QCOMPARE(shelf.store.entries(), uint64_t(1));
    }

    void purging_data() {
        QTest::addColumn<QByteArray>("prefix");
        QTest::addColumn<QByteArrayList>("left");
        QTest::newRow("a URL") << QByteArray("http://h/a/1")
                               << QByteArrayList{"http://h/a/2", "http://h/b", "http://i/"};
        QTest::newRow("a path") << QByteArray("http://h/a/") << QByteArrayList{"http://h/b", "http://i/"};
        QTest::newRow("a host") << QByteArray("http://h/") << QByteArrayList{"http://i/"};
        QTest::newRow("none") << QByteArray("x")
                              << QByteArrayList{"http://h/a/1", "http://h/a/2", "http://h/b", "http://i/"};
    }

    void purging() {
        QFETCH(QByteArray, prefix);
        QFETCH(QByteArrayList, left);
        const std::vector<std::string> keys{"http://h/a/1", "http://h/a/2", "http://h/b", "http://i/"};
        Shelf soft;
        Shelf hard;
        for (const std::string& key : keys) {
            soft.put(key);
            hard.put(key);
        }
        const size_t removed = keys.size() - static_cast<size_t>(left.size());
        const auto scope = KeyScope::prefix(prefix.toStdString());
        QVERIFY(scope);
        QCOMPARE(hard.store.purge(*scope), removed);
        QCOMPARE(soft.store.markStale(*scope), removed);
        for (const std::string& key : keys) {
            const bool stays = left.contains(QByteArray::fromStdString(key));
            QCOMPARE(hard.find(key).size(), size_t(stays ? 1 : 0));
            QCOMPARE(soft.find(key).front()->markedStale(), !stays);
        }
    }

    void oneKeyIsPurgedByItsHash() {
        Shelf shelf;
        shelf.put("a", "1", "X: 1\r\n");
        shelf.put("a", "2", "X: 2\r\n");
        shelf.put("b");
        QCOMPARE(shelf.store.markStale(shelf.hash("a")), size_t(2));
        QVERIFY(shelf.find("a")[0]->markedStale() && shelf.find("a")[1]->markedStale());
        QVERIFY(!shelf.find("b")[0]->markedStale());
        PageCursor cursor;
        for (const EntryInfo& entry : shelf.store.page(cursor, 3))
            QCOMPARE(entry.hash, shelf.hash(entry.key));
        QCOMPARE(shelf.store.purge(shelf.hash("a")), size_t(2));
        QCOMPARE(shelf.store.purge(shelf.hash("a")), size_t(0));
        QCOMPARE(shelf.store.entries(), uint64_t(1));
    }

    void aKeyLosesAllItsVariants() {
        Shelf shelf;
        shelf.put("a", "1", "X: 1\r\n");
        shelf.put("a", "2", "X: 2\r\n");
        shelf.put("b");
        QCOMPARE(shelf.store.removeAll("a", shelf.hash("a")), size_t(2));
        QVERIFY(shelf.find("a").empty());
        QCOMPARE(shelf.store.entries(), uint64_t(1));
    }

    void anEmptiedStoreIsSmallAgain() {
        Shelf shelf(64 << 20);
        const uint64_t before = shelf.store.bytes();
        for (int i = 0; i < 20'000; ++i)
            shelf.put(std::to_string(i));
        shelf.store.purge(KeyScope::everything());
        QCOMPARE(shelf.store.entries(), uint64_t(0));
        QVERIFY2(shelf.store.bytes() < before + 32'768, std::to_string(shelf.store.bytes()).c_str());
    }

    /// One that is emptied entry by entry, not by walking through it: what is left of the index must not keep out
    /// what comes.
    void aStoreThatHadToShrinkTakesWhatComes() {
        Shelf shelf(64 << 20);
        for (int i = 0; i < 20'000; ++i)
            shelf.put(std::to_string(i));
        shelf.store.setLimit(32 << 10);
        shelf.put("new");
        Store::Variants found;
        QCOMPARE(shelf.store.find("new", shelf.hash("new"), shelf.now, found), size_t(1));
        QVERIFY(shelf.store.entries() > 20);
    }

    void pagesShowEveryEntryOnce_data() {
        QTest::addColumn<int>("pageSize");
        for (const int size : {1, 7, 100, 100'000})
            QTest::addRow("%d a page", size) << size;
    }

    void pagesShowEveryEntryOnce() {
        QFETCH(int, pageSize);
        Shelf shelf;
        std::set<std::string> expected;
        for (int i = 0; i < 1000; ++i)
            expected.insert(std::string(shelf.put("key " + std::to_string(i))->key()));
        std::set<std::string> seen;
        size_t shown = 0;
        for (PageCursor cursor;;) {
            const auto page = shelf.store.page(cursor, static_cast<size_t>(pageSize));
            if (page.empty())
                break;
            shown += page.size();
            for (const EntryInfo& info : page) {
                QCOMPARE(info.bodySize, uint64_t(4));
                seen.insert(info.key);
            }
        }
        QCOMPARE(shown, size_t(1000));
        QCOMPARE(seen, expected);
    }

    void roomIsMadeForWhatIsBeingReceived() {
        Shelf shelf(100'000);
        for (int i = 0; i < 1000; ++i)
            shelf.put(std::to_string(i));
        QVERIFY(shelf.store.reserve(90'000, shelf.now));
        QVERIFY(shelf.store.bytes() <= 100'000);
        QVERIFY(shelf.store.entries() > 0);
        QVERIFY(!shelf.store.reserve(20'000, shelf.now));
        shelf.store.unreserve(90'000);
        QVERIFY(shelf.store.bytes() < 20'000);
    }

    void nothingLeavesForWhatCanNeverFit() {
        Shelf shelf(100'000);
        for (int i = 0; i < 50; ++i)
            shelf.put(std::to_string(i));
        const uint64_t held = shelf.store.bytes();
        QVERIFY(!shelf.store.reserve(100'001, shelf.now));
        QCOMPARE(shelf.store.entries(), uint64_t(50));
        QCOMPARE(shelf.store.bytes(), held);
        QVERIFY(!shelf.store.reserve(UINT64_MAX, shelf.now));
        QCOMPARE(shelf.store.bytes(), held);
    }

    void threadsShareIt() {
        Shelf shelf(200'000);
        std::vector<std::thread> threads;
        std::atomic<int> wrong{0};
        for (int t = 0; t < 4; ++t) {
            threads.emplace_back([&, t] {
                for (int i = 0; i < 5000; ++i) {
                    const std::string key = std::to_string(i * (t + 1) % 700);
                    const TimePoint now = shelf.now + std::chrono::milliseconds(i);
                    const uint64_t hash = shelf.hash(key);
                    Store::Variants found;
                    for (size_t n = shelf.store.find(key, hash, now, found); n > 0; --n)
                        wrong += bodyText(BodySlices(*found[n - 1])) != key;
                    if (i % 3 == 0)
                        shelf.store.insert(stored(key, key), hash, now);
                    if (i % 700 == 0)
                        shelf.store.purge(shelf.hash(std::to_string(t)));
                    if (i % 11 == 0)
                        shelf.store.removeAll(key, hash);
                }
            });
        }
        for (std::thread& thread : threads)
            thread.join();
        QCOMPARE(wrong.load(), 0);
        PageCursor cursor;
        QCOMPARE(uint64_t(shelf.store.page(cursor, 100'000).size()), shelf.store.entries());
    }
};

QTEST_APPLESS_MAIN(TestStore)
#include "test_store.moc"
