// SPDX-License-Identifier: MIT
#include "base/prefetch.h"
#include "net/epoll_dispatcher.h"
#include "net/reactor.h"

#include <QSocketNotifier>

#include <algorithm>
#include <optional>
#include <span>
#include <sys/epoll.h>
#include <unistd.h>
#include <utility>
#include <vector>

namespace reverxy::net {

/// In the set of the thread's own dispatcher, or in one of its own behind a notifier of Qt's.
class EpollReactor final : public Reactor {
  public:
    explicit EpollReactor(EpollDispatcher& dispatcher) : m_epoll(dispatcher.set()), m_dispatcher(&dispatcher) {
        dispatcher.reportTo([this](std::span<const epoll_event> events) { report(events); });
    }

    explicit EpollReactor(int epoll) : m_epoll(epoll) {
        m_notifier.emplace(epoll, QSocketNotifier::Read);
        m_events.resize(256);
        QObject::connect(&*m_notifier, &QSocketNotifier::activated, &*m_notifier, [this] {
            const int count = ::epoll_wait(m_epoll, m_events.data(), static_cast<int>(m_events.size()), 0);
            report({m_events.data(), static_cast<size_t>(std::max(count, 0))});
        });
    }

    ~EpollReactor() override {
        if (m_dispatcher) {
            m_dispatcher->reportTo({});
        } else {
            m_notifier->setEnabled(false);
            ::close(m_epoll);
        }
    }

    bool add(Pollable& pollable) override {
        const uint32_t place = freePlace();
        Entry& entry = m_entries[place];
        epoll_event event{};
        event.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
        event.data.u64 = uint64_t{entry.generation} << 32 | place;
        if (::epoll_ctl(m_epoll, EPOLL_CTL_ADD, pollable.descriptor(), &event) != 0) {
            m_free.push_back(place);
            return false;
        }
        entry.pollable = &pollable;
        pollable.m_registration = place + 1;
        return true;
    }

    void remove(Pollable& pollable) override {
        if (forget(pollable))
            ::epoll_ctl(m_epoll, EPOLL_CTL_DEL, pollable.descriptor(), nullptr);
    }

    /// The system takes a closed descriptor out of the set by itself. It may be late in that, and still report it,
    /// where a program that is just being started holds a copy: such a report is of a past generation.
    void close(Pollable& pollable) override {
        forget(pollable);
        closeDescriptor(pollable);
    }

    void awaitRead(Pollable&) override {} // edges come by themselves

    void awaitWrite(Pollable&) override {}

    bool reportsInOrder() const override { return true; } // the kernel's list of what is ready is a queue

  private:
    /// What reports lead to, by place and generation: one that is out of date leads nowhere.
    struct Entry {
        Pollable* pollable = nullptr;
        uint32_t generation =
            0; // 31 bits, the dispatcher's mark being the last; a new one for each who has the place
    };

    uint32_t freePlace() {
        if (m_free.empty()) {
            m_entries.emplace_back();
            return static_cast<uint32_t>(m_entries.size() - 1);
        }
        const uint32_t place = m_free.back();
        m_free.pop_back();
        return place;
    }

    /// False when it is not here.
    bool forget(Pollable& pollable) {
        if (pollable.m_registration == 0)
            return false;
        const auto place = static_cast<uint32_t>(std::exchange(pollable.m_registration, 0) - 1);
        m_entries[place].pollable = nullptr;
        m_entries[place].generation = (m_entries[place].generation + 1) & INT32_MAX;
        m_free.push_back(place);
        return true;
    }

    /// Whom a report is about, or null.
    Pollable* find(const epoll_event& event) const {
        const size_t place = event.data.u64 & UINT32_MAX;
        if (place >= m_entries.size())
            return nullptr;
        const Entry& entry = m_entries[place];
        return entry.generation == event.data.u64 >> 32 ? entry.pollable : nullptr;
    }

    /// Among many connections those that something happens to have left the processor's caches. The dispatcher's
    /// own events lead to nobody.
    void prefetchOwner(const epoll_event& event) const {
        if (const Pollable* const owner = find(event))
            prefetch(owner, prefetchedBytes);
    }

    void report(std::span<const epoll_event> events) {
        m_before();
        for (size_t i = 0; i < events.size(); ++i) {
            const epoll_event& event = events[i];
            if (i + 1 < events.size())
                prefetchOwner(events[i + 1]);
            if (event.data.u64 & EpollDispatcher::ownMark)
                continue;
            Pollable* const pollable = find(event);
            if (!pollable)
                continue;
            const bool ended = (event.events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0;
            const bool broken = (event.events & (EPOLLHUP | EPOLLERR)) != 0;
            pollable->onReady(
                {ended || (event.events & EPOLLIN) != 0, broken || (event.events & EPOLLOUT) != 0, ended});
        }
        m_after();
    }

    // About what a connection has, all of which is looked at when something happens to it.
    static constexpr size_t prefetchedBytes = 512;

    int m_epoll;
    EpollDispatcher* m_dispatcher = nullptr;
    std::optional<QSocketNotifier> m_notifier;
    std::vector<epoll_event> m_events; // of the own set
    std::vector<Entry> m_entries;
    std::vector<uint32_t> m_free; // places in m_entries
};

std::unique_ptr<Reactor> makeEpollReactor() {
    if (auto* const dispatcher = dynamic_cast<EpollDispatcher*>(QAbstractEventDispatcher::instance()))
        return std::make_unique<EpollReactor>(*dispatcher);
    const int epoll = ::epoll_create1(EPOLL_CLOEXEC);
    return epoll < 0 ? nullptr : std::make_unique<EpollReactor>(epoll);
}

} // namespace reverxy::net
