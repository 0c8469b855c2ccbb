// SPDX-License-Identifier: MIT
#include "net/timer_wheel.h"

#include <algorithm>

namespace reverxy::net {

TimerWheel::TimerWheel(TimePoint now) : m_origin(now) {}

/// The tick at whose end `time` has certainly passed.
uint64_t TimerWheel::tickOf(TimePoint time) const {
    if (time <= m_origin)
        return 0;
    const auto ticks = (time - m_origin + tick - Duration(1)) / std::chrono::duration_cast<Duration>(tick);
    return static_cast<uint64_t>(ticks);
}

/// Into the slot of its deadline, out of a later one.
void TimerWheel::place(Timer& timer) {
    if (timer.linked())
        unlink(timer);
    link(timer, std::max(tickOf(timer.m_deadline), m_passed + 1));
}

void TimerWheel::cancel(Timer& timer) {
    timer.m_deadline = TimePoint::max();
    if (timer.linked())
        unlink(timer);
}

void TimerWheel::advance(TimePoint now) {
    const uint64_t target =
        now <= m_origin ? 0 : static_cast<uint64_t>((now - m_origin) / std::chrono::duration_cast<Duration>(tick));
    if (m_linkedCount == 0) {
        m_passed = std::max(m_passed, target);
        return;
    }
    // After a long sleep one turn of the wheel meets every timer.
    if (target > m_passed + slotCount)
        m_passed = target - slotCount;
    while (m_passed < target) {
        ++m_passed;
        m_iterating = m_slots[m_passed % slotCount];
        while (Timer* timer = m_iterating) {
            m_iterating = timer->m_next;
            if (timer->m_linkedTick > m_passed)
                continue; // in a later turn
            unlink(*timer);
            if (timer->m_deadline == TimePoint::max())
                continue;
            if (timer->m_deadline > now) { // moved since it was linked
                place(*timer);
                continue;
            }
            timer->m_deadline = TimePoint::max();
            timer->onTimer(now);
        }
    }
}

void TimerWheel::link(Timer& timer, uint64_t atTick) {
    Timer*& head = m_slots[atTick % slotCount];
    timer.m_linkedTick = atTick;
    timer.m_previous = nullptr;
    timer.m_next = head;
    if (timer.m_next)
        timer.m_next->m_previous = &timer;
    head = &timer;
    timer.m_linkedFor = timer.m_deadline;
    ++m_linkedCount;
}

void TimerWheel::unlink(Timer& timer) {
    if (m_iterating == &timer)
        m_iterating = timer.m_next;
    if (timer.m_previous)
        timer.m_previous->m_next = timer.m_next;
    else
        m_slots[timer.m_linkedTick % slotCount] = timer.m_next;
    if (timer.m_next)
        timer.m_next->m_previous = timer.m_previous;
    timer.m_previous = timer.m_next = nullptr;
    timer.m_linkedFor = TimePoint::max();
    --m_linkedCount;
}

} // namespace reverxy::net
