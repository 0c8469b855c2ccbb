// SPDX-License-Identifier: MIT
#include "cache/cache.h"

#include <algorithm>

namespace reverxy::cache {

void Cache::configure(const config::Cache& config) {
    m_configured = config.enabled ? config.maxSize : 0;
    m_store.setLimit(std::min(m_configured, m_bound));
}

void Cache::setBound(uint64_t bytes) {
    if (bytes == m_bound)
        return;
    m_bound = bytes;
    m_store.setLimit(std::min(m_configured, m_bound));
}

bool Cache::insert(const StoredRef& response, const StoredResponse* old, uint64_t hash, uint32_t generation,
                   TimePoint now) {
    if (m_generations.of(hash) != generation)
        return false;
    const bool taken = old ? m_store.replace(*old, response, hash, now) : m_store.insert(response, hash, now);
    if (!taken)
        return false;
    // Whoever invalidates begins a generation first and removes then: one of both sees the other.
    if (m_generations.of(hash) == generation)
        return true;
    m_store.remove(*response, hash);
    return false;
}

size_t Cache::invalidate(std::string_view key) {
    const uint64_t hash = m_store.hashOf(key);
    m_generations.invalidate(hash);
    return m_store.removeAll(key, hash);
}

size_t Cache::purge(const KeyScope& scope) {
    m_generations.invalidateAll();
    return m_store.purge(scope);
}

size_t Cache::markStale(const KeyScope& scope) {
    m_generations.invalidateAll();
    return m_store.markStale(scope);
}

size_t Cache::purge(uint64_t hash) {
    m_generations.invalidate(hash);
    return m_store.purge(hash);
}

size_t Cache::markStale(uint64_t hash) {
    m_generations.invalidate(hash);
    return m_store.markStale(hash);
}

void Cache::count(uint32_t worker, CacheVerdict verdict, StoreVerdict stored) {
    Counts& counts = m_counts[worker % m_counts.size()];
    counts.verdicts[static_cast<size_t>(verdict)].fetch_add(1, std::memory_order_relaxed);
    if (stored != StoreVerdict::None)
        counts.stores[static_cast<size_t>(stored)].fetch_add(1, std::memory_order_relaxed);
}

CacheTotals Cache::totals() const {
    CacheTotals totals;
    for (const Counts& counts : m_counts) {
        for (size_t i = 0; i < totals.verdicts.size(); ++i)
            totals.verdicts[i] += counts.verdicts[i].load(std::memory_order_relaxed);
        for (size_t i = 0; i < totals.stores.size(); ++i)
            totals.stores[i] += counts.stores[i].load(std::memory_order_relaxed);
    }
    totals.bytes = m_store.bytes();
    totals.limit = m_store.limit();
    totals.entries = m_store.entries();
    totals.evictions = m_store.evictions();
    totals.fills = m_fills.size();
    return totals;
}

} // namespace reverxy::cache
