// SPDX-License-Identifier: MIT
#include "cache/shard.h"

#include <utility>

namespace reverxy::cache {

namespace {

/// Measures by how much the bytes change while it lives.
class Weighing {
  public:
    Weighing(const EntryIndex& index, Shard::Delta& delta)
        : m_index(index), m_delta(delta), m_before(index.footprint()) {}

    ~Weighing() { m_delta += static_cast<Shard::Delta>(m_index.footprint()) - static_cast<Shard::Delta>(m_before); }

    Weighing(const Weighing&) = delete;
    Weighing& operator=(const Weighing&) = delete;

    void added(const StoredResponse& entry) { m_delta += static_cast<Shard::Delta>(entry.footprint()); }

    void removed(const StoredResponse& entry) { m_delta -= static_cast<Shard::Delta>(entry.footprint()); }

  private:
    const EntryIndex& m_index;
    Shard::Delta& m_delta;
    const size_t m_before;
};

} // namespace

Shard::~Shard() {
    while (const StoredResponse* const oldest = m_list.oldest())
        unlink(*oldest);
}

size_t Shard::find(std::string_view key, uint64_t hash, uint32_t stamp, std::span<StoredRef> variants) {
    size_t count = 0;
    std::lock_guard lock(m_mutex);
    const StoredResponse* first = nullptr;
    const StoredResponse* entry = m_index.chain(hash);
    if (entry)
        entry->prefetch(); // nearly always the one
    for (; entry && count < variants.size(); entry = EntryIndex::next(*entry)) {
        if (entry->m_hash != hash || entry->key() != key)
            continue;
        if (count == 0)
            first = entry;
        variants[count++] = StoredRef(entry);
    }
    if (count == 1) {
        m_list.makeNewest(*first);
        first->m_lastUsed = stamp;
        noteOldest();
    }
    return count;
}

void Shard::used(const StoredResponse& entry, uint32_t stamp) {
    std::lock_guard lock(m_mutex);
    if (!entry.m_linked)
        return;
    m_list.makeNewest(entry);
    entry.m_lastUsed = stamp;
    noteOldest();
}

bool Shard::insert(const StoredRef& entry, uint64_t hash, uint32_t stamp, const StoredResponse* only,
                   size_t variantsAllowed, std::vector<StoredRef>& gone, Delta& delta) {
    std::lock_guard lock(m_mutex);
    Weighing weighing(m_index, delta);
    if ((only && !only->m_linked) || (entry->facts().partial && holdsWhole(*entry, hash, only)))
        return false;
    const StoredResponse* last = nullptr; // the variant stored first of all
    size_t variants = 0;
    const StoredResponse* next = nullptr;
    for (const auto* other = m_index.chain(hash); other; other = next) {
        next = EntryIndex::next(*other);
        if (other->m_hash != hash || other->key() != entry->key())
            continue;
        if (other == only || other->selecting() == entry->selecting()) {
            weighing.removed(*other);
            gone.push_back(unlink(*other));
            continue;
        }
        ++variants;
        if (!last || other->facts().responseTime < last->facts().responseTime)
            last = other;
    }
    if (variants >= variantsAllowed) {
        weighing.removed(*last);
        gone.push_back(unlink(*last));
    }
    link(entry, hash, stamp);
    weighing.added(*entry);
    return true;
}

/// Whether what the part would take the place of is the whole: somebody else has stored that meanwhile.
bool Shard::holdsWhole(const StoredResponse& part, uint64_t hash, const StoredResponse* only) const {
    for (const auto* other = m_index.chain(hash); other; other = EntryIndex::next(*other)) {
        if (other->m_hash == hash && other->key() == part.key() && !other->facts().partial &&
            (other == only || other->selecting() == part.selecting()))
            return true;
    }
    return false;
}

bool Shard::remove(const StoredResponse& entry, Delta& delta) {
    StoredRef gone; // freed without the lock
    std::lock_guard lock(m_mutex);
    Weighing weighing(m_index, delta);
    if (!entry.m_linked)
        return false;
    weighing.removed(entry);
    gone = unlink(entry);
    return true;
}

template <typename Wanted>
void Shard::removeIf(uint64_t hash, Wanted wanted, std::vector<StoredRef>& gone, Delta& delta) {
    std::lock_guard lock(m_mutex);
    Weighing weighing(m_index, delta);
    const StoredResponse* next = nullptr;
    for (const auto* entry = m_index.chain(hash); entry; entry = next) {
        next = EntryIndex::next(*entry);
        if (entry->m_hash != hash || !wanted(*entry))
            continue;
        weighing.removed(*entry);
        gone.push_back(unlink(*entry));
    }
}

void Shard::removeAll(std::string_view key, uint64_t hash, std::vector<StoredRef>& gone, Delta& delta) {
    removeIf(
        hash, [key](const StoredResponse& entry) { return entry.key() == key; }, gone, delta);
}

void Shard::removeHash(uint64_t hash, std::vector<StoredRef>& gone, Delta& delta) {
    removeIf(
        hash, [](const StoredResponse&) { return true; }, gone, delta);
}

size_t Shard::markStale(uint64_t hash) {
    size_t count = 0;
    std::lock_guard lock(m_mutex);
    for (auto* entry = m_index.chain(hash); entry; entry = EntryIndex::next(*entry)) {
        if (entry->m_hash != hash)
            continue;
        entry->markStale();
        ++count;
    }
    return count;
}

StoredRef Shard::takeOldest(Delta& delta) {
    std::lock_guard lock(m_mutex);
    const StoredResponse* const oldest = m_list.oldest();
    if (!oldest)
        return {};
    Weighing weighing(m_index, delta);
    weighing.removed(*oldest);
    return unlink(*oldest);
}

void Shard::beginWalk() {
    std::lock_guard lock(m_mutex);
    ++m_walks;
    m_index.setShrinking(false);
}

bool Shard::walk(size_t& place, size_t count, std::vector<StoredRef>& found) {
    std::lock_guard lock(m_mutex);
    // Empty places cost time too.
    for (size_t steps = 0; place < m_index.places() && found.size() < count && steps < 4 * count;
         ++place, ++steps) {
        for (auto* entry = m_index.at(place); entry; entry = EntryIndex::next(*entry))
            found.emplace_back(entry);
    }
    return place < m_index.places();
}

void Shard::endWalk(Delta& delta) {
    std::lock_guard lock(m_mutex);
    Weighing weighing(m_index, delta);
    if (--m_walks == 0)
        m_index.setShrinking(true);
}

void Shard::link(const StoredRef& entry, uint64_t hash, uint32_t stamp) {
    entry->retain();
    entry->m_hash = hash;
    entry->m_lastUsed = stamp;
    entry->m_linked = true;
    m_index.add(*entry);
    m_list.addNewest(*entry);
    noteOldest();
}

/// Hands out the reference that the shard held.
StoredRef Shard::unlink(const StoredResponse& entry) {
    m_index.remove(entry);
    m_list.remove(entry);
    entry.m_linked = false;
    noteOldest();
    return StoredRef::adopt(&entry);
}

/// Written only when it changes: whoever looks for the oldest of all reads every shard's.
void Shard::noteOldest() {
    const StoredResponse* const oldest = m_list.oldest();
    const uint64_t stamp = oldest ? uint64_t{1} << 32 | oldest->m_lastUsed : 0;
    if (stamp != m_oldestStamp.load(std::memory_order_relaxed))
        m_oldestStamp.store(stamp, std::memory_order_relaxed);
}

} // namespace reverxy::cache
