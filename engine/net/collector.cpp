// SPDX-License-Identifier: MIT
#include "net/collector.h"

#include <memory>
#include <utility>

namespace reverxy::net {

namespace {

TimePoint now() {
    return std::chrono::steady_clock::now();
}

WallTime wall() {
    return std::chrono::system_clock::now();
}

} // namespace

Collector::Collector(Switchboard& switchboard)
    : m_switchboard(switchboard), m_since(now()), m_unixOffset(observe::unixOffset(now(), wall(), 0)) {}

void Collector::ask(observe::ReportRequest request, Receiver receiver) {
    const uint64_t number = ++m_last;
    const Pending& pending =
        m_pending.emplace(number, Pending{std::move(request), std::move(receiver), {}}).first->second;
    if (m_ended) {
        QMetaObject::invokeMethod(
            this, [this, number] { complete(number); }, Qt::QueuedConnection);
        return;
    }
    // The same second for all, so that none of those reported is still being added to elsewhere.
    const int64_t second = observe::secondOf(now());
    for (size_t i = 0; i < m_switchboard.workers(); ++i) {
        m_switchboard.post(i,
                           AskReport{pending.request, second, [this, number](observe::WorkerReport report) {
                                         // On the worker's thread. Shared, because a functor that Qt queues must
                                         // be copyable.
                                         auto shared = std::make_shared<observe::WorkerReport>(std::move(report));
                                         QMetaObject::invokeMethod(
                                             this, [this, number, shared] { answered(number, std::move(*shared)); },
                                             Qt::QueuedConnection);
                                     }});
    }
}

void Collector::workersEnded() {
    m_ended = true;
    const uint64_t last = m_last; // a receiver may ask again
    while (!m_pending.empty() && m_pending.begin()->first <= last)
        complete(m_pending.begin()->first);
}

void Collector::answered(uint64_t number, observe::WorkerReport report) {
    const auto found = m_pending.find(number);
    if (found == m_pending.end())
        return;
    found->second.answers.push_back(std::move(report));
    if (found->second.answers.size() == m_switchboard.workers())
        complete(number);
}

void Collector::complete(uint64_t number) {
    auto node = m_pending.extract(number);
    if (node.empty())
        return;
    Pending& pending = node.mapped();
    m_unixOffset = observe::unixOffset(now(), wall(), m_unixOffset);
    observe::Report report =
        observe::mergeReports(pending.answers, pending.request, m_switchboard.workers(), m_unixOffset);
    report.taken = now();
    report.takenWall = wall();
    report.countingSince = m_since;
    pending.receiver(report);
}

} // namespace reverxy::net
