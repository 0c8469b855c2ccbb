// SPDX-License-Identifier: MIT
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace reverxy::http {

/// The first byte in [at, end) that is a control character (below 0x20, or 0x7f), or `end`. HTAB counts as one: it
/// is so rare in values that testing for it in the loop would cost more than stopping at it.
inline const char* findControl(const char* at, const char* end) {
    if constexpr (std::endian::native == std::endian::little) {
        // Eight bytes at a time: a byte's top bit is set in `found` when the byte qualifies. A borrow may set bits
        // of later bytes wrongly, never of an earlier one, and only the first is looked at.
        constexpr uint64_t ones = 0x0101010101010101;
        constexpr uint64_t tops = 0x8080808080808080;
        while (end - at >= 8) {
            uint64_t word;
            std::memcpy(&word, at, sizeof word);
            const uint64_t below = (word - ones * 0x20) & ~word;
            const uint64_t del = word ^ (ones * 0x7f);
            const uint64_t found = (below | ((del - ones) & ~del)) & tops;
            if (found != 0)
                return at + std::countr_zero(found) / 8;
            at += 8;
        }
    }
    while (at < end && static_cast<unsigned char>(*at) >= 0x20 && *at != 0x7f)
        ++at;
    return at;
}

} // namespace reverxy::http
