// SPDX-License-Identifier: MIT
#include "base/ip_address.h"

#include <algorithm>
#include <cstring>

namespace reverxy {

namespace {

constexpr unsigned v4Bits = 32;
constexpr unsigned v6Bits = 128;
constexpr size_t groupCount = 8;

bool isDigit(char c) {
    return c >= '0' && c <= '9';
}

int hexValue(char c) {
    if (isDigit(c))
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

/// A decimal number of at most three digits without leading zeros, all of `text`: readers disagree on whether "010"
/// is eight or ten, so it is neither here.
std::optional<unsigned> parseShortDecimal(std::string_view text) {
    if (text.empty() || text.size() > 3 || (text.size() > 1 && text[0] == '0'))
        return std::nullopt;
    unsigned value = 0;
    for (char c : text) {
        if (!isDigit(c))
            return std::nullopt;
        value = value * 10 + static_cast<unsigned>(c - '0');
    }
    return value;
}

bool parseV4(std::string_view text, uint8_t* out) {
    for (size_t i = 0; i < 4; ++i) {
        const size_t dot = text.find('.');
        if ((dot == std::string_view::npos) != (i == 3))
            return false;
        const std::optional<unsigned> value = parseShortDecimal(text.substr(0, dot));
        if (!value || *value > 255)
            return false;
        out[i] = static_cast<uint8_t>(*value);
        text.remove_prefix(i == 3 ? text.size() : dot + 1);
    }
    return true;
}

bool parseGroup(std::string_view text, uint8_t* out) {
    if (text.empty() || text.size() > 4)
        return false;
    unsigned value = 0;
    for (char c : text) {
        const int digit = hexValue(c);
        if (digit < 0)
            return false;
        value = value * 16 + static_cast<unsigned>(digit);
    }
    out[0] = static_cast<uint8_t>(value >> 8);
    out[1] = static_cast<uint8_t>(value & 0xff);
    return true;
}

/// Reads groups parted by single colons into `out`; returns how many bytes they made, or nothing. Empty text is no
/// group. Only the last part of an address may be a dotted quad (RFC 4291 section 2.2, form 3).
std::optional<size_t> parseGroups(std::string_view text, bool mayEndInV4, uint8_t* out, size_t room) {
    size_t used = 0;
    while (!text.empty()) {
        const size_t colon = text.find(':');
        const std::string_view part = text.substr(0, colon);
        const bool last = colon == std::string_view::npos;
        if (last && mayEndInV4 && part.find('.') != std::string_view::npos) {
            if (room - used < 4 || !parseV4(part, out + used))
                return std::nullopt;
            return used + 4;
        }
        if (room - used < 2 || !parseGroup(part, out + used))
            return std::nullopt;
        used += 2;
        if (last)
            break;
        text.remove_prefix(colon + 1);
        if (text.empty())
            return std::nullopt; // a colon with nothing after it
    }
    return used;
}

bool parseV6(std::string_view text, std::array<uint8_t, 16>& out) {
    out.fill(0);
    const size_t gap = text.find("::");
    if (gap == std::string_view::npos)
        return parseGroups(text, true, out.data(), out.size()) == out.size();
    // RFC 4291 section 2.2: "::" stands for one or more groups and appears once; a second one leaves an empty group
    // behind.
    const std::string_view left = text.substr(0, gap);
    const std::string_view right = text.substr(gap + 2);
    const std::optional<size_t> leftSize = parseGroups(left, false, out.data(), out.size() - 2);
    if (!leftSize)
        return false;
    std::array<uint8_t, 16> tail{};
    const std::optional<size_t> rightSize = parseGroups(right, true, tail.data(), out.size() - 2 - *leftSize);
    if (!rightSize)
        return false;
    std::copy_n(tail.begin(), *rightSize, out.end() - static_cast<std::ptrdiff_t>(*rightSize));
    return true;
}

char* writeDecimal(char* out, unsigned value) {
    if (value >= 100)
        *out++ = static_cast<char>('0' + value / 100);
    if (value >= 10)
        *out++ = static_cast<char>('0' + value / 10 % 10);
    *out++ = static_cast<char>('0' + value % 10);
    return out;
}

char* writeGroup(char* out, unsigned value) {
    constexpr char digits[] = "0123456789abcdef";
    bool begun = false;
    for (int shift = 12; shift >= 0; shift -= 4) {
        const unsigned digit = (value >> shift) & 0xf;
        begun = begun || digit != 0 || shift == 0;
        if (begun)
            *out++ = digits[digit];
    }
    return out;
}

struct ZeroRun {
    size_t first = groupCount;
    size_t length = 0;
};

/// RFC 5952 section 4.2: "::" replaces the longest run of zero groups, the first of several as long, never a single
/// group.
ZeroRun longestZeroRun(const std::array<unsigned, groupCount>& groups) {
    ZeroRun best;
    for (size_t i = 0; i < groupCount;) {
        size_t end = i;
        while (end < groupCount && groups[end] == 0)
            ++end;
        if (end - i >= 2 && end - i > best.length)
            best = {i, end - i};
        i = end + 1;
    }
    return best;
}

} // namespace

IpAddress IpAddress::v4(std::array<uint8_t, 4> bytes) {
    IpAddress address;
    address.m_family = Family::V4;
    std::copy(bytes.begin(), bytes.end(), address.m_bytes.begin());
    return address;
}

IpAddress IpAddress::v6(const std::array<uint8_t, 16>& bytes) {
    // RFC 4291 section 2.5.5.2: eighty zero bits and sixteen ones hold an IPv4 address.
    const bool mapped = std::all_of(bytes.begin(), bytes.begin() + 10, [](uint8_t byte) { return byte == 0; }) &&
                        bytes[10] == 0xff && bytes[11] == 0xff;
    if (mapped)
        return v4({bytes[12], bytes[13], bytes[14], bytes[15]});
    IpAddress address;
    address.m_family = Family::V6;
    address.m_bytes = bytes;
    return address;
}

std::optional<IpAddress> IpAddress::parse(std::string_view text) {
    if (text.find(':') != std::string_view::npos) {
        std::array<uint8_t, 16> bytes;
        if (!parseV6(text, bytes))
            return std::nullopt;
        return v6(bytes);
    }
    std::array<uint8_t, 4> bytes;
    if (!parseV4(text, bytes.data()))
        return std::nullopt;
    return v4(bytes);
}

bool IpAddress::isLoopback() const {
    if (isV4())
        return m_bytes[0] == 127;
    return isV6() && m_bytes[15] == 1 &&
           std::all_of(m_bytes.begin(), m_bytes.begin() + 15, [](uint8_t byte) { return byte == 0; });
}

IpAddress IpAddress::prefix(unsigned length) const {
    IpAddress result = *this;
    const size_t whole = length / 8; // bytes that stay as they are
    if (whole >= result.m_bytes.size())
        return result;
    result.m_bytes[whole] = static_cast<uint8_t>(result.m_bytes[whole] & (0xff << (8 - length % 8)));
    for (size_t i = whole + 1; i < result.m_bytes.size(); ++i)
        result.m_bytes[i] = 0;
    return result;
}

size_t IpAddress::write(char* out) const {
    char* const start = out;
    if (isV4()) {
        for (size_t i = 0; i < 4; ++i) {
            if (i > 0)
                *out++ = '.';
            out = writeDecimal(out, m_bytes[i]);
        }
    } else if (isV6()) {
        std::array<unsigned, groupCount> groups;
        for (size_t i = 0; i < groupCount; ++i)
            groups[i] = static_cast<unsigned>(m_bytes[2 * i] << 8 | m_bytes[2 * i + 1]);
        const ZeroRun run = longestZeroRun(groups);
        for (size_t i = 0; i < groupCount; ++i) {
            if (i == run.first) {
                *out++ = ':';
                *out++ = ':';
                i += run.length - 1;
                continue;
            }
            if (i > 0 && i != run.first + run.length)
                *out++ = ':';
            out = writeGroup(out, groups[i]);
        }
    }
    return static_cast<size_t>(out - start);
}

std::string IpAddress::toString() const {
    char text[46];
    return std::string(text, write(text));
}

std::optional<CidrBlock> CidrBlock::parse(std::string_view text) {
    const size_t slash = text.find('/');
    const std::string_view addressText = text.substr(0, slash);
    const std::optional<IpAddress> address = IpAddress::parse(addressText);
    if (!address)
        return std::nullopt;
    const unsigned bits = address->isV4() ? v4Bits : v6Bits;
    unsigned length = bits;
    if (slash != std::string_view::npos) {
        const std::optional<unsigned> written = parseShortDecimal(text.substr(slash + 1));
        if (!written)
            return std::nullopt;
        length = *written;
        // A mapped address is written with a length that counts from the start of the IPv6 form; below 96 it would
        // cut into the bits that mark it as mapped, which are set.
        if (address->isV4() && addressText.find(':') != std::string_view::npos) {
            if (length < v6Bits - v4Bits)
                return std::nullopt;
            length -= v6Bits - v4Bits;
        }
    }
    if (length > bits || address->prefix(length) != *address)
        return std::nullopt;
    CidrBlock block;
    block.m_network = *address;
    block.m_length = static_cast<uint8_t>(length);
    return block;
}

bool CidrBlock::contains(const IpAddress& address) const {
    if (address.isNone() || address.family() != m_network.family())
        return false;
    const size_t whole = m_length / 8;
    if (std::memcmp(address.bytes().data(), m_network.bytes().data(), whole) != 0)
        return false;
    const unsigned rest = m_length % 8;
    return rest == 0 || (address.bytes()[whole] ^ m_network.bytes()[whole]) >> (8 - rest) == 0;
}

std::string CidrBlock::toString() const {
    const unsigned bits = m_network.isV4() ? v4Bits : v6Bits;
    std::string text = m_network.toString();
    if (m_length != bits)
        text += '/' + std::to_string(m_length);
    return text;
}

std::string Endpoint::toString() const {
    const std::string text = address.toString();
    return (address.isV6() ? '[' + text + ']' : text) + ':' + std::to_string(port);
}

} // namespace reverxy
