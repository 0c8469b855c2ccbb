// SPDX-License-Identifier: MIT
#pragma once

#include "base/clock.h"
#include "observe/decision.h"
#include "observe/history.h"
#include "observe/traffic_counters.h"

#include <cstdint>
#include <vector>

// What the engine's thread asks the workers for, what each answers, and what the answers together say.

namespace reverxy::observe {

struct ReportRequest {
    bool counters = false;
    uint32_t seconds = 0;   // at most so many of the last seconds; the one that runs is never among them
    uint32_t running = 0;   // of each worker, at most so many exchanges that run, those that have run longest
    uint32_t decisions = 0; // of each worker, at most so many finished exchanges, the last ones
    /// By worker: only exchanges that finished after this position, which an earlier report gave; empty: whatever
    /// is held.
    std::vector<uint64_t> after;
};

struct WorkerReport {
    uint32_t worker = 0;
    TrafficCounters counters;
    std::vector<SecondTotals> seconds;
    std::vector<Decision> running;
    std::vector<Decision> decisions; // in the order in which they finished
    uint64_t position = 0;           // behind the last of them
    uint64_t skipped = 0;            // that finished after the position asked from and are not among them
};

struct Report {
    bool complete = false; // every worker has answered; not so when they end while being asked
    TimePoint taken{};
    WallTime takenWall{};
    TimePoint countingSince{}; // for RecentFigures::totals()
    TrafficCounters counters;
    std::vector<SecondTotals> seconds; // Unix time
    std::vector<Decision> running;     // those that have run longest first
    std::vector<Decision> decisions;   // in the order in which they finished, nearly
    std::vector<uint64_t> positions;   // by worker, for the next request
    uint64_t skipped = 0;
};

/// Puts the answers of `workers` workers together. `unixOffset` is what is added to a second of monotonic time.
/// Workers that have not answered keep the position that `request` had for them.
Report mergeReports(const std::vector<WorkerReport>& answers, const ReportRequest& request, size_t workers,
                    int64_t unixOffset);

/// What is to be added to seconds of monotonic time to show them as Unix time. Stays as it `was` while the clocks
/// differ by less than a second and a half from that, so that a second keeps its name from one report to the next.
int64_t unixOffset(TimePoint now, WallTime wall, int64_t was);

} // namespace reverxy::observe
