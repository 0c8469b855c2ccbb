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

    /// Judges one more connection. At most `most` (0: any number) are served at a time, and as many again answered.
    ConnectionVerdict enter(const ClientKey& key, uint32_t most);
    /// One that was judged so is gone.
    void leave(const ClientKey& key, ConnectionVerdict verdict);
    /// Those that are served.
    uint32_t held(const ClientKey& key) const;

  private:
    static constexpr size_t shardCount = 64;

    /// Keys come with their hash, which is secret; the map needs no other.
    struct Hashed {
        uint64_t hash;
        ClientKey key;
        friend bool operator==(const Hashed&, const Hashed&) = default;
    };

    struct TakeHash {
        size_t operator()(const Hashed& hashed) const { return static_cast<size_t>(hashed.hash / shardCount); }
    };

    struct Held {
        uint32_t served = 0;
        uint32_t answered = 0;
    };

    struct alignas(64) Shard {
        mutable std::mutex mutex;
        std::unordered_map<Hashed, Held, TakeHash> clients;
    };

    const HashSeed m_seed;
    std::array<Shard, shardCount> m_shards;
};

} // namespace reverxy::limit
