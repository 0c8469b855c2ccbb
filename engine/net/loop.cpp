// SPDX-License-Identifier: MIT
#include "net/loop.h"

#include "http/date.h"

#include <algorithm>
#include <utility>

namespace reverxy::net {

static_assert(http::dateSize == 29);

Loop::Loop(std::unique_ptr<Reactor> reactor)
    : m_reactor(std::move(reactor)), m_now(std::chrono::steady_clock::now()), m_wheel(m_now) {
    refreshTime();
    m_reactor->onBatch(
        [this] {
            m_inBatch = true;
            refreshTime();
        },
        [this] { settle(); });
    m_tick.setTimerType(Qt::PreciseTimer);
    m_tick.setInterval(TimerWheel::tick);
    connect(&m_tick, &QTimer::timeout, this, [this] {
        m_inBatch = true;
        refreshTime();
        m_wheel.advance(m_now);
        if (m_wheel.empty())
            m_tick.stop();
        settle();
    });
    m_turn.setSingleShot(true);
    m_turn.setInterval(0);
    connect(&m_turn, &QTimer::timeout, this, [this] { runResumables(); });
}

Loop::~Loop() {
    settle();
}

void Loop::arm(Timer& timer, TimePoint deadline) {
    m_wheel.arm(timer, deadline);
    if (!m_tick.isActive() && !m_wheel.empty())
        m_tick.start();
}

void Loop::refreshTime() {
    m_now = std::chrono::steady_clock::now();
    m_wall = std::chrono::system_clock::now();
    const int64_t second = std::chrono::duration_cast<std::chrono::seconds>(m_wall.time_since_epoch()).count();
    if (second != m_dateSecond) {
        m_dateSecond = second;
        http::writeDate(m_date, m_wall);
    }
}

void Loop::settle() {
    while (!m_discarded.empty()) {
        std::vector<Discarded> gone;
        gone.swap(m_discarded);
    }
    m_inBatch = false;
}

void Loop::settleSoon() {
    if (!m_inBatch && !m_turn.isActive())
        m_turn.start();
}

void Loop::resumeSoon(Resumable& resumable) {
    if (!std::exchange(resumable.m_resumeDue, true))
        m_resumables.push_back(&resumable);
    if (!m_turn.isActive())
        m_turn.start();
}

void Loop::withdraw(Resumable& resumable) {
    if (std::exchange(resumable.m_resumeDue, false))
        std::erase(m_resumables, &resumable);
    std::replace(m_running.begin(), m_running.end(), &resumable, static_cast<Resumable*>(nullptr));
}

void Loop::runResumables() {
    m_inBatch = true;
    refreshTime();
    m_running.swap(m_resumables);
    for (Resumable* const resumable : m_running)
        resumable->m_resumeDue = false;
    for (size_t i = 0; i < m_running.size(); ++i) {
        if (Resumable* const resumable = m_running[i])
            resumable->resume();
    }
    m_running.clear();
    settle();
    if (!m_resumables.empty() && !m_turn.isActive())
        m_turn.start();
}

} // namespace reverxy::net
