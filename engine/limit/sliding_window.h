// SPDX-License-Identifier: MIT
#pragma once

#include "limit/standing.h"

namespace reverxy::limit {

/// So many requests in any stretch as long as the window, estimated by two counters: those of the window under way,
/// and those of the one before it by the share of it that such a stretch still reaches back to. There is no seam
/// with room for twice the limit.
///
/// Of a Count, `time` is the window's number, `used` the requests that passed in it and `rest` those of the one
/// before. Immutable; any thread.
class SlidingWindow {
  public:
    /// `limit` (at most 2^30) and `window` (milliseconds, at most a day) are at least 1.
    SlidingWindow(uint32_t limit, Ticks window) : m_limit(limit), m_window(window) {}

    /// Judges a request and, when it may pass, counts it. A `now` that lies before what was counted already, as
    /// another thread's may, counts as that.
    Standing take(Count& count, Ticks now) const;
    Standing look(Count count, Ticks now) const;

    Ticks window() const { return m_window; }

  private:
    void advance(Count& count, Ticks now) const;
    Ticks elapsed(const Count& count, Ticks now) const;
    uint64_t total(const Count& count, Ticks now) const;
    Ticks resetAfter(const Count& count, Ticks now) const;
    Standing standingOf(const Count& count, Ticks now, bool allowed) const;

    uint32_t m_limit;
    Ticks m_window;
};

} // namespace reverxy::limit
