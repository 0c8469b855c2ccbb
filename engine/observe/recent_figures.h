// SPDX-License-Identifier: MIT
#pragma once

#include "base/clock.h"
#include "observe/histogram.h"

#include <array>
#include <cstddef>
#include <cstdint>

namespace reverxy::observe {

/// What happened within a window of time.
struct RecentTotals {
    uint64_t requests = 0;
    uint64_t errors = 0;
    LatencyCounts<uint64_t> latency; // of those requests that had one
    Duration covered{};              // at least a second

    double perSecond(uint64_t count) const {
        return static_cast<double>(count) / std::chrono::duration<double>(covered).count();
    }

    bool operator==(const RecentTotals&) const = default;
};

/// The last minute of one pool or backend in slots of two seconds, for display. Slots are cut at the same moments
/// everywhere, so that those of all workers add up. Belongs to one thread.
class RecentFigures {
  public:
    static constexpr std::chrono::seconds slotLength{2};
    static constexpr std::chrono::seconds longest{60};

    /// `micros` 0: there was no latency to speak of.
    void add(TimePoint now, bool error, uint32_t micros);
    /// Has the processor fetch what add() will change.
    void prefetch(TimePoint now) const;
    /// The last `window` (whole slots, at most `longest`) and the slot that runs. `since`: when counting began,
    /// which shortens what is covered.
    RecentTotals totals(TimePoint now, Duration window, TimePoint since) const;
    void merge(const RecentFigures& other);

  private:
    static constexpr size_t slots = static_cast<size_t>(longest / slotLength) + 1;

    struct Slot {
        int64_t number = -1; // since the clock's epoch; -1: never used
        uint32_t requests = 0;
        uint32_t errors = 0;
        LatencyCounts<uint32_t> latency;
    };

    static int64_t numberOf(TimePoint time) { return time.time_since_epoch() / slotLength; }

    static size_t placeOf(int64_t number) { return static_cast<size_t>(number) % slots; }

    std::array<Slot, slots> m_slots{};
};

} // namespace reverxy::observe
