// SPDX-License-Identifier: MIT
#pragma once

#include "observe/decision.h"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace reverxy::observe {

/// How an exchange ended, in the few words that totals are kept by.
enum class Outcome : uint8_t {
    Success,       // 1xx to 3xx, from whoever answered
    CacheHit,      // answered from the cache
    ClientError,   // 4xx
    Throttled,     // 429 by the proxy's own limiter
    UpstreamError, // 5xx from the backend, or the backend failed
    ProxyError,    // failed by a fault of the proxy or of its configuration
    ClientGone,    // the client left, or was cut, before the end
};

inline constexpr size_t outcomes = 7;

/// Of a finished exchange.
Outcome outcomeOf(const Decision& decision);
/// The word used in metrics, as `upstream_error`.
std::string_view nameOf(Outcome outcome);

/// Whether somebody has to look after the proxy or what is behind it.
inline bool isError(Outcome outcome) {
    return outcome == Outcome::UpstreamError || outcome == Outcome::ProxyError;
}

/// How long the exchange took its client, in microseconds. What is meant to stay open, a tunnel or a stream of
/// events, took until its head was there: the rest tells how long somebody listened, not how fast anything was.
uint32_t latencyOf(const Decision& decision);

} // namespace reverxy::observe
