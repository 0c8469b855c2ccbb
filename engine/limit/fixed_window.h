// SPDX-License-Identifier: MIT
#pragma once

#include "limit/standing.h"

namespace reverxy::limit {

/// So many requests in each window; every window begins at a multiple of its length, for all clients alike. Exact.
/// At the seam of two windows a client may get twice its limit in a short time; SlidingWindow does not let it.
///
/// Of a Count, `time` is the window's number and `used` the requests that passed in it. Immutable; any thread.
class FixedWindow {
  public:
    /// `limit` and `window` (milliseconds) are at least 1.
    FixedWindow(uint32_t limit, Ticks window) : m_limit(limit), m_window(window) {}

    /// Judges a request and, when it may pass, counts it. A `now` that lies before what was counted already, as
    /// another thread's may, counts as that.
    Standing take(Count& count, Ticks now) const;
    Standing look(Count count, Ticks now) const;

    Ticks window() const { return m_window; }

  private:
    void advance(Count& count, Ticks now) const;
    Standing standingOf(const Count& count, Ticks now, bool allowed) const;

    uint32_t m_limit;
    Ticks m_window;
};

} // namespace reverxy::limit
