// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <thread>
#include <vector>

namespace reverxy::test {

/// How a hostile client behaves. Bounded in connections and, by whoever starts it, in time.
struct AttackPlan {
    unsigned connections = 0;
    std::string opening{};              // sent once on each
    std::string drip{};                 // sent over and over
    std::chrono::milliseconds every{0}; // one drip on each connection in this time; 0: as many as the socket takes
    bool reads = false;                 // what comes is read and thrown away; else the window closes
    bool resets = false;                // every connection is reset after its opening, and opened again
    /// Asked for each opening, in place of `opening`.
    std::function<std::string(uint64_t number)> openings{};
};

/// Hostile clients on one thread, from construction to destruction. A connection that the proxy closes is opened
/// again. Sleeps a little between rounds, so that it is the proxy that is tried and not the machine.
class Attack {
  public:
    Attack(uint16_t port, AttackPlan plan);
    ~Attack();
    Attack(const Attack&) = delete;
    Attack& operator=(const Attack&) = delete;

    uint64_t opened() const { return m_opened.load(); }

    uint64_t bytesSent() const { return m_sent.load(); }

  private:
    struct Connection {
        int descriptor = -1;
        std::string out;
        std::chrono::steady_clock::time_point nextDrip;
    };

    void run();
    void open(Connection& connection);
    void step(Connection& connection, std::chrono::steady_clock::time_point now);
    bool write(Connection& connection);
    bool stillThere(Connection& connection);

    const uint16_t m_port;
    const AttackPlan m_plan;
    std::vector<Connection> m_connections;
    std::atomic<uint64_t> m_opened{0};
    std::atomic<uint64_t> m_sent{0};
    std::atomic<bool> m_over{false};
    std::thread m_thread;
};

} // namespace reverxy::test
