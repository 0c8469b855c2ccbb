// SPDX-License-Identifier: MIT
#include "observe/history.h"

#include <algorithm>
#include <utility>

namespace reverxy::observe {

void SecondTotals::merge(const SecondTotals& other) {
    for (size_t i = 0; i < outcomes; ++i)
        requests[i] += other.requests[i];
    requestBodyBytes += other.requestBodyBytes;
    responseBodyBytes += other.responseBodyBytes;
    latency.merge(other.latency);
}

History::History(int64_t first) : m_first(first), m_last(first), m_slots(length) {
    slot(first).second = first;
}

void History::add(int64_t second, Outcome outcome, uint64_t requestBodyBytes, uint64_t responseBodyBytes,
                  uint32_t micros) {
    if (second > m_last) {
        for (int64_t next = std::max(m_last + 1, second - static_cast<int64_t>(length) + 1); next <= second;
             ++next) {
            slot(next) = SecondTotals{};
            slot(next).second = next;
        }
        m_last = second;
    }
    SecondTotals& totals = slot(m_last);
    ++totals.requests[static_cast<size_t>(outcome)];
    totals.requestBodyBytes += requestBodyBytes;
    totals.responseBodyBytes += responseBodyBytes;
    totals.latency.add(micros);
}

std::vector<SecondTotals> History::before(int64_t second, size_t count) const {
    const auto wanted = static_cast<int64_t>(std::min(count, length));
    std::vector<SecondTotals> seconds;
    for (int64_t at = std::max(m_first, second - wanted); at < second; ++at) {
        SecondTotals empty;
        empty.second = at;
        const bool counted = at <= m_last && slot(at).second == at;
        seconds.push_back(counted ? slot(at) : empty);
    }
    return seconds;
}

void mergeSeconds(std::vector<SecondTotals>& into, const std::vector<SecondTotals>& from) {
    if (from.empty())
        return;
    if (into.empty()) {
        into = from;
        return;
    }
    const int64_t first = std::min(into.front().second, from.front().second);
    const int64_t last = std::max(into.back().second, from.back().second);
    std::vector<SecondTotals> merged(static_cast<size_t>(last - first) + 1);
    for (size_t i = 0; i < merged.size(); ++i)
        merged[i].second = first + static_cast<int64_t>(i);
    for (const auto* part : {&std::as_const(into), &from}) {
        for (const SecondTotals& totals : *part)
            merged[static_cast<size_t>(totals.second - first)].merge(totals);
    }
    into = std::move(merged);
}

} // namespace reverxy::observe
