// SPDX-License-Identifier: MIT
#include "health/probe_schedule.h"

#include <algorithm>
#include <limits>

namespace reverxy::health {

namespace {

constexpr Duration firstSpread = std::chrono::seconds(1);
/// The part of the interval by which a gap may be shorter: the second one, and all others.
constexpr double secondSpread = 1.0;
constexpr double jitter = 0.1;

Duration share(Duration whole, double part) {
    return std::chrono::duration_cast<Duration>(std::chrono::duration<double>(whole) * part);
}

} // namespace

void ProbeSchedule::setLimit(uint32_t group, uint32_t limit) {
    m_groups[group].limit = std::max(limit, 1u);
}

void ProbeSchedule::forgetGroup(uint32_t group) {
    m_groups.erase(group);
}

void ProbeSchedule::add(Id id, uint32_t group, Duration interval, TimePoint now, double random) {
    remove(id);
    Entry entry;
    entry.group = group;
    entry.interval = interval;
    entry.due = now + share(std::min(firstSpread, interval), random);
    m_waiting.emplace(entry.due, id);
    m_entries.emplace(id, entry);
}

void ProbeSchedule::move(Id id, uint32_t group) {
    if (const auto found = m_entries.find(id); found != m_entries.end())
        found->second.group = group;
}

void ProbeSchedule::remove(Id id) {
    const auto found = m_entries.find(id);
    if (found == m_entries.end())
        return;
    if (found->second.inFlight)
        land(found->second);
    else
        m_waiting.erase({found->second.due, id});
    m_entries.erase(found);
}

void ProbeSchedule::takeDue(TimePoint now, std::vector<Id>& out) {
    out.clear();
    for (auto it = m_waiting.begin(); it != m_waiting.end() && it->first <= now;) {
        const Id id = it->second;
        Entry& entry = m_entries.at(id);
        Group& group = m_groups[entry.group];
        if (group.inFlight >= group.limit) {
            ++it;
            continue;
        }
        ++group.inFlight;
        entry.inFlight = true;
        entry.countedIn = entry.group;
        entry.due = now;
        ++entry.begun;
        out.push_back(id);
        it = m_waiting.erase(it);
    }
}

void ProbeSchedule::finished(Id id, TimePoint now, double random) {
    const auto found = m_entries.find(id);
    if (found == m_entries.end() || !found->second.inFlight)
        return;
    Entry& entry = found->second;
    land(entry);
    const double spread = entry.begun == 1 ? secondSpread : jitter;
    // From beginning to beginning; one that took longer than that is followed at once.
    entry.due = std::max(now, entry.due + share(entry.interval, 1.0 - spread * random));
    m_waiting.emplace(entry.due, id);
}

void ProbeSchedule::postpone(Id id, TimePoint now, Duration delay) {
    const auto found = m_entries.find(id);
    if (found == m_entries.end() || !found->second.inFlight)
        return;
    Entry& entry = found->second;
    land(entry);
    --entry.begun;
    entry.due = now + delay;
    m_waiting.emplace(entry.due, id);
}

void ProbeSchedule::land(Entry& entry) {
    entry.inFlight = false;
    const auto group = m_groups.find(entry.countedIn);
    if (group != m_groups.end() && group->second.inFlight > 0)
        --group->second.inFlight;
}

TimePoint ProbeSchedule::nextAfter(TimePoint now) const {
    const auto next = m_waiting.upper_bound({now, std::numeric_limits<Id>::max()});
    return next == m_waiting.end() ? TimePoint::max() : next->first;
}

uint32_t ProbeSchedule::inFlight(uint32_t group) const {
    const auto found = m_groups.find(group);
    return found == m_groups.end() ? 0 : found->second.inFlight;
}

} // namespace reverxy::health
