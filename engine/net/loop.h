// SPDX-License-Identifier: MIT
#pragma once

#include "base/buffer.h"
#include "base/clock.h"
#include "net/reactor.h"
#include "net/timer_wheel.h"

#include <QObject>
#include <QTimer>

#include <memory>
#include <string_view>
#include <vector>

namespace reverxy::net {

/// Something that goes on with its work in the next turn of the loop, after others had theirs.
class Resumable {
  public:
    virtual void resume() = 0;

  protected:
    virtual ~Resumable() = default;

  private:
    friend class Loop;
    bool m_resumeDue = false;
};

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

    void arm(Timer& timer, TimePoint deadline);

    void cancel(Timer& timer) { m_wheel.cancel(timer); }

    /// Destroys `object` when the current batch is over, so that whoever is further up the stack may still look at
    /// it.
    template <typename T>
    void discard(std::unique_ptr<T> object) {
        m_discarded.emplace_back(object.release(), [](void* gone) { delete static_cast<T*>(gone); });
        settleSoon();
    }

    /// Calls resume() in the next turn. `resumable` must withdraw() before it goes.
    void resumeSoon(Resumable& resumable);
    void withdraw(Resumable& resumable);

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
    void settle();
    void settleSoon();
    void runResumables();

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
    std::vector<Resumable*> m_resumables;
    std::vector<Resumable*> m_running;
    bool m_inBatch = false;
};

} // namespace reverxy::net
