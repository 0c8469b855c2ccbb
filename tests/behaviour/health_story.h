// SPDX-License-Identifier: MIT
#pragma once

#include "behaviour/story.h"

#include <atomic>
#include <optional>
#include <string>
#include <string_view>

namespace reverxy::test {

/// A service with a health endpoint: `/health` answers as it is told, anything else with its name.
class Service {
  public:
    explicit Service(const std::string& name, int status = 200)
        : m_status(status), m_origin([this, name](OriginExchange& exchange) {
              if (exchange.target() != "/health") {
                  ++m_requests;
                  exchange.respond(200, name);
                  return;
              }
              const int now = m_status;
              ++(now < 400 ? m_passes : m_failures);
              exchange.respond(now, "health");
          }) {}

    uint16_t port() const { return m_origin.port(); }

    Origin& origin() { return m_origin; }

    /// What probes get from now on; counts anew.
    void answerProbes(int status) {
        m_passes = m_failures = 0;
        m_status = status;
    }

    int passes() const { return m_passes; }

    int failures() const { return m_failures; }

    int requests() const { return m_requests; }

  private:
    std::atomic<int> m_status;
    std::atomic<int> m_passes{0}, m_failures{0}, m_requests{0};
    Origin m_origin;
};

/// configFor() with probes of `/health`, ten a second, rise 2 and fall 3.
inline config::Config probedConfig(const std::vector<uint16_t>& ports) {
    config::Config config = configFor(ports);
    config.pools[0].healthChecker = {};
    config.pools[0].healthChecker.interval = 100ms;
    for (config::Backend& backend : config.pools[0].backends)
        backend.healthUrl = "/health";
    return config;
}

inline std::vector<health::PoolSnapshot> healthOf(const RunningEngine& proxy) {
    std::vector<health::PoolSnapshot> pools;
    proxy.onEngine([&](Engine& engine) { pools = engine.health(); });
    return pools;
}

inline health::BackendSnapshot healthOf(const RunningEngine& proxy, size_t backend, size_t pool = 0) {
    return healthOf(proxy)[pool].backends[backend];
}

inline health::State stateOf(const RunningEngine& proxy, size_t backend, size_t pool = 0) {
    return healthOf(proxy, backend, pool).target.value().state;
}

inline bool waitForState(const RunningEngine& proxy, health::State state, size_t backend = 0, size_t pool = 0) {
    return waitUntil([&] { return stateOf(proxy, backend, pool) == state; });
}

/// The operator's switch; what was wrong, or "".
inline std::string setEnabled(const RunningEngine& proxy, const char* backend, bool enabled,
                              const char* pool = "default") {
    std::optional<QString> problem;
    proxy.onEngine([&](Engine& engine) {
        problem = engine.setBackendEnabled(QString::fromLatin1(pool), QString::fromLatin1(backend), enabled);
    });
    return problem ? problem->toStdString() : "";
}

inline size_t countOf(const std::string& text, std::string_view what) {
    size_t count = 0;
    for (size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + what.size()))
        ++count;
    return count;
}

} // namespace reverxy::test
