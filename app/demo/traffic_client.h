// SPDX-License-Identifier: MIT
#pragma once

#include "app/demo/traffic_connection.h"
#include "app/demo/traffic_schedule.h"

#include <QElapsedTimer>
#include <QObject>
#include <QString>
#include <QTimer>

#include <map>
#include <string>
#include <vector>

namespace reverxy::demo {

/// Makes the requests of a TrafficSchedule, each when it is due. A proxy that is not there is asked again with the
/// next request. Belongs to its thread.
class TrafficClient final : public QObject {
  public:
    explicit TrafficClient(uint32_t seed);

    /// Sends to this proxy from now on.
    void start(const QString& host, quint16 port);
    /// Leaves all connections.
    void stop();

  private:
    static constexpr size_t mostConnections = 128;

    void sendDue();
    void send(const PlannedRequest& request);
    TrafficConnection* idleConnection();

    TrafficSchedule m_schedule;
    PlannedRequest m_next;
    QElapsedTimer m_clock;
    Milliseconds m_late{0}; // what the schedule's times lag behind the clock by
    QTimer m_timer;
    QString m_host;
    quint16 m_port = 0;
    std::vector<TrafficConnection*> m_connections;   // children of this
    std::map<std::string, std::string> m_entityTags; // of few targets: those that are asked for with them
};

} // namespace reverxy::demo
