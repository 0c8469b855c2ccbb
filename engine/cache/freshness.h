// SPDX-License-Identifier: MIT
#pragma once

#include "base/clock.h"
#include "cache/caching_policy.h"
#include "cache/stored_response.h"
#include "config/config.h"
#include "http/field.h"

#include <cstdint>

// How long a response is fresh, and how old it is (RFC 9111 section 4.2). All in whole seconds; what exceeds 2^31
// is 2^31 (section 1.2.2).

namespace reverxy::cache {

/// Where a freshness lifetime comes from.
enum class LifetimeSource : uint8_t {
    None, // nothing gives one
    SMaxAge,
    MaxAge,
    Expires,
    Invalid,   // the response gives one that cannot be read: it is stale from the start
    Heuristic, // the cache's guess from Last-Modified
    DefaultTtl // cache.default_ttl
};

struct Lifetime {
    uint32_t seconds = 0;
    LifetimeSource source = LifetimeSource::None;

    /// Given by the response, be it readable or not: no guess may take its place (section 4.2.2).
    bool isExplicit() const {
        return source != LifetimeSource::None && source != LifetimeSource::Heuristic &&
               source != LifetimeSource::DefaultTtl;
    }
};

/// What a lifetime is calculated from.
struct LifetimeFacts {
    uint16_t status = 200;
    bool personal = false; ///< the request has Cookie or Authorization, or the response Set-Cookie
    WallTime responseTime{};
};

/// Status codes that may be stored without an explicit lifetime (RFC 9110 section 15.1).
bool isHeuristicallyCacheable(uint16_t status);

/// freshness_lifetime (section 4.2.1), not longer than cache.max_age. Neither a guess nor default_ttl is applied to
/// what is personal, nor to what is neither heuristically cacheable nor marked public.
Lifetime freshnessLifetime(const http::FieldList& fields, const CachingPolicy& policy, const LifetimeFacts& facts,
                           const config::Cache& config);

/// age_value: the first member of Age, ignored when it is no number (section 5.1).
uint32_t ageValue(const http::FieldList& fields);

/// corrected_initial_age (section 4.2.3), the greater of both ways to calculate it.
uint32_t correctedInitialAge(const http::FieldList& fields, WallTime requestTime, WallTime responseTime);

/// current_age (section 4.2.3). A clock set back does not make it less than the initial age.
uint32_t currentAge(const StoredFacts& facts, WallTime now);

/// Seconds of freshness left; negative once stale.
int64_t timeToLive(const StoredFacts& facts, WallTime now);

/// Whether it is fresh as it comes, and may be used without validation: only then can it answer those who asked
/// meanwhile (section 4).
bool answersOthers(const StoredFacts& facts);

} // namespace reverxy::cache
