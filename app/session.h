// SPDX-License-Identifier: MIT
#pragma once

#include "app/signals.h"
#include "local_engine_control.h"
#include "observe/log.h"

#include <QObject>

namespace reverxy::app {

/// Ends a process that holds an engine by its control as its user means it: end() and SIGTERM or SIGINT drain and
/// then leave the event loop, a second time cuts what is left. SIGHUP reads the configuration again. On the main
/// thread.
class Session final : public QObject {
  public:
    /// Both must outlive the session.
    Session(LocalEngineControl& control, observe::Log& log);

    /// Leaves the event loop at once, with exit code 1, when the engine cannot be started.
    void startOrLeave();
    void end();

    /// The end was forced: nothing more is waited for.
    bool cut() const { return m_cut; }

  private:
    LocalEngineControl& m_control;
    observe::Log& m_log;
    Signals m_signals;
    bool m_ending = false;
    bool m_cut = false;
};

} // namespace reverxy::app
