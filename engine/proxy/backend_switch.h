// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>

namespace reverxy::proxy {

/// The operator's switch of one backend of one pool. The configuration sets it first; a command moves it; a
/// configuration that says something new moves it back.
class BackendSwitch {
  public:
    explicit BackendSwitch(bool configured) : m_configured(configured), m_on(configured) {}

    /// Any thread.
    bool on() const { return m_on.load(std::memory_order_relaxed); }

    /// The engine's thread.
    void set(bool on) { m_on.store(on, std::memory_order_relaxed); }

    /// What the configuration says now. Only a change of it counts: a reload for the sake of something else leaves
    /// the operator's word standing. The engine's thread.
    void configure(bool on) {
        if (on == m_configured)
            return;
        m_configured = on;
        set(on);
    }

  private:
    bool m_configured;
    std::atomic<bool> m_on;
};

} // namespace reverxy::proxy
