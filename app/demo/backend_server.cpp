// SPDX-License-Identifier: MIT
#include "app/demo/backend_server.h"

#include "app/demo/backend_connection.h"

#include <QTcpSocket>

namespace reverxy::demo {

BackendServer::BackendServer(std::unique_ptr<Service> service, const QElapsedTimer& clock)
    : m_service(std::move(service)), m_clock(clock) {
    connect(&m_listener, &QTcpServer::newConnection, this, &BackendServer::accept);
}

bool BackendServer::listen() {
    return m_listener.listen(QHostAddress::LocalHost);
}

void BackendServer::accept() {
    while (QTcpSocket* socket = m_listener.nextPendingConnection()) {
        if (m_connections >= mostConnections) {
            delete socket;
            continue;
        }
        ++m_connections;
        auto* connection = new BackendConnection(socket, *m_service, m_clock, this);
        connect(connection, &QObject::destroyed, this, [this] { --m_connections; });
    }
}

} // namespace reverxy::demo
