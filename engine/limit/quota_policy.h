// SPDX-License-Identifier: MIT
#pragma once

#include "config/config.h"
#include "limit/fixed_window.h"
#include "limit/sliding_window.h"
#include "limit/token_bucket.h"

#include <string>
#include <string_view>
#include <variant>

namespace reverxy::limit {

/// What one `rate_limiter` allows each of its clients. Immutable; any thread.
class QuotaPolicy {
  public:
    explicit QuotaPolicy(const config::RateLimiter& settings);

    Standing take(Count& count, Ticks now) const;
    Standing look(const Count& count, Ticks now) const;

    /// Whether what was counted by `other` goes on to count here: the same algorithm and window, whatever the
    /// limit.
    bool countsLike(const QuotaPolicy& other) const;

    /// The item of RateLimit-Policy (draft-ietf-httpapi-ratelimit-headers, section 3) under `name`, which is
    /// printable ASCII. A window that is no whole number of seconds cannot be told and is left out.
    std::string policyItem(std::string_view name) const;

  private:
    std::variant<FixedWindow, SlidingWindow, TokenBucket> m_algorithm;
    uint32_t m_limit;
    uint32_t m_burst; // 0: not told
};

/// Seconds for Retry-After and for the reset parameter: rounded up, and never 0, which would say "at once".
uint64_t secondsUntil(Ticks milliseconds);

} // namespace reverxy::limit
