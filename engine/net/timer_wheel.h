// SPDX-License-Identifier: MIT
#pragma once

#include "base/clock.h"

#include <array>
#include <cstdint>

namespace reverxy::net {

class TimerWheel;

/// Something with a deadline. Linked into the wheel in place: no allocation.
class Timer {
  public:
    Timer() = default;
    Timer(const Timer&) = delete;
    Timer& operator=(const Timer&) = delete;

    bool armed() const { return m_deadline != TimePoint::max(); }

    TimePoint deadline() const { return m_deadline; }

  protected:
    /// Must be cancelled before it goes.
    virtual ~Timer() = default;

  private:
    friend class TimerWheel;

    bool linked() const { return m_linkedFor != TimePoint::max(); }

    /// The deadline has passed; the timer is no longer armed and may be armed again, or destroyed.
    virtual void onTimer(TimePoint now) = 0;

    TimePoint m_deadline = TimePoint::max();
    Timer* m_previous = nullptr;
    Timer* m_next = nullptr;
    uint64_t m_linkedTick = 0;
    TimePoint m_linkedFor = TimePoint::max(); // its slot comes round by then; max(): it is in none
};

/// Deadlines of one worker, hashed by time into slots of `tick`. Moving a deadline later, which is what nearly
/// always happens, is one store: a timer stays in its slot and is put into a later one when that comes round.
/// Deadlines are kept to within one tick, never early. Reads no clock.
class TimerWheel {
  public:
    static constexpr std::chrono::milliseconds tick{20};

    explicit TimerWheel(TimePoint now);

    /// Arms the timer, or moves its deadline; TimePoint::max() disarms it, at the cost of one store.
    void arm(Timer& timer, TimePoint deadline) {
        timer.m_deadline = deadline;
        if (deadline < timer.m_linkedFor)
            place(timer);
    }

    /// Disarms the timer and lets go of it, as it must before it is destroyed.
    void cancel(Timer& timer);
    /// Calls every timer whose deadline is not after `now`.
    void advance(TimePoint now);

    bool empty() const { return m_linkedCount == 0; }

  private:
    static constexpr uint32_t slotCount = 1024; // about 20 s; later deadlines pass their slot more than once
    uint64_t tickOf(TimePoint time) const;
    void place(Timer& timer);
    void link(Timer& timer, uint64_t atTick);
    void unlink(Timer& timer);

    TimePoint m_origin;
    uint64_t m_passed = 0; // ticks done
    uint32_t m_linkedCount = 0;
    Timer* m_iterating = nullptr; // the next one of the slot being worked through
    std::array<Timer*, slotCount> m_slots{};
};

} // namespace reverxy::net
