// SPDX-License-Identifier: MIT
#pragma once

#include "base/clock.h"
#include "base/failure.h"
#include "base/waiter.h"
#include "cache/body_block.h"
#include "cache/store.h"
#include "cache/stored_response.h"

#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace reverxy::cache {

enum class FillStage : uint8_t {
    Pending,  // no response head yet
    Open,     // the head is there and may be used by all who wait; the body arrives
    Complete, // all of it is there
    Broken,   // the body ended before its end
    Released, // there is nothing to follow
};

/// What those who waited for a released fill do now.
enum class Release : uint8_t {
    LookAgain, // the store has what they want, or one of them leads
    GoAlone,   // the response is not for others: each asks for itself
    InTurns,   // the same, a few at a time: see Fill::releaseInTurns()
    Failed,    // no response came: one of them leads, unless that has failed too often
};

/// One backend response being received, and those on all workers who want it. One exchange, the leader, writes: it
/// learns first whether the response may be shared. The others, and the leader's own client, read: each as fast as
/// it can, from memory that all of them share.
///
/// What is too large to be stored goes through a window: nothing is kept behind the slowest reader, and the leader
/// waits for it. Calls of the leader belong to its thread; the readers' calls are thread-safe. Who is to be woken
/// is added to `wakes`, and is to be woken after the call. The lock is a leaf.
class Fill {
  public:
    /// Bytes between the leader and the slowest reader of a response that is not stored.
    static constexpr uint64_t window = 1 << 20;
    /// A body up to this size (bytes) is kept in one piece of memory with what else is stored.
    static constexpr uint32_t inlineLimit = 16 * 1024;
    /// What is received although nobody reads it any more, to be stored (bytes).
    static constexpr uint64_t smallBody = 1 << 20;
    /// A body that has not gone on for this long has stalled.
    static constexpr std::chrono::seconds silenceLimit{5};
    /// How many of those released in turns ask at once, and for how long after the release anybody waits for a
    /// turn.
    static constexpr uint32_t turnsAtOnce = 8;
    static constexpr std::chrono::seconds turnsLimit{5};

    using Wakes = std::vector<Waiter>;

    /// `key`: what requests must have in common to follow. `generation`: see Generations. `store`: for room.
    /// `patience`: how long the leader itself waits for a backend from one sign of life to the next.
    Fill(std::string key, uint64_t hash, uint32_t generation, Store& store, TimePoint now, Duration patience)
        : m_key(std::move(key)), m_hash(hash), m_generation(generation), m_store(store), m_patience(patience),
          m_lastProgress(now) {}

    ~Fill();
    Fill(const Fill&) = delete;
    Fill& operator=(const Fill&) = delete;

    const std::string& key() const { return m_key; }

    uint64_t hash() const { return m_hash; }

    uint32_t generation() const { return m_generation; }

    // The leader's.

    /// The head was judged: the response may be stored, and shared with those who wait. `length`: of the body, when
    /// it is known. False: there is no room for it, and nothing has changed.
    bool open(const StoredParts& parts, std::optional<uint64_t> length, uint64_t maxEntrySize, TimePoint now,
              Wakes& wakes);
    void append(std::string_view bytes, TimePoint now, Wakes& wakes);
    /// The leader is still at it: it asks a backend once more, or one told it to wait.
    void goOn(TimePoint now);
    /// False while a reader of a response that is not stored is too far behind; `leader` is woken when it has gone
    /// on.
    bool takesMore(Waiter leader);
    /// The body is complete. Returns what is to be stored, or null when it is too large.
    StoredRef complete(TimePoint now, Wakes& wakes);
    /// The body will not be complete.
    void breakOff(Wakes& wakes);
    /// There will be nothing to follow. `failure`: with Release::Failed. Where those who wait for a turn are not to
    /// wait any more, it is for who has a turn to call.
    void release(Release reason, Failure failure, Wakes& wakes);
    /// The response is not for others and tells nothing of what they would get: an error. RFC 9111 section 4 lets
    /// only what is storable answer them, so each has to ask for itself; but a backend in trouble is not to be met
    /// by all at once, and the first who gets more than an error may have it for all. So `turnsAtOnce` of them have
    /// a turn, and whoever ends one by leave() passes it on. Who has waited for `turnsLimit` goes without, all of
    /// them at once: errors that are slow to come cost nobody more than that, and the backend is then spared by its
    /// `max_connections` and the pool's queue alone.
    void releaseInTurns(TimePoint now, Wakes& wakes);

    /// The leader's client has gone. `leader` is woken when the last reader leaves.
    void leadAlone(Waiter leader);
    /// Whether it is worth receiving although the leader's client has gone.
    bool wantedByOthers() const;

    /// Whether the whole body is still kept, so that it can be stored.
    bool storable() const { return !m_windowed; }

    /// The head as it is stored; from open() on.
    const SharedRef<StoredResponse>& response() const { return m_response; }

    // The readers'.

    /// A reader's place in a body.
    class Place {
      public:
        uint64_t position() const { return m_position; }

      private:
        friend class Fill;
        SharedRef<BodyBlock> m_block;
        uint32_t m_offset = 0;
        uint64_t m_position = 0;
        uint32_t m_slot = 0;
    };

    /// What a reader sees.
    struct Look {
        FillStage stage = FillStage::Pending;
        Release reason = Release::LookAgain;
        Failure failure = Failure::None;
        StoredRef head; // from Open on
        std::optional<uint64_t> length;
    };

    /// Counts a reader, who must leave() once. False when it is too late to follow. The leader's own client may
    /// always join before the first append().
    bool join(Place& place);
    /// Notes that `reader` is woken when the stage changes, if it is Pending; that is what it stays for one who was
    /// released in turns until it has one.
    Look look(const Place& place, Waiter reader);

    /// The next piece of the body. `more` false: there is none now, and `reader` is woken when that changes, unless
    /// the stage is an end. The piece is kept alive by `place` until the next call.
    struct Part {
        bool more = false;
        Piece piece;
        FillStage stage = FillStage::Open;
    };

    Part read(Place& place, Waiter reader, Wakes& wakes);
    void leave(Place& place, Wakes& wakes);

    /// Any thread: when it has stalled, unless something comes before. Until the head is there the leader's own
    /// patience counts, for a backend may well be slow to answer; then a silence of the body. Released in turns:
    /// when nobody waits for one any more.
    TimePoint stallsAt() const;
    bool releasedInTurns() const;
    /// Whether others wait for the reader at `place`: the leader has stopped for want of room, and it is among the
    /// last.
    bool heldUpBy(const Place& place) const;

  private:
    struct Slot {
        Waiter waiter;
        SharedRef<BodyBlock> start; // for one who has not begun when the body is no longer kept
        uint64_t position = 0;
        bool used = false;
        bool waiting = false;
        bool turn = false;
    };

    void wakeReaders(Wakes& wakes);
    void wakeLeader(Wakes& wakes);
    uint64_t slowest() const;
    uint64_t room() const;
    bool takeTurn(Slot& slot);
    void passTurn(Wakes& wakes);
    bool reserve(uint64_t bytes, TimePoint now);
    void unreserve();
    void stopKeeping();
    void appendBlocks(std::string_view bytes, TimePoint now, Wakes& wakes);
    bool takePart(Place& place, Piece& piece);
    SharedRef<StoredResponse> finished();

    const std::string m_key;
    const uint64_t m_hash; // of the key
    const uint32_t m_generation;
    Store& m_store;
    const Duration m_patience;

    // The leader's own; m_response and m_length do not change after open().
    SharedRef<StoredResponse> m_response;
    std::optional<uint64_t> m_length;
    uint64_t m_maxEntrySize = 0;
    uint64_t m_reserved = 0;
    uint64_t m_blocksFootprint = 0;
    bool m_inline = false;
    bool m_windowed = false;
    SharedRef<BodyBlock> m_last;

    mutable std::mutex m_mutex; // guards what follows
    FillStage m_stage = FillStage::Pending;
    Release m_reason = Release::LookAgain;
    Failure m_failure = Failure::None;
    bool m_keptWhole = true;
    SharedRef<BodyBlock> m_first; // while the whole body is kept
    uint64_t m_received = 0;
    TimePoint m_lastProgress;
    std::vector<Slot> m_slots;
    size_t m_readers = 0;
    uint32_t m_turns = 0;  // taken
    size_t m_nextTurn = 0; // no slot before it waits for one
    Waiter m_leader;
    bool m_leaderWaiting = false;
    bool m_leaderAlone = false;
};

} // namespace reverxy::cache
