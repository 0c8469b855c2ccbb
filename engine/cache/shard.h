// SPDX-License-Identifier: MIT
#pragma once

#include "cache/entry_index.h"
#include "cache/entry_list.h"

#include <atomic>
#include <mutex>
#include <span>
#include <string_view>
#include <vector>

namespace reverxy::cache {

/// One of the store's parts, with a lock of its own. Every call is thread-safe; the lock is a leaf, held for a few
/// steps. What leaves is handed out, so that its memory is freed when the lock is not held. `stamp`: milliseconds,
/// wrapping.
class alignas(64) Shard {
  public:
    /// How much the bytes held here have changed by a call.
    using Delta = int64_t;

    Shard() = default;
    /// Lets go of every entry.
    ~Shard();
    Shard(const Shard&) = delete;
    Shard& operator=(const Shard&) = delete;

    /// See Store::find().
    size_t find(std::string_view key, uint64_t hash, uint32_t stamp, std::span<StoredRef> variants);
    void used(const StoredResponse& entry, uint32_t stamp);
    /// What is replaced goes to `gone`. False, and nothing has changed: `only` is not there any more, and so
    /// `entry` is not wanted, or `entry` is a part and would take the place of the whole.
    bool insert(const StoredRef& entry, uint64_t hash, uint32_t stamp, const StoredResponse* only,
                size_t variantsAllowed, std::vector<StoredRef>& gone, Delta& delta);
    /// True when it was there.
    bool remove(const StoredResponse& entry, Delta& delta);
    void removeAll(std::string_view key, uint64_t hash, std::vector<StoredRef>& gone, Delta& delta);
    /// Whatever key has this hash.
    void removeHash(uint64_t hash, std::vector<StoredRef>& gone, Delta& delta);
    size_t markStale(uint64_t hash);
    /// The entry that was not used for the longest time; null when there is none.
    StoredRef takeOldest(Delta& delta);

    /// The stamp of the entry that was not used for the longest time, with bit 32 set; 0 when there is none. No
    /// lock.
    uint64_t oldestStamp() const { return m_oldestStamp.load(std::memory_order_relaxed); }

    /// For walks: they see every entry that is there from beginWalk() to endWalk().
    void beginWalk();
    /// References to the entries at `place` and on, until `count` are there or the end is reached; moves `place`
    /// on. False at the end.
    bool walk(size_t& place, size_t count, std::vector<StoredRef>& found);
    void endWalk(Delta& delta);

  private:
    void link(const StoredRef& entry, uint64_t hash, uint32_t stamp);
    StoredRef unlink(const StoredResponse& entry);
    template <typename Wanted>
    void removeIf(uint64_t hash, Wanted wanted, std::vector<StoredRef>& gone, Delta& delta);
    void noteOldest();
    bool holdsWhole(const StoredResponse& part, uint64_t hash, const StoredResponse* only) const;

    std::mutex m_mutex;
    std::atomic<uint64_t> m_oldestStamp{0};
    EntryIndex m_index;
    EntryList m_list;
    int m_walks = 0;
};

} // namespace reverxy::cache
