// SPDX-License-Identifier: MIT
#pragma once

#include "base/clock.h"

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>

namespace reverxy::cache {

/// Keys whose responses were not for others: requests for them do not wait for each other. A fixed number of
/// places; a later key may take an earlier one's, and rarely one key is taken for another, which only costs a
/// request that could have been spared. Thread-safe without a lock.
class UncacheableKeys {
  public:
    static constexpr std::chrono::seconds remembered{60};

    /// In place of a key's hash: for what holds of requests for it with credentials alone.
    static constexpr uint64_t withCredentials(uint64_t hash) { return hash ^ 0xc4ceb9fe1a85ec53; }

    void note(uint64_t hash, TimePoint now) { place(hash).store(word(hash, now), std::memory_order_relaxed); }

    bool contain(uint64_t hash, TimePoint now) const {
        const uint64_t held = place(hash).load(std::memory_order_relaxed);
        const auto age = static_cast<uint32_t>(word(hash, now)) - static_cast<uint32_t>(held);
        return held != 0 && (held ^ hash) >> 32 == 0 && age < static_cast<uint32_t>(remembered.count());
    }

    void forget(uint64_t hash) {
        if ((place(hash).load(std::memory_order_relaxed) ^ hash) >> 32 == 0)
            place(hash).store(0, std::memory_order_relaxed);
    }

  private:
    static constexpr size_t count = 16 * 1024;

    /// The hash's upper half, and below it seconds, wrapping.
    static uint64_t word(uint64_t hash, TimePoint now) {
        const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count();
        return (hash & ~uint64_t{0xffffffff}) | static_cast<uint32_t>(seconds);
    }

    std::atomic<uint64_t>& place(uint64_t hash) { return m_places[hash & (count - 1)]; }

    const std::atomic<uint64_t>& place(uint64_t hash) const { return m_places[hash & (count - 1)]; }

    std::array<std::atomic<uint64_t>, count> m_places{};
};

} // namespace reverxy::cache
