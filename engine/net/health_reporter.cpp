// SPDX-License-Identifier: MIT
#include "net/health_reporter.h"

#include <algorithm>
#include <utility>

namespace reverxy::net {

namespace {
constexpr std::chrono::milliseconds batchDelay{10};
} // namespace

void HealthReporter::add(const std::shared_ptr<health::Target>& target, Failure failure) {
    auto report = std::find_if(m_gathered.begin(), m_gathered.end(),
                               [&](const HealthReport& gathered) { return gathered.target == target; });
    if (report == m_gathered.end()) {
        if (m_gathered.empty())
            m_loop.arm(*this, m_loop.now() + batchDelay);
        m_gathered.push_back({target, {}});
        report = m_gathered.end() - 1;
    }
    health::TrafficReport& traffic = report->traffic;
    if (failure == Failure::None) {
        traffic = {true, 0, Failure::None};
        return;
    }
    if (traffic.failures < UINT32_MAX)
        ++traffic.failures;
    traffic.last = failure;
}

void HealthReporter::onTimer(TimePoint) {
    m_inbox.post(std::exchange(m_gathered, {}));
}

} // namespace reverxy::net
