// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>

namespace reverxy::net {

/// What a connection may do before others of its worker have their turn. It ends after some receives, some bytes or
/// some messages and pieces, whichever comes first: the work in a buffer full of tiny chunks, interim responses or
/// pipelined requests is thousands of times that in one full of plain bytes.
class TurnBudget {
  public:
    /// A new turn.
    void renew() { *this = TurnBudget(); }

    void spendRound() { ++m_rounds; }

    void spendBytes(size_t bytes) { m_bytes += bytes; }

    /// A message or a piece of a body. True when there is something left for another.
    bool spendStep() { return ++m_steps < mostSteps; }

    /// The size of what the steps were about, framing included.
    void stepped(size_t bytes) { m_stepBytes += bytes; }

    bool spent() const { return m_rounds >= mostRounds || m_bytes >= mostBytes || m_steps >= mostSteps; }

    /// It ended with hardly anything brought forward: as much work as of other turns, for a small part of the
    /// bytes. Whoever goes on like this does so in what time the others leave.
    bool wasted() const { return m_steps >= mostSteps && m_stepBytes < mostSteps * crumb; }

  private:
    static constexpr int mostRounds = 16;
    static constexpr int mostSteps = 128;
    static constexpr size_t mostBytes = 512 * 1024;
    static constexpr size_t crumb = 64;

    int m_rounds = 0;
    int m_steps = 0;
    size_t m_bytes = 0;
    size_t m_stepBytes = 0;
};

} // namespace reverxy::net
