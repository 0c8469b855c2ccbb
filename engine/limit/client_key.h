// SPDX-License-Identifier: MIT
#pragma once

#include "base/ip_address.h"
#include "base/sip_hash.h"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace reverxy::limit {

/// What a client is told apart by; the sentence for people is sentenceOf().
enum class KeyKind : uint8_t {
    None,    // nothing is known of it: all such clients are one
    Address, // its IPv4 address
    Network, // its IPv6 address, as far as ipv6_prefix reaches
    Field,   // the value of a header field, as a hash: it may be a secret, and it may be long
};

/// Who is counted. A small plain value of which equal ones are the same client.
struct ClientKey {
    KeyKind kind = KeyKind::None;
    uint8_t prefixLength = 0; // of a network
    std::array<uint8_t, 16> bytes{};

    friend bool operator==(const ClientKey&, const ClientKey&) = default;
};

std::string_view nameOf(KeyKind kind);
std::string_view sentenceOf(KeyKind kind);

ClientKey keyOfAddress(const IpAddress& address, uint32_t ipv6Prefix);

/// The key of a field with one or several lines: begin with the first, then follow() with each further one.
ClientKey keyOfField(std::string_view value, const HashSeed& seed);
ClientKey follow(const ClientKey& key, std::string_view value, const HashSeed& seed);

/// `192.0.2.7`, `2001:db8::/64`, `field:` and 32 hexadecimal digits, or `unknown`.
std::string textOf(const ClientKey& key);
/// Reads textOf(); nothing for anything else.
std::optional<ClientKey> parseClientKey(std::string_view text);

/// Places a key in a table.
uint64_t hashOf(const ClientKey& key, const HashSeed& seed);

} // namespace reverxy::limit
