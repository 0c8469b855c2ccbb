// SPDX-License-Identifier: MIT
#include "limit/client_key.h"

#include <algorithm>
#include <charconv>
#include <cstring>

namespace reverxy::limit {

namespace {

constexpr std::string_view fieldMark = "field:";
constexpr std::string_view unknown = "unknown";

/// 128 bits of two hashes under different secrets. `previous` is of the lines before.
ClientKey hashedKey(std::string_view value, const HashSeed& seed, const std::array<uint8_t, 16>& previous) {
    uint64_t before[2];
    std::memcpy(before, previous.data(), sizeof before);
    const uint64_t hashes[2] = {sipHash({seed.first ^ before[0], seed.second}, value),
                                sipHash({~seed.first, seed.second ^ before[1]}, value)};
    ClientKey key;
    key.kind = KeyKind::Field;
    std::memcpy(key.bytes.data(), hashes, sizeof hashes);
    return key;
}

std::optional<ClientKey> parseField(std::string_view digits) {
    ClientKey key;
    key.kind = KeyKind::Field;
    if (digits.size() != 2 * key.bytes.size())
        return std::nullopt;
    for (size_t i = 0; i < key.bytes.size(); ++i) {
        const char* const at = digits.data() + 2 * i;
        if (std::from_chars(at, at + 2, key.bytes[i], 16).ptr != at + 2)
            return std::nullopt;
    }
    return key;
}

std::optional<ClientKey> parseNetwork(std::string_view address, std::string_view length) {
    uint32_t bits = 0;
    const char* const end = length.data() + length.size();
    const auto read = std::from_chars(length.data(), end, bits);
    const auto network = IpAddress::parse(address);
    if (read.ec != std::errc{} || read.ptr != end || bits < 1 || bits > 128 || !network || !network->isV6() ||
        network->prefix(bits) != *network)
        return std::nullopt;
    return keyOfAddress(*network, bits);
}

} // namespace

std::string_view nameOf(KeyKind kind) {
    switch (kind) {
    case KeyKind::None:
        return "unknown";
    case KeyKind::Address:
        return "address";
    case KeyKind::Network:
        return "network";
    case KeyKind::Field:
        return "field";
    }
    return "unknown";
}

std::string_view sentenceOf(KeyKind kind) {
    switch (kind) {
    case KeyKind::None:
        return "Nothing is known of the client: all such clients are counted as one.";
    case KeyKind::Address:
        return "The client is counted by its IPv4 address.";
    case KeyKind::Network:
        return "The client is counted by the network of its IPv6 address.";
    case KeyKind::Field:
        return "The client is counted by the value of a header field.";
    }
    return "Unknown.";
}

ClientKey keyOfAddress(const IpAddress& address, uint32_t ipv6Prefix) {
    ClientKey key;
    if (address.isNone())
        return key;
    if (address.isV4()) {
        key.kind = KeyKind::Address;
        key.bytes = address.bytes();
        return key;
    }
    key.kind = KeyKind::Network;
    key.prefixLength = static_cast<uint8_t>(std::min(ipv6Prefix, 128u));
    key.bytes = address.prefix(key.prefixLength).bytes();
    return key;
}

ClientKey keyOfField(std::string_view value, const HashSeed& seed) {
    return hashedKey(value, seed, {});
}

ClientKey follow(const ClientKey& key, std::string_view value, const HashSeed& seed) {
    return hashedKey(value, seed, key.bytes);
}

std::string textOf(const ClientKey& key) {
    switch (key.kind) {
    case KeyKind::None:
        return std::string(unknown);
    case KeyKind::Address:
        return IpAddress::v4({key.bytes[0], key.bytes[1], key.bytes[2], key.bytes[3]}).toString();
    case KeyKind::Network:
        return IpAddress::v6(key.bytes).toString() + "/" + std::to_string(key.prefixLength);
    case KeyKind::Field:
        break;
    }
    std::string text(fieldMark);
    for (const uint8_t byte : key.bytes) {
        text += "0123456789abcdef"[byte >> 4];
        text += "0123456789abcdef"[byte & 15];
    }
    return text;
}

std::optional<ClientKey> parseClientKey(std::string_view text) {
    if (text == unknown)
        return ClientKey{};
    if (text.starts_with(fieldMark))
        return parseField(text.substr(fieldMark.size()));
    if (const size_t slash = text.find('/'); slash != std::string_view::npos)
        return parseNetwork(text.substr(0, slash), text.substr(slash + 1));
    const auto address = IpAddress::parse(text);
    return address && address->isV4() ? std::optional(keyOfAddress(*address, 0)) : std::nullopt;
}

uint64_t hashOf(const ClientKey& key, const HashSeed& seed) {
    char bytes[18];
    bytes[0] = static_cast<char>(key.kind);
    bytes[1] = static_cast<char>(key.prefixLength);
    std::memcpy(bytes + 2, key.bytes.data(), key.bytes.size());
    return sipHash(seed, {bytes, sizeof bytes});
}

} // namespace reverxy::limit
