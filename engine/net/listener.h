// SPDX-License-Identifier: MIT
#pragma once

#include <QTcpServer>
#include <QTimer>

#include <functional>

namespace reverxy::net {

/// One worker's share of a listening socket: a duplicate of its descriptor. Whichever worker is awake first takes a
/// connection.
class Listener final : public QTcpServer {
  public:
    using Accepted = std::function<void(int socket)>;
    /// Told what stopped the accepting; it is taken up again by itself.
    using Failed = std::function<void(const QString& why)>;

    /// Takes the descriptor over.
    Listener(int descriptor, Accepted accepted, Failed failed);

    void pause();
    void goOn();
    /// Takes what waits in the listen queue, then closes.
    void drainAndClose();

  private:
    void incomingConnection(qintptr socket) override;

    Accepted m_accepted;
    QTimer m_retry;
    bool m_paused = false;
};

} // namespace reverxy::net
