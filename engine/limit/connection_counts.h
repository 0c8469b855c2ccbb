// SPDX-License-Identifier: MIT
#pragma once

#include "limit/client_key.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <unordered_map>

namespace reverxy::limit {

/// What becomes of a client's newest connection.
enum class ConnectionVerdict : uint8_t {
    Serve,
    Answer, // too many: it is told so and closed
    Close,  // so many that not even telling it is worth the place
};

/// How many connections each client holds, over all workers. Knows a client only while it holds one, so that it is
/// no larger than the connections are many. Every call is thread-safe and takes one of many locks for a moment.
class ConnectionCounts {
  public:
    explicit ConnectionCounts(const HashSeed& seed) : m_seed(seed) {}

    /// A client as it is found here: its key with a hash, which is secret. Made once for a connection.
    struct Client {
        uint64_t hash = 0;
        ClientKey key;
        friend bool operator==(const Client&, const Client&) = default;
    };

    Client clientOf(const ClientKey& key) const { return {hashOf(key, m_seed), key}; }

    /// Judges one more connection. At most `most` (0: any number) are served at a time, and as many again answered.
    ConnectionVerdict enter(const Client& client, uint32_t most);
    /// One that was judged so is gone.
    void leave(const Client& client, ConnectionVerdict verdict);
    /// Those that are served.
    uint32_t held(const Client& client) const;

  private:
    static constexpr size_t shardCount = 64;

    struct TakeHash {
        size_t operator()(const Client& client) const { return static_cast<size_t>(client.hash / shardCount); }
    };

    struct Held {
        uint32_t served = 0;
        uint32_t answered = 0;
    };

    struct alignas(64) Shard {
        mutable std::mutex mutex;
        std::unordered_map<Client, Held, TakeHash> clients;
    };

    const HashSeed m_seed;
    std::array<Shard, shardCount> m_shards;
};

} // namespace reverxy::limit
