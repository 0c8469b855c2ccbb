// SPDX-License-Identifier: MIT
#include "observe/report.h"

#include <algorithm>

namespace reverxy::observe {

namespace {

WallTime endOf(const Decision& decision) {
    return decision.started + std::chrono::microseconds(decision.totalMicros);
}

} // namespace

Report mergeReports(const std::vector<WorkerReport>& answers, const ReportRequest& request, size_t workers,
                    int64_t unixOffset) {
    Report report;
    report.complete = answers.size() == workers;
    report.positions = request.after;
    report.positions.resize(workers, 0);
    for (const WorkerReport& answer : answers) {
        report.counters.merge(answer.counters);
        mergeSeconds(report.seconds, answer.seconds);
        report.running.insert(report.running.end(), answer.running.begin(), answer.running.end());
        report.decisions.insert(report.decisions.end(), answer.decisions.begin(), answer.decisions.end());
        report.skipped += answer.skipped;
        if (answer.worker < workers)
            report.positions[answer.worker] = answer.position;
    }
    for (SecondTotals& totals : report.seconds)
        totals.second += unixOffset;
    std::stable_sort(report.running.begin(), report.running.end(),
                     [](const Decision& a, const Decision& b) { return a.started < b.started; });
    std::stable_sort(report.decisions.begin(), report.decisions.end(),
                     [](const Decision& a, const Decision& b) { return endOf(a) < endOf(b); });
    return report;
}

int64_t unixOffset(TimePoint now, WallTime wall, int64_t was) {
    using std::chrono::milliseconds;
    const int64_t difference = std::chrono::duration_cast<milliseconds>(wall.time_since_epoch()).count() -
                               std::chrono::duration_cast<milliseconds>(now.time_since_epoch()).count();
    const int64_t apart = difference - was * 1000;
    return apart > -1500 && apart < 1500 ? was : (difference + 500) / 1000;
}

} // namespace reverxy::observe
