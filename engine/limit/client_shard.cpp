// SPDX-License-Identifier: MIT
#include "limit/client_shard.h"

namespace reverxy::limit {

namespace {
constexpr size_t firstBuckets = 16;
}

ClientShard::ClientShard() : m_buckets(firstBuckets, none) {}

ClientEntry* ClientShard::find(uint64_t hash, const ClientKey& key) {
    for (uint32_t place = bucket(hash); place != none;) {
        ClientEntry& entry = at(place);
        if (entry.hash == hash && entry.key == key)
            return &entry;
        place = entry.sameBucket;
    }
    return nullptr;
}

ClientEntry& ClientShard::insert(uint64_t hash, const ClientKey& key, Ticks now) {
    if (m_size >= m_buckets.size())
        growBuckets();
    uint32_t place = m_free;
    if (place != none) {
        m_free = at(place).sameBucket;
    } else {
        place = m_used++;
        if (place / chunkSize == m_chunks.size())
            m_chunks.push_back(std::make_unique<ClientEntry[]>(chunkSize));
    }
    ClientEntry& entry = at(place);
    entry = ClientEntry{};
    entry.hash = hash;
    entry.key = key;
    entry.place = place;
    entry.firstSeen = entry.lastSeen = now;
    entry.sameBucket = bucket(hash);
    bucket(hash) = place;
    linkHottest(entry);
    ++m_size;
    return entry;
}

void ClientShard::touch(ClientEntry& entry, const Standing& standing, Ticks now) {
    if (now > entry.lastSeen)
        entry.lastSeen = now;
    const bool spent = standing.remaining() == 0;
    entry.freeAt = entry.lastSeen + standing.resetAfter;
    if (spent == entry.spent && entry.hotter == none)
        return;
    unlink(entry);
    entry.spent = spent;
    linkHottest(entry);
}

void ClientShard::erase(ClientEntry& entry) {
    uint32_t* link = &bucket(entry.hash);
    while (*link != entry.place)
        link = &at(*link).sameBucket;
    *link = entry.sameBucket;
    unlink(entry);
    entry.sameBucket = m_free;
    m_free = entry.place;
    --m_size;
}

void ClientShard::clear() {
    *this = ClientShard();
}

ClientShard::Coldest ClientShard::coldest() const {
    Coldest coldest;
    if (m_idle.coldest != none)
        coldest.idleSeen = at(m_idle.coldest).lastSeen;
    if (m_spent.coldest != none) {
        coldest.spentSeen = at(m_spent.coldest).lastSeen;
        coldest.spentFree = at(m_spent.coldest).freeAt;
    }
    return coldest;
}

ClientEntry* ClientShard::victim(Ticks now) {
    const Coldest candidates = coldest();
    if (candidates.seen(now) == never)
        return nullptr;
    const bool spent = candidates.spentFree <= now && candidates.spentSeen < candidates.idleSeen;
    return &at(spent ? m_spent.coldest : m_idle.coldest);
}

void ClientShard::unlink(ClientEntry& entry) {
    List& list = listOf(entry);
    (entry.hotter != none ? at(entry.hotter).colder : list.hottest) = entry.colder;
    (entry.colder != none ? at(entry.colder).hotter : list.coldest) = entry.hotter;
}

void ClientShard::linkHottest(ClientEntry& entry) {
    List& list = listOf(entry);
    entry.hotter = none;
    entry.colder = list.hottest;
    (list.hottest != none ? at(list.hottest).hotter : list.coldest) = entry.place;
    list.hottest = entry.place;
}

void ClientShard::growBuckets() {
    m_buckets.assign(m_buckets.size() * 2, none);
    for (const List* list : {&m_idle, &m_spent}) {
        for (uint32_t place = list->hottest; place != none;) {
            ClientEntry& entry = at(place);
            entry.sameBucket = bucket(entry.hash);
            bucket(entry.hash) = place;
            place = entry.colder;
        }
    }
}

} // namespace reverxy::limit
