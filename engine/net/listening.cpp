// SPDX-License-Identifier: MIT
#include "net/listening.h"

#include "net/port_owner.h"
#include "net/socket.h"

#include <QHostAddress>
#include <QTcpServer>

#include <fcntl.h>

namespace reverxy::net {

namespace {

constexpr int backlog = 4096; // the system bounds it further
constexpr int portsTried = 16;

QList<QHostAddress> addressesOf(const QString& host) {
    if (host == QLatin1String("localhost"))
        return {QHostAddress(QHostAddress::LocalHost), QHostAddress(QHostAddress::LocalHostIPv6)};
    if (host == QLatin1String("0.0.0.0") || host == QLatin1String("::"))
        return {QHostAddress(QHostAddress::Any)};
    return {QHostAddress(host)};
}

QString whyNot(const QTcpServer& server, const QHostAddress& address, quint16 port, const ListenWords& words) {
    const QString where =
        address.protocol() == QAbstractSocket::IPv6Protocol
            ? QStringLiteral("[%1]:%2").arg(address.toString()).arg(port)
            : QStringLiteral("%1:%2")
                  .arg(address == QHostAddress(QHostAddress::Any) ? QStringLiteral("*") : address.toString())
                  .arg(port);
    switch (server.serverError()) {
    case QAbstractSocket::AddressInUseError: {
        const auto owner = findPortOwner(port);
        const QString who = owner ? QStringLiteral("process %1 (%2)").arg(owner->pid).arg(owner->name)
                                  : QStringLiteral("another process");
        return QStringLiteral("cannot listen on %1: the port is in use by %2; stop it, or choose another port with "
                              "%3 or %4")
            .arg(where, who, words.portOption, words.port);
    }
    case QAbstractSocket::SocketAccessError:
        return QStringLiteral("cannot listen on %1: ports below 1024 need special rights; choose a higher port "
                              "with %2 or %3")
            .arg(where, words.portOption, words.port);
    case QAbstractSocket::SocketAddressNotAvailableError:
        return QStringLiteral("cannot listen on %1: no network interface has this address; set %2 to localhost, "
                              "0.0.0.0 or an address of this machine")
            .arg(where, words.host);
    default:
        return QStringLiteral("cannot listen on %1: %2").arg(where, server.errorString());
    }
}

bool familyMissing(const QTcpServer& server) {
    return server.serverError() == QAbstractSocket::UnsupportedSocketOperationError ||
           server.serverError() == QAbstractSocket::SocketAddressNotAvailableError;
}

} // namespace

ListeningSockets::ListeningSockets() = default;
ListeningSockets::~ListeningSockets() = default;

std::optional<QString> ListeningSockets::open(const QString& host, quint16 port, const ListenWords& words) {
    const QList<QHostAddress> addresses = addressesOf(host);
    if (addresses.first().isNull())
        return QStringLiteral("cannot listen on \"%1\": it is neither an address nor localhost; set %2")
            .arg(host, words.host);
    QString problem;
    for (int attempt = 0; attempt < portsTried; ++attempt) {
        close();
        problem.clear();
        quint16 chosen = port;
        for (const QHostAddress& address : addresses) {
            auto server = std::make_unique<QTcpServer>();
            server->setListenBacklogSize(backlog);
            if (!server->listen(address, chosen)) {
                // A machine without IPv6 (or without IPv4) is served on the family it has.
                if (addresses.size() > 1 && familyMissing(*server))
                    continue;
                problem = whyNot(*server, address, chosen, words);
                break;
            }
            server->pauseAccepting();
            prepareListening(static_cast<int>(server->socketDescriptor()));
            chosen = server->serverPort();
            m_servers.push_back(std::move(server));
        }
        if (problem.isEmpty() && m_servers.empty())
            problem = QStringLiteral("cannot listen on %1: the system has no loopback address").arg(host);
        m_port = chosen;
        if (problem.isEmpty())
            return std::nullopt;
        if (port != 0)
            break; // with port 0 the other family may hold just that number: another try
    }
    close();
    return problem;
}

std::vector<int> ListeningSockets::duplicates() const {
    std::vector<int> descriptors;
    for (const auto& server : m_servers)
        descriptors.push_back(::fcntl(static_cast<int>(server->socketDescriptor()), F_DUPFD_CLOEXEC, 0));
    return descriptors;
}

void ListeningSockets::close() {
    m_servers.clear();
    m_port = 0;
}

} // namespace reverxy::net
