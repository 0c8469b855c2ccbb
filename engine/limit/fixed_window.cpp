// SPDX-License-Identifier: MIT
#include "limit/fixed_window.h"

#include <algorithm>

namespace reverxy::limit {

void FixedWindow::advance(Count& count, Ticks now) const {
    const Ticks window = now / m_window;
    if (window > count.time)
        count = Count{window, 0, 0};
}

Standing FixedWindow::standingOf(const Count& count, Ticks now, bool allowed) const {
    const Ticks begun = count.time * m_window;
    const Ticks elapsed = std::max(now, begun) - begun;
    // The limit may have been lowered below what was used before.
    return {allowed, m_limit, std::min(count.used, m_limit), count.used > 0 ? m_window - elapsed : 0};
}

Standing FixedWindow::take(Count& count, Ticks now) const {
    advance(count, now);
    const bool allowed = count.used < m_limit;
    if (allowed)
        ++count.used;
    return standingOf(count, now, allowed);
}

Standing FixedWindow::look(Count count, Ticks now) const {
    advance(count, now);
    return standingOf(count, now, count.used < m_limit);
}

} // namespace reverxy::limit
