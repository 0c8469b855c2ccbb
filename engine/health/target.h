// SPDX-License-Identifier: MIT
#pragma once

#include "health/observation.h"
#include "health/probe_definition.h"
#include "health/rise_and_fall.h"
#include "health/snapshot.h"

#include <array>
#include <atomic>
#include <cstdint>
#include <string>

namespace reverxy::health {

/// The one word of a target that workers read. Written by the engine's thread alone.
class Signal {
  public:
    /// The word at one moment.
    class Reading {
      public:
        bool down() const { return (m_word & 1) != 0; }

        /// Requests have failed lately: one that succeeds is worth a report.
        bool suspected() const { return (m_word & 2) != 0; }

        /// Nothing has flipped between the two. What began before a flip says nothing about the time after it.
        bool sameStateAs(Reading other) const { return m_word >> 2 == other.m_word >> 2; }

      private:
        friend class Signal;
        uint32_t m_word = 0;
    };

    /// Any thread.
    Reading read() const {
        Reading reading;
        reading.m_word = m_word.load(std::memory_order_relaxed);
        return reading;
    }

    void write(bool down, bool suspected, uint32_t flips) {
        m_word.store(flips << 2 | (suspected ? 2u : 0u) | (down ? 1u : 0u), std::memory_order_relaxed);
    }

  private:
    alignas(64) std::atomic<uint32_t> m_word{0};
};

/// The health of one address as one probe sees it. Lives beside the configuration: a reload that names the same
/// address and probe finds it again. Everything but definition() and signal() belongs to the engine's thread.
class Target {
  public:
    static constexpr size_t probesRemembered = 10;

    explicit Target(ProbeDefinition definition);
    Target(const Target&) = delete;
    Target& operator=(const Target&) = delete;

    const ProbeDefinition& definition() const { return m_definition; }

    const Signal& signal() const { return m_signal; }

    /// Observation begins; does nothing when it has begun already.
    void begin(WallTime now);
    /// Takes over the verdict of a target with the same question whose times or thresholds were changed.
    void continueFrom(const Target& other);

    Flip probed(const ProbeResult& result, WallTime now);
    Flip reported(const TrafficReport& report, WallTime now);

    State state() const { return m_machine.state(); }

    /// Why the state is as it is: "3 probes in a row failed, the last: connection refused".
    const std::string& reason() const { return m_reason; }

    TargetSnapshot snapshot() const;

  private:
    void settle(Flip flip, WallTime now);
    std::string failuresInWords(const std::string& last) const;

    const ProbeDefinition m_definition;
    Signal m_signal;
    RiseAndFall m_machine;
    uint32_t m_flips = 0;
    WallTime m_since{};
    std::string m_reason;
    std::string m_lastFailure;
    uint64_t m_probesPassed = 0;
    uint64_t m_probesFailed = 0;
    uint64_t m_probeMicros = 0;
    std::array<ProbeRecord, probesRemembered> m_recent; // a ring, by number of the probe
};

} // namespace reverxy::health
