// SPDX-License-Identifier: MIT
#include "net/health_monitor.h"

namespace reverxy::net {

using health::Flip;
using observe::Level;

HealthMonitor::HealthMonitor(proxy::SharedState& shared, Switchboard& switchboard, observe::Log& log,
                             HealthInbox& inbox, bool portableReactor)
    : m_shared(shared), m_switchboard(switchboard), m_log(log), m_inbox(inbox),
      m_loop(makeReactor(portableReactor)), m_prober(m_loop, *this) {
    m_descriptor = m_inbox.wake.readDescriptor();
    m_loop.reactor().add(*this);
}

HealthMonitor::~HealthMonitor() {
    m_loop.reactor().remove(*this);
    m_descriptor = -1;
}

void HealthMonitor::use(std::shared_ptr<const proxy::Runtime> runtime) {
    m_runtime = std::move(runtime);
    m_places.clear();
    std::vector<ProbeTask> tasks;
    std::map<uint32_t, uint32_t> limits;
    for (size_t pool = 0; pool < m_runtime->pools.size(); ++pool) {
        const proxy::RuntimePool& compiled = m_runtime->pools[pool];
        limits[compiled.name] = m_runtime->config.pools[pool].healthChecker.concurrency;
        for (size_t backend = 0; backend < compiled.backends.size(); ++backend) {
            const auto& target = compiled.backends[backend].health;
            if (!target)
                continue;
            auto& places = m_places[target.get()];
            if (places.empty()) { // a target of several pools counts among the probes of the first
                target->begin(std::chrono::system_clock::now());
                const health::ProbeDefinition& probe = target->definition();
                tasks.push_back({target, m_shared.backend(probe.host, probe.port), compiled.name});
            }
            places.push_back({pool, backend});
        }
    }
    m_prober.use(tasks, limits);
    // A switch may have been moved by the configuration.
    for (const proxy::RuntimePool& compiled : m_runtime->pools) {
        for (const proxy::RuntimeBackend& backend : compiled.backends) {
            if (backend.available())
                m_switchboard.offerSlots(*compiled.state, backend.state);
        }
        m_switchboard.tellWaiting(*compiled.state);
    }
}

std::optional<std::string> HealthMonitor::setEnabled(std::string_view pool, std::string_view backend,
                                                     bool enabled) {
    for (size_t i = 0; i < m_runtime->pools.size(); ++i) {
        if (nameOf(i) != pool)
            continue;
        const proxy::RuntimePool& compiled = m_runtime->pools[i];
        for (const proxy::RuntimeBackend& entry : compiled.backends) {
            if (entry.text != backend)
                continue;
            if (entry.enabled() == enabled)
                return std::nullopt;
            entry.operatorSwitch->set(enabled);
            ++compiled.state->availability;
            m_log.write(Level::Info, "health",
                        health::switchMessage(pool, backend, enabled, entry.down(), standingOf(i)));
            tellWaiting(compiled, entry);
            return std::nullopt;
        }
        return "the pool " + std::string(pool) + " has no backend " + std::string(backend);
    }
    return "there is no pool " + std::string(pool);
}

void HealthMonitor::onReady(Readiness) {
    m_inbox.wake.drain();
    m_loop.reactor().awaitRead(*this);
    m_inbox.mailbox.takeAll(m_reports);
    for (const auto& batch : m_reports) {
        for (const HealthReport& report : batch) {
            const Flip flip = report.target->reported(report.traffic, m_loop.wall());
            if (flip != Flip::None)
                flipped(*report.target, flip);
        }
    }
    m_reports.clear();
}

void HealthMonitor::probed(health::Target& target, const health::ProbeResult& result) {
    const Flip flip = target.probed(result, m_loop.wall());
    if (flip != Flip::None)
        flipped(target, flip);
}

void HealthMonitor::flipped(const health::Target& target, Flip flip) {
    const auto places = m_places.find(&target);
    if (places == m_places.end()) // of a configuration that is no longer in use
        return;
    for (const Place& place : places->second) {
        const proxy::RuntimePool& compiled = m_runtime->pools[place.pool];
        const proxy::RuntimeBackend& backend = compiled.backends[place.backend];
        ++compiled.state->availability;
        const health::PoolStanding standing = standingOf(place.pool);
        const bool matters = flip == Flip::ToDown && backend.enabled();
        m_log.write(!matters ? Level::Info : (standing.available == 0 ? Level::Error : Level::Warn), "health",
                    health::flipMessage(nameOf(place.pool), backend.text, flip, target.reason(), backend.enabled(),
                                        standing));
        tellWaiting(compiled, backend);
    }
}

/// Those who wait for a slot are told that `backend` has come or gone: who comes gives its slots in order, and the
/// others may have nobody left to wait for, or now have all who are down to try.
void HealthMonitor::tellWaiting(const proxy::RuntimePool& pool, const proxy::RuntimeBackend& backend) {
    if (backend.available())
        m_switchboard.offerSlots(*pool.state, backend.state);
    m_switchboard.tellWaiting(*pool.state);
}

health::PoolStanding HealthMonitor::standingOf(size_t pool) const {
    const proxy::RuntimePool& compiled = m_runtime->pools[pool];
    health::PoolStanding standing;
    standing.total = static_cast<uint32_t>(compiled.backends.size());
    standing.whenAllDown = compiled.whenAllDown;
    for (const proxy::RuntimeBackend& backend : compiled.backends) {
        standing.enabled += backend.enabled();
        standing.available += backend.available();
    }
    return standing;
}

std::vector<health::PoolSnapshot> HealthMonitor::snapshot() const {
    std::vector<health::PoolSnapshot> pools;
    for (size_t i = 0; i < m_runtime->pools.size(); ++i) {
        const health::PoolStanding standing = standingOf(i);
        health::PoolSnapshot pool{nameOf(i), standing.available, standing.total, {}};
        for (const proxy::RuntimeBackend& backend : m_runtime->pools[i].backends) {
            health::BackendSnapshot entry{backend.text, backend.enabled(), backend.available(), {}};
            if (backend.health)
                entry.target = backend.health->snapshot();
            pool.backends.push_back(std::move(entry));
        }
        pools.push_back(std::move(pool));
    }
    return pools;
}

} // namespace reverxy::net
