// SPDX-License-Identifier: MIT
#pragma once

#include "base/clock.h"
#include "net/wake_channel.h"

#include <QAbstractEventDispatcher>

#include <array>
#include <atomic>
#include <functional>
#include <memory>
#include <span>
#include <sys/epoll.h>
#include <unordered_map>
#include <vector>

namespace reverxy::net {

/// The event loop of a thread that sleeps in the epoll set of its reactor: one system call a turn, where a
/// dispatcher of Qt's would poll the set's descriptor first and have the set asked afterwards. Qt's timers (to the
/// next millisecond, never early), queued calls and socket notifiers go on working beside the reports; a notifier
/// must be disabled before its descriptor is closed. For threads without nested event loops. Belongs to its thread,
/// but for wakeUp() and interrupt(), which any thread may call.
class EpollDispatcher final : public QAbstractEventDispatcher {
  public:
    using Reports = std::function<void(std::span<const epoll_event>)>;

    /// Null where the system refuses.
    static std::unique_ptr<EpollDispatcher> make();
    ~EpollDispatcher() override;
    EpollDispatcher(const EpollDispatcher&) = delete;
    EpollDispatcher& operator=(const EpollDispatcher&) = delete;

    /// The set in which the thread sleeps. `data.u64` of what others put into it must be below `ownMark`.
    int set() const { return m_set; }

    static constexpr uint64_t ownMark = uint64_t{1} << 63;

    /// Where the reports of each turn go, the dispatcher's own among them: to one at a time, until an empty
    /// function stops it.
    void reportTo(Reports reports);

    bool processEvents(QEventLoop::ProcessEventsFlags flags) override;
    void registerSocketNotifier(QSocketNotifier* notifier) override;
    void unregisterSocketNotifier(QSocketNotifier* notifier) override;
    void registerTimer(int id, qint64 interval, Qt::TimerType type, QObject* object) override;
    bool unregisterTimer(int id) override;
    bool unregisterTimers(QObject* object) override;
    QList<TimerInfo> registeredTimers(QObject* object) const override;
    int remainingTime(int id) override;
    void wakeUp() override;
    void interrupt() override;

  private:
    struct Timer {
        int id;
        std::chrono::milliseconds interval;
        Qt::TimerType type;
        QObject* object;
        TimePoint due;
    };

    /// By QSocketNotifier::Type.
    using Notifiers = std::array<QSocketNotifier*, 3>;

    explicit EpollDispatcher(int set) : m_set(set) {}

    bool control(int operation, int descriptor, uint32_t events);
    void watch(int descriptor, const Notifiers& notifiers);
    void activate(const epoll_event& event);
    int untilNextTimer() const;
    bool runTimers();
    Timer* findTimer(int id);

    const int m_set;
    WakeChannel m_wake;
    std::atomic<bool> m_woken = false; // m_wake has been signalled
    std::atomic<bool> m_interrupted = false;
    Reports m_reports;
    std::array<epoll_event, 256> m_events;
    std::unordered_map<int, Notifiers> m_notifiers; // by descriptor
    std::vector<Timer> m_timers;
};

} // namespace reverxy::net
