// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <random>

namespace reverxy::demo {

using Milliseconds = std::chrono::milliseconds;

/// Random values that are the same for the same seed with every C++ library: the standard fixes the numbers of
/// std::mt19937, though not those of its distributions. Belongs to one thread.
class Draw {
  public:
    explicit Draw(uint32_t seed) : m_engine(seed) {}

    /// From 0 to `bound` - 1; `bound` is at least 1.
    uint32_t below(uint32_t bound) { return static_cast<uint32_t>(m_engine() % bound); }

    bool oneIn(uint32_t count) { return below(count) == 0; }

    /// Both ends included.
    Milliseconds between(Milliseconds least, Milliseconds most) {
        return least + Milliseconds(below(static_cast<uint32_t>((most - least).count()) + 1));
    }

  private:
    std::mt19937 m_engine;
};

} // namespace reverxy::demo
