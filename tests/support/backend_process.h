// SPDX-License-Identifier: MIT
#pragma once

#include "support/loopback_port.h"

#include <QProcess>

namespace reverxy::test {

/// A backend as a process of its own that answers as Load expects, on a port that stays its own while it is down.
/// Belongs to one thread.
class BackendProcess {
  public:
    BackendProcess() = default;

    ~BackendProcess() { kill(); }

    BackendProcess(const BackendProcess&) = delete;
    BackendProcess& operator=(const BackendProcess&) = delete;

    uint16_t port() const { return m_port.number(); }

    /// Waits until it accepts connections; false when it does not.
    bool start();
    /// SIGKILL; connecting is refused from then on.
    void kill();

  private:
    LoopbackPort m_port;
    QProcess m_process;
};

} // namespace reverxy::test
