// SPDX-License-Identifier: MIT
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace reverxy {

/// Printable ASCII other than the double quote and the backslash.
constexpr bool isPlain(char byte) {
    return byte >= ' ' && byte <= '~' && byte != '"' && byte != '\\';
}

/// How many bytes at the start are plain: what may stand within quotes as it is, in JSON and in
/// structured fields.
inline size_t plainPrefix(std::string_view text) {
    size_t size = 0;
    if constexpr (std::endian::native == std::endian::little) {
        // Eight bytes at a time: a byte's top bit is set when the byte is another one. A borrow may set bits of
        // later bytes wrongly, never of an earlier one, and only the first is looked at.
        constexpr uint64_t ones = 0x0101010101010101;
        constexpr uint64_t tops = 0x8080808080808080;
        const auto isByte = [](uint64_t word, uint64_t byte) { return (word ^ (ones * byte)) - ones; };
        for (; text.size() - size >= 8; size += 8) {
            uint64_t word;
            std::memcpy(&word, text.data() + size, sizeof word);
            const uint64_t control = (word - ones * 0x20) | isByte(word, 0x7f);
            const uint64_t found = (control | word | isByte(word, '"') | isByte(word, '\\')) & tops;
            if (found != 0)
                return size + static_cast<size_t>(std::countr_zero(found)) / 8;
        }
    }
    while (size < text.size() && isPlain(text[size]))
        ++size;
    return size;
}

} // namespace reverxy
