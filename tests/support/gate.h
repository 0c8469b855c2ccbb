// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>

namespace reverxy::test {

/// Holds a scripted origin back until the test says go. Thread-safe; opens once.
class Gate {
  public:
    void open() { m_open.store(true); }

    bool isOpen() const { return m_open.load(); }

  private:
    std::atomic<bool> m_open{false};
};

} // namespace reverxy::test
