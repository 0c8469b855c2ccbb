// SPDX-License-Identifier: MIT
#include "app/demo/traffic_client.h"

#include <utility>

namespace reverxy::demo {

namespace {

/// Further behind than that, as after a computer's sleep, requests are not made up for.
constexpr std::chrono::seconds mostLate{1};
constexpr size_t mostEntityTags = 64;

} // namespace

TrafficClient::TrafficClient(uint32_t seed) : m_schedule(seed), m_next(m_schedule.next()) {
    m_timer.setSingleShot(true);
    m_timer.setTimerType(Qt::PreciseTimer);
    connect(&m_timer, &QTimer::timeout, this, &TrafficClient::sendDue);
}

void TrafficClient::start(const QString& host, quint16 port) {
    stop();
    m_host = host;
    m_port = port;
    m_clock.start();
    m_late = -m_next.at;
    m_timer.start(0);
}

void TrafficClient::stop() {
    m_timer.stop();
    for (TrafficConnection* connection : std::exchange(m_connections, {}))
        delete connection;
}

void TrafficClient::sendDue() {
    const Milliseconds now(m_clock.elapsed());
    if (now > m_next.at + m_late + mostLate)
        m_late = now - m_next.at;
    while (m_next.at + m_late <= now) {
        send(m_next);
        m_next = m_schedule.next();
    }
    m_timer.start(m_next.at + m_late - now);
}

void TrafficClient::send(const PlannedRequest& request) {
    TrafficConnection* connection = idleConnection();
    if (!connection)
        return;
    const auto known = request.revalidates ? m_entityTags.find(request.target) : m_entityTags.end();
    connection->send(request, known == m_entityTags.end() ? std::string() : known->second);
}

/// Null when there are too many, or the proxy is not there.
TrafficConnection* TrafficClient::idleConnection() {
    for (TrafficConnection* connection : m_connections) {
        if (connection->isIdle())
            return connection;
    }
    if (m_connections.size() >= mostConnections)
        return nullptr;
    auto* connection = new TrafficConnection(this);
    connect(connection, &TrafficConnection::answered, this,
            [this](const std::string& target, const std::string& entityTag) {
                if (!entityTag.empty() && (m_entityTags.size() < mostEntityTags || m_entityTags.contains(target)))
                    m_entityTags[target] = entityTag;
            });
    connect(connection, &TrafficConnection::ended, this, [this, connection] {
        std::erase(m_connections, connection);
        // Not here: the connection is still telling.
        connection->deleteLater();
    });
    m_connections.push_back(connection);
    connection->open(m_host, m_port);
    return connection->isIdle() ? connection : nullptr;
}

} // namespace reverxy::demo
