// SPDX-License-Identifier: MIT
#include "limit/token_bucket.h"

#include <algorithm>

namespace reverxy::limit {

namespace {

uint64_t dividedUp(uint64_t number, uint64_t by) {
    return number / by + (number % by != 0);
}

} // namespace

/// In parts of a request, of which the bucket loses `m_limit` each millisecond: `limit` requests in a window.
uint64_t TokenBucket::levelAt(const Count& count, Ticks now) const {
    const uint64_t level = count.used * m_window + count.rest;
    const Ticks elapsed = std::max(now, count.time) - count.time;
    return elapsed > level / m_limit ? 0 : level - elapsed * m_limit; // the product is no more than the level
}

Standing TokenBucket::standingAt(uint64_t level, bool allowed) const {
    const uint64_t used = std::min<uint64_t>(dividedUp(level, m_window), m_burst);
    const Ticks resetAfter = used == 0 ? 0 : dividedUp(level - (used - 1) * m_window, m_limit);
    return {allowed, m_burst, static_cast<uint32_t>(used), resetAfter};
}

Standing TokenBucket::take(Count& count, Ticks now) const {
    uint64_t level = levelAt(count, now);
    const bool allowed = level + m_window <= m_burst * m_window;
    if (allowed)
        level += m_window;
    count.time = std::max(now, count.time);
    count.used = static_cast<uint32_t>(level / m_window);
    count.rest = static_cast<uint32_t>(level % m_window);
    return standingAt(level, allowed);
}

Standing TokenBucket::look(Count count, Ticks now) const {
    const uint64_t level = levelAt(count, now);
    return standingAt(level, level + m_window <= m_burst * m_window);
}

} // namespace reverxy::limit
