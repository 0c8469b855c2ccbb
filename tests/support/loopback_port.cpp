// SPDX-License-Identifier: MIT
#include "support/loopback_port.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <unistd.h>

namespace reverxy::test {

namespace {

int boundSocket(Family family, uint16_t port) {
    const LoopbackAddress address(family, port);
    const int descriptor = ::socket(address.family(), SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (descriptor < 0)
        return -1;
    const int on = 1;
    ::setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (family == Family::V6)
        ::setsockopt(descriptor, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
    if (::bind(descriptor, address.raw(), address.size()) != 0) {
        ::close(descriptor);
        return -1;
    }
    return descriptor;
}

void closeIfOpen(int descriptor) {
    if (descriptor >= 0)
        ::close(descriptor);
}

} // namespace

LoopbackAddress::LoopbackAddress(Family family, uint16_t port) {
    if (family == Family::V4) {
        auto* const address = reinterpret_cast<sockaddr_in*>(&m_storage);
        address->sin_family = AF_INET;
        address->sin_port = htons(port);
        address->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    } else {
        auto* const address = reinterpret_cast<sockaddr_in6*>(&m_storage);
        address->sin6_family = AF_INET6;
        address->sin6_port = htons(port);
        address->sin6_addr = in6addr_loopback;
    }
}

socklen_t LoopbackAddress::size() const {
    return m_storage.ss_family == AF_INET ? sizeof(sockaddr_in) : sizeof(sockaddr_in6);
}

uint16_t portOf(int descriptor) {
    sockaddr_storage storage{};
    socklen_t size = sizeof storage;
    if (::getsockname(descriptor, reinterpret_cast<sockaddr*>(&storage), &size) != 0)
        return 0;
    if (storage.ss_family == AF_INET)
        return ntohs(reinterpret_cast<const sockaddr_in*>(&storage)->sin_port);
    return ntohs(reinterpret_cast<const sockaddr_in6*>(&storage)->sin6_port);
}

bool hasIpv6() {
    const int descriptor = boundSocket(Family::V6, 0);
    closeIfOpen(descriptor);
    return descriptor >= 0;
}

LoopbackPort::LoopbackPort() {
    const bool both = hasIpv6();
    for (int tries = 0; tries < 100; ++tries) {
        m_held[0] = boundSocket(Family::V4, 0);
        m_number = portOf(m_held[0]);
        if (!both)
            return;
        m_held[1] = boundSocket(Family::V6, m_number);
        if (m_held[1] >= 0)
            return;
        closeIfOpen(m_held[0]);
    }
}

LoopbackPort::~LoopbackPort() {
    closeIfOpen(m_held[0]);
    closeIfOpen(m_held[1]);
}

int LoopbackPort::listen(Family family, int backlog) const {
    // SO_REUSEADDR on both sockets lets the listener stand beside the one that only holds the number.
    const int descriptor = boundSocket(family, m_number);
    if (descriptor >= 0 && ::listen(descriptor, backlog) != 0) {
        ::close(descriptor);
        return -1;
    }
    return descriptor;
}

HangingPort::HangingPort() : m_listener(m_port.listen(Family::V4, 0)) {
    const LoopbackAddress address(Family::V4, m_port.number());
    for (int& filling : m_filling) {
        filling = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        // The first one takes the queue's only place; the others make sure of it, whatever the kernel's rounding.
        [[maybe_unused]] const int result = ::connect(filling, address.raw(), address.size());
    }
}

HangingPort::~HangingPort() {
    closeIfOpen(m_listener);
    for (const int filling : m_filling)
        closeIfOpen(filling);
}

} // namespace reverxy::test
