// SPDX-License-Identifier: MIT
#include "cache/entry_index.h"

#include <bit>
#include <utility>

namespace reverxy::cache {

size_t EntryIndex::bucketOf(uint64_t hash) const {
    const size_t wide = std::bit_ceil(m_buckets.size());
    const size_t bucket = hash & (wide - 1);
    return bucket < m_buckets.size() ? bucket : bucket - wide / 2; // not split off yet
}

void EntryIndex::add(const StoredResponse& entry) {
    ++m_size;
    for (size_t i = 0; i < bucketsPerEntry && m_buckets.size() < bucketsPerEntry * m_size; ++i)
        split();
    const StoredResponse*& bucket = m_buckets[bucketOf(entry.m_hash)];
    entry.m_nextInBucket = std::exchange(bucket, &entry);
}

void EntryIndex::remove(const StoredResponse& entry) {
    const StoredResponse** link = &m_buckets[bucketOf(entry.m_hash)];
    while (*link != &entry)
        link = &(*link)->m_nextInBucket;
    *link = std::exchange(entry.m_nextInBucket, nullptr);
    --m_size;
    for (int i = 0; i < 2 && m_shrinking && tooWide(); ++i) // an entry less is worth four places
        merge();
}

void EntryIndex::setShrinking(bool on) {
    m_shrinking = on;
    while (m_shrinking && tooWide())
        merge();
}

/// One bucket more: it takes its part of the one that held it so far.
void EntryIndex::split() {
    const size_t added = m_buckets.size();
    m_buckets.push_back(nullptr);
    const StoredResponse** from = &m_buckets[added - std::bit_ceil(added + 1) / 2];
    const StoredResponse** to = &m_buckets[added];
    while (const StoredResponse* const entry = *from) {
        if (bucketOf(entry->m_hash) == added) {
            *from = std::exchange(entry->m_nextInBucket, nullptr);
            *to = entry;
            to = &entry->m_nextInBucket;
        } else {
            from = &entry->m_nextInBucket;
        }
    }
}

/// Two buckets less, so that a shard that empties also becomes small.
void EntryIndex::merge() {
    for (int i = 0; i < 2; ++i) {
        const StoredResponse* const last = m_buckets.back();
        m_buckets.pop_back();
        const StoredResponse** link = &m_buckets[m_buckets.size() - std::bit_ceil(m_buckets.size() + 1) / 2];
        while (*link)
            link = &(*link)->m_nextInBucket;
        *link = last;
    }
    if (m_buckets.capacity() > 2 * m_buckets.size())
        m_buckets.shrink_to_fit();
}

} // namespace reverxy::cache
