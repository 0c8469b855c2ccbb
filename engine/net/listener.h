// SPDX-License-Identifier: MIT
#pragma once

#include "net/socket.h"

#include <QSocketNotifier>
#include <QTimer>

#include <functional>
#include <string>

namespace reverxy::net {

/// One worker's share of a listening socket: a duplicate of its descriptor. Which worker the system wakes for a
/// connection is its own affair, on Linux the first of those that sleep. Not a QTcpServer: out of descriptors, that
/// one reports nothing once it has met the end of a queue, and tries without a pause.
class Listener final {
  public:
    using Accepted = std::function<void(const AcceptedSocket& socket)>;
    /// Told what stopped the accepting; it is taken up again by itself.
    using Failed = std::function<void(const std::string& why)>;

    /// Takes the descriptor over.
    Listener(int descriptor, Accepted accepted, Failed failed);
    ~Listener();
    Listener(const Listener&) = delete;
    Listener& operator=(const Listener&) = delete;

    /// May be called from within `accepted`.
    void pause();
    void goOn();
    /// Takes what waits in the listen queue, then closes.
    void drainAndClose();
    void close();

  private:
    void acceptWaiting();

    int m_descriptor;
    Accepted m_accepted;
    Failed m_failed;
    QSocketNotifier m_notifier;
    QTimer m_retry;
    bool m_paused = false;
};

} // namespace reverxy::net
