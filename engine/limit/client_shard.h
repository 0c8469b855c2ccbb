// SPDX-License-Identifier: MIT
#pragma once

#include "limit/client_key.h"
#include "limit/standing.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace reverxy::limit {

/// One client that is remembered.
struct ClientEntry {
    uint64_t hash = 0;
    ClientKey key;
    bool spent = false; // stands among those with nothing left
    // Places in the shard: its own, so that no neighbour need be asked for it, and of its neighbours in the lists
    // that it stands in.
    uint32_t place = 0;
    uint32_t sameBucket = 0;
    uint32_t colder = 0;
    uint32_t hotter = 0;
    Count count;
    Ticks lastSeen = 0;
    Ticks freeAt = 0; // of one with nothing left: when that ends
    Ticks firstSeen = 0;
    uint64_t allowed = 0;   // requests since firstSeen
    uint64_t throttled = 0; // likewise
};

/// A part of a ClientTable: finds clients by key, and knows which of them to forget first. Two lists, both in the
/// order in which the clients were last seen: those that have requests left, and those that have none. Of the
/// second only those may be forgotten whose time is over, so that nobody is freed by being forgotten.
///
/// Costs the same however many clients there are; memory is taken when a client is new to it and all places are
/// taken, and is kept. No lock of its own.
class ClientShard {
  public:
    ClientShard();

    /// Null when it is not remembered. Valid until it is erased.
    ClientEntry* find(uint64_t hash, const ClientKey& key);
    /// A client that is not remembered yet.
    ClientEntry& insert(uint64_t hash, const ClientKey& key, Ticks now);
    /// A client was seen: it becomes the hottest. `standing` says which list that is of.
    void touch(ClientEntry& entry, const Standing& standing, Ticks now);
    void erase(ClientEntry& entry);
    void clear();

    size_t size() const { return m_size; }

    /// What decides about the coldest one, for the comparison with other shards. `never` where there is none.
    static constexpr Ticks never = UINT64_MAX;

    struct Coldest {
        Ticks idleSeen = never; // of the coldest with requests left
        Ticks spentSeen = never;
        Ticks spentFree = never; // of the coldest with nothing left: from when it may be forgotten

        /// When the one to forget first was seen; never when none may be.
        Ticks seen(Ticks now) const { return spentFree <= now && spentSeen < idleSeen ? spentSeen : idleSeen; }
    };

    Coldest coldest() const;
    /// The client to forget first; null when none may be.
    ClientEntry* victim(Ticks now);

    /// Calls `look` with at most `most` clients with nothing left and then with as many others, the hottest first.
    template <typename Look>
    void forHottest(size_t most, Look look) const {
        for (const List* list : {&m_spent, &m_idle}) {
            uint32_t place = list->hottest;
            for (size_t i = 0; i < most && place != none; ++i) {
                const ClientEntry& entry = at(place);
                look(entry);
                place = entry.colder;
            }
        }
    }

  private:
    static constexpr uint32_t none = UINT32_MAX;
    static constexpr size_t chunkSize = 32;

    struct List {
        uint32_t hottest = none;
        uint32_t coldest = none;
    };

    ClientEntry& at(uint32_t place) { return m_chunks[place / chunkSize][place % chunkSize]; }

    const ClientEntry& at(uint32_t place) const { return m_chunks[place / chunkSize][place % chunkSize]; }

    uint32_t& bucket(uint64_t hash) { return m_buckets[(hash >> 32) & (m_buckets.size() - 1)]; }

    List& listOf(const ClientEntry& entry) { return entry.spent ? m_spent : m_idle; }

    void unlink(ClientEntry& entry);
    void linkHottest(ClientEntry& entry);
    void growBuckets();

    std::vector<uint32_t> m_buckets; // a power of two; the first client of each chain
    std::vector<std::unique_ptr<ClientEntry[]>> m_chunks;
    List m_idle;
    List m_spent;
    uint32_t m_free = none; // erased places, linked by sameBucket
    uint32_t m_used = 0;    // places that were ever taken
    size_t m_size = 0;
};

} // namespace reverxy::limit
