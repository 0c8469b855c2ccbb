// SPDX-License-Identifier: MIT
#include "limit/connection_counts.h"

namespace reverxy::limit {

ConnectionVerdict ConnectionCounts::enter(const Client& client, uint32_t most) {
    Shard& shard = m_shards[client.hash % shardCount];
    std::lock_guard lock(shard.mutex);
    Held& held = shard.clients[client]; // the first connection of a client is always served
    if (most == 0 || held.served < most) {
        ++held.served;
        return ConnectionVerdict::Serve;
    }
    if (held.answered >= most)
        return ConnectionVerdict::Close;
    ++held.answered;
    return ConnectionVerdict::Answer;
}

void ConnectionCounts::leave(const Client& client, ConnectionVerdict verdict) {
    if (verdict == ConnectionVerdict::Close)
        return;
    Shard& shard = m_shards[client.hash % shardCount];
    std::lock_guard lock(shard.mutex);
    const auto found = shard.clients.find(client);
    if (found == shard.clients.end())
        return;
    --(verdict == ConnectionVerdict::Serve ? found->second.served : found->second.answered);
    if (found->second.served == 0 && found->second.answered == 0)
        shard.clients.erase(found);
}

uint32_t ConnectionCounts::held(const Client& client) const {
    const Shard& shard = m_shards[client.hash % shardCount];
    std::lock_guard lock(shard.mutex);
    const auto found = shard.clients.find(client);
    return found == shard.clients.end() ? 0 : found->second.served;
}

} // namespace reverxy::limit
