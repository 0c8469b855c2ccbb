// SPDX-License-Identifier: MIT
#pragma once

namespace reverxy::net {

/// A pipe by which one thread wakes another that sleeps in its reactor.
class WakeChannel {
  public:
    WakeChannel();
    ~WakeChannel();
    WakeChannel(const WakeChannel&) = delete;
    WakeChannel& operator=(const WakeChannel&) = delete;

    int readDescriptor() const { return m_read; }

    /// Any thread; never waits. A full pipe wakes as well.
    void signal();
    /// The receiver's thread: takes out whatever signals there are.
    void drain();

  private:
    int m_read = -1;
    int m_write = -1;
};

} // namespace reverxy::net
