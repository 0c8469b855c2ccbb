// SPDX-License-Identifier: MIT
#include "net/journal.h"

namespace reverxy::net {

namespace {
constexpr std::chrono::milliseconds batchDelay{100};
} // namespace

Journal::Journal(Loop& loop, Switchboard& switchboard, observe::Log& log, uint32_t workerIndex)
    : m_loop(loop), m_switchboard(switchboard), m_log(log), m_workerIndex(workerIndex),
      m_history(observe::secondOf(loop.now())) {}

Journal::~Journal() {
    flush();
    m_loop.cancel(*this);
}

void Journal::add(const observe::Decision& decision) {
    count(decision);
    if (!m_accessLog || m_log.level() > observe::Level::Info)
        return;
    if (!m_batch)
        m_batch = m_log.emptyBatch();
    if (m_batch->decisions.empty())
        m_loop.arm(*this, m_loop.now() + batchDelay);
    m_batch->decisions.push_back(decision);
    if (m_batch->decisions.size() == observe::LogBatch::capacity)
        flush();
}

void Journal::addBadMessage(const observe::Decision& decision, uint32_t kind) {
    count(decision);
    if (decision.responseFromBackend)
        return warnOnce(decision.client, kind, "had its response cut: " + std::string(decision.details.view()));
    warnOnce(decision.client, kind,
             "was refused with " + std::to_string(decision.status) + ": " + std::string(decision.details.view()));
}

void Journal::addRefusedConnection(const IpAddress& client, std::string_view why, uint32_t kind) {
    warnOnce(client, kind, "had a connection closed: " + std::string(why));
}

void Journal::warnOnce(const IpAddress& client, uint32_t kind, std::string what) {
    const auto verdict = m_switchboard.admitWarning(client, kind, m_loop.now());
    if (!verdict.pass)
        return;
    std::string message = client.toString() + " " + std::move(what);
    if (verdict.suppressedBefore > 0)
        message += " (and " + std::to_string(verdict.suppressedBefore) + " more like it since the last such line)";
    write(observe::Level::Warn, "client", std::move(message));
}

void Journal::count(const observe::Decision& decision) {
    const TimePoint now = m_loop.now();
    m_ring.add(decision);
    m_counters.add(decision, now);
    if (decision.cache.background)
        return; // the totals tell what clients met
    m_history.add(observe::secondOf(now), observe::outcomeOf(decision), decision.requestBodyBytes,
                  decision.responseBodyBytes, observe::latencyOf(decision));
}

observe::WorkerReport Journal::report(const observe::ReportRequest& request, int64_t second) const {
    observe::WorkerReport report;
    report.worker = m_workerIndex;
    if (request.counters)
        report.counters = m_counters;
    report.seconds = m_history.before(second, request.seconds);
    const uint64_t after = m_workerIndex < request.after.size() ? request.after[m_workerIndex] : 0;
    auto part = m_ring.after(after, request.decisions);
    report.decisions = std::move(part.decisions);
    report.skipped = part.skipped;
    report.position = m_ring.added();
    return report;
}

void Journal::write(observe::Level level, std::string_view topic, std::string message) {
    m_log.write(level, topic, std::move(message));
}

void Journal::flush() {
    if (m_batch && !m_batch->decisions.empty())
        m_log.submit(std::move(m_batch));
}

void Journal::onTimer(TimePoint) {
    flush();
}

} // namespace reverxy::net
