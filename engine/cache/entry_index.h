// SPDX-License-Identifier: MIT
#pragma once

#include "cache/stored_response.h"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace reverxy::cache {

/// A shard's entries by hash, chained through the entries themselves. Grows and shrinks by a few buckets at a
/// time (linear hashing), so that no insertion or removal pays for all that came before it. Holds no references.
/// Not thread-safe.
class EntryIndex {
  public:
    EntryIndex() : m_buckets(leastBuckets) {}

    /// The first entry of the hash's chain, others' hashes among them; next() goes on.
    const StoredResponse* chain(uint64_t hash) const { return m_buckets[bucketOf(hash)]; }

    static const StoredResponse* next(const StoredResponse& entry) { return entry.m_nextInBucket; }

    void add(const StoredResponse& entry);
    /// The entry must be there.
    void remove(const StoredResponse& entry);

    /// For walking through all of it: the chain at a place, and how many places there are. While nothing shrinks
    /// it, an entry only ever moves to a later place.
    const StoredResponse* at(size_t place) const { return m_buckets[place]; }

    size_t places() const { return m_buckets.size(); }

    /// Gives places back as entries leave; off while somebody walks, and made up for afterwards.
    void setShrinking(bool on);

    size_t size() const { return m_size; }

    // NOLINTNEXTLINE(bugprone-sizeof-expression): a bucket is a pointer
    size_t footprint() const { return m_buckets.capacity() * sizeof(decltype(m_buckets)::value_type); }

  private:
    static constexpr size_t leastBuckets = 8;
    // Each entry in the way of another one is a line of memory that nothing has touched for long.
    static constexpr size_t bucketsPerEntry = 2;

    size_t bucketOf(uint64_t hash) const;
    void split();
    void merge();

    bool tooWide() const { return m_buckets.size() > leastBuckets && m_size < m_buckets.size() / 4; }

    std::vector<const StoredResponse*> m_buckets;
    size_t m_size = 0;
    bool m_shrinking = true;
};

} // namespace reverxy::cache
