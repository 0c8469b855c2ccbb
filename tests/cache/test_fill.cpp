// SPDX-License-Identifier: MIT
#include "cache/fill_table.h"
#include "cache/stored_text.h"
#include "cache/uncacheable_keys.h"

#include <QTest>

#include <deque>
#include <random>

using namespace reverxy;
using namespace reverxy::cache;
using namespace reverxy::test;
using namespace std::string_literals;
using namespace std::chrono_literals;

namespace {

constexpr uint64_t maxEntry = 256 * 1024;
constexpr auto patience = 60s;

/// A reader of a fill and what it has read.
struct Reader {
    Reader(Fill& toRead, uint64_t token) : fill(toRead), self{0, token}, joined(fill.join(place)) {}

    /// Reads what is there; returns how much that was.
    size_t read(size_t most = SIZE_MAX) {
        size_t count = 0;
        while (count < most) {
            const Fill::Part part = fill.read(place, self, wakes);
            stage = part.stage;
            if (!part.more)
                break;
            text += part.piece.bytes;
            count += part.piece.bytes.size();
        }
        return count;
    }

    Fill& fill;
    Fill::Place place;
    Waiter self;
    bool joined;
    FillStage stage = FillStage::Pending;
    std::string text;
    Fill::Wakes wakes;
};

struct Bench {
    explicit Bench(uint64_t limit = 16 << 20) { store.setLimit(limit); }

    bool open(std::optional<uint64_t> length) {
        return fill.open({"key", "", fieldList({{"ETag", "1"}}), {}}, length, maxEntry, now, wakes);
    }

    /// Tokens of those woken since the last call.
    std::vector<uint64_t> woken() {
        std::vector<uint64_t> tokens;
        for (const Waiter& waiter : std::exchange(wakes, {}))
            tokens.push_back(waiter.token);
        std::sort(tokens.begin(), tokens.end());
        return tokens;
    }

    TimePoint now{1h};
    Store store{HashSeed{1, 2}};
    Fill fill{"key", 7, 0, store, now, patience};
    Fill::Wakes wakes;
};

using Tokens = std::vector<uint64_t>;

/// Readers with the tokens from 1 on who wait for the fill's head.
struct Turns {
    Turns(Bench& of, size_t count) : bench(of) {
        for (size_t i = 0; i < count; ++i) {
            readers.emplace_back(bench.fill, i + 1);
            look(i + 1);
        }
    }

    void look(uint64_t token) {
        Reader& reader = readers[token - 1];
        const Fill::Look seen = bench.fill.look(reader.place, reader.self);
        reader.stage = seen.stage;
        QCOMPARE(int(seen.reason), int(seen.stage == FillStage::Released ? Release::InTurns : Release::LookAgain));
    }

    void allLook() {
        for (const Reader& reader : readers) {
            if (reader.joined)
                look(reader.self.token);
        }
    }

    /// Who was told to go, and has not left.
    Tokens going() const {
        Tokens tokens;
        for (const Reader& reader : readers) {
            if (reader.joined && reader.stage == FillStage::Released)
                tokens.push_back(reader.self.token);
        }
        return tokens;
    }

    /// Returns who was woken by that.
    Tokens leave(uint64_t token) {
        Reader& reader = readers[token - 1];
        reader.joined = false;
        bench.fill.leave(reader.place, bench.wakes);
        return bench.woken();
    }

    Bench& bench;
    std::deque<Reader> readers;
};

std::string pattern(size_t size) {
    std::string text(size, ' ');
    for (size_t i = 0; i < size; ++i)
        text[i] = static_cast<char>('a' + i % 23 + (i / 1000) % 3);
    return text;
}

} // namespace

class TestFill : public QObject {
    Q_OBJECT

  private Q_SLOTS:

    void whoWaitsIsWokenByTheHead() {
        Bench bench;
        Reader one(bench.fill, 1);
        Reader two(bench.fill, 2);
        QCOMPARE(int(bench.fill.look(one.place, one.self).stage), int(FillStage::Pending));
        QCOMPARE(int(bench.fill.look(two.place, two.self).stage), int(FillStage::Pending));
        QVERIFY(bench.open(4));
        QCOMPARE(bench.woken(), (Tokens{1, 2}));
        const Fill::Look look = bench.fill.look(one.place, one.self);
        QCOMPARE(int(look.stage), int(FillStage::Open));
        QCOMPARE(std::string(look.head->fields().lines()), "ETag: 1\r\n"s);
        QVERIFY(look.length == uint64_t(4));
    }

    void whoIsReleasedInTurnsGoesAFewAtATime() {
        Bench bench;
        Turns turns(bench, 20);
        bench.fill.releaseInTurns(bench.now, bench.wakes);
        QCOMPARE(bench.woken().size(), size_t(20)); // each learns how long it waits
        turns.allLook();
        QCOMPARE(turns.going(), (Tokens{1, 2, 3, 4, 5, 6, 7, 8}));
        QCOMPARE(turns.leave(3), (Tokens{9}));
        QCOMPARE(turns.leave(9), (Tokens{10}));
        turns.allLook();
        QCOMPARE(turns.going(), (Tokens{1, 2, 4, 5, 6, 7, 8, 10}));
        for (uint64_t token = 11; token <= 20; ++token)
            QCOMPARE(turns.leave(token - 1), (Tokens{token}));
        QCOMPARE(turns.leave(20), Tokens());
    }

    void whoLeavesWithoutATurnWakesNobody() {
        Bench bench;
        Turns turns(bench, 12);
        bench.fill.releaseInTurns(bench.now, bench.wakes);
        turns.allLook();
        bench.woken();
        QCOMPARE(turns.leave(9), Tokens());
        QCOMPARE(turns.leave(1), (Tokens{10}));
    }

    /// Its client has gone between the wake-up and the look.
    void aTurnThatNobodyTakesIsPassedOn() {
        Bench bench;
        Turns turns(bench, 12);
        bench.fill.releaseInTurns(bench.now, bench.wakes);
        turns.allLook();
        bench.woken();
        QCOMPARE(turns.leave(1), (Tokens{9}));
        QCOMPARE(turns.leave(9), (Tokens{10}));
    }

    void whoLooksLateIsNotPassedOver() {
        Bench bench;
        Turns turns(bench, 11);
        bench.fill.releaseInTurns(bench.now, bench.wakes);
        bench.woken();
        for (uint64_t token : {1, 2, 3, 4, 5, 6, 7, 8, 10, 11})
            turns.look(token);
        QCOMPARE(turns.leave(1), (Tokens{10}));
        turns.look(9);
        QCOMPARE(turns.leave(2), (Tokens{9}));
        QCOMPARE(turns.leave(3), (Tokens{11}));
    }

    void aTurnThatIsFreeIsTakenAtOnce() {
        Bench bench;
        Turns turns(bench, 9);
        bench.fill.releaseInTurns(bench.now, bench.wakes);
        for (uint64_t token = 1; token <= 8; ++token)
            turns.look(token);
        bench.woken();
        QCOMPARE(turns.leave(1), Tokens()); // nobody waits yet
        turns.look(9);
        QCOMPARE(turns.going(), (Tokens{2, 3, 4, 5, 6, 7, 8, 9}));
    }

    void turnsThatAreInVainEndForAll() {
        Bench bench;
        Turns turns(bench, 12);
        bench.fill.releaseInTurns(bench.now, bench.wakes);
        turns.allLook();
        bench.woken();
        bench.fill.release(Release::GoAlone, Failure::None, bench.wakes);
        QCOMPARE(bench.woken(), (Tokens{9, 10, 11, 12}));
        QVERIFY(!bench.fill.releasedInTurns());
        for (const uint64_t token : {9, 10, 11, 12}) {
            auto& reader = turns.readers[token - 1];
            const Fill::Look look = bench.fill.look(reader.place, reader.self);
            QCOMPARE(int(look.stage), int(FillStage::Released));
            QCOMPARE(int(look.reason), int(Release::GoAlone));
        }
        for (uint64_t token = 1; token <= 12; ++token)
            QCOMPARE(turns.leave(token), Tokens());
    }

    void turnsInAnyOrder_data() {
        QTest::addColumn<uint>("seed");
        for (uint seed = 1; seed <= 20; ++seed)
            QTest::addRow("seed %u", seed) << seed;
    }

    /// Whoever stays has a turn some time, and no more have one at once than may.
    void turnsInAnyOrder() {
        QFETCH(uint, seed);
        std::mt19937 random(seed);
        Bench bench;
        Turns turns(bench, 100);
        bench.fill.releaseInTurns(bench.now, bench.wakes);
        Tokens mail = bench.woken();
        const auto takeFrom = [&](Tokens& tokens) {
            std::swap(tokens[random() % tokens.size()], tokens.back());
            const uint64_t token = tokens.back();
            tokens.pop_back();
            return token;
        };
        for (size_t left = 100; left > 0;) {
            QVERIFY2(turns.going().size() <= Fill::turnsAtOnce, "too many have a turn");
            Tokens going = turns.going();
            const bool givesUp = random() % 20 == 0;
            if (givesUp || (!going.empty() && (mail.empty() || random() % 3 == 0))) {
                const uint64_t token = givesUp ? 1 + random() % 100 : takeFrom(going);
                if (!turns.readers[token - 1].joined)
                    continue;
                for (const uint64_t woken : turns.leave(token))
                    mail.push_back(woken);
                --left;
                continue;
            }
            QVERIFY2(!mail.empty(), "somebody waits for ever");
            const uint64_t token = takeFrom(mail);
            if (turns.readers[token - 1].joined)
                turns.look(token);
        }
    }

    void nobodyWaitsLongForATurn() {
        Bench bench;
        Turns turns(bench, 1);
        QVERIFY(!bench.fill.releasedInTurns());
        QVERIFY(bench.fill.stallsAt() == bench.now + patience);
        bench.now += 50s;
        bench.fill.releaseInTurns(bench.now, bench.wakes);
        QVERIFY(bench.fill.releasedInTurns());
        QVERIFY(bench.fill.stallsAt() == bench.now + Fill::turnsLimit);
    }

    void aBodyIsReadAsItArrives_data() {
        QTest::addColumn<int>("size");
        QTest::addColumn<int>("step");
        QTest::addColumn<bool>("lengthKnown");
        for (const bool known : {true, false}) {
            for (const auto& [size, step] : {std::pair{0, 1},
                                             {1, 1},
                                             {1000, 7},
                                             {16384, 5000},
                                             {16385, 5000},
                                             {200'000, 33'000},
                                             {262'144, 131'072}})
                QTest::addRow("%d bytes by %d, length %s", size, step, known ? "known" : "unknown")
                    << size << step << known;
        }
    }

    void aBodyIsReadAsItArrives() {
        QFETCH(int, size);
        QFETCH(int, step);
        QFETCH(bool, lengthKnown);
        const std::string body = pattern(static_cast<size_t>(size));
        Bench bench;
        QVERIFY(bench.open(lengthKnown ? std::optional<uint64_t>(body.size()) : std::nullopt));
        Reader eager(bench.fill, 1);
        Reader lazy(bench.fill, 2);
        for (size_t at = 0; at < body.size(); at += static_cast<size_t>(step)) {
            QCOMPARE(eager.read(), size_t(0));
            bench.woken();
            bench.fill.append(std::string_view(body).substr(at, static_cast<size_t>(step)), bench.now, bench.wakes);
            QCOMPARE(bench.woken(), Tokens{1});
            eager.read();
            QCOMPARE(eager.text.size(), std::min(body.size(), at + static_cast<size_t>(step)));
        }
        eager.read();
        bench.woken();
        const StoredRef stored = bench.fill.complete(bench.now, bench.wakes);
        QCOMPARE(bench.woken(), Tokens{1});
        QVERIFY(stored);
        QCOMPARE(bodyText(BodySlices(*stored)), body);
        Reader late(bench.fill, 3);
        for (Reader* reader : {&eager, &lazy, &late}) {
            reader->read();
            QCOMPARE(int(reader->stage), int(FillStage::Complete));
            QVERIFY(reader->text == body);
        }
        QVERIFY(bench.store.insert(stored, 7, bench.now));
        QVERIFY2(bench.store.bytes() < body.size() + 70'000, "what was set aside is given back");
    }

    void whatIsTooLargeGoesThroughAWindow() {
        Bench bench;
        const std::string piece = pattern(100'000);
        QVERIFY(bench.open({}));
        Reader slow(bench.fill, 1);
        Reader fast(bench.fill, 2);
        Reader unbegun(bench.fill, 3);
        const Waiter leader{0, 99};
        slow.read();
        size_t sent = 0;
        while (bench.fill.takesMore(leader)) {
            bench.fill.append(piece, bench.now, bench.wakes);
            sent += piece.size();
            fast.read();
            QVERIFY(sent < 2 * Fill::window);
        }
        QVERIFY(sent >= Fill::window);
        QVERIFY(!bench.fill.storable());
        QCOMPARE(bench.store.bytes(), uint64_t(0));
        QVERIFY(bench.fill.heldUpBy(slow.place));
        QVERIFY2(bench.fill.heldUpBy(unbegun.place), "when the slow one has gone, it would be the next");
        QVERIFY(!bench.fill.heldUpBy(fast.place));
        Reader late(bench.fill, 4);
        QVERIFY2(!late.joined, "the beginning is gone");

        slow.wakes.clear();
        QVERIFY(slow.read(1) > 0);
        QVERIFY2(slow.wakes.empty() && bench.fill.heldUpBy(slow.place), "so little does not make the leader go on");
        slow.read();
        QVERIFY2(slow.wakes.empty(), "one is still behind");
        unbegun.read();
        QCOMPARE(unbegun.wakes.size(), size_t(1));
        QVERIFY(unbegun.wakes.front() == leader);
        QVERIFY(bench.fill.takesMore(leader));
        QVERIFY(!bench.fill.complete(bench.now, bench.wakes));
        fast.read();
        for (Reader* reader : {&slow, &fast, &unbegun}) {
            QCOMPARE(reader->text.size(), sent);
            QVERIFY(reader->text == unbegun.text);
            QVERIFY(reader->text.starts_with(piece));
        }
    }

    void aSlowReaderThatLeavesHoldsNobodyUp() {
        Bench bench;
        QVERIFY(bench.open({}));
        Reader slow(bench.fill, 1);
        Reader fast(bench.fill, 2);
        const std::string piece = pattern(100'000);
        while (bench.fill.takesMore({0, 99})) {
            bench.fill.append(piece, bench.now, bench.wakes);
            fast.read();
        }
        bench.woken();
        bench.fill.leave(slow.place, bench.wakes);
        QCOMPARE(bench.woken(), Tokens{99});
    }

    void aKnownLengthThatIsTooLargeIsRefused() {
        Bench bench;
        QVERIFY(!bench.open(maxEntry + 1));
        Bench small(50'000);
        QVERIFY2(!small.open(100'000), "more than the whole store");
        QCOMPARE(small.store.bytes(), uint64_t(0));
    }

    void withoutRoomInTheStoreItIsNotKept() {
        Bench bench(100'000);
        QVERIFY(bench.open({}));
        Reader reader(bench.fill, 1);
        bench.fill.append(pattern(150'000), bench.now, bench.wakes);
        QVERIFY(!bench.fill.storable());
        reader.read();
        QVERIFY(reader.text == pattern(150'000));
        QVERIFY(!bench.fill.complete(bench.now, bench.wakes));
    }

    void whatBreaksOffIsSeenAsIncomplete() {
        Bench bench;
        QVERIFY(bench.open(10));
        Reader reader(bench.fill, 1);
        bench.fill.append("12345", bench.now, bench.wakes);
        reader.read();
        bench.woken();
        bench.fill.breakOff(bench.wakes);
        QCOMPARE(bench.woken(), Tokens{1});
        reader.read();
        QCOMPARE(reader.text, "12345"s);
        QCOMPARE(int(reader.stage), int(FillStage::Broken));
        QVERIFY(!Reader(bench.fill, 2).joined);
    }

    void whoWaitsLearnsWhyThereIsNothing_data() {
        QTest::addColumn<int>("reason");
        QTest::newRow("look again") << int(Release::LookAgain);
        QTest::newRow("go alone") << int(Release::GoAlone);
        QTest::newRow("failed") << int(Release::Failed);
    }

    void whoWaitsLearnsWhyThereIsNothing() {
        QFETCH(int, reason);
        Bench bench;
        Reader reader(bench.fill, 1);
        bench.fill.look(reader.place, reader.self);
        bench.fill.release(static_cast<Release>(reason), Failure::ConnectRefused, bench.wakes);
        QCOMPARE(bench.woken(), Tokens{1});
        const Fill::Look look = bench.fill.look(reader.place, reader.self);
        QCOMPARE(int(look.stage), int(FillStage::Released));
        QCOMPARE(int(look.reason), reason);
        QCOMPARE(int(look.failure), int(Failure::ConnectRefused));
        QVERIFY(!look.head);
    }

    void whatHasEndedCannotBeReleased_data() {
        QTest::addColumn<bool>("whole");
        QTest::newRow("complete") << true;
        QTest::newRow("broken") << false;
    }

    /// Its leader may leave before those who read.
    void whatHasEndedCannotBeReleased() {
        QFETCH(bool, whole);
        Bench bench;
        QVERIFY(bench.open({}));
        Reader reader(bench.fill, 1);
        bench.fill.append("12345", bench.now, bench.wakes);
        if (whole)
            QVERIFY(bench.fill.complete(bench.now, bench.wakes));
        else
            bench.fill.breakOff(bench.wakes);
        bench.woken();
        bench.fill.release(Release::GoAlone, Failure::None, bench.wakes);
        QCOMPARE(bench.woken(), Tokens{});
        const FillStage end = whole ? FillStage::Complete : FillStage::Broken;
        QCOMPARE(int(bench.fill.look(reader.place, reader.self).stage), int(end));
        reader.read();
        QCOMPARE(reader.text, "12345"s);
        QCOMPARE(int(reader.stage), int(end));
    }

    void whetherItIsWantedWithoutItsClient() {
        Bench pending;
        QVERIFY(!pending.fill.wantedByOthers());
        Reader reader(pending.fill, 1);
        QVERIFY(pending.fill.wantedByOthers());
        Bench small;
        QVERIFY(small.open(100));
        QVERIFY2(small.fill.wantedByOthers(), "small enough to be stored");
        Bench endless;
        QVERIFY(endless.open({}));
        endless.fill.append("some", endless.now, endless.wakes);
        QVERIFY2(!endless.fill.wantedByOthers(), "nobody knows how much is to come");
        Bench large;
        QVERIFY(large.fill.open({"key", "", {}, {}}, Fill::smallBody + 1, 1 << 22, large.now, large.wakes));
        QVERIFY(!large.fill.wantedByOthers());
        small.fill.append(pattern(100), small.now, small.wakes);
        QVERIFY(small.fill.complete(small.now, small.wakes));
        QVERIFY(!small.fill.wantedByOthers());
    }

    void whenItStallsDependsOnWhatIsAwaited() {
        Bench bench;
        QVERIFY2(bench.fill.stallsAt() == bench.now + patience, "no head: the leader's own bound");
        bench.now += 40s;
        bench.fill.goOn(bench.now);
        QVERIFY2(bench.fill.stallsAt() == bench.now + patience, "it asks once more");
        bench.now += 40s;
        QVERIFY(bench.open({}));
        QVERIFY2(bench.fill.stallsAt() == bench.now + Fill::silenceLimit, "within the body");
        bench.now += 4s;
        bench.fill.append("some", bench.now, bench.wakes);
        QVERIFY(bench.fill.stallsAt() == bench.now + Fill::silenceLimit);
    }

    void oneLeadsAndTheOthersFollow() {
        Bench bench;
        FillTable table;
        Fill::Place place;
        const auto join = [&](std::string_view key, uint32_t generation, TimePoint now) {
            return table.joinOrLead(key, bench.store.hashOf(key), generation, bench.store, now, patience, place);
        };
        const auto first = join("a", 0, bench.now);
        QVERIFY(first.leads);
        QVERIFY(!join("a", 0, bench.now).leads);
        QVERIFY(join("b", 0, bench.now).leads);
        QVERIFY2(join("a", 1, bench.now).leads, "invalidated meanwhile");
        QVERIFY2(!join("b", 0, bench.now + patience - 1s).leads, "a backend may be slow to answer");
        QVERIFY2(join("b", 0, bench.now + patience).leads, "stalled");
        table.remove(*first.fill); // is not there any more
        QCOMPARE(table.size(), size_t(2));
        const auto second = join("a", 1, bench.now);
        QVERIFY(!second.leads);
        second.fill->release(Release::GoAlone, Failure::None, bench.wakes);
        QVERIFY2(join("a", 1, bench.now).leads, "released");
    }

    void uncacheableKeysAreRememberedForAWhile() {
        auto keys = std::make_unique<UncacheableKeys>();
        const TimePoint now{1h};
        const uint64_t hash = 0x123456789abcdef0;
        QVERIFY(!keys->contain(hash, now));
        keys->note(hash, now);
        QVERIFY(keys->contain(hash, now + UncacheableKeys::remembered - 1s));
        QVERIFY(!keys->contain(hash, now + UncacheableKeys::remembered));
        QVERIFY2(!keys->contain(hash ^ (uint64_t{1} << 63), now), "another key of the same place");
        keys->forget(hash);
        QVERIFY(!keys->contain(hash, now));
    }
};

QTEST_APPLESS_MAIN(TestFill)
#include "test_fill.moc"
