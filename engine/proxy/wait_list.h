// SPDX-License-Identifier: MIT
#pragma once

#include "base/waiter.h"

#include <atomic>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

namespace reverxy::proxy {

using reverxy::Waiter;

/// First come, first served, over all workers. Every call is thread-safe; the lock is a leaf, held for a few
/// instructions.
///
/// No wake-up is lost if both sides keep the order: who waits adds itself and then looks once more whether what it
/// waits for is there; who frees something frees it and then looks for a waiter.
class WaitList {
  public:
    /// False when `limit` are waiting already.
    bool add(Waiter waiter, size_t limit) {
        std::lock_guard lock(m_mutex);
        if (m_waiters.size() >= limit)
            return false;
        m_waiters.push_back(waiter);
        m_size.store(m_waiters.size());
        return true;
    }

    /// Puts one that was woken in vain back at the head.
    void addFirst(Waiter waiter) {
        std::lock_guard lock(m_mutex);
        m_waiters.push_front(waiter);
        m_size.store(m_waiters.size());
    }

    std::optional<Waiter> takeFirst() {
        if (empty())
            return std::nullopt;
        std::lock_guard lock(m_mutex);
        if (m_waiters.empty())
            return std::nullopt;
        const Waiter first = m_waiters.front();
        m_waiters.pop_front();
        m_size.store(m_waiters.size());
        return first;
    }

    /// False when it is not in the list (any more): then a wake-up is on its way.
    bool remove(Waiter waiter) {
        std::lock_guard lock(m_mutex);
        for (auto it = m_waiters.begin(); it != m_waiters.end(); ++it) {
            if (*it == waiter) {
                m_waiters.erase(it);
                m_size.store(m_waiters.size());
                return true;
            }
        }
        return false;
    }

    /// Who waits now; they go on waiting.
    std::vector<Waiter> all() {
        if (empty())
            return {};
        std::lock_guard lock(m_mutex);
        return {m_waiters.begin(), m_waiters.end()};
    }

    std::vector<Waiter> takeAll() {
        std::lock_guard lock(m_mutex);
        std::vector<Waiter> all(m_waiters.begin(), m_waiters.end());
        m_waiters.clear();
        m_size.store(0);
        return all;
    }

    /// One atomic load; sequentially consistent, because of the order above.
    bool empty() const { return m_size.load() == 0; }

    size_t size() const { return m_size.load(); }

  private:
    std::mutex m_mutex;
    std::deque<Waiter> m_waiters;
    std::atomic<size_t> m_size{0};
};

} // namespace reverxy::proxy
