// SPDX-License-Identifier: MIT
#pragma once

#include "limit/standing.h"

namespace reverxy::limit {

/// A steady rate of so many requests per window, of which `burst` may come at once. It is the generic cell rate
/// algorithm (ITU-T I.371) in its form as a leaking bucket: each request that passes fills in as much as one
/// request takes, and the bucket leaks all the time. Exact: the level is a whole number of parts of a request.
///
/// Of a Count, `time` is when the level was last brought up to date, `used` its whole requests and `rest` the parts
/// beyond them, as many to a request as the window has milliseconds. Immutable; any thread.
class TokenBucket {
  public:
    /// `limit` and `burst` (both at most 2^30) and `window` (milliseconds, at most a day) are at least 1.
    TokenBucket(uint32_t limit, Ticks window, uint32_t burst) : m_limit(limit), m_burst(burst), m_window(window) {}

    /// Judges a request and, when it may pass, counts it. A `now` that lies before what was counted already, as
    /// another thread's may, counts as that. Standing::limit is the burst.
    Standing take(Count& count, Ticks now) const;
    Standing look(Count count, Ticks now) const;

    Ticks window() const { return m_window; }

  private:
    uint64_t levelAt(const Count& count, Ticks now) const;
    Standing standingAt(uint64_t level, bool allowed) const;

    uint32_t m_limit;
    uint32_t m_burst;
    Ticks m_window;
};

} // namespace reverxy::limit
