// SPDX-License-Identifier: MIT
#pragma once

#include "base/ip_address.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace reverxy::limit {

/// How the client's address was found; the sentence for people is sentenceOf().
enum class IdentitySource : uint8_t {
    Peer,          // the peer is not a trusted proxy, or it sent no forwarding field
    XForwardedFor, // the first untrusted address, walking X-Forwarded-For from the right
    Forwarded,     // the same in Forwarded (RFC 7239)
    AllTrusted,    // every address in the field was a trusted proxy: the leftmost one
    Malformed,     // the walk met something that is no address: the last good one to its right
    Contradiction, // X-Forwarded-For and Forwarded name different addresses: the last one they agree on
};

struct ClientIdentity {
    static constexpr size_t maxWalked = 4;

    IpAddress address;
    IdentitySource source = IdentitySource::Peer;
    /// Elements of the field that were walked over.
    uint8_t hops = 0;
    /// The peer is in trusted_proxies, so that what it forwards is believed.
    bool peerTrusted = false;
    /// The addresses of the first of them, the nearest hop first.
    std::array<IpAddress, maxWalked> walked{};

    /// False: what was forwarded could not be made sense of, and the address is only that of whoever vouched for it
    /// last. It must not bring the request anything that address is entitled to.
    bool established() const {
        return source != IdentitySource::Malformed && source != IdentitySource::Contradiction;
    }
};

std::string_view sentenceOf(IdentitySource source);

bool isTrusted(const IpAddress& address, std::span<const CidrBlock> trusted);

/// Nodes of a forwarding field from the right, as the caller's reader of the field gives them.
class HopSource {
  public:
    virtual ~HopSource() = default;

    /// The next address to the left. `valid` false: the element is no address, and the walk must stop there; so it
    /// must where the sources `contradict` each other.
    struct Hop {
        bool present = false;
        bool valid = false;
        IpAddress address{};
        bool contradicts = false;
    };

    virtual Hop next() = 0;
};

/// Walks `hops` only when `peer` is trusted. `source` tells which field they come from.
ClientIdentity identifyClient(const IpAddress& peer, std::span<const CidrBlock> trusted, HopSource& hops,
                              IdentitySource source);

} // namespace reverxy::limit
