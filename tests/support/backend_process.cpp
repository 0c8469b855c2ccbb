// SPDX-License-Identifier: MIT
#include "support/backend_process.h"

#include "support/client.h"
#include "support/deadline.h"

namespace reverxy::test {

bool BackendProcess::start() {
    m_process.setProcessChannelMode(QProcess::ForwardedChannels);
    m_process.start(QStringLiteral(REVERXY_TEST_BACKEND), {QString::number(port())});
    return m_process.waitForStarted() &&
           waitUntil([this] { return !m_process.waitForFinished(1) && Client(port()).connected(); });
}

void BackendProcess::kill() {
    if (m_process.state() == QProcess::NotRunning)
        return;
    m_process.kill();
    m_process.waitForFinished();
}

} // namespace reverxy::test
