// SPDX-License-Identifier: MIT
#include "net/listener.h"

#include "net/socket.h"

#include <cerrno>
#include <fcntl.h>
#include <sys/socket.h>

namespace reverxy::net {

namespace {
constexpr int pendingWhileAccepting = 1;
} // namespace

Listener::Listener(int descriptor, Accepted accepted, Failed failed) : m_accepted(std::move(accepted)) {
    setMaxPendingConnections(pendingWhileAccepting);
    m_retry.setSingleShot(true);
    m_retry.setInterval(100);
    connect(&m_retry, &QTimer::timeout, this, [this] {
        if (!m_paused)
            resumeAccepting();
    });
    // Out of descriptors, an aborted connection: QTcpServer stops by itself and would stay so.
    connect(this, &QTcpServer::acceptError, this, [this, failed = std::move(failed)] {
        failed(errorString());
        m_retry.start();
    });
    setSocketDescriptor(descriptor);
}

void Listener::incomingConnection(qintptr socket) {
    m_accepted(static_cast<int>(socket));
}

void Listener::pause() {
    m_paused = true;
    // Pausing alone would not end the loop in which QTcpServer accepts what is queued; a limit of none does.
    setMaxPendingConnections(0);
    pauseAccepting();
}

void Listener::goOn() {
    m_paused = false;
    setMaxPendingConnections(pendingWhileAccepting);
    resumeAccepting();
}

void Listener::drainAndClose() {
    const auto descriptor = static_cast<int>(socketDescriptor());
    pauseAccepting();
    if (descriptor >= 0) {
        for (;;) {
            const int socket = ::accept(descriptor, nullptr, nullptr);
            if (socket >= 0) {
                ::fcntl(socket, F_SETFD, FD_CLOEXEC);
                m_accepted(socket);
            } else if (errno != ECONNABORTED && errno != EINTR) {
                break;
            }
        }
    }
    close();
}

} // namespace reverxy::net
