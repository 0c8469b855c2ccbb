// SPDX-License-Identifier: MIT
#pragma once

#include "engine.h"
#include "support/client.h"
#include "support/configuration.h"

#include <QThread>

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace reverxy::test {

/// Native, unless REVERXY_TEST_REACTOR says `portable`.
ReactorKind reactorUnderTest();

/// The real engine on a thread of its own, listening on loopback. All calls may come from the test's thread; they
/// return when the engine has done what they ask. Origins must be declared before it, so that they outlive it.
class RunningEngine {
  public:
    explicit RunningEngine(const config::Config& config);
    ~RunningEngine();
    RunningEngine(const RunningEngine&) = delete;
    RunningEngine& operator=(const RunningEngine&) = delete;

    /// Why it does not run; empty when it does.
    const std::string& startError() const { return m_startError; }

    uint16_t port() const { return m_port; }

    uint16_t probePort() const { return m_probePort; }

    /// One request to the probe listener, on a connection of its own.
    Response probe(std::string_view target, std::string_view fields = "Host: localhost\r\n") const {
        return getOnce(m_probePort, target, fields);
    }

    Client connect() const { return Client(m_port); }

    /// One request on a connection of its own.
    Response get(std::string_view target, std::string_view fields = "") const {
        return getOnce(m_port, target, fields);
    }

    Response exchange(std::string_view bytes, std::string_view method = "GET") const {
        return exchangeOnce(m_port, bytes, method);
    }

    /// Runs `work` on the engine's thread and waits for it.
    void onEngine(const std::function<void(Engine&)>& work) const;
    /// Returns once every worker has taken it over.
    std::vector<std::string> reload(const config::Config& config);
    void drain();
    void cut();

    bool isDrained() const { return m_drained.load(); }

    bool waitDrained() const;

    std::vector<observe::Decision> decisions(size_t count = 1000) const;
    /// Waits until at least `count` exchanges are over, then returns all of them.
    std::vector<observe::Decision> waitForDecisions(size_t count) const;

    /// Asks the workers and waits for the answer.
    observe::Report collect(const observe::ReportRequest& request) const;

    std::string nameOf(NameId id) const { return std::string(m_names.name(id)); }

    uint32_t clientConnections() const;
    uint32_t runningExchanges() const;
    /// Waits until the log holds `text`.
    bool waitForLog(std::string_view text) const;
    std::string log() const;

  private:
    mutable std::mutex m_logMutex;
    std::string m_logged;
    NameTable m_names;
    std::unique_ptr<observe::Log> m_log;
    QThread m_thread;
    std::unique_ptr<QObject> m_onThread; // calls are queued to it
    std::unique_ptr<Engine> m_engine;
    std::string m_startError;
    uint16_t m_port = 0;
    uint16_t m_probePort = 0;
    std::atomic<bool> m_drained{false};
};

} // namespace reverxy::test
