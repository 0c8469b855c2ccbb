// SPDX-License-Identifier: MIT
#pragma once

#include "base/ip_address.h"
#include "http/head.h"
#include "limit/client_identity.h"

#include <span>

namespace reverxy::proxy {

/// Who sent the request: the peer, or whom X-Forwarded-For (else Forwarded, RFC 7239) names when the peer is one of
/// `trusted`.
limit::ClientIdentity identifyRequest(const http::RequestHead& head, const IpAddress& peer,
                                      std::span<const CidrBlock> trusted);

} // namespace reverxy::proxy
