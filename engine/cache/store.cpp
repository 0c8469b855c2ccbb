// SPDX-License-Identifier: MIT
#include "cache/store.h"

#include <algorithm>

namespace reverxy::cache {

namespace {

static_assert(Store::shardCount == 64, "shardOf() takes the uppermost six bits");

// Entries that a walk takes out of a shard at once.
constexpr size_t walkStep = 128;

/// What whoever adds so many bytes has to free at most: where the limit was lowered, whoever did that sees to the
/// rest, and no worker is held up by it.
int64_t share(int64_t added) {
    constexpr int64_t least = 16 * 1024;
    return 2 * std::max<int64_t>(added, 0) + least;
}

uint32_t stampOf(TimePoint now) {
    using std::chrono::milliseconds;
    return static_cast<uint32_t>(std::chrono::duration_cast<milliseconds>(now.time_since_epoch()).count());
}

} // namespace

void Store::setLimit(uint64_t bytes) {
    m_limit = bytes;
    evict(bytes, m_lastStamp.load(std::memory_order_relaxed), INT64_MAX);
}

size_t Store::find(std::string_view key, uint64_t hash, TimePoint now, Variants& variants) {
    return shardOf(hash).find(key, hash, stampOf(now), variants);
}

void Store::used(const StoredResponse& response, uint64_t hash, TimePoint now) {
    shardOf(hash).used(response, stampOf(now));
}

bool Store::insert(const StoredRef& response, uint64_t hash, TimePoint now) {
    return put(response, hash, now, nullptr);
}

bool Store::replace(const StoredResponse& old, const StoredRef& response, uint64_t hash, TimePoint now) {
    return put(response, hash, now, &old);
}

bool Store::put(const StoredRef& response, uint64_t hash, TimePoint now, const StoredResponse* only) {
    const uint64_t limit = m_limit;
    if (response->footprint() > limit)
        return false;
    std::vector<StoredRef> gone;
    Shard::Delta delta = 0;
    const uint32_t stamp = stampOf(now);
    if (!shardOf(hash).insert(response, hash, stamp, only, maxVariants, gone, delta))
        return false;
    m_entries += 1 - static_cast<int64_t>(gone.size());
    m_bytes += delta;
    m_lastStamp.store(stamp, std::memory_order_relaxed);
    evict(limit, stamp, share(delta));
    return true;
}

bool Store::remove(const StoredResponse& response, uint64_t hash) {
    Shard::Delta delta = 0;
    if (!shardOf(hash).remove(response, delta))
        return false;
    m_bytes += delta;
    --m_entries;
    return true;
}

size_t Store::removeAll(std::string_view key, uint64_t hash) {
    std::vector<StoredRef> gone;
    Shard::Delta delta = 0;
    shardOf(hash).removeAll(key, hash, gone, delta);
    m_bytes += delta;
    m_entries -= static_cast<int64_t>(gone.size());
    return gone.size();
}

size_t Store::purge(uint64_t hash) {
    std::vector<StoredRef> gone;
    Shard::Delta delta = 0;
    shardOf(hash).removeHash(hash, gone, delta);
    m_bytes += delta;
    m_entries -= static_cast<int64_t>(gone.size());
    return gone.size();
}

size_t Store::markStale(uint64_t hash) {
    return shardOf(hash).markStale(hash);
}

/// Visits every entry whose key is in `scope` and that is there all the time; perhaps twice one that is moved
/// meanwhile by an index that grows.
template <typename Visit>
void Store::forEach(const KeyScope& scope, Visit visit) {
    std::vector<StoredRef> found;
    for (size_t i = 0; i < shardCount; ++i) {
        Shard& shard = m_shards[i];
        shard.beginWalk();
        bool more = true;
        for (size_t place = 0; more;) {
            more = shard.walk(place, walkStep, found);
            for (const StoredRef& entry : found) {
                if (scope.contains(entry->key()))
                    visit(shard, *entry);
            }
            found.clear();
        }
        Shard::Delta delta = 0;
        shard.endWalk(delta);
        m_bytes += delta;
    }
}

size_t Store::purge(const KeyScope& scope) {
    size_t count = 0;
    forEach(scope, [&](Shard& shard, const StoredResponse& entry) {
        Shard::Delta delta = 0;
        if (!shard.remove(entry, delta))
            return;
        m_bytes += delta;
        --m_entries;
        ++count;
    });
    return count;
}

size_t Store::markStale(const KeyScope& scope) {
    size_t count = 0;
    forEach(scope, [&](Shard&, const StoredResponse& entry) {
        entry.markStale();
        ++count;
    });
    return count;
}

std::vector<EntryInfo> Store::page(PageCursor& cursor, size_t count) {
    std::vector<StoredRef> found;
    while (cursor.shard < shardCount && found.size() < count) {
        size_t place = cursor.place;
        const bool more = m_shards[cursor.shard].walk(place, std::min(count, found.size() + walkStep), found);
        cursor = more ? PageCursor{cursor.shard, static_cast<uint32_t>(place)} : PageCursor{cursor.shard + 1, 0};
    }
    std::vector<EntryInfo> infos;
    infos.reserve(found.size());
    for (const StoredRef& entry : found) {
        infos.push_back({std::string(entry->key()), std::string(entry->selecting()), entry->facts(),
                         entry->bodySize(), entry->footprint(), entry->hits(), entry->markedStale(),
                         hashOf(entry->key())});
    }
    return infos;
}

bool Store::reserve(uint64_t bytes, TimePoint now) {
    const uint64_t limit = m_limit;
    if (bytes > limit)
        return false; // nothing need leave for what can never fit
    m_bytes += static_cast<int64_t>(bytes);
    evict(limit, stampOf(now), share(static_cast<int64_t>(bytes)));
    if (this->bytes() <= limit)
        return true;
    unreserve(bytes);
    return false;
}

/// Lets the entries go that were not used for the longest time, until at most `limit` bytes are held, or until
/// `enough` have become free.
void Store::evict(uint64_t limit, uint32_t stamp, int64_t enough) {
    for (int64_t freed = 0; bytes() > limit && freed < enough;) {
        Shard* oldest = nullptr;
        int32_t greatestAge = 0;
        for (size_t i = 0; i < shardCount; ++i) {
            const uint64_t candidate = m_shards[i].oldestStamp();
            if (candidate == 0)
                continue;
            // Stamps wrap, and one may be ahead of `stamp`.
            const auto age = static_cast<int32_t>(stamp - static_cast<uint32_t>(candidate));
            if (!oldest || age > greatestAge) {
                oldest = &m_shards[i];
                greatestAge = age;
            }
        }
        if (!oldest)
            return; // what is held is being received
        Shard::Delta delta = 0;
        if (oldest->takeOldest(delta)) {
            m_bytes += delta;
            freed -= delta;
            --m_entries;
            ++m_evictions;
        }
    }
}

} // namespace reverxy::cache
