// SPDX-License-Identifier: MIT
#pragma once

#include "http/head_parser.h"
#include "proxy/exchange.h"
#include "proxy/fake_port.h"

#include <optional>
#include <random>
#include <set>
#include <string>

namespace reverxy::proxy {

/// Numbers for a test that must be the same each time it runs.
class Dice {
  public:
    explicit Dice(uint64_t seed) : m_engine(seed) {}

    /// 0 … below-1.
    uint32_t below(uint32_t limit) { return static_cast<uint32_t>(m_engine() % limit); }

    bool oneIn(uint32_t chance) { return below(chance) == 0; }

  private:
    std::mt19937_64 m_engine;
};

/// One exchange in a world shared with others, to which any event happens that could happen to it just then. Keeps
/// account of what must hold however events follow each other; the first thing that does not is in fault().
class ExchangePlayer {
  public:
    ExchangePlayer(FakeWorld& world, Dice& dice, const char*& fault);

    /// A random request.
    void begin(TimePoint now);
    /// One random event that is possible now.
    void play(TimePoint now);
    /// What brings an exchange to its end when nobody does anything any more: time limits, and the end of streams.
    void windUp(TimePoint& now);
    /// The wake-up is for this player; false when it is not.
    bool wake(const FakeWorld::Wake& wake, TimePoint now);
    void finish(TimePoint now);

    bool over() const { return m_exchange.responseOver(); }

    bool begun() const { return m_begun; }

    /// What can be said at the end of an exchange.
    bool endedWell() const;

    const observe::Decision& decision() const { return m_exchange.decision(); }

    size_t requestsSent() const { return m_port.requests.size(); }

  private:
    void clientActs(TimePoint now);
    void backendActs(TimePoint now);
    void backendAnswers(TimePoint now);
    void lose(TimePoint now);
    void flush(TimePoint now);
    void check();
    void claim(bool holds, const char* what);
    Opened open(uint32_t backend, bool reused);
    bool someUntried() const;

    FakeWorld& m_world;
    Dice& m_dice;
    const char*& m_fault;
    FakePort m_port;
    Exchange m_exchange;
    http::RequestHead m_head;
    std::string m_text;
    std::string m_clientBody;
    std::set<uint32_t> m_tried;
    std::set<size_t> m_flushed; // indexes of requests of which bytes went out
    TimePoint m_now{};
    bool m_begun = false;
    bool m_clientDone = false;
    bool m_clientGone = false;
    bool m_trailers = false;
    bool m_tunnelOver = false;
};

} // namespace reverxy::proxy
