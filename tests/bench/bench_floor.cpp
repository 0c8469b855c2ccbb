// SPDX-License-Identifier: MIT
// The floor under every product of the benchmark: an epoll loop a thread that moves the bytes and understands
// nothing of them. It is told what a response measures, and takes each receipt of a client for one request or a
// part of one.
//   bench_floor forward PORT ORIGIN_PORT RESPONSE_BYTES [close]    kept connections to the origin; `close` ends the
//                                                                  client's after one response
//   bench_floor forward PORT ORIGIN_PORT RESPONSE_BYTES ORIGINS    to so many origins in turn, on 127.1.0.1 and
//                                                                  following
//   bench_floor answer PORT BODY_BYTES [STATUS]                    one constant response from memory
#include "bench_socket.h"

#include <array>
#include <thread>
#include <utility>
#include <vector>

#include <csignal>

using namespace reverxy::bench;

namespace {

struct Plan {
    bool forwards = true;
    uint16_t port = 0;
    uint16_t origin = 0;
    size_t responseSize = 0; // forwarded
    size_t origins = 0;      // 0: one, on 127.0.0.1
    bool close = false;
    std::string response; // answered
};

struct Side {
    int socket = -1;
    Side* peer = nullptr; // the other side's, while a request is on its way
    bool client = false;
    size_t number = 0; // an origin's
    bool readable = false;
    std::vector<char> held; // what the peer has not taken
    size_t heldFrom = 0;
    size_t owed = 0; // of the response, to a client
};

class Floor {
  public:
    explicit Floor(const Plan& plan)
        : m_plan(plan), m_epoll(::epoll_create1(EPOLL_CLOEXEC)), m_scratch(scratchSize),
          m_idle(std::max<size_t>(plan.origins, 1)) {
        m_listener.socket = listenOn(plan.port);
        sendAtOnce(m_listener.socket); // accepted ones inherit it
        watch(m_epoll, m_listener.socket, &m_listener, EPOLLIN);
    }

    [[noreturn]] void run() {
        std::array<epoll_event, 256> events;
        for (;;) {
            const int count = ::epoll_wait(m_epoll, events.data(), static_cast<int>(events.size()), -1);
            for (int i = 0; i < count; ++i) {
                auto* const side = static_cast<Side*>(events[static_cast<size_t>(i)].data.ptr);
                if (side == &m_listener)
                    accept();
                else if (side->socket >= 0)
                    ready(*side, events[static_cast<size_t>(i)].events);
            }
            for (Side* const side : m_gone)
                delete side;
            m_gone.clear();
        }
    }

  private:
    static constexpr size_t scratchSize = 128 * 1024;

    void accept() {
        const int socket = ::accept4(m_listener.socket, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (socket < 0)
            return;
        auto* const side = new Side;
        side->socket = socket;
        side->client = true;
        watch(m_epoll, socket, side);
    }

    void ready(Side& side, uint32_t events) {
        if ((events & EPOLLOUT) != 0 && side.peer && !side.peer->held.empty() && !sendHeld(*side.peer))
            return;
        if ((events & EPOLLIN) != 0) {
            side.readable = true;
            if (m_plan.forwards)
                forward(side);
            else
                answer(side);
        }
    }

    void answer(Side& side) {
        const ssize_t count = ::recv(side.socket, m_scratch.data(), m_scratch.size(), 0);
        if (count <= 0)
            return close(side);
        const std::string_view bytes(m_scratch.data(), static_cast<size_t>(count));
        const ssize_t size = static_cast<ssize_t>(m_plan.response.size());
        m_answers.clear();
        for (size_t at = 0; (at = bytes.find("\r\n\r\n", at)) != std::string_view::npos; at += 4)
            m_answers.push_back({const_cast<char*>(m_plan.response.data()), m_plan.response.size()});
        msghdr message{};
        message.msg_iov = m_answers.data();
        message.msg_iovlen = m_answers.size();
        const ssize_t sent = ::sendmsg(side.socket, &message, MSG_NOSIGNAL);
        // A client that does not take its answers at once would need more than a floor.
        if (sent != size * static_cast<ssize_t>(m_answers.size()))
            close(side);
    }

    void forward(Side& from) {
        while (from.readable && from.held.empty()) {
            const ssize_t count = ::recv(from.socket, m_scratch.data(), m_scratch.size(), 0);
            if (count < 0 && errno == EAGAIN)
                from.readable = false;
            if (count <= 0)
                return count < 0 && errno == EAGAIN ? void() : close(from);
            from.readable = static_cast<size_t>(count) == m_scratch.size();
            if (!from.peer && !(from.client && join(from)))
                return close(from);
            const ssize_t sent =
                ::send(from.peer->socket, m_scratch.data(), static_cast<size_t>(count), MSG_NOSIGNAL);
            if (sent < 0 && errno != EAGAIN && errno != ENOTCONN)
                return close(from);
            const size_t taken = sent < 0 ? 0 : static_cast<size_t>(sent);
            if (taken < static_cast<size_t>(count)) {
                from.held.assign(m_scratch.begin() + static_cast<ptrdiff_t>(taken), m_scratch.begin() + count);
                from.heldFrom = 0;
            }
            if (!from.client && !account(from, static_cast<size_t>(count)))
                return;
        }
    }

    /// Gives the client a connection to the origin.
    bool join(Side& client) {
        Side* origin = nullptr;
        const size_t number = m_next++ % m_idle.size();
        std::vector<Side*>& idle = m_idle[number];
        if (!idle.empty()) {
            origin = idle.back();
            idle.pop_back();
        } else {
            const int socket =
                m_plan.origins == 0 ? connectTo(m_plan.origin) : connectTo(m_plan.origin, originAddress(number));
            if (socket < 0)
                return false;
            origin = new Side;
            origin->socket = socket;
            origin->number = number;
            watch(m_epoll, socket, origin);
        }
        origin->peer = &client;
        client.peer = origin;
        client.owed = m_plan.responseSize;
        return true;
    }

    /// False when the response is complete: the two part.
    bool account(Side& origin, size_t count) {
        Side& client = *origin.peer;
        client.owed -= std::min(client.owed, count);
        if (client.owed != 0 || !origin.held.empty())
            return true;
        part(origin);
        return false;
    }

    void part(Side& origin) {
        Side& client = *origin.peer;
        origin.peer = client.peer = nullptr;
        m_idle[origin.number].push_back(&origin);
        if (m_plan.close)
            close(client);
    }

    bool sendHeld(Side& from) {
        const ssize_t sent = ::send(from.peer->socket, from.held.data() + from.heldFrom,
                                    from.held.size() - from.heldFrom, MSG_NOSIGNAL);
        if (sent < 0 && errno != EAGAIN && errno != ENOTCONN) {
            close(from);
            return false;
        }
        from.heldFrom += sent < 0 ? 0 : static_cast<size_t>(sent);
        if (from.heldFrom < from.held.size())
            return true;
        from.held.clear();
        if (!from.client && from.peer->owed == 0) {
            part(from);
            return false;
        }
        Side* const to = from.peer;
        forward(from);
        return to->socket >= 0;
    }

    void close(Side& side) {
        if (Side* const peer = std::exchange(side.peer, nullptr)) {
            peer->peer = nullptr;
            close(*peer);
        }
        if (!side.client)
            std::erase(m_idle[side.number], &side);
        ::close(std::exchange(side.socket, -1));
        m_gone.push_back(&side);
    }

    const Plan& m_plan;
    int m_epoll;
    std::vector<char> m_scratch;
    std::vector<iovec> m_answers;
    std::vector<std::vector<Side*>> m_idle; // by origin
    size_t m_next = 0;
    std::vector<Side*> m_gone; // events of this turn may still name them
    Side m_listener;
};

} // namespace

int main(int argc, char** argv) {
    const std::string_view mode = argc > 1 ? argv[1] : "";
    if (!(mode == "forward" && argc >= 5) && !(mode == "answer" && argc >= 4)) {
        std::fprintf(stderr, "usage: bench_floor forward PORT ORIGIN_PORT RESPONSE_BYTES [close|ORIGINS]\n"
                             "       bench_floor answer PORT BODY_BYTES [STATUS]\n");
        return 2;
    }
    std::signal(SIGPIPE, SIG_IGN);
    allowManyDescriptors();
    Plan plan;
    plan.forwards = mode == "forward";
    plan.port = static_cast<uint16_t>(std::atoi(argv[2]));
    if (plan.forwards) {
        plan.origin = static_cast<uint16_t>(std::atoi(argv[3]));
        plan.responseSize = std::strtoull(argv[4], nullptr, 10);
        plan.close = argc > 5 && std::string_view(argv[5]) == "close";
        plan.origins = argc > 5 && !plan.close ? std::strtoull(argv[5], nullptr, 10) : 0;
    } else {
        const size_t size = std::strtoull(argv[3], nullptr, 10);
        plan.response = "HTTP/1.1 " + std::string(argc > 4 ? argv[4] : "200") +
                        " Constant\r\nServer: floor\r\nContent-Length: " + std::to_string(size) + "\r\n\r\n" +
                        std::string(size, 'x');
    }
    std::thread second([&plan] { Floor(plan).run(); });
    Floor(plan).run();
}
