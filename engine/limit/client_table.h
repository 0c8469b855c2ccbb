// SPDX-License-Identifier: MIT
#pragma once

#include "base/clock.h"
#include "limit/client_shard.h"
#include "limit/quota_policy.h"

#include <array>
#include <atomic>
#include <cstdint>
#include <mutex>
#include <vector>

namespace reverxy::limit {

/// A request's judgement.
struct Admission {
    Standing standing;
    /// False: there was no place for the client, which shares one count with all others like it.
    bool remembered = true;
};

/// One client as people see it.
struct ClientRow {
    ClientKey key;
    Standing standing;
    uint64_t allowed = 0;
    uint64_t throttled = 0;
    TimePoint firstSeen{};
    TimePoint lastSeen{};
};

/// The order of a snapshot: those that could make no request now first, in each half those seen last first.
bool comesFirst(const ClientRow& one, const ClientRow& other);

/// Figures since the table was made.
struct LimitTotals {
    uint64_t allowed = 0;
    uint64_t throttled = 0;
    uint64_t evictions = 0; // clients forgotten because others needed their places
    uint64_t shared = 0;    // requests of clients for which there was no place
    uint64_t clients = 0;   // remembered now
};

/// The clients of one limiter, over all workers. Every call is thread-safe. A request takes one of many locks for a
/// few instructions and, of a client that is remembered, no memory; its count is exact however many ask at once.
///
/// At most `maxClients` are remembered. One more makes the coldest leave, the one that was not seen for the longest
/// time; but nobody who has used up its quota is forgotten before that has come back, so that a flood of new
/// clients frees nobody. Where all places are taken by such clients, those that find none are counted together as
/// if they were one client: they cannot get more than one client's quota past the limiter, and take no memory.
class ClientTable {
  public:
    /// Windows are aligned on `anchor`; before it no time passes.
    ClientTable(const HashSeed& seed, TimePoint anchor) : m_seed(seed), m_anchor(anchor) {}

    ClientTable(const ClientTable&) = delete;
    ClientTable& operator=(const ClientTable&) = delete;

    /// Judges and counts a request. The calls for one table have policies of which each countsLike() the others.
    Admission admit(const QuotaPolicy& policy, uint32_t maxClients, const ClientKey& key, TimePoint at);

    /// Forgets what a client has used. False when it is not remembered.
    bool reset(const ClientKey& key);
    void resetAll();

    /// At most `most` clients in the order of comesFirst(). Holds no lock for longer than it takes to look at twice
    /// as many.
    std::vector<ClientRow> snapshot(const QuotaPolicy& policy, size_t most, TimePoint at) const;
    LimitTotals totals() const;

  private:
    static constexpr size_t shardCount = 64;

    struct alignas(64) Shard {
        mutable std::mutex mutex;
        // As of the last change, for those who look for the coldest of all.
        std::atomic<Ticks> idleSeen{ClientShard::never};
        std::atomic<Ticks> spentSeen{ClientShard::never};
        std::atomic<Ticks> spentFree{ClientShard::never};
        ClientShard clients;
        std::mutex newcomers; // taken before the other by whoever brings a client that is not there
        uint64_t allowed = 0;
        uint64_t throttled = 0;

        void publish();
    };

    Ticks ticksOf(TimePoint now) const;

    TimePoint timeOf(Ticks ticks) const { return m_anchor + std::chrono::milliseconds(ticks); }

    Shard& shardOf(uint64_t hash) { return m_shards[hash % shardCount]; }

    static Standing take(Shard& shard, ClientEntry& entry, const QuotaPolicy& policy, Ticks now);
    Admission admitNew(const QuotaPolicy& policy, uint32_t maxClients, uint64_t hash, const ClientKey& key,
                       Ticks now);
    bool takePlace(uint32_t maxClients, Ticks now);
    bool evictColdest(Ticks now);

    const HashSeed m_seed;
    const TimePoint m_anchor;
    std::array<Shard, shardCount> m_shards;
    alignas(64) std::atomic<uint64_t> m_places{0}; // taken
    std::atomic<uint64_t> m_evictions{0};
    mutable std::mutex m_sharedMutex; // guards what follows; off the path of those who are remembered
    Count m_sharedCount;
    LimitTotals m_sharedTotals;
};

} // namespace reverxy::limit
