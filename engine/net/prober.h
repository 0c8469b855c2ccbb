// SPDX-License-Identifier: MIT
#pragma once

#include "health/probe_schedule.h"
#include "net/probe.h"

#include <QTimer>

#include <map>
#include <memory>
#include <random>
#include <vector>

namespace reverxy::net {

/// A target to be probed. `group`: the pool whose probes in flight it counts among.
struct ProbeTask {
    std::shared_ptr<health::Target> target;
    std::shared_ptr<proxy::BackendState> place; // where the probe goes; not always where requests do
    uint32_t group = 0;
};

/// Probes targets as their schedule says. Works beside traffic, on the engine's thread; belongs to the thread of
/// its loop.
class Prober final : public Probe::Owner {
  public:
    class Listener {
      public:
        virtual void probed(health::Target& target, const health::ProbeResult& result) = 0;

      protected:
        virtual ~Listener() = default;
    };

    Prober(Loop& loop, Listener& listener);
    ~Prober() override;

    /// The targets from now on, each once, and how many probes each group may have in flight. A target that stays
    /// keeps its rhythm; the probe of one that goes is given up.
    void use(const std::vector<ProbeTask>& tasks, const std::map<uint32_t, uint32_t>& limits);

  private:
    using Id = health::ProbeSchedule::Id;

    struct Entry {
        ProbeTask task;
        std::unique_ptr<Probe> probe;
    };

    void probeDecided(Probe& probe, const std::optional<health::ProbeResult>& result) override;
    void probeOver(Probe& probe) override;
    void drop(Entry& entry);
    void run();
    void begin(Id id);
    void setTimer();

    double random() { return m_chance(m_generator); }

    Loop& m_loop;
    Listener& m_listener;
    WaitingTable m_waiting{UINT32_MAX}; // nobody waits there: names are resolved before a probe begins
    health::ProbeSchedule m_schedule;
    std::map<Id, Entry> m_entries;
    std::map<const health::Target*, Id> m_ids;
    std::map<uint32_t, uint32_t> m_limits;
    std::vector<Id> m_due;
    QTimer m_timer;
    Id m_lastId = 0;
    bool m_running = false;
    std::minstd_rand m_generator{std::random_device{}()};
    std::uniform_real_distribution<double> m_chance{0.0, 1.0};
};

} // namespace reverxy::net
