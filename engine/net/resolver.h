// SPDX-License-Identifier: MIT
#pragma once

#include "net/switchboard.h"
#include "observe/log.h"
#include "proxy/shared_state.h"

#include <QElapsedTimer>
#include <QObject>
#include <QTimer>

#include <map>
#include <memory>

class QHostInfo;

namespace reverxy::net {

/// Looks backends' names up off the workers (QHostInfo): when they are first met, every 30 s, and soon after a
/// connection failed. The last good answer is kept. Belongs to the engine's thread.
class Resolver final : public QObject {
  public:
    Resolver(proxy::SharedState& shared, Switchboard& switchboard, observe::Log& log);

    /// Looks up what has not been looked up yet.
    void refreshNew();

  private:
    struct Entry {
        QElapsedTimer asked;
        bool running = false;
        bool failureTold = false;
    };

    void check();
    void lookUp(const std::shared_ptr<proxy::BackendState>& backend);
    void answered(const std::shared_ptr<proxy::BackendState>& backend, const QHostInfo& info);

    proxy::SharedState& m_shared;
    Switchboard& m_switchboard;
    observe::Log& m_log;
    QTimer m_timer;
    std::map<std::shared_ptr<proxy::BackendState>, Entry> m_entries;
};

} // namespace reverxy::net
