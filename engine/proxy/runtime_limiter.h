// SPDX-License-Identifier: MIT
#pragma once

#include "base/ip_address.h"
#include "base/name_table.h"
#include "config/config.h"
#include "http/head.h"
#include "limit/client_table.h"
#include "limit/quota_policy.h"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace reverxy::proxy {

class SharedState;

/// What tells clients apart.
struct KeySetting {
    http::FieldId field = http::FieldId::Other;
    std::string fieldName; // empty: by address
    uint32_t ipv6Prefix = 64;
    friend bool operator==(const KeySetting&, const KeySetting&) = default;
};

/// A rate limiter as one configuration has it, joined to the clients that the limiter of its name remembers.
/// Immutable.
struct RuntimeLimiter {
    NameId name = 0;        // `global`, or the route's whose own it is
    std::string policyName; // in RateLimit, RateLimit-Policy and problems; `reverxy` first, so that no backend's is
                            // taken for it
    std::string policyField; // the value of RateLimit-Policy
    limit::QuotaPolicy policy;
    std::shared_ptr<limit::ClientTable> clients;
    KeySetting key;
    HashSeed seed;
    uint32_t maxClients = 0;
    std::vector<CidrBlock> exempt;
    bool headers = true;
};

/// `routeName` is empty for the global one.
std::shared_ptr<const RuntimeLimiter> compileLimiter(const config::RateLimiter& settings,
                                                     std::string_view routeName, SharedState& shared,
                                                     NameTable& names);

/// Who is counted: by the field when the limiter goes by one and the request has it, else by `client`.
limit::ClientKey clientKeyOf(const RuntimeLimiter& limiter, const http::RequestHead& head, const IpAddress& client);

} // namespace reverxy::proxy
