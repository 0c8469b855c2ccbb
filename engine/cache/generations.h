// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>

namespace reverxy::cache {

/// Tells a response that was asked for before its key was invalidated from one that was asked for afterwards: the
/// first must not be stored any more. Each key, as far as 42 bits of its hash tell it from others, has a number
/// that grows when it is invalidated, and wraps after 2^32 of them, which no response takes to come. A fixed amount
/// of memory: the numbers of the keys that were invalidated last are known, and of those before them that they are
/// not greater than a common one, so that a key's number may grow without need, but never fails to. Thread-safe;
/// with a lock once anything of the key's place has been invalidated.
class Generations {
  public:
    /// Of so many keys in the same place the numbers are known: as many as two cache lines hold.
    static constexpr size_t known = 10;
    static constexpr size_t places = 1024;

    uint32_t of(uint64_t hash) const {
        const uint32_t all = m_all.load();
        return m_newest[hash % places].load() == 0 ? all : all + numberOf(hash);
    }

    void invalidate(uint64_t hash);

    void invalidateAll() { ++m_all; }

  private:
    struct Known {
        uint32_t key = 0; // the hash's upper half
        uint32_t number = 0;
    };

    struct alignas(64) Place {
        mutable std::mutex mutex;
        uint32_t others = 0; // the number of all keys that are not known, and at least as great as each had
        std::array<Known, known> keys;
    };

    static uint32_t keyOf(uint64_t hash) { return static_cast<uint32_t>(hash >> 32); }

    uint32_t numberOf(uint64_t hash) const;

    std::atomic<uint32_t> m_all{0};
    alignas(64) std::array<std::atomic<uint32_t>, places> m_newest{}; // each place's greatest number
    std::array<Place, places> m_places{};
};

} // namespace reverxy::cache
