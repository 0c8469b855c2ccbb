// SPDX-License-Identifier: MIT
#pragma once

#include "base/clock.h"
#include "base/sip_hash.h"
#include "cache/key_scope.h"
#include "cache/shard.h"
#include "cache/stored_response.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace reverxy::cache {

/// One entry, for people.
struct EntryInfo {
    std::string key;
    std::string selecting;
    StoredFacts facts;
    uint64_t bodySize = 0;
    uint64_t footprint = 0;
    uint32_t hits = 0;
    bool markedStale = false;
    uint64_t hash = 0; // of the key
};

/// Where a paged look through the store goes on; a new one begins.
struct PageCursor {
    uint32_t shard = 0;
    uint32_t place = 0;
};

/// The stored responses of all workers, bounded in bytes: entries, their keys and bodies and the indexes together.
/// Who was not looked up for the longest time leaves first, over all shards. Every call is thread-safe and takes
/// one shard's lock at a time, for a few steps.
class Store {
  public:
    static constexpr size_t shardCount = 64;
    /// Responses kept for one key; a further one takes the place of the one stored first.
    static constexpr size_t maxVariants = 32;

    /// The variants of a key, as found.
    using Variants = std::array<StoredRef, maxVariants>;

    explicit Store(const HashSeed& seed) : m_seed(seed), m_shards(std::make_unique<Shard[]>(shardCount)) {}

    /// What the other calls want as `hash`.
    uint64_t hashOf(std::string_view key) const { return sipHash(m_seed, key); }

    /// The most it may hold, in bytes. What is too much leaves at once.
    void setLimit(uint64_t bytes);

    uint64_t limit() const { return m_limit.load(std::memory_order_relaxed); }

    /// Fills `variants` with those stored under `key` and returns how many they are. A lone one counts as used now;
    /// of several, whoever chooses one says so by used(). Allocates nothing.
    size_t find(std::string_view key, uint64_t hash, TimePoint now, Variants& variants);
    void used(const StoredResponse& response, uint64_t hash, TimePoint now);

    /// Adds a response whose body is set, in place of the one with the same key and selecting fields. False: it is
    /// larger than all there is room for.
    bool insert(const StoredRef& response, uint64_t hash, TimePoint now);
    /// Puts `response` in place of `old`, unless that has left meanwhile.
    bool replace(const StoredResponse& old, const StoredRef& response, uint64_t hash, TimePoint now);
    /// False when it was not there any more.
    bool remove(const StoredResponse& response, uint64_t hash);
    /// Removes all variants of `key`; returns how many there were.
    size_t removeAll(std::string_view key, uint64_t hash);

    /// Removes all that has a key in `scope`, or only has it validated before it is used again. Goes through all
    /// entries. Returns how many that were.
    size_t purge(const KeyScope& scope);
    size_t markStale(const KeyScope& scope);
    /// The same for the keys with this hash, which is one key, in constant time.
    size_t purge(uint64_t hash);
    size_t markStale(uint64_t hash);

    /// Some `count` entries from `cursor` on, and moves it; none at the end. Entries that come, or leave, between
    /// two pages may be missed.
    std::vector<EntryInfo> page(PageCursor& cursor, size_t count);

    /// Sets bytes aside for a body being received; makes room for them. False: there is not that much.
    bool reserve(uint64_t bytes, TimePoint now);

    void unreserve(uint64_t bytes) { m_bytes.fetch_sub(static_cast<int64_t>(bytes)); }

    uint64_t bytes() const { return static_cast<uint64_t>(std::max<int64_t>(0, m_bytes.load())); }

    uint64_t entries() const { return static_cast<uint64_t>(std::max<int64_t>(0, m_entries.load())); }

    /// Entries that had to leave for others.
    uint64_t evictions() const { return m_evictions.load(); }

  private:
    Shard& shardOf(uint64_t hash) const { return m_shards[hash >> 58]; }

    bool put(const StoredRef& response, uint64_t hash, TimePoint now, const StoredResponse* only);
    void evict(uint64_t limit, uint32_t stamp, int64_t enough);
    template <typename Visit>
    void forEach(const KeyScope& scope, Visit visit);

    const HashSeed m_seed;
    std::unique_ptr<Shard[]> m_shards;
    alignas(64) std::atomic<int64_t> m_bytes{0};
    std::atomic<int64_t> m_entries{0};
    std::atomic<uint64_t> m_evictions{0};
    std::atomic<uint64_t> m_limit{0};
    std::atomic<uint32_t> m_lastStamp{0}; // of what was stored last
};

} // namespace reverxy::cache
