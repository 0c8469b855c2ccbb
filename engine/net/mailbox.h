// SPDX-License-Identifier: MIT
#pragma once

#include <mutex>
#include <utility>
#include <vector>

namespace reverxy::net {

/// Messages from any thread to one. The sender learns whether the receiver must be woken: only the first message
/// since the receiver last looked asks for it, so that a burst costs one wake-up. The lock is a leaf, held for a
/// push or a swap.
template <typename Message>
class Mailbox {
  public:
    /// Any thread. True when the receiver has to be woken.
    bool push(Message message) {
        std::lock_guard lock(m_mutex);
        m_messages.push_back(std::move(message));
        return std::exchange(m_wakeDue, true) == false;
    }

    /// The receiver's thread: takes everything there is, in the order it came, into `out` (emptied first; its
    /// memory is reused).
    void takeAll(std::vector<Message>& out) {
        out.clear();
        std::lock_guard lock(m_mutex);
        std::swap(out, m_messages);
        m_wakeDue = false;
    }

  private:
    std::mutex m_mutex;
    std::vector<Message> m_messages;
    bool m_wakeDue = false;
};

} // namespace reverxy::net
