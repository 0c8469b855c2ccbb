// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdlib>
#include <thread>

namespace reverxy::test {

/// How long a test waits for what must happen: so long that only a failure reaches it. REVERXY_TEST_PATIENCE gives
/// other seconds.
inline std::chrono::milliseconds patience() {
    static const std::chrono::milliseconds value = [] {
        const char* const text = std::getenv("REVERXY_TEST_PATIENCE");
        const int seconds = text ? std::atoi(text) : 0;
        return std::chrono::milliseconds(1000 * (seconds > 0 ? seconds : 30));
    }();
    return value;
}

/// The moment at which waiting is given up.
class Deadline {
  public:
    explicit Deadline(std::chrono::milliseconds span = patience()) : m_end(Clock::now() + span) {}

    bool passed() const { return Clock::now() >= m_end; }

    /// For poll(2): never negative.
    int remainingMilliseconds() const {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(m_end - Clock::now()).count();
        return left > 0 ? static_cast<int>(left) : 0;
    }

  private:
    using Clock = std::chrono::steady_clock;
    Clock::time_point m_end;
};

/// Waits for `condition`; false when the deadline came first. Looks every millisecond, so it may be called with
/// anything cheap.
template <class Condition>
bool waitUntil(Condition condition, Deadline deadline = Deadline()) {
    while (!condition()) {
        if (deadline.passed())
            return condition();
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return true;
}

} // namespace reverxy::test
