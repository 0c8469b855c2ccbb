// SPDX-License-Identifier: MIT
#pragma once

#include "base/buffer.h"
#include "base/clock.h"
#include "net/reactor.h"
#include "net/resume_queue.h"
#include "net/timer_wheel.h"

#include <QObject>
#include <QTimer>

#include <memory>
#include <string_view>
#include <vector>

namespace reverxy::net {

/// What every connection of a worker needs of its thread: readiness, deadlines, the time, buffers, and a safe place
/// for what is to be destroyed. Belongs to the worker's thread.
class Loop : public QObject {
  public:
    explicit Loop(std::unique_ptr<Reactor> reactor);
    ~Loop() override;

    Reactor& reactor() { return *m_reactor; }

    BufferPool& buffers() { return m_buffers; }

    /// Read once a batch.
    TimePoint now() const { return m_now; }

    WallTime wall() const { return m_wall; }

    /// The Date field's value; rendered once a second, always at the same address.
    std::string_view date() const { return {m_date, sizeof m_date}; }

    void arm(Timer& timer, TimePoint deadline) {
        m_wheel.arm(timer, deadline);
        if (!m_ticking)
            startTicking();
    }

    void cancel(Timer& timer) { m_wheel.cancel(timer); }

    /// Destroys `object` when the current batch is over, so that whoever is further up the stack may still look at
    /// it.
    template <typename T>
    void discard(std::unique_ptr<T> object) {
        m_discarded.emplace_back(object.release(), [](void* gone) { delete static_cast<T*>(gone); });
        settleSoon();
    }

    /// Calls resume() in the next turn, or in one of the next: after some time in a turn whatever else has happened
    /// comes first. `resumable` must withdraw() before it goes.
    void resumeSoon(Resumable& resumable);
    /// The same for work of little worth: all of it together gets a small part of the thread's time.
    void resumeSparingly(Resumable& resumable);
    void withdraw(Resumable& resumable);

    /// Whether it waits for resumeSparingly(), and should leave its work until then.
    bool isSpared(const Resumable& resumable) const { return m_sparing.holds(resumable); }

    /// Runs `work` as a batch of its own, with the time read anew, unless one is under way.
    template <typename Work>
    void asBatch(Work work) {
        if (m_inBatch)
            return work();
        m_inBatch = true;
        refreshTime();
        work();
        settle();
    }

  private:
    void refreshTime();
    void startTicking();
    void settle();
    void settleSoon();
    void runResumables();
    void runSpared();

    using Discarded = std::unique_ptr<void, void (*)(void*)>;

    std::unique_ptr<Reactor> m_reactor;
    BufferPool m_buffers;
    TimePoint m_now;
    WallTime m_wall;
    int64_t m_dateSecond = -1;
    char m_date[29];
    TimerWheel m_wheel;
    QTimer m_tick;
    QTimer m_turn; // zero timeout, for resumeSoon() and for discarding outside a batch
    std::vector<Discarded> m_discarded;
    std::vector<Discarded> m_going; // those being destroyed
    ResumeQueue m_resumables;
    ResumeQueue m_sparing;
    QTimer m_pause; // before those in m_sparing have some time
    bool m_inBatch = false;
    bool m_ticking = false; // as long as the wheel holds a timer
};

} // namespace reverxy::net
