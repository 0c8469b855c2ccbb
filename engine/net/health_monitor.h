// SPDX-License-Identifier: MIT
#pragma once

#include "health/flip_message.h"
#include "health/snapshot.h"
#include "net/health_inbox.h"
#include "net/prober.h"
#include "net/switchboard.h"
#include "observe/log.h"
#include "proxy/runtime.h"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace reverxy::net {

/// The engine's thread's side of health: gathers observations of probes and traffic, flips states, has the workers
/// look again, tells the log, and keeps the operator's switches. Belongs to the engine's thread.
class HealthMonitor final : public Pollable, public Prober::Listener {
  public:
    /// All references must outlive it.
    HealthMonitor(proxy::SharedState& shared, Switchboard& switchboard, observe::Log& log, HealthInbox& inbox,
                  bool portableReactor);
    ~HealthMonitor() override;

    /// The configuration from now on. Names that only probes need are among SharedState's backends afterwards.
    void use(std::shared_ptr<const proxy::Runtime> runtime);
    /// Moves the operator's switch; running exchanges are finished. Returns the sentence for people when there is
    /// no such backend.
    std::optional<std::string> setEnabled(std::string_view pool, std::string_view backend, bool enabled);
    std::vector<health::PoolSnapshot> snapshot() const;

  private:
    /// A backend of the runtime, by indexes.
    struct Place {
        size_t pool;
        size_t backend;
    };

    void onReady(Readiness readiness) override;
    void probed(health::Target& target, const health::ProbeResult& result) override;
    void flipped(const health::Target& target, health::Flip flip);
    void tellWaiting(const proxy::RuntimePool& pool, const proxy::RuntimeBackend& backend);
    health::PoolStanding standingOf(size_t pool) const;

    const std::string& nameOf(size_t pool) const { return m_runtime->config.pools[pool].name; }

    proxy::SharedState& m_shared;
    Switchboard& m_switchboard;
    observe::Log& m_log;
    HealthInbox& m_inbox;
    Loop m_loop;
    std::shared_ptr<const proxy::Runtime> m_runtime;
    std::map<const health::Target*, std::vector<Place>> m_places;
    std::vector<std::vector<HealthReport>> m_reports;
    Prober m_prober;
};

} // namespace reverxy::net
