// SPDX-License-Identifier: MIT
#pragma once

#include "cache/cache_control.h"

#include <cstdint>

namespace reverxy::cache {

/// The field that says how a response may be cached.
enum class PolicySource : uint8_t {
    None, // no such field
    CacheControl,
    CdnCacheControl,     // RFC 9213 section 3
    ReverxyCacheControl, // RFC 9213: targeted at this program
};

/// What a response says about its caching, read from the one field that counts.
struct CachingPolicy {
    ResponseDirectives directives;
    PolicySource source = PolicySource::None;

    /// Of a targeted field: Cache-Control and Expires are then ignored (RFC 9213 section 2.2).
    bool targeted() const {
        return source == PolicySource::CdnCacheControl || source == PolicySource::ReverxyCacheControl;
    }
};

/// Chooses among Reverxy-Cache-Control, CDN-Cache-Control and Cache-Control, in this order: the first that is valid
/// and not empty (RFC 9213 section 2.2). Views `fields`; allocates nothing.
CachingPolicy readCachingPolicy(const http::FieldList& fields);

} // namespace reverxy::cache
