// SPDX-License-Identifier: MIT
#pragma once

#include "cache/verdicts.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace reverxy::cache {

/// What one response's Cache-Status member tells (RFC 9211 section 2).
struct CacheStatus {
    CacheVerdict verdict = CacheVerdict::None;
    StoreVerdict store = StoreVerdict::None;
    std::optional<int64_t> timeToLive = {}; ///< seconds; of what was stored or used
    uint16_t forwardStatus = 0;  ///< the backend's, where it is not the one sent to the client; 0: not told
    bool collapsed = false;      ///< waited for another client's request, and was answered by that
    bool collapseFailed = false; ///< waited, and then had to go on by itself
    std::string_view key = {};   ///< the URL; left out when empty or longer than there is room for
};

/// The most that writeCacheStatus() writes.
constexpr size_t maxCacheStatusSize = 512;

/// Writes the field's value into memory of maxCacheStatusSize bytes; returns the end of what was written. Nothing
/// where the cache had no part, or where the response was made here without a stored one (section 2): None and
/// OnlyIfCached.
char* writeCacheStatus(const CacheStatus& status, char* out);

/// The most that writeAge() writes.
constexpr size_t maxAgeSize = 10;

/// Age's value (RFC 9111 section 5.1); returns the end of what was written.
char* writeAge(uint32_t seconds, char* out);

} // namespace reverxy::cache
