// SPDX-License-Identifier: MIT
#include "app/demo/free_port.h"

#include <QTcpServer>

namespace reverxy::demo {

namespace {

constexpr int attempts = 20;

/// A machine without IPv6 has nothing that could be taken.
bool isFreeInIpv6(uint16_t port) {
    QTcpServer listener;
    return listener.listen(QHostAddress::LocalHostIPv6, port) ||
           listener.serverError() != QAbstractSocket::AddressInUseError;
}

} // namespace

uint16_t freePort(uint16_t wanted) {
    for (int i = 0; i < attempts; ++i) {
        QTcpServer listener;
        if (listener.listen(QHostAddress::LocalHost, i == 0 ? wanted : uint16_t(0)) &&
            isFreeInIpv6(listener.serverPort()))
            return listener.serverPort();
    }
    return 0;
}

} // namespace reverxy::demo
