// SPDX-License-Identifier: MIT
#pragma once

#include "fuzz/require.h"
#include "support/parsed.h"

#include <algorithm>
#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace reverxy::fuzz {

/// Small limits, so that the inputs reach them.
constexpr http::HeadLimits limits{2048, 24};

/// Where an input is cut, told by the input itself: so each finding can be reproduced, and the corpus holds plain
/// messages.
class Cuts {
  public:
    explicit Cuts(std::string_view input) : m_random(seedOf(input)) {}

    std::vector<size_t> over(size_t size) {
        std::vector<size_t> cuts(1 + m_random() % 8);
        for (size_t& cut : cuts)
            cut = m_random() % (size + 1);
        std::sort(cuts.begin(), cuts.end());
        return cuts;
    }

  private:
    static uint32_t seedOf(std::string_view input) {
        uint32_t hash = 2166136261; // FNV-1a
        for (char c : input)
            hash = (hash ^ static_cast<unsigned char>(c)) * 16777619;
        return hash;
    }

    std::minstd_rand m_random;
};

/// Whatever was decided must not depend on the pieces; what was consumed matters only when the end was found.
inline bool agree(const test::Outcome& a, const test::Outcome& b) {
    return a.status == b.status && a.error == b.error && a.text == b.text &&
           (a.status != http::ParseStatus::Done || a.consumed == b.consumed);
}

/// Decodes a body from what follows a head, whole, cut, and once more after writing it anew.
void checkBody(const http::Framing& framing, std::string_view rest, Cuts& cuts);

} // namespace reverxy::fuzz
