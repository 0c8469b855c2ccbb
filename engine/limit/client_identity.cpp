// SPDX-License-Identifier: MIT
#include "limit/client_identity.h"

#include <algorithm>

namespace reverxy::limit {

std::string_view sentenceOf(IdentitySource source) {
    switch (source) {
    case IdentitySource::Peer:
        return "The peer is not a trusted proxy, or it forwarded no address, so that its own counts.";
    case IdentitySource::XForwardedFor:
        return "The first address in X-Forwarded-For, from the right, that is not a trusted proxy.";
    case IdentitySource::Forwarded:
        return "The first address in Forwarded, from the right, that is not a trusted proxy.";
    case IdentitySource::AllTrusted:
        return "Every address on the way is a trusted proxy, so that the farthest one counts.";
    case IdentitySource::Malformed:
        return "The forwarding field holds something that is no address; the last good one to its right counts.";
    case IdentitySource::Contradiction:
        return "X-Forwarded-For and Forwarded name different addresses; the last one they agree on counts.";
    }
    return "Unknown.";
}

bool isTrusted(const IpAddress& address, std::span<const CidrBlock> trusted) {
    return std::any_of(trusted.begin(), trusted.end(),
                       [&address](const CidrBlock& block) { return block.contains(address); });
}

ClientIdentity identifyClient(const IpAddress& peer, std::span<const CidrBlock> trusted, HopSource& hops,
                              IdentitySource source) {
    ClientIdentity identity;
    identity.address = peer;
    identity.peerTrusted = isTrusted(peer, trusted);
    if (!identity.peerTrusted)
        return identity;
    // Each trusted proxy vouches for the address to the left of its own, and for nothing beyond that: whatever
    // stands to the left of the first untrusted address was written by it, or by whoever it calls its client, and
    // may be made up.
    for (;;) {
        const HopSource::Hop hop = hops.next();
        if (!hop.present) {
            if (identity.hops > 0)
                identity.source = IdentitySource::AllTrusted;
            return identity;
        }
        if (identity.hops < identity.walked.size())
            identity.walked[identity.hops] = hop.address;
        if (identity.hops < UINT8_MAX)
            ++identity.hops;
        if (hop.contradicts) {
            identity.source = IdentitySource::Contradiction;
            return identity;
        }
        if (!hop.valid || hop.address.isNone()) {
            identity.source = IdentitySource::Malformed;
            return identity;
        }
        identity.address = hop.address;
        if (!isTrusted(hop.address, trusted)) {
            identity.source = source;
            return identity;
        }
    }
}

} // namespace reverxy::limit
