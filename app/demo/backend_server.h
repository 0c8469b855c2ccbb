// SPDX-License-Identifier: MIT
#pragma once

#include "app/demo/service.h"

#include <QElapsedTimer>
#include <QTcpServer>

#include <cstdint>
#include <memory>

namespace reverxy::demo {

/// Serves a Service over HTTP/1.1 on a free port of 127.0.0.1. Belongs to its thread.
class BackendServer final : public QObject {
  public:
    /// `clock` has been started and outlives the server; it tells how long the demo has run.
    BackendServer(std::unique_ptr<Service> service, const QElapsedTimer& clock);

    /// False when no port of 127.0.0.1 can be had; errorString() says why.
    bool listen();

    QString errorString() const { return m_listener.errorString(); }

    uint16_t port() const { return m_listener.serverPort(); }

  private:
    static constexpr int mostConnections = 512;

    void accept();

    std::unique_ptr<Service> m_service;
    const QElapsedTimer& m_clock;
    QTcpServer m_listener;
    int m_connections = 0;
};

} // namespace reverxy::demo
