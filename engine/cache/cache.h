// SPDX-License-Identifier: MIT
#pragma once

#include "cache/fill_table.h"
#include "cache/generations.h"
#include "cache/store.h"
#include "cache/uncacheable_keys.h"
#include "cache/verdicts.h"
#include "config/config.h"

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <string_view>

namespace reverxy::cache {

/// What the cache holds and has done since the start.
struct CacheTotals {
    std::array<uint64_t, static_cast<size_t>(CacheVerdict::Count)> verdicts{};
    std::array<uint64_t, static_cast<size_t>(StoreVerdict::Count)> stores{};
    uint64_t bytes = 0;
    uint64_t limit = 0; // of the bytes, as it is now
    uint64_t entries = 0;
    uint64_t evictions = 0;
    uint64_t fills = 0; // responses being received that others may follow
};

/// The cache of a whole process: it outlives every configuration. Every call is thread-safe.
class Cache {
  public:
    /// `seed`: secret, new for each process.
    explicit Cache(const HashSeed& seed) : m_store(seed) {}

    /// Takes over the sizes; what is too much leaves at once, and all of it when the cache is off. Like setBound()
    /// for one thread.
    void configure(const config::Cache& config);
    /// No more than `bytes` are to be held, whatever is configured: memory is scarce. What is too much leaves at
    /// once.
    void setBound(uint64_t bytes);

    Store& store() { return m_store; }

    FillTable& fills() { return m_fills; }

    UncacheableKeys& uncacheable() { return m_uncacheable; }

    const Generations& generations() const { return m_generations; }

    /// Stores a response that was asked for when `generation` was current; false when it has been invalidated
    /// since, or may have been (see Generations), or there is no room. `old`: what it takes the place of, if that
    /// is still there.
    bool insert(const StoredRef& response, const StoredResponse* old, uint64_t hash, uint32_t generation,
                TimePoint now);
    /// Removes what is stored under `key`, and keeps out what was asked for before now (RFC 9111 section 4.4).
    /// Returns how many responses that were.
    size_t invalidate(std::string_view key);
    /// The same for all keys in `scope`. Goes through all entries: not for a thread that others wait for.
    size_t purge(const KeyScope& scope);
    /// Has whatever is stored under such keys validated before it is used again, and keeps out what was asked for
    /// before now.
    size_t markStale(const KeyScope& scope);
    /// Both for one key, by its hash, in constant time.
    size_t purge(uint64_t hash);
    size_t markStale(uint64_t hash);

    /// An exchange is over. `worker`: which worker's; for counting without contention.
    void count(uint32_t worker, CacheVerdict verdict, StoreVerdict stored);
    /// A sum over a few hundred numbers.
    CacheTotals totals() const;

  private:
    struct alignas(64) Counts {
        std::array<std::atomic<uint64_t>, static_cast<size_t>(CacheVerdict::Count)> verdicts{};
        std::array<std::atomic<uint64_t>, static_cast<size_t>(StoreVerdict::Count)> stores{};
    };

    uint64_t m_configured = 0;
    uint64_t m_bound = UINT64_MAX;
    Store m_store;
    FillTable m_fills;
    UncacheableKeys m_uncacheable;
    Generations m_generations;
    std::array<Counts, 16> m_counts;
};

} // namespace reverxy::cache
