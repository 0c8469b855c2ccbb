// SPDX-License-Identifier: MIT
#include "health/target.h"

#include <algorithm>
#include <utility>

namespace reverxy::health {

namespace {

std::string counted(uint32_t count, const char* what) {
    return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
}

} // namespace

Target::Target(ProbeDefinition definition)
    : m_definition(std::move(definition)), m_machine(m_definition.rise, m_definition.fall) {}

void Target::begin(WallTime now) {
    if (m_since == WallTime{})
        m_since = now;
}

void Target::continueFrom(const Target& other) {
    m_machine.continueFrom(other.m_machine);
    m_since = other.m_since;
    m_reason = other.m_reason;
    m_lastFailure = other.m_lastFailure;
    m_signal.write(m_machine.down(), false, m_flips);
}

Flip Target::probed(const ProbeResult& result, WallTime now) {
    const std::string reason = reasonOf(result, m_definition.firstStatus, m_definition.lastStatus);
    m_recent[(m_probesPassed + m_probesFailed) % probesRemembered] = {now, result.passed, result.micros, reason};
    ++(result.passed ? m_probesPassed : m_probesFailed);
    m_probeMicros += result.micros;
    if (!result.passed)
        m_lastFailure = briefOf(result);
    const bool unknown = m_machine.state() == State::Unknown;
    const Flip flip = result.passed ? m_machine.probePassed() : m_machine.probeFailed();
    if (flip == Flip::ToUp)
        m_reason = counted(m_machine.passes(), "probe") + " in a row passed, the last: " + reason;
    else if (flip == Flip::ToDown)
        m_reason = failuresInWords(reason);
    else if (unknown && result.passed) {
        m_reason = "the first probe that passed: " + reason;
        m_since = now;
    }
    settle(flip, now);
    return flip;
}

Flip Target::reported(const TrafficReport& report, WallTime now) {
    if (report.succeeded)
        m_machine.trafficSucceeded();
    if (report.failures > 0)
        m_lastFailure = briefOf(report.last);
    const Flip flip = report.failures > 0 ? m_machine.trafficFailed(report.failures) : Flip::None;
    if (flip == Flip::ToDown)
        m_reason = failuresInWords(phraseOf(report.last));
    settle(flip, now);
    return flip;
}

void Target::settle(Flip flip, WallTime now) {
    if (flip != Flip::None) {
        ++m_flips;
        m_since = now;
    }
    m_signal.write(m_machine.down(), m_machine.suspected(), m_flips);
}

std::string Target::failuresInWords(const std::string& last) const {
    const uint32_t probes = m_machine.probeFailures();
    const uint32_t requests = m_machine.trafficFailures();
    std::string words = requests > 0 ? counted(requests, "request") : "";
    if (probes > 0)
        words += (requests > 0 ? " and " : "") + counted(probes, "probe");
    return words + (probes + requests > 1 ? " in a row failed, the last: " : " failed: ") + last;
}

TargetSnapshot Target::snapshot() const {
    TargetSnapshot snapshot;
    snapshot.state = m_machine.state();
    snapshot.since = m_since;
    snapshot.reason = m_reason;
    snapshot.lastFailure = m_lastFailure;
    snapshot.description = m_definition.description();
    snapshot.passes = m_machine.passes();
    snapshot.probeFailures = m_machine.probeFailures();
    snapshot.trafficFailures = m_machine.trafficFailures();
    snapshot.probesPassed = m_probesPassed;
    snapshot.probesFailed = m_probesFailed;
    snapshot.probeMicros = m_probeMicros;
    const uint64_t made = m_probesPassed + m_probesFailed;
    for (uint64_t i = made - std::min<uint64_t>(made, probesRemembered); i < made; ++i)
        snapshot.probes.push_back(m_recent[i % probesRemembered]);
    return snapshot;
}

} // namespace reverxy::health
