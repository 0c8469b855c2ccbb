// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace reverxy::test {

/// Bytes of an endless body that never has to be held: what stands at an offset is known. The period is a prime, so
/// that a lost, doubled or swapped piece of any usual size shows.
std::string_view patternAt(uint64_t offset);
/// The first `size` bytes.
std::string pattern(uint64_t size);

/// Compares what arrives with the pattern.
class PatternCheck {
  public:
    explicit PatternCheck(uint64_t offset = 0) : m_offset(offset) {}

    /// False from the first byte on that is wrong.
    bool add(std::string_view bytes);

    bool good() const { return m_good; }

    /// Bytes seen, plus the offset it began with.
    uint64_t offset() const { return m_offset; }

  private:
    uint64_t m_offset;
    bool m_good = true;
};

} // namespace reverxy::test
