// SPDX-License-Identifier: MIT
#include "net/listener.h"

#include <utility>

namespace reverxy::net {

namespace {
// Then others of this thread have their turn.
constexpr int acceptedPerTurn = 4;
constexpr std::chrono::milliseconds retryAfter{100};
} // namespace

Listener::Listener(int descriptor, Accepted accepted, Failed failed)
    : m_descriptor(descriptor), m_accepted(std::move(accepted)), m_failed(std::move(failed)),
      m_notifier(descriptor, QSocketNotifier::Read) {
    m_retry.setSingleShot(true);
    m_retry.setInterval(retryAfter);
    QObject::connect(&m_retry, &QTimer::timeout, &m_retry, [this] {
        if (!m_paused)
            m_notifier.setEnabled(true);
    });
    QObject::connect(&m_notifier, &QSocketNotifier::activated, &m_notifier, [this] { acceptWaiting(); });
}

Listener::~Listener() {
    close();
}

void Listener::acceptWaiting() {
    for (int count = 0; count < acceptedPerTurn && !m_paused && m_descriptor >= 0; ++count) {
        const AcceptResult result = acceptFrom(m_descriptor);
        if (result.accepted()) {
            m_accepted(result.socket);
        } else if (result.error != 0) {
            // The queue stays as it is, so that looking again at once would bring the same.
            m_notifier.setEnabled(false);
            m_retry.start();
            return m_failed(errorText(result.error));
        } else if (result.nothingWaits) {
            return;
        }
    }
}

void Listener::pause() {
    m_paused = true;
    m_notifier.setEnabled(false);
}

void Listener::goOn() {
    m_paused = false;
    if (m_descriptor >= 0 && !m_retry.isActive())
        m_notifier.setEnabled(true);
}

void Listener::drainAndClose() {
    while (m_descriptor >= 0) {
        const AcceptResult result = acceptFrom(m_descriptor);
        if (result.accepted())
            m_accepted(result.socket);
        else if (result.error != 0 || result.nothingWaits)
            close();
    }
}

void Listener::close() {
    m_retry.stop();
    m_notifier.setEnabled(false);
    if (m_descriptor >= 0)
        closeSocket(std::exchange(m_descriptor, -1));
}

} // namespace reverxy::net
