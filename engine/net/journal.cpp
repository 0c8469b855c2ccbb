// SPDX-License-Identifier: MIT
#include "net/journal.h"

namespace reverxy::net {

namespace {
constexpr std::chrono::milliseconds batchDelay{100};
} // namespace

Journal::Journal(Loop& loop, Switchboard& switchboard, observe::Log& log, uint32_t workerIndex)
    : m_loop(loop), m_switchboard(switchboard), m_log(log), m_workerIndex(workerIndex) {}

Journal::~Journal() {
    flush();
    m_loop.cancel(*this);
}

void Journal::add(const observe::Decision& decision) {
    m_ring.add(decision);
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
    m_ring.add(decision);
    const auto verdict = m_switchboard.admitBadMessage(decision.client, kind, m_loop.now());
    if (!verdict.pass)
        return;
    std::string message = decision.client.toString() + " sent a message that was refused with " +
                          std::to_string(decision.status) + ": " + std::string(decision.details.view());
    if (verdict.suppressedBefore > 0)
        message += " (and " + std::to_string(verdict.suppressedBefore) + " more like it since the last such line)";
    write(observe::Level::Warn, "client", std::move(message));
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
