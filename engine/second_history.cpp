// SPDX-License-Identifier: MIT
#include "second_history.h"

#include <algorithm>

namespace reverxy {

namespace {

api::SecondTotals valuesOf(const observe::SecondTotals& second) {
    api::SecondTotals values;
    values.second = second.second;
    values.requests = second.requests;
    values.bytesIn = second.requestBodyBytes;
    values.bytesOut = second.responseBodyBytes;
    observe::LatencyCounts<uint64_t> latency;
    latency.merge(second.latency);
    values.p50Micros = observe::quantile(latency, 0.50);
    values.p95Micros = observe::quantile(latency, 0.95);
    return values;
}

} // namespace

void SecondHistory::take(std::span<const observe::SecondTotals> told) {
    if (told.empty())
        return;
    const int64_t first = told.front().second;
    const bool follows = m_seconds.empty() ||
                         (told.back().second >= m_seconds.back().second && first <= m_seconds.back().second + 1);
    if (!follows)
        m_seconds.clear();
    std::erase_if(m_seconds, [first](const api::SecondTotals& known) { return known.second >= first; });
    for (const observe::SecondTotals& second : told)
        m_seconds.push_back(valuesOf(second));
    if (m_seconds.size() > all)
        m_seconds.erase(m_seconds.begin(), m_seconds.end() - all);
    m_wanted = follows ? latest : all;
}

void SecondHistory::clear() {
    m_seconds.clear();
    m_wanted = all;
}

} // namespace reverxy
