// SPDX-License-Identifier: MIT
#include "net/epoll_dispatcher.h"

#include "net/reactor.h"

#include <QCoreApplication>
#include <QSocketNotifier>
#include <QVarLengthArray>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstring>
#include <unistd.h>

namespace reverxy::net {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

namespace {

// What makes a notifier of each type act; an end or an error does, too, so that its owner sees it.
constexpr std::array<uint32_t, 3> eventsOfType{EPOLLIN, EPOLLOUT, EPOLLPRI};
constexpr std::array<uint32_t, 3> causesOfType{EPOLLIN | EPOLLHUP | EPOLLERR, EPOLLOUT | EPOLLHUP | EPOLLERR,
                                               EPOLLPRI | EPOLLHUP | EPOLLERR};

/// Rounded up, so that nothing that waits so long is early; 0 when it is past.
int millisecondsUntil(TimePoint due) {
    const auto left = std::chrono::ceil<milliseconds>(due - steady_clock::now());
    return static_cast<int>(std::clamp<milliseconds::rep>(left.count(), 0, INT_MAX));
}

} // namespace

std::unique_ptr<EpollDispatcher> EpollDispatcher::make() {
    const int set = ::epoll_create1(EPOLL_CLOEXEC);
    if (set < 0)
        return nullptr;
    std::unique_ptr<EpollDispatcher> dispatcher(new EpollDispatcher(set));
    const int wake = dispatcher->m_wake.readDescriptor();
    return dispatcher->control(EPOLL_CTL_ADD, wake, EPOLLIN) ? std::move(dispatcher) : nullptr;
}

EpollDispatcher::~EpollDispatcher() {
    ::close(m_set);
}

void EpollDispatcher::reportTo(Reports reports) {
    Q_ASSERT(!reports || !m_reports);
    m_reports = std::move(reports);
}

bool EpollDispatcher::processEvents(QEventLoop::ProcessEventsFlags flags) {
    m_interrupted = false;
    Q_EMIT awake();
    // Whatever is posted from here on signals m_wake, which the wait below then finds.
    QCoreApplication::sendPostedEvents();
    const bool mayWait = flags.testFlag(QEventLoop::WaitForMoreEvents) && !m_interrupted;
    if (mayWait)
        Q_EMIT aboutToBlock();
    if (m_interrupted)
        return false;
    const int waited =
        ::epoll_wait(m_set, m_events.data(), static_cast<int>(m_events.size()), mayWait ? untilNextTimer() : 0);
    const std::span<const epoll_event> events(m_events.data(), static_cast<size_t>(std::max(waited, 0)));
    if (!events.empty() && m_reports)
        m_reports(events);
    for (const epoll_event& event : events) {
        if (event.data.u64 & ownMark)
            activate(event);
    }
    return runTimers() || !events.empty();
}

void EpollDispatcher::activate(const epoll_event& event) {
    const auto descriptor = static_cast<int>(event.data.u64 & UINT32_MAX);
    if (descriptor == m_wake.readDescriptor()) {
        m_wake.drain();
        m_woken.exchange(false); // sees what those did who found it set and left the signal out
        return;
    }
    for (size_t type = 0; type < causesOfType.size(); ++type) {
        if ((event.events & causesOfType[type]) == 0)
            continue;
        // Looked up each time: whoever is told may withdraw itself or others.
        const auto found = m_notifiers.find(descriptor);
        if (found == m_notifiers.end())
            return;
        if (QSocketNotifier* const notifier = found->second[type]) {
            QEvent told(QEvent::SockAct);
            QCoreApplication::sendEvent(notifier, &told);
        }
    }
}

// Notifiers.

bool EpollDispatcher::control(int operation, int descriptor, uint32_t events) {
    epoll_event event{};
    event.events = events;
    event.data.u64 = ownMark | static_cast<uint32_t>(descriptor);
    return ::epoll_ctl(m_set, operation, descriptor, &event) == 0;
}

void EpollDispatcher::watch(int descriptor, const Notifiers& notifiers) {
    uint32_t events = 0;
    for (size_t type = 0; type < notifiers.size(); ++type)
        events |= notifiers[type] ? eventsOfType[type] : 0;
    // Where several threads wait for one socket, as workers do for a listening one, the system need not wake all of
    // them. It takes that wish with a new entry only, beside few other events, and not for every kind of
    // descriptor.
    if (events == EPOLLIN && control(EPOLL_CTL_ADD, descriptor, events | EPOLLEXCLUSIVE))
        return;
    if (!control(EPOLL_CTL_ADD, descriptor, events))
        qWarning("the system does not watch descriptor %d: %s", descriptor, std::strerror(errno));
}

void EpollDispatcher::registerSocketNotifier(QSocketNotifier* notifier) {
    const auto descriptor = static_cast<int>(notifier->socket());
    const auto [found, isNew] = m_notifiers.try_emplace(descriptor);
    found->second[notifier->type()] = notifier;
    if (!isNew)
        control(EPOLL_CTL_DEL, descriptor, 0);
    watch(descriptor, found->second);
}

void EpollDispatcher::unregisterSocketNotifier(QSocketNotifier* notifier) {
    const auto descriptor = static_cast<int>(notifier->socket());
    const auto found = m_notifiers.find(descriptor);
    if (found == m_notifiers.end())
        return;
    Notifiers& notifiers = found->second;
    notifiers[notifier->type()] = nullptr;
    control(EPOLL_CTL_DEL, descriptor, 0);
    if (std::all_of(notifiers.begin(), notifiers.end(), [](const auto* each) { return !each; }))
        m_notifiers.erase(found);
    else
        watch(descriptor, notifiers);
}

// Timers. A worker has a handful, so that a list serves.

EpollDispatcher::Timer* EpollDispatcher::findTimer(int id) {
    const auto found =
        std::find_if(m_timers.begin(), m_timers.end(), [id](const Timer& timer) { return timer.id == id; });
    return found == m_timers.end() ? nullptr : &*found;
}

void EpollDispatcher::registerTimer(int id, qint64 interval, Qt::TimerType type, QObject* object) {
    const milliseconds each(interval);
    m_timers.push_back({id, each, type, object, steady_clock::now() + each});
}

bool EpollDispatcher::unregisterTimer(int id) {
    return std::erase_if(m_timers, [id](const Timer& timer) { return timer.id == id; }) > 0;
}

bool EpollDispatcher::unregisterTimers(QObject* object) {
    return std::erase_if(m_timers, [object](const Timer& timer) { return timer.object == object; }) > 0;
}

QList<QAbstractEventDispatcher::TimerInfo> EpollDispatcher::registeredTimers(QObject* object) const {
    QList<TimerInfo> timers;
    for (const Timer& timer : m_timers) {
        if (timer.object == object)
            timers.append(TimerInfo(timer.id, static_cast<int>(timer.interval.count()), timer.type));
    }
    return timers;
}

int EpollDispatcher::remainingTime(int id) {
    const Timer* const timer = findTimer(id);
    return timer ? millisecondsUntil(timer->due) : -1;
}

/// For epoll_wait: milliseconds, -1 when there is no timer.
int EpollDispatcher::untilNextTimer() const {
    const auto next = std::min_element(m_timers.begin(), m_timers.end(),
                                       [](const Timer& a, const Timer& b) { return a.due < b.due; });
    return next == m_timers.end() ? -1 : millisecondsUntil(next->due);
}

/// Each that is due once: one with the interval 0 must not keep the others waiting. True when there was one.
bool EpollDispatcher::runTimers() {
    if (m_timers.empty())
        return false;
    const TimePoint now = steady_clock::now();
    QVarLengthArray<int, 16> due;
    for (const Timer& timer : m_timers) {
        if (timer.due <= now)
            due.append(timer.id);
    }
    for (const int id : due) {
        Timer* const timer = findTimer(id);
        if (!timer || timer->due > now) // stopped, or started anew, by one before it
            continue;
        timer->due += timer->interval;
        if (timer->due < now) // late by a whole interval or more: those that were missed are not made up for
            timer->due = now + timer->interval;
        QTimerEvent event(id);
        QCoreApplication::sendEvent(timer->object, &event);
    }
    return !due.empty();
}

// Other threads.

void EpollDispatcher::wakeUp() {
    if (!m_woken.exchange(true))
        m_wake.signal();
}

void EpollDispatcher::interrupt() {
    m_interrupted = true;
    wakeUp();
}

std::unique_ptr<QAbstractEventDispatcher> makeEpollDispatcher() {
    return EpollDispatcher::make();
}

} // namespace reverxy::net
