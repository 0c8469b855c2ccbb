// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <vector>

namespace reverxy::net {

class ResumeQueue;

/// Something that goes on with its work in a later turn of the loop, after others had theirs.
class Resumable {
  public:
    Resumable() = default;
    Resumable(const Resumable&) = delete;
    Resumable& operator=(const Resumable&) = delete;

    virtual void resume() = 0;

  protected:
    /// Must have left its queue.
    virtual ~Resumable() = default;

  private:
    friend class ResumeQueue;
    const ResumeQueue* m_queue = nullptr; // in which it waits
};

/// Those who wait for a turn, in the order in which they came. Belongs to one thread.
class ResumeQueue {
  public:
    bool empty() const { return m_waiting.empty(); }

    bool holds(const Resumable& resumable) const { return resumable.m_queue == this; }

    /// Does nothing for one that waits already, here or in another queue: no turn is lost by waiting.
    void add(Resumable& resumable);
    /// The same for one that does not wait here. Allowed during run() too.
    void withdraw(Resumable& resumable);

    /// Resumes each of those that wait now, once, as long as `mayGoOn()` says so after each; the others keep their
    /// places before those that come meanwhile.
    template <typename MayGoOn>
    void run(MayGoOn mayGoOn) {
        m_running.swap(m_waiting);
        size_t next = 0;
        bool goesOn = true;
        while (goesOn && next < m_running.size()) {
            Resumable* const resumable = m_running[next++];
            if (!resumable)
                continue;
            resumable->m_queue = nullptr;
            resumable->resume();
            goesOn = mayGoOn();
        }
        keepFrom(next);
    }

  private:
    void keepFrom(size_t next);

    std::vector<Resumable*> m_waiting;
    std::vector<Resumable*> m_running; // null: withdrawn meanwhile
};

} // namespace reverxy::net
