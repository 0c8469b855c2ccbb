// SPDX-License-Identifier: MIT
#include "limit/sliding_window.h"

#include <algorithm>

namespace reverxy::limit {

namespace {

uint64_t dividedUp(uint64_t number, uint64_t by) {
    return number / by + (number % by != 0);
}

} // namespace

void SlidingWindow::advance(Count& count, Ticks now) const {
    const Ticks window = now / m_window;
    if (window <= count.time)
        return;
    count.rest = window == count.time + 1 ? count.used : 0;
    count.used = 0;
    count.time = window;
}

Ticks SlidingWindow::elapsed(const Count& count, Ticks now) const {
    const Ticks begun = count.time * m_window;
    return std::max(now, begun) - begun;
}

/// The estimate in whole requests, rounded up. All products fit into 64 bits by the bounds on limit and window.
uint64_t SlidingWindow::total(const Count& count, Ticks now) const {
    return count.used + dividedUp(uint64_t{count.rest} * (m_window - elapsed(count, now)), m_window);
}

/// When the estimate will have fallen by one, or below the limit where that was lowered.
Ticks SlidingWindow::resetAfter(const Count& count, Ticks now) const {
    const uint64_t used = std::min<uint64_t>(total(count, now), m_limit);
    if (used == 0)
        return 0;
    const uint64_t wanted = used - 1;
    const Ticks passed = elapsed(count, now);
    if (wanted >= count.used) // what fades is the window before, while this one goes on
        return m_window - (wanted - count.used) * m_window / count.rest - passed;
    // This window's own requests fade only in the next.
    return m_window - passed + m_window - wanted * m_window / count.used;
}

Standing SlidingWindow::standingOf(const Count& count, Ticks now, bool allowed) const {
    const auto used = static_cast<uint32_t>(std::min<uint64_t>(total(count, now), m_limit));
    return {allowed, m_limit, used, resetAfter(count, now)};
}

Standing SlidingWindow::take(Count& count, Ticks now) const {
    advance(count, now);
    const bool allowed = total(count, now) < m_limit;
    if (allowed)
        ++count.used;
    return standingOf(count, now, allowed);
}

Standing SlidingWindow::look(Count count, Ticks now) const {
    advance(count, now);
    return standingOf(count, now, total(count, now) < m_limit);
}

} // namespace reverxy::limit
