// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace reverxy::test {

/// Ordinary clients: each sends a GET on a connection it keeps, waits for the answer, rests a little, and goes on.
/// They measure how long they wait, and notice every error.
class SteadyClients {
  public:
    struct Result {
        uint64_t answered = 0;
        std::vector<std::string> errors; // the first ones
        std::chrono::microseconds p50{0};
        std::chrono::microseconds p99{0};
    };

    SteadyClients(uint16_t port, unsigned clients, std::string expectedBody);
    ~SteadyClients();

    /// Forgets what was measured until now.
    void restart();
    Result result() const;

  private:
    void run();

    const uint16_t m_port;
    const std::string m_expected;
    mutable std::mutex m_mutex; // guards what follows
    std::vector<std::chrono::microseconds> m_waits;
    std::vector<std::string> m_errors;
    std::atomic<bool> m_over{false};
    std::vector<std::thread> m_threads;
};

} // namespace reverxy::test
