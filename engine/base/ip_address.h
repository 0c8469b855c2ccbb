// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace reverxy {

/// An IPv4 or IPv6 address as a value. IPv4-mapped IPv6 (::ffff:a.b.c.d) is the IPv4 address from the start.
class IpAddress {
  public:
    enum class Family : uint8_t { None, V4, V6 };

    IpAddress() = default;
    /// From four network-order bytes.
    static IpAddress v4(std::array<uint8_t, 4> bytes);
    /// From sixteen network-order bytes; a mapped address becomes IPv4.
    static IpAddress v6(const std::array<uint8_t, 16>& bytes);
    /// Reads dotted quad (no leading zeros) or RFC 4291 text without brackets, port or zone; nothing else.
    static std::optional<IpAddress> parse(std::string_view text);

    Family family() const { return m_family; }

    bool isV4() const { return m_family == Family::V4; }

    bool isV6() const { return m_family == Family::V6; }

    bool isNone() const { return m_family == Family::None; }

    bool isLoopback() const;

    /// Network order; an IPv4 address stands in the first four bytes.
    const std::array<uint8_t, 16>& bytes() const { return m_bytes; }

    /// The address with all bits past `length` cleared.
    IpAddress prefix(unsigned length) const;
    /// Canonical text (RFC 5952 for IPv6), without brackets; "" for None.
    std::string toString() const;
    /// Writes toString() into `out` (at least 46 bytes) without allocating; returns the length.
    size_t write(char* out) const;

    friend bool operator==(const IpAddress&, const IpAddress&) = default;

  private:
    std::array<uint8_t, 16> m_bytes{};
    Family m_family = Family::None;
};

/// A block of addresses: `10.0.0.0/8`, `fd00::/8`, or one address.
class CidrBlock {
  public:
    /// Fails when the address is malformed, the length is out of range, or bits past the length are set.
    static std::optional<CidrBlock> parse(std::string_view text);
    bool contains(const IpAddress& address) const;
    std::string toString() const;

    friend bool operator==(const CidrBlock&, const CidrBlock&) = default;

  private:
    IpAddress m_network;
    uint8_t m_length = 0;
};

/// Where a socket ends: an address and a port.
struct Endpoint {
    IpAddress address;
    uint16_t port = 0;

    /// `127.0.0.1:80` or `[::1]:80`.
    std::string toString() const;
    friend bool operator==(const Endpoint&, const Endpoint&) = default;
};

} // namespace reverxy
