// SPDX-License-Identifier: MIT
#include "base/escaped_text.h"

#include "base/plain_text.h"

namespace reverxy {

namespace {

struct CodePoint {
    uint32_t value = 0;
    size_t size = 0; // bytes; 0: not valid UTF-8
};

/// The code point at the start of `text`, which is not empty. RFC 3629 section 4: no overlong forms, no surrogates,
/// nothing past U+10FFFF.
CodePoint decode(std::string_view text) {
    const auto first = static_cast<unsigned char>(text[0]);
    if (first < 0x80)
        return {first, 1};
    size_t size = 0;
    uint32_t least = 0;
    uint32_t value = 0;
    if ((first & 0xe0) == 0xc0) {
        size = 2, least = 0x80, value = first & 0x1f;
    } else if ((first & 0xf0) == 0xe0) {
        size = 3, least = 0x800, value = first & 0x0f;
    } else if ((first & 0xf8) == 0xf0) {
        size = 4, least = 0x10000, value = first & 0x07;
    } else {
        return {};
    }
    if (text.size() < size)
        return {};
    for (size_t i = 1; i < size; ++i) {
        const auto next = static_cast<unsigned char>(text[i]);
        if ((next & 0xc0) != 0x80)
            return {};
        value = value << 6 | (next & 0x3f);
    }
    const bool surrogate = value >= 0xd800 && value <= 0xdfff;
    if (value < least || value > 0x10ffff || surrogate)
        return {};
    return {value, size};
}

bool isUnsafe(uint32_t value) {
    const bool control = value < 0x20 || (value >= 0x7f && value <= 0x9f);
    const bool separator = value == 0x2028 || value == 0x2029;
    const bool direction = value == 0x200e || value == 0x200f || (value >= 0x202a && value <= 0x202e) ||
                           (value >= 0x2066 && value <= 0x2069);
    return control || separator || direction;
}

void appendHex(std::string& out, uint32_t value, int digits) {
    for (int shift = 4 * (digits - 1); shift >= 0; shift -= 4)
        out += "0123456789abcdef"[(value >> shift) & 0xf];
}

/// The letter of a short escape, or 0.
char shortEscape(uint32_t value, Escaping escaping) {
    switch (value) {
    case '"':
    case '\\':
        return escaping == Escaping::Line ? '\0' : static_cast<char>(value);
    case '\n':
        return 'n';
    case '\r':
        return 'r';
    case '\t':
        return 't';
    default:
        return 0;
    }
}

} // namespace

void appendEscaped(std::string& out, std::string_view text, Escaping escaping) {
    for (;;) {
        const size_t plain = plainPrefix(text); // nearly always all there is
        out.append(text.data(), plain);
        text.remove_prefix(plain);
        if (text.empty())
            return;
        const CodePoint point = decode(text);
        const size_t size = point.size == 0 ? 1 : point.size;
        const std::string_view bytes = text.substr(0, size);
        text.remove_prefix(size);
        if (const char letter = point.size == 0 ? '\0' : shortEscape(point.value, escaping)) {
            out += '\\';
            out += letter;
        } else if (point.size != 0 && !isUnsafe(point.value)) {
            out += bytes;
        } else if (escaping != Escaping::Json) {
            for (char byte : bytes) {
                out += "\\x";
                appendHex(out, static_cast<unsigned char>(byte), 2);
            }
        } else {
            out += "\\u";
            appendHex(out, point.size == 0 ? 0xfffd : point.value, 4); // what is unsafe lies within four digits
        }
    }
}

} // namespace reverxy
