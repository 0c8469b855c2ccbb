// SPDX-License-Identifier: MIT
#include "app/headless.h"

#include "app/signals.h"
#include "engine.h"

#include <QCoreApplication>

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <unistd.h>

namespace reverxy::app {

namespace {

// How long the end waits for the last lines of the log.
constexpr std::chrono::milliseconds patience{2000};
constexpr std::chrono::milliseconds hurry{100};

/// What cannot be written (a closed pipe, a full disk) is lost; the proxy goes on.
void writeToStandardOutput(std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t written = ::write(STDOUT_FILENO, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return;
        bytes.remove_prefix(static_cast<size_t>(written));
    }
}

void tellEmptyPools(observe::Log& log, const config::Config& config) {
    for (const config::Pool& pool : config.pools) {
        if (pool.backends.empty())
            log.write(observe::Level::Warn, "config",
                      "the pool \"" + pool.name +
                          "\" has no backend: its requests are answered with 503; add one under `backends:`");
    }
}

/// The process's part in a running engine: its signals and its configuration file.
class Headless {
  public:
    Headless(const CommandLine& commandLine, const config::Environment& environment, const LoadedConfig& loaded)
        : m_commandLine(commandLine), m_environment(environment), m_loaded(loaded),
          m_log(writeToStandardOutput, m_names), m_engine(m_log, m_names) {}

    int run() {
        m_log.configure(static_cast<observe::Level>(m_loaded.config->log.level),
                        static_cast<observe::Format>(m_loaded.config->log.format));
        if (!m_loaded.notice.empty())
            m_log.write(observe::Level::Info, "config", m_loaded.notice);
        if (const auto problem = m_engine.start(*m_loaded.config)) {
            std::fprintf(stderr, "reverxy: %s\n", qPrintable(*problem));
            return 1;
        }
        tellEmptyPools(m_log, *m_loaded.config);
        QObject::connect(&m_signals, &Signals::terminate, &m_engine, [this] { terminate(); });
        QObject::connect(&m_signals, &Signals::reload, &m_engine, [this] { reload(); });
        QObject::connect(&m_engine, &Engine::drained, &m_engine, [this] { QCoreApplication::exit(m_exitCode); });
        const int exitCode = QCoreApplication::exec();
        // A log that nobody reads (a paused pager, a stuck pipe) must not keep the process from ending.
        if (!m_log.flushFor(m_exitCode == 0 ? patience : hurry))
            std::_Exit(exitCode);
        return exitCode;
    }

  private:
    void terminate() {
        if (m_terminating) {
            m_log.write(observe::Level::Warn, "engine", "a second signal: ending at once");
            m_exitCode = 1;
        }
        m_terminating = true;
        m_engine.drain();
    }

    void reload() {
        LoadedConfig next = reloadConfiguration(m_loaded, m_commandLine, m_environment);
        if (!next.config) {
            for (const config::Problem& problem : next.problems)
                m_log.write(observe::Level::Error, "config", problem.toString());
            m_log.write(observe::Level::Error, "config", "nothing was changed: the file has problems");
            return;
        }
        const auto needRestart = m_engine.reload(*next.config);
        m_log.write(observe::Level::Info, "config",
                    next.path.empty() ? std::string("reloaded: no file, all defaults") : "reloaded " + next.path);
        for (const QString& key : needRestart)
            m_log.write(observe::Level::Warn, "config",
                        key.toStdString() + " has changed: it takes effect after a restart");
        tellEmptyPools(m_log, *next.config);
        m_loaded = std::move(next);
    }

    const CommandLine& m_commandLine;
    const config::Environment& m_environment;
    LoadedConfig m_loaded;
    NameTable m_names;
    observe::Log m_log;
    Engine m_engine;
    Signals m_signals;
    bool m_terminating = false;
    int m_exitCode = 0;
};

} // namespace

int runHeadless(const CommandLine& commandLine, const config::Environment& environment,
                const LoadedConfig& loaded) {
    prepareProcess();
    Headless headless(commandLine, environment, loaded);
    return headless.run();
}

} // namespace reverxy::app
