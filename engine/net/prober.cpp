// SPDX-License-Identifier: MIT
#include "net/prober.h"

#include <algorithm>
#include <set>

namespace reverxy::net {

namespace {

/// What becomes due within this time begins together: fewer wake-ups.
constexpr std::chrono::milliseconds coalesced{20};
constexpr std::chrono::milliseconds whileResolving{100};
constexpr std::chrono::seconds afterLocalFault{1};

} // namespace

Prober::Prober(Loop& loop, Listener& listener) : m_loop(loop), m_listener(listener) {
    m_timer.setSingleShot(true);
    m_timer.setTimerType(Qt::PreciseTimer);
    QObject::connect(&m_timer, &QTimer::timeout, &m_timer, [this] { run(); });
}

Prober::~Prober() {
    m_timer.stop();
}

void Prober::use(const std::vector<ProbeTask>& tasks, const std::map<uint32_t, uint32_t>& limits) {
    m_loop.asBatch([&] {
        for (const auto& [group, limit] : m_limits) {
            if (!limits.contains(group))
                m_schedule.forgetGroup(group);
        }
        m_limits = limits;
        for (const auto& [group, limit] : limits)
            m_schedule.setLimit(group, limit);
        std::set<const health::Target*> wanted;
        for (const ProbeTask& task : tasks)
            wanted.insert(task.target.get());
        for (auto it = m_entries.begin(); it != m_entries.end();) {
            if (wanted.contains(it->second.task.target.get())) {
                ++it;
                continue;
            }
            m_schedule.remove(it->first);
            m_ids.erase(it->second.task.target.get());
            drop(it->second);
            it = m_entries.erase(it);
        }
        for (const ProbeTask& task : tasks) {
            const auto [known, isNew] = m_ids.try_emplace(task.target.get(), m_lastId + 1);
            if (!isNew) {
                m_schedule.move(known->second, task.group);
                continue;
            }
            m_entries[++m_lastId].task = task;
            m_schedule.add(m_lastId, task.group, task.target->definition().interval, m_loop.now(), random());
        }
    });
    run();
}

void Prober::drop(Entry& entry) {
    if (entry.probe)
        m_loop.discard(std::move(entry.probe));
}

void Prober::run() {
    if (m_running)
        return;
    m_running = true;
    m_loop.asBatch([this] {
        // Those that are over at once make room for others.
        for (m_schedule.takeDue(m_loop.now(), m_due); !m_due.empty(); m_schedule.takeDue(m_loop.now(), m_due)) {
            for (const Id id : m_due)
                begin(id);
        }
    });
    m_running = false;
    setTimer();
}

void Prober::begin(Id id) {
    Entry& entry = m_entries.at(id);
    if (!entry.task.place->addresses() && !entry.task.place->resolvingFailed)
        return m_schedule.postpone(id, m_loop.now(), whileResolving);
    entry.probe = std::make_unique<Probe>(m_loop, m_waiting, *this, id, entry.task.target, entry.task.place);
    entry.probe->start();
}

void Prober::probeDecided(Probe& probe, const std::optional<health::ProbeResult>& result) {
    const auto found = m_entries.find(probe.id());
    if (found == m_entries.end())
        return;
    if (result)
        m_listener.probed(*found->second.task.target, *result);
    else
        m_schedule.postpone(probe.id(), m_loop.now(), afterLocalFault);
}

void Prober::probeOver(Probe& probe) {
    const auto found = m_entries.find(probe.id());
    if (found == m_entries.end())
        return;
    m_schedule.finished(probe.id(), m_loop.now(), random());
    drop(found->second);
    run();
}

void Prober::setTimer() {
    const TimePoint now = std::chrono::steady_clock::now();
    const TimePoint next = m_schedule.nextAfter(m_loop.now());
    if (next == TimePoint::max())
        return m_timer.stop();
    m_timer.start(std::max(coalesced, std::chrono::ceil<std::chrono::milliseconds>(next - now)));
}

} // namespace reverxy::net
