// SPDX-License-Identifier: MIT
#include "limit/connection_counts.h"

namespace reverxy::limit {

ConnectionVerdict ConnectionCounts::enter(const ClientKey& key, uint32_t most) {
    const uint64_t hash = hashOf(key, m_seed);
    Shard& shard = m_shards[hash % shardCount];
    std::lock_guard lock(shard.mutex);
    Held& held = shard.clients[{hash, key}]; // the first connection of a client is always served
    if (most == 0 || held.served < most) {
        ++held.served;
        return ConnectionVerdict::Serve;
    }
    if (held.answered >= most)
        return ConnectionVerdict::Close;
    ++held.answered;
    return ConnectionVerdict::Answer;
}

void ConnectionCounts::leave(const ClientKey& key, ConnectionVerdict verdict) {
    if (verdict == ConnectionVerdict::Close)
        return;
    const uint64_t hash = hashOf(key, m_seed);
    Shard& shard = m_shards[hash % shardCount];
    std::lock_guard lock(shard.mutex);
    const auto found = shard.clients.find({hash, key});
    if (found == shard.clients.end())
        return;
    --(verdict == ConnectionVerdict::Serve ? found->second.served : found->second.answered);
    if (found->second.served == 0 && found->second.answered == 0)
        shard.clients.erase(found);
}

uint32_t ConnectionCounts::held(const ClientKey& key) const {
    const uint64_t hash = hashOf(key, m_seed);
    const Shard& shard = m_shards[hash % shardCount];
    std::lock_guard lock(shard.mutex);
    const auto found = shard.clients.find({hash, key});
    return found == shard.clients.end() ? 0 : found->second.served;
}

} // namespace reverxy::limit
