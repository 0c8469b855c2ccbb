// SPDX-License-Identifier: MIT
#include "observe/recent_figures.h"

#include "base/prefetch.h"

#include <algorithm>

namespace reverxy::observe {

void RecentFigures::add(TimePoint now, bool error, uint32_t micros) {
    const int64_t number = numberOf(now);
    Slot& slot = m_slots[placeOf(number)];
    if (slot.number != number) {
        slot = Slot{};
        slot.number = number;
    }
    ++slot.requests;
    slot.errors += error ? 1 : 0;
    if (micros > 0)
        slot.latency.add(micros);
}

void RecentFigures::prefetch(TimePoint now) const {
    const Slot& slot = m_slots[placeOf(numberOf(now))];
    reverxy::prefetch(&slot, sizeof slot);
}

RecentTotals RecentFigures::totals(TimePoint now, Duration window, TimePoint since) const {
    const int64_t current = numberOf(now);
    const int64_t oldest = current - std::clamp<int64_t>(window / slotLength, 0, longest / slotLength);
    RecentTotals totals;
    for (const Slot& slot : m_slots) {
        // Another worker's clock may have been read later than `now`.
        if (slot.number < oldest || slot.number > current + 1)
            continue;
        totals.requests += slot.requests;
        totals.errors += slot.errors;
        totals.latency.merge(slot.latency);
    }
    const TimePoint begin = std::max(since, TimePoint(oldest * slotLength));
    totals.covered = std::max<Duration>(now - begin, std::chrono::seconds(1));
    return totals;
}

void RecentFigures::merge(const RecentFigures& other) {
    for (size_t i = 0; i < slots; ++i) {
        Slot& mine = m_slots[i];
        const Slot& theirs = other.m_slots[i];
        if (theirs.number > mine.number) {
            mine = theirs;
        } else if (theirs.number == mine.number) {
            mine.requests += theirs.requests;
            mine.errors += theirs.errors;
            mine.latency.merge(theirs.latency);
        }
    }
}

} // namespace reverxy::observe
