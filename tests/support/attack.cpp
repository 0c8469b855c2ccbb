// SPDX-License-Identifier: MIT
#include "support/attack.h"

#include "support/loopback_port.h"

#include <cerrno>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace reverxy::test {

namespace {
constexpr std::chrono::milliseconds pause{5};
// At once and on one connection, so that all have their turn.
constexpr size_t mostAtOnce = 64 * 1024;
} // namespace

Attack::Attack(uint16_t port, AttackPlan plan)
    : m_port(port), m_plan(std::move(plan)), m_connections(m_plan.connections), m_thread([this] { run(); }) {}

Attack::~Attack() {
    m_over = true;
    m_thread.join();
    for (const Connection& connection : m_connections) {
        if (connection.descriptor >= 0)
            ::close(connection.descriptor);
    }
}

void Attack::run() {
    while (!m_over) {
        const auto now = std::chrono::steady_clock::now();
        for (Connection& connection : m_connections) {
            if (m_over)
                return;
            if (connection.descriptor < 0)
                open(connection);
            else
                step(connection, now);
        }
        std::this_thread::sleep_for(pause);
    }
}

void Attack::open(Connection& connection) {
    const LoopbackAddress address(Family::V4, m_port);
    const int descriptor = ::socket(address.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (descriptor < 0)
        return;
    const int small = 4096; // the window closes soon
    ::setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
    if (::connect(descriptor, address.raw(), address.size()) != 0 && errno != EINPROGRESS) {
        ::close(descriptor);
        return;
    }
    connection.descriptor = descriptor;
    connection.out = m_plan.openings ? m_plan.openings(m_opened.load()) : m_plan.opening;
    connection.nextDrip = std::chrono::steady_clock::now() + m_plan.every;
    ++m_opened;
}

void Attack::step(Connection& connection, std::chrono::steady_clock::time_point now) {
    const bool drips = !m_plan.drip.empty() && now >= connection.nextDrip;
    if (drips && connection.out.size() < mostAtOnce) {
        do {
            connection.out += m_plan.drip;
        } while (m_plan.every.count() == 0 && connection.out.size() < mostAtOnce);
        connection.nextDrip = now + m_plan.every;
    }
    const bool done = write(connection) && connection.out.empty() && m_plan.resets;
    if (done) {
        const linger atOnce{1, 0};
        ::setsockopt(connection.descriptor, SOL_SOCKET, SO_LINGER, &atOnce, sizeof atOnce);
    }
    if (done || !stillThere(connection))
        ::close(std::exchange(connection.descriptor, -1));
}

/// False when the connection is broken.
bool Attack::write(Connection& connection) {
    while (!connection.out.empty()) {
        const ssize_t sent =
            ::send(connection.descriptor, connection.out.data(), connection.out.size(), MSG_NOSIGNAL);
        if (sent < 0)
            return errno == EAGAIN || errno == ENOTCONN;
        m_sent += static_cast<uint64_t>(sent);
        connection.out.erase(0, static_cast<size_t>(sent));
    }
    return true;
}

bool Attack::stillThere(Connection& connection) {
    char bytes[16 * 1024];
    for (;;) {
        const ssize_t size = ::recv(connection.descriptor, bytes, sizeof bytes, m_plan.reads ? 0 : MSG_PEEK);
        if (size < 0)
            return errno == EAGAIN || errno == ENOTCONN;
        if (size == 0)
            return false;
        if (!m_plan.reads)
            return true;
    }
}

} // namespace reverxy::test
