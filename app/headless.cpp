// SPDX-License-Identifier: MIT
#include "app/headless.h"

#include "app/signals.h"
#include "app/standard_output.h"

#include <QCoreApplication>

#include <cstdio>
#include <cstdlib>
#include <utility>

namespace reverxy::app {

namespace {

/// The process's part in a running engine: its signals.
class Headless {
  public:
    explicit Headless(ConfigurationSource source)
        : m_log(writeToStandardOutput, m_names), m_host(std::move(source), m_log, m_names) {}

    int run() {
        if (const auto problem = m_host.start()) {
            m_log.flushFor(logPatience);
            std::fprintf(stderr, "reverxy: %s\n", qPrintable(*problem));
            return 1;
        }
        QObject::connect(&m_signals, &Signals::terminate, &m_host, [this] { terminate(); });
        QObject::connect(&m_signals, &Signals::reload, &m_host, [this] { m_host.reload(); });
        QObject::connect(&m_host, &EngineHost::stopped, &m_host, [this] { QCoreApplication::exit(m_exitCode); });
        const int exitCode = QCoreApplication::exec();
        if (!m_log.flushFor(m_exitCode == 0 ? logPatience : logHurry))
            std::_Exit(exitCode);
        return exitCode;
    }

  private:
    void terminate() {
        if (m_terminating) {
            m_log.write(observe::Level::Warn, "engine", "a second signal: ending at once");
            m_exitCode = 1;
            return m_host.stopNow();
        }
        m_terminating = true;
        m_host.stop();
    }

    NameTable m_names;
    observe::Log m_log;
    EngineHost m_host;
    Signals m_signals;
    bool m_terminating = false;
    int m_exitCode = 0;
};

} // namespace

int runHeadless(ConfigurationSource source) {
    prepareProcess();
    Headless headless(std::move(source));
    return headless.run();
}

} // namespace reverxy::app
