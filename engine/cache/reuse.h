// SPDX-License-Identifier: MIT
#pragma once

#include "base/clock.h"
#include "cache/cache_control.h"
#include "cache/stored_response.h"
#include "cache/verdicts.h"
#include "config/config.h"
#include "http/head.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

// Whether a stored response may answer a request (RFC 9111 section 4).

namespace reverxy::cache {

/// How things stand with the backends when the question is asked.
enum class Situation : uint8_t {
    Normal,        // they can be asked
    BackendFailed, // one was, and answered with an error that stale-if-error is about
    Disconnected,  // none can be reached: every one is out, or every attempt failed (RFC 9111 section 2)
};

/// What the request says about the use of stored responses.
struct ReuseRequest {
    RequestDirectives directives;
    bool personal = false; ///< it has Cookie or Authorization: a guessed lifetime is not for it
};

ReuseRequest reuseRequestOf(const http::RequestHead& head);

struct ReuseAnswer {
    ReuseVerdict verdict = ReuseVerdict::Stale;
    uint32_t age = 0;       ///< current_age, in seconds
    int64_t timeToLive = 0; ///< seconds; negative once stale

    bool mayReuse() const { return cache::mayReuse(verdict); }
};

/// `markedStale`: somebody purged it softly. It may then be used without validation only while backends fail.
ReuseAnswer decideReuse(const StoredFacts& facts, bool markedStale, const ReuseRequest& request,
                        Situation situation, WallTime now, const config::Cache& config);

/// What is told of a request about whose stored response this was decided: a kind of hit, or why it went on.
CacheVerdict cacheVerdictOf(const ReuseAnswer& answer);

/// The statuses that stale-if-error is about (RFC 5861 section 4).
bool isErrorForStale(uint16_t status);

/// Of the responses stored for a key the one for this request; nothing when none matches. Of several that match it
/// is the one sent last, by Date, but one with Vary before one without (sections 4 and 4.1).

std::optional<size_t> chooseVariant(std::span<const StoredRef> stored, const http::RequestHead& request,
                                    WallTime now);

} // namespace reverxy::cache
