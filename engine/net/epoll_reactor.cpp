// SPDX-License-Identifier: MIT
#include "net/reactor.h"

#include <QSocketNotifier>

#include <array>
#include <sys/epoll.h>
#include <unistd.h>

namespace reverxy::net {

class EpollReactor final : public Reactor {
  public:
    explicit EpollReactor(int epoll) : m_epoll(epoll), m_notifier(epoll, QSocketNotifier::Read) {
        QObject::connect(&m_notifier, &QSocketNotifier::activated, &m_notifier, [this] { dispatch(); });
    }

    ~EpollReactor() override {
        m_notifier.setEnabled(false);
        ::close(m_epoll);
    }

    bool add(Pollable& pollable) override {
        epoll_event event{};
        event.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
        event.data.ptr = &pollable;
        return ::epoll_ctl(m_epoll, EPOLL_CTL_ADD, pollable.descriptor(), &event) == 0;
    }

    void remove(Pollable& pollable) override {
        ::epoll_ctl(m_epoll, EPOLL_CTL_DEL, pollable.descriptor(), nullptr);
        for (int i = m_current; i < m_count; ++i) {
            if (m_events[static_cast<size_t>(i)].data.ptr == &pollable)
                m_events[static_cast<size_t>(i)].data.ptr = nullptr;
        }
    }

    void awaitRead(Pollable&) override {} // edges come by themselves

    void awaitWrite(Pollable&) override {}

    bool reportsInOrder() const override { return true; } // the kernel's list of what is ready is a queue

  private:
    void dispatch() {
        m_count = ::epoll_wait(m_epoll, m_events.data(), static_cast<int>(m_events.size()), 0);
        m_before();
        for (m_current = 0; m_current < m_count;) {
            const epoll_event event = m_events[static_cast<size_t>(m_current++)];
            auto* const pollable = static_cast<Pollable*>(event.data.ptr);
            if (!pollable)
                continue;
            const bool ended = (event.events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0;
            const bool broken = (event.events & (EPOLLHUP | EPOLLERR)) != 0;
            pollable->onReady(
                {ended || (event.events & EPOLLIN) != 0, broken || (event.events & EPOLLOUT) != 0, ended});
        }
        m_count = 0;
        m_after();
    }

    int m_epoll;
    QSocketNotifier m_notifier;
    std::array<epoll_event, 256> m_events;
    int m_current = 0;
    int m_count = 0;
};

std::unique_ptr<Reactor> makeEpollReactor() {
    const int epoll = ::epoll_create1(EPOLL_CLOEXEC);
    return epoll < 0 ? nullptr : std::make_unique<EpollReactor>(epoll);
}

} // namespace reverxy::net
