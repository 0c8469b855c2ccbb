// SPDX-License-Identifier: MIT
#include "limit/client_table.h"

#include <algorithm>

namespace reverxy::limit {

namespace {

// How often another thread may be faster in taking the coldest client's place.
constexpr int evictionTries = 4;
// After max_clients was lowered, each new client makes room for itself and for some others' leaving.
constexpr int evictionsEach = 4;

void keepFirst(std::vector<ClientRow>& rows, size_t most) {
    if (rows.size() <= most)
        return;
    std::nth_element(rows.begin(), rows.begin() + static_cast<std::ptrdiff_t>(most), rows.end(), comesFirst);
    rows.resize(most);
}

} // namespace

bool comesFirst(const ClientRow& one, const ClientRow& other) {
    if (one.standing.allowed != other.standing.allowed)
        return !one.standing.allowed;
    return one.lastSeen > other.lastSeen;
}

void ClientTable::Shard::publish() {
    const ClientShard::Coldest coldest = clients.coldest();
    idleSeen.store(coldest.idleSeen, std::memory_order_relaxed);
    spentSeen.store(coldest.spentSeen, std::memory_order_relaxed);
    spentFree.store(coldest.spentFree, std::memory_order_relaxed);
}

Ticks ClientTable::ticksOf(TimePoint now) const {
    const auto passed = std::chrono::floor<std::chrono::milliseconds>(now - m_anchor).count();
    return passed > 0 ? static_cast<Ticks>(passed) : 0;
}

/// With the shard's lock held.
Standing ClientTable::take(Shard& shard, ClientEntry& entry, const QuotaPolicy& policy, Ticks now) {
    const Standing standing = policy.take(entry.count, now);
    ++(standing.allowed ? entry.allowed : entry.throttled);
    ++(standing.allowed ? shard.allowed : shard.throttled);
    shard.clients.touch(entry, standing, now);
    shard.publish();
    return standing;
}

Admission ClientTable::admit(const QuotaPolicy& policy, uint32_t maxClients, const ClientKey& key, TimePoint at) {
    const Ticks now = ticksOf(at);
    const uint64_t hash = hashOf(key, m_seed);
    Shard& shard = shardOf(hash);
    {
        std::lock_guard lock(shard.mutex);
        if (ClientEntry* const known = shard.clients.find(hash, key))
            return {take(shard, *known, policy, now), true};
    }
    return admitNew(policy, maxClients, hash, key, now);
}

Admission ClientTable::admitNew(const QuotaPolicy& policy, uint32_t maxClients, uint64_t hash, const ClientKey& key,
                                Ticks now) {
    Shard& shard = shardOf(hash);
    {
        // Whoever brings the same client meanwhile waits: two places for one would be a place too many, and could
        // cost another client's count.
        std::lock_guard turn(shard.newcomers);
        {
            std::lock_guard lock(shard.mutex);
            if (ClientEntry* const known = shard.clients.find(hash, key))
                return {take(shard, *known, policy, now), true};
        }
        if (takePlace(maxClients, now)) {
            std::lock_guard lock(shard.mutex);
            return {take(shard, shard.clients.insert(hash, key, now), policy, now), true};
        }
    }
    std::lock_guard lock(m_sharedMutex);
    const Standing standing = policy.take(m_sharedCount, now);
    ++(standing.allowed ? m_sharedTotals.allowed : m_sharedTotals.throttled);
    ++m_sharedTotals.shared;
    return {standing, false};
}

/// A place for one more client, a free one or that of the coldest; false when none is to be had.
bool ClientTable::takePlace(uint32_t maxClients, Ticks now) {
    uint64_t taken = m_places.load(std::memory_order_relaxed);
    while (taken < maxClients) {
        if (m_places.compare_exchange_weak(taken, taken + 1, std::memory_order_relaxed))
            return true;
    }
    for (int evictions = 1; taken > maxClients && evictions < evictionsEach && evictColdest(now); ++evictions) {
        m_evictions.fetch_add(1, std::memory_order_relaxed);
        taken = m_places.fetch_sub(1, std::memory_order_relaxed) - 1;
    }
    if (!evictColdest(now))
        return false;
    m_evictions.fetch_add(1, std::memory_order_relaxed);
    return true; // the place that has become free is the new client's
}

/// Forgets the coldest client that may be; its place stays taken.
bool ClientTable::evictColdest(Ticks now) {
    for (int tries = 0; tries < evictionTries; ++tries) {
        Shard* coldest = nullptr;
        Ticks longestAgo = ClientShard::never;
        for (Shard& shard : m_shards) {
            const Ticks seen = ClientShard::Coldest{shard.idleSeen.load(std::memory_order_relaxed),
                                                    shard.spentSeen.load(std::memory_order_relaxed),
                                                    shard.spentFree.load(std::memory_order_relaxed)}
                                   .seen(now);
            if (seen < longestAgo) {
                longestAgo = seen;
                coldest = &shard;
            }
        }
        if (!coldest)
            return false;
        std::lock_guard lock(coldest->mutex);
        ClientEntry* const victim = coldest->clients.victim(now);
        if (!victim)
            continue; // another thread was faster, and what the shard shows is out of date
        coldest->clients.erase(*victim);
        coldest->publish();
        return true;
    }
    return false;
}

bool ClientTable::reset(const ClientKey& key) {
    const uint64_t hash = hashOf(key, m_seed);
    Shard& shard = shardOf(hash);
    std::lock_guard lock(shard.mutex);
    ClientEntry* const known = shard.clients.find(hash, key);
    if (!known)
        return false;
    shard.clients.erase(*known);
    shard.publish();
    m_places.fetch_sub(1, std::memory_order_relaxed);
    return true;
}

void ClientTable::resetAll() {
    for (Shard& shard : m_shards) {
        std::lock_guard lock(shard.mutex);
        m_places.fetch_sub(shard.clients.size(), std::memory_order_relaxed);
        shard.clients.clear();
        shard.publish();
    }
    std::lock_guard lock(m_sharedMutex);
    m_sharedCount = {};
}

std::vector<ClientRow> ClientTable::snapshot(const QuotaPolicy& policy, size_t most, TimePoint at) const {
    const Ticks now = ticksOf(at);
    std::vector<ClientRow> rows;
    rows.reserve(std::min<size_t>(6 * most, m_places.load(std::memory_order_relaxed))); // not under a lock, mostly
    for (const Shard& shard : m_shards) {
        std::lock_guard lock(shard.mutex);
        shard.clients.forHottest(most, [&](const ClientEntry& entry) {
            rows.push_back({entry.key, policy.look(entry.count, now), entry.allowed, entry.throttled,
                            timeOf(entry.firstSeen), timeOf(entry.lastSeen)});
        });
        if (rows.size() > 4 * most)
            keepFirst(rows, most);
    }
    keepFirst(rows, most);
    std::sort(rows.begin(), rows.end(), comesFirst);
    return rows;
}

LimitTotals ClientTable::totals() const {
    LimitTotals totals;
    {
        std::lock_guard lock(m_sharedMutex);
        totals = m_sharedTotals;
    }
    totals.evictions = m_evictions.load(std::memory_order_relaxed);
    totals.clients = m_places.load(std::memory_order_relaxed);
    for (const Shard& shard : m_shards) {
        std::lock_guard lock(shard.mutex);
        totals.allowed += shard.allowed;
        totals.throttled += shard.throttled;
    }
    return totals;
}

} // namespace reverxy::limit
