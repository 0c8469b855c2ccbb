// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

namespace reverxy::health {

/// What observation says. Unknown, before the first verdict, counts as up.
enum class State : uint8_t { Unknown, Up, Down };

/// What an observation changed.
enum class Flip : uint8_t { None, ToUp, ToDown };

/// The state machine of one target: `fall` failures in a row take it out, `rise` passed probes in a row bring it
/// back.
///
/// Probes and traffic are observed apart. A failure of either kind counts towards `fall`, so that a dead backend is
/// out as soon as its requests show it. A request that succeeds takes back only what requests have said: a backend
/// that still answers some requests while its probes fail is on its way out all the same. A passed probe takes back
/// both. Once out, probes alone decide: what requests meet there may have been on its way since before.
///
/// Pure; belongs to one thread.
class RiseAndFall {
  public:
    /// Both at least 1.
    RiseAndFall(uint32_t rise, uint32_t fall) : m_rise(rise), m_fall(fall) {}

    Flip probePassed();
    Flip probeFailed();
    /// `times` requests in a row failed in a way that speaks against the backend.
    Flip trafficFailed(uint32_t times = 1);
    void trafficSucceeded();

    /// Goes on with the verdict of another one, without its counts.
    void continueFrom(const RiseAndFall& other) { m_state = other.m_state; }

    State state() const { return m_state; }

    bool down() const { return m_state == State::Down; }

    /// A success of traffic would change something.
    bool suspected() const { return !down() && m_trafficFailures > 0; }

    /// In a row, up to now.
    uint32_t passes() const { return m_passes; }

    uint32_t probeFailures() const { return m_probeFailures; }

    uint32_t trafficFailures() const { return m_trafficFailures; }

  private:
    Flip judgeFailures();

    uint32_t m_rise;
    uint32_t m_fall;
    State m_state = State::Unknown;
    uint32_t m_passes = 0;
    uint32_t m_probeFailures = 0;
    uint32_t m_trafficFailures = 0;
};

} // namespace reverxy::health
