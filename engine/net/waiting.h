// SPDX-License-Identifier: MIT
#pragma once

#include "proxy/shared_state.h"

#include <cstdint>
#include <memory>
#include <unordered_map>

namespace reverxy::net {

/// Something of this worker's that stands in a WaitList and is woken by a message with its token.
class Waits {
  public:
    /// A slot of `backend` is there; whoever has no use for it passes it on.
    virtual void wokenBySlot(const std::shared_ptr<proxy::BackendState>& /*backend*/, bool /*slotHeld*/,
                             size_t /*refusals*/) {}

    /// Who is available has changed; may come again.
    virtual void wokenByAvailability() {}

    virtual void wokenByRetry() {}

    virtual void wokenByName() {}

    /// A fill has something new; may come again.
    virtual void wokenByFill() {}

  protected:
    virtual ~Waits() = default;
};

/// Who of one worker waits, by token. Tokens are never used twice.
class WaitingTable {
  public:
    explicit WaitingTable(uint32_t workerIndex) : m_workerIndex(workerIndex) {}

    proxy::Waiter enter(Waits& who) {
        m_waiting.emplace(++m_lastToken, &who);
        return {m_workerIndex, m_lastToken};
    }

    void leave(proxy::Waiter waiter) { m_waiting.erase(waiter.token); }

    /// Who waits under `token`, taken out; null when it has left.
    Waits* take(uint64_t token) {
        const auto found = m_waiting.find(token);
        if (found == m_waiting.end())
            return nullptr;
        Waits* const who = found->second;
        m_waiting.erase(found);
        return who;
    }

    /// Who waits under `token`, and goes on waiting; null when it has left.
    Waits* find(uint64_t token) const {
        const auto found = m_waiting.find(token);
        return found == m_waiting.end() ? nullptr : found->second;
    }

  private:
    const uint32_t m_workerIndex;
    uint64_t m_lastToken = 0;
    std::unordered_map<uint64_t, Waits*> m_waiting;
};

} // namespace reverxy::net
