// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <atomic>
#include <cstdint>

namespace reverxy::cache {

/// Tells a response that was asked for before its key was invalidated from one that was asked for afterwards: the
/// first must not be stored any more. Many keys share a number; that one of them was invalidated only keeps a
/// response of another from being stored. Thread-safe without a lock.
class Generations {
  public:
    uint32_t of(uint64_t hash) const { return m_all.load() + m_numbers[hash % count].load(); }

    void invalidate(uint64_t hash) { ++m_numbers[hash % count]; }

    void invalidateAll() { ++m_all; }

  private:
    static constexpr size_t count = 4096;

    std::atomic<uint32_t> m_all{0};
    std::array<std::atomic<uint32_t>, count> m_numbers{};
};

} // namespace reverxy::cache
