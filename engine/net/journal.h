// SPDX-License-Identifier: MIT
#pragma once

#include "net/loop.h"
#include "net/switchboard.h"
#include "observe/decision.h"
#include "observe/decision_ring.h"
#include "observe/history.h"
#include "observe/log.h"
#include "observe/report.h"
#include "observe/traffic_counters.h"

#include <memory>
#include <string>

namespace reverxy::net {

/// Where a worker's finished exchanges go: its ring, its counters, and in batches the log.
class Journal final : public Timer {
  public:
    /// Of the ring: some thousand exchanges, a few hundred of the longest.
    static constexpr size_t ringBytes = 256 * 1024;

    Journal(Loop& loop, Switchboard& switchboard, observe::Log& log, uint32_t workerIndex);
    ~Journal() override;

    /// Whether exchanges are written to the log.
    void setAccessLog(bool on) { m_accessLog = on; }

    uint64_t nextExchangeId() { return (uint64_t{m_workerIndex} << 48) | ++m_lastExchange; }

    /// A finished exchange.
    void add(const observe::Decision& decision);

    /// A backend has begun to answer `decision`, so that add() will soon follow.
    void expect(const observe::Decision& decision) const { m_counters.prefetch(decision, m_loop.now()); }

    /// A request that was no valid message: a line once per client, kind and minute.
    void addBadMessage(const observe::Decision& decision, uint32_t kind);
    /// A connection that was closed without an answer; a line likewise.
    void addRefusedConnection(const IpAddress& client, std::string_view why, uint32_t kind);

    void connectionAccepted() { m_counters.connectionAccepted(); }

    void write(observe::Level level, std::string_view topic, std::string message);

    const observe::DecisionRing& ring() const { return m_ring; }

    /// What is kept here of what `request` asks for. `second`: the one that runs.
    observe::WorkerReport report(const observe::ReportRequest& request, int64_t second) const;

    /// Hands over what is gathered.
    void flush();

  private:
    void onTimer(TimePoint now) override;
    void warnOnce(const IpAddress& client, uint32_t kind, std::string what);
    void count(const observe::Decision& decision);

    Loop& m_loop;
    Switchboard& m_switchboard;
    observe::Log& m_log;
    const uint32_t m_workerIndex;
    uint64_t m_lastExchange = 0;
    bool m_accessLog = true;
    observe::DecisionRing m_ring{ringBytes};
    observe::TrafficCounters m_counters{observe::TrafficCounters::seriesLimit};
    observe::History m_history;
    std::unique_ptr<observe::LogBatch> m_batch;
};

} // namespace reverxy::net
