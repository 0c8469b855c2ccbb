// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace reverxy::http {

/// Classes of bytes the parsers ask for, one bit each, so that one look-up answers for all of them.
enum CharacterClass : uint8_t {
    TokenByte = 1,       // tchar, RFC 9110 section 5.6.2
    TargetPathByte = 2,  // what may stand in a request target up to its "?"
    TargetQueryByte = 4, // and after it
    HexByte = 8,
    QuotedByte = 16, // qdtext, RFC 9110 section 5.6.4
    TextByte = 32,   // HTAB, SP, VCHAR and obs-text: all that a field value or a reason phrase may hold
    DigitByte = 64,
    NameByte = 128, // unreserved and sub-delims, RFC 3986 section 2: a reg-name beside percent-encoded bytes
};

namespace detail {

constexpr std::array<uint8_t, 256> makeCharacterTable() {
    std::array<uint8_t, 256> table{};
    const auto add = [&table](std::string_view bytes, unsigned classes) {
        for (char c : bytes)
            table[static_cast<unsigned char>(c)] |= static_cast<uint8_t>(classes);
    };
    constexpr unsigned everywhere = TokenByte | TargetPathByte | TargetQueryByte | NameByte;
    add("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", everywhere);
    add("0123456789", everywhere | HexByte | DigitByte);
    add("abcdefABCDEF", HexByte);
    add("!#$%&'*+-.^_`|~", TokenByte);
    // RFC 3986: pchar, "/" and, for IP literals, the brackets.
    add("-._~!$&'()*+,;=:@%/[]", TargetPathByte | TargetQueryByte);
    add("-._~!$&'()*+,;=", NameByte);
    add("?", TargetQueryByte);
    // Outside RFC 3986, but browsers send them unencoded (the path and query percent-encode sets of the URL
    // standard leave them alone), and none of them can move the end of a request line.
    add("|^", TargetPathByte | TargetQueryByte);
    add("{}\\`", TargetQueryByte);
    for (unsigned c = 0x20; c < 256; ++c)
        table[c] |= c == 0x7f ? 0 : TextByte;
    add("\t", TextByte);
    for (unsigned c = 0; c < 256; ++c) {
        if ((table[c] & TextByte) && c != '"' && c != '\\')
            table[c] |= QuotedByte;
    }
    return table;
}

} // namespace detail

inline constexpr std::array<uint8_t, 256> characterTable = detail::makeCharacterTable();

constexpr bool isIn(char c, CharacterClass characterClass) {
    return (characterTable[static_cast<unsigned char>(c)] & characterClass) != 0;
}

/// The first byte at or after `from` that is not of the class, or data.size().
inline size_t skipWhile(std::string_view data, size_t from, CharacterClass characterClass) {
    while (from < data.size() && isIn(data[from], characterClass))
        ++from;
    return from;
}

constexpr bool isBlank(char c) {
    return c == ' ' || c == '\t';
}

/// ASCII only, as all of the protocol's names are.
constexpr char lowered(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

} // namespace reverxy::http
