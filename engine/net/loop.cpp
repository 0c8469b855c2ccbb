// SPDX-License-Identifier: MIT
#include "net/loop.h"

#include "http/date.h"

#include <algorithm>
#include <utility>

namespace reverxy::net {

static_assert(http::dateSize == 29);

namespace {

using std::chrono::microseconds;

// How long those who go on may keep the thread from whatever has happened meanwhile.
constexpr microseconds slice{500};
// The same of work of little worth, and how long it then waits: it gets a fifth of the time at most.
constexpr microseconds sparingSlice{250};
constexpr std::chrono::milliseconds sparingPause{1};

} // namespace

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
        if (m_wheel.empty()) {
            m_ticking = false;
            m_tick.stop();
        }
        settle();
    });
    m_turn.setSingleShot(true);
    m_turn.setInterval(0);
    connect(&m_turn, &QTimer::timeout, this, [this] { runResumables(); });
    m_pause.setSingleShot(true);
    m_pause.setTimerType(Qt::PreciseTimer);
    m_pause.setInterval(sparingPause);
    connect(&m_pause, &QTimer::timeout, this, [this] { runSpared(); });
}

Loop::~Loop() {
    settle();
}

void Loop::startTicking() {
    if (m_wheel.empty())
        return;
    m_ticking = true;
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
    while (!m_discarded.empty()) { // who goes may have others go
        m_going.swap(m_discarded);
        m_going.clear();
    }
    m_inBatch = false;
}

void Loop::settleSoon() {
    if (!m_inBatch && !m_turn.isActive())
        m_turn.start();
}

void Loop::resumeSoon(Resumable& resumable) {
    m_resumables.add(resumable);
    if (!m_turn.isActive())
        m_turn.start();
}

void Loop::resumeSparingly(Resumable& resumable) {
    m_sparing.add(resumable);
    if (!m_pause.isActive())
        m_pause.start();
}

void Loop::withdraw(Resumable& resumable) {
    m_resumables.withdraw(resumable);
    m_sparing.withdraw(resumable);
}

void Loop::runResumables() {
    m_inBatch = true;
    refreshTime();
    const TimePoint end = m_now + slice;
    m_resumables.run([end] { return std::chrono::steady_clock::now() < end; });
    settle();
    if (!m_resumables.empty() && !m_turn.isActive())
        m_turn.start();
}

void Loop::runSpared() {
    m_inBatch = true;
    refreshTime();
    const TimePoint end = m_now + sparingSlice;
    bool timeLeft = true;
    while (timeLeft && !m_sparing.empty())
        m_sparing.run([&] { return timeLeft = std::chrono::steady_clock::now() < end; });
    settle();
    if (!m_sparing.empty() && !m_pause.isActive())
        m_pause.start();
}

} // namespace reverxy::net
