// SPDX-License-Identifier: MIT
#pragma once

#include <QString>

#include <memory>
#include <optional>
#include <vector>

class QTcpServer;

namespace reverxy::net {

/// What the settings and options are called that a problem with listening names as the remedy.
struct ListenWords {
    QLatin1String host{"proxy.host"};
    QLatin1String port{"proxy.port"};
    QLatin1String portOption{"--port"};
};

/// The sockets that are listened on: one exclusively bound one for each address. They are opened here and accept
/// nothing themselves: each worker gets duplicates. Belongs to the engine's thread.
class ListeningSockets {
  public:
    ListeningSockets();
    ~ListeningSockets();

    /// `host`: `localhost` for both loopback families, `0.0.0.0` or `::` for every interface, or one address. Port
    /// 0 picks a free one, the same in every family. On failure returns a sentence with the holder of the port
    /// where the system tells, and the remedy; nothing is open then.
    std::optional<QString> open(const QString& host, quint16 port, const ListenWords& words = {});

    quint16 port() const { return m_port; }

    /// New descriptors of the same sockets, the caller's to close.
    std::vector<int> duplicates() const;
    void close();

  private:
    std::vector<std::unique_ptr<QTcpServer>> m_servers;
    quint16 m_port = 0;
};

} // namespace reverxy::net
