// SPDX-License-Identifier: MIT
#pragma once

#include "support/stream.h"

#include <cstdint>
#include <netinet/in.h>
#include <sys/socket.h>

namespace reverxy::test {

/// 127.0.0.1 or ::1 with a port, as the socket calls want it.
class LoopbackAddress {
  public:
    LoopbackAddress(Family family, uint16_t port);

    int family() const { return m_storage.ss_family; }

    const sockaddr* raw() const { return reinterpret_cast<const sockaddr*>(&m_storage); }

    socklen_t size() const;

  private:
    sockaddr_storage m_storage{};
};

/// The local port of a socket; 0 when it has none.
uint16_t portOf(int descriptor);
/// Whether ::1 can be bound on this machine.
bool hasIpv6();

/// A port number taken from the system and held on both loopback families for as long as this lives, so that no
/// other process gets it between two listeners. Nothing listens on it by itself: connecting is refused.
class LoopbackPort {
  public:
    LoopbackPort();

    /// A number that another process holds.
    explicit LoopbackPort(uint16_t number) : m_number(number) {}

    ~LoopbackPort();
    LoopbackPort(const LoopbackPort&) = delete;
    LoopbackPort& operator=(const LoopbackPort&) = delete;

    uint16_t number() const { return m_number; }

    /// A socket that listens on it; -1 on failure. May be called again after the last one was closed.
    int listen(Family family, int backlog = 512) const;

  private:
    uint16_t m_number = 0;
    int m_held[2] = {-1, -1};
};

/// A port that takes no connection and refuses none: its queue is full, so that connecting hangs until a timeout.
class HangingPort {
  public:
    HangingPort();
    ~HangingPort();

    uint16_t number() const { return m_port.number(); }

  private:
    LoopbackPort m_port;
    int m_listener = -1;
    int m_filling[3] = {-1, -1, -1};
};

} // namespace reverxy::test
