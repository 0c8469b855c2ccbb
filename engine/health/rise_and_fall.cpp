// SPDX-License-Identifier: MIT
#include "health/rise_and_fall.h"

#include <algorithm>

namespace reverxy::health {

namespace {

/// Counts that only ever grow while nothing changes: they stop rather than begin anew.
uint32_t sum(uint32_t count, uint32_t more) {
    return more > UINT32_MAX - count ? UINT32_MAX : count + more;
}

} // namespace

Flip RiseAndFall::probePassed() {
    m_passes = sum(m_passes, 1);
    m_probeFailures = m_trafficFailures = 0;
    if (m_state != State::Down) {
        m_state = State::Up;
        return Flip::None;
    }
    if (m_passes < m_rise)
        return Flip::None;
    m_state = State::Up;
    return Flip::ToUp;
}

Flip RiseAndFall::probeFailed() {
    m_passes = 0;
    m_probeFailures = sum(m_probeFailures, 1);
    return judgeFailures();
}

Flip RiseAndFall::trafficFailed(uint32_t times) {
    if (down())
        return Flip::None;
    m_passes = 0;
    m_trafficFailures = sum(m_trafficFailures, times);
    return judgeFailures();
}

void RiseAndFall::trafficSucceeded() {
    m_trafficFailures = 0;
}

Flip RiseAndFall::judgeFailures() {
    if (down() || sum(m_probeFailures, m_trafficFailures) < m_fall)
        return Flip::None;
    m_state = State::Down;
    return Flip::ToDown;
}

} // namespace reverxy::health
