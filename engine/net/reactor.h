// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

class QAbstractEventDispatcher;

namespace reverxy::net {

/// What a descriptor is ready for. `ended`: the peer has closed or reset, so that reading must go on until it says
/// so even where a short read would otherwise mean that nothing is left.
struct Readiness {
    bool readable = false;
    bool writable = false;
    bool ended = false;
};

class Reactor;

/// A descriptor in a reactor.
class Pollable {
  public:
    Pollable() = default;
    Pollable(const Pollable&) = delete;
    Pollable& operator=(const Pollable&) = delete;

    int descriptor() const { return m_descriptor; }

  protected:
    virtual ~Pollable() = default;
    int m_descriptor = -1;

  private:
    friend class Reactor;
    friend class EpollReactor;
    friend class PortableReactor;
    /// Called on the reactor's thread. May remove itself or others; objects must not be destroyed before the batch
    /// is over (Loop::discard).
    virtual void onReady(Readiness readiness) = 0;

    std::uintptr_t m_registration = 0; // by which its reactor knows it; 0: in none
};

/// Readiness of descriptors, told once per change (edge-triggered): after a report the owner reads until it would
/// block, or got less than it had room for and no end was reported, then calls awaitRead(); the same with writing.
/// Belongs to one thread with a Qt event loop.
class Reactor {
  public:
    virtual ~Reactor() = default;
    /// Starts reporting both directions. False when the system refuses.
    virtual bool add(Pollable& pollable) = 0;
    /// No report follows, not even one of the current batch.
    virtual void remove(Pollable& pollable) = 0;
    /// The same, and closes the descriptor.
    virtual void close(Pollable& pollable) = 0;
    /// The owner has read all there was; the next report is wanted.
    virtual void awaitRead(Pollable& pollable) = 0;
    virtual void awaitWrite(Pollable& pollable) = 0;

    /// Whether descriptors are reported in the order in which they became ready: what has not been reported was
    /// still quiet when that happened which is being handled.
    virtual bool reportsInOrder() const { return false; }

    /// Called before and after each batch of reports.
    void onBatch(std::function<void()> before, std::function<void()> after) {
        m_before = std::move(before);
        m_after = std::move(after);
    }

  protected:
    static void closeDescriptor(Pollable& pollable);

    std::function<void()> m_before = [] {};
    std::function<void()> m_after = [] {};
};

/// The epoll set in which the thread's dispatcher sleeps (makeEpollDispatcher; then one at a time), or one of its
/// own behind one QSocketNotifier; null where the system has no epoll.
std::unique_ptr<Reactor> makeEpollReactor();
/// One QSocketNotifier per descriptor and direction; works wherever Qt does.
std::unique_ptr<Reactor> makePortableReactor();
/// The portable one where it is asked for or nothing else is there.
std::unique_ptr<Reactor> makeReactor(bool portable);

/// An event loop that sleeps in an epoll set, for QThread::setEventDispatcher(); null where the system has no
/// epoll.
std::unique_ptr<QAbstractEventDispatcher> makeEpollDispatcher();

} // namespace reverxy::net
