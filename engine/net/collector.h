// SPDX-License-Identifier: MIT
#pragma once

#include "net/switchboard.h"
#include "observe/report.h"

#include <QObject>

#include <cstdint>
#include <functional>
#include <map>
#include <vector>

namespace reverxy::net {

/// Asks all workers for a report and puts their answers together; waits for nobody. Belongs to the engine's thread.
/// Must outlive the workers' threads.
class Collector final : public QObject {
  public:
    using Receiver = std::function<void(const observe::Report&)>;

    explicit Collector(Switchboard& switchboard);

    /// `receiver` is called once, later, on this thread: when the last worker has answered, or at the workers' end.
    void ask(observe::ReportRequest request, Receiver receiver);
    /// The workers have ended: who still waits gets what has come. Whoever asks from now on gets an empty report.
    void workersEnded();

    /// Lets go of all who wait, without calling them.
    void abandon() { m_pending.clear(); }

  private:
    struct Pending {
        observe::ReportRequest request;
        Receiver receiver;
        std::vector<observe::WorkerReport> answers;
    };

    void answered(uint64_t number, observe::WorkerReport report);
    void complete(uint64_t number);

    Switchboard& m_switchboard;
    const TimePoint m_since;
    int64_t m_unixOffset = 0;
    bool m_ended = false;
    uint64_t m_last = 0;
    std::map<uint64_t, Pending> m_pending; // in the order in which they were asked
};

} // namespace reverxy::net
