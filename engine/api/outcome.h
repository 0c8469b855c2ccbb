// SPDX-License-Identifier: MIT
#pragma once

#include <QString>

#include <array>
#include <cstdint>

namespace reverxy::api {

/// How an exchange ended, in the words that plots and lists use.
enum class Outcome : uint8_t {
    Success,       // 1xx to 3xx from the backend
    CacheHit,      // answered from the cache
    ClientError,   // 4xx
    Throttled,     // 429 by the proxy's own limiter
    UpstreamError, // 5xx from the backend, or the backend failed
    ProxyError,    // refused or failed by the proxy itself
    ClientGone,    // the client left before the end
};

inline constexpr size_t outcomes = 7;
inline constexpr std::array<Outcome, outcomes> allOutcomes{
    Outcome::Success,       Outcome::CacheHit,   Outcome::ClientError, Outcome::Throttled,
    Outcome::UpstreamError, Outcome::ProxyError, Outcome::ClientGone};

/// A short name for legends, as "upstream error".
QString nameOf(Outcome outcome);
/// What it means, for people; ends with a full stop.
QString sentenceOf(Outcome outcome);

} // namespace reverxy::api
