// SPDX-License-Identifier: MIT
#include "app/session.h"

#include <QCoreApplication>

#include <cstdio>

namespace reverxy::app {

Session::Session(LocalEngineControl& control, observe::Log& log) : m_control(control), m_log(log) {
    connect(&m_signals, &Signals::terminate, this, [this] { end(); });
    connect(&m_signals, &Signals::reload, this, [this] { m_control.send(api::ReloadConfiguration{}); });
    connect(&m_control, &LocalEngineControl::stopped, this, [this] {
        if (m_ending)
            QCoreApplication::exit(m_cut ? 1 : 0);
    });
}

void Session::startOrLeave() {
    const quint64 starting = m_control.send(api::StartEngine{});
    connect(&m_control, &api::EngineControl::commandFinished, this,
            [starting](quint64 number, const api::CommandResult& result) {
                if (number != starting || result.done)
                    return;
                std::fprintf(stderr, "reverxy: %s\n", qPrintable(result.message));
                QCoreApplication::exit(1);
            });
}

void Session::end() {
    if (m_ending) {
        m_log.write(observe::Level::Warn, "engine", "told to end a second time: ending at once");
        m_cut = true;
    }
    m_ending = true;
    // That the user has begun to stop the engine in the window before is no wish to end at once.
    m_control.send(api::StopEngine{m_cut});
}

} // namespace reverxy::app
