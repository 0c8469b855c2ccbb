// SPDX-License-Identifier: MIT
#pragma once

#include "net/switchboard.h"
#include "observe/log.h"
#include "proxy/shared_state.h"

#include <QObject>
#include <QTimer>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace reverxy::net {

/// What a name stands for; where nothing was found, why.
struct LookUpAnswer {
    std::vector<IpAddress> addresses;
    std::string problem;
};

/// Looks a name up and calls back on the thread that asked, at once or later.
using LookUp = std::function<void(const std::string& host, std::function<void(LookUpAnswer)> done)>;

/// By the system, on threads of its own (QHostInfo).
void lookUpBySystem(const std::string& host, std::function<void(LookUpAnswer)> done);

/// Looks backends' names up off the workers: when they are first met, every 30 s, and soon after a connection
/// failed. The last good answer is kept. Belongs to the engine's thread.
class Resolver final : public QObject {
  public:
    Resolver(proxy::SharedState& shared, Switchboard& switchboard, observe::Log& log,
             LookUp lookUp = lookUpBySystem);

    /// Looks up what has not been looked up yet.
    void refreshNew(TimePoint now);
    /// Looks up what is due. Its own timer does so often enough while there are names to look up.
    void check(TimePoint now);

  private:
    struct Entry {
        TimePoint asked{};
        bool running = false;
        bool failureTold = false;
    };

    void ask(const std::shared_ptr<proxy::BackendState>& backend, TimePoint now);
    void answered(const std::shared_ptr<proxy::BackendState>& backend, LookUpAnswer answer);

    proxy::SharedState& m_shared;
    Switchboard& m_switchboard;
    observe::Log& m_log;
    const LookUp m_lookUp;
    QTimer m_timer;
    std::map<std::shared_ptr<proxy::BackendState>, Entry> m_entries;
};

} // namespace reverxy::net
