// SPDX-License-Identifier: MIT
#pragma once

#include "net/mailbox.h"
#include "net/message.h"
#include "net/wake_channel.h"

#include <atomic>
#include <memory>
#include <optional>
#include <vector>

namespace reverxy::net {

/// A worker as the others see it.
struct WorkerAddress {
    Mailbox<Message> mailbox;
    WakeChannel wake; // signalled when the mailbox asks for it
    alignas(64) std::atomic<uint32_t> clients{0};
    std::atomic<uint32_t> exchanges{0};
    std::atomic<bool> acceptPaused{false};
};

/// How threads reach workers, and what all workers count together. Made before the workers and outlives them; every
/// call is thread-safe.
class Switchboard {
  public:
    explicit Switchboard(size_t workers);

    size_t workers() const { return m_workers.size(); }

    WorkerAddress& worker(size_t index) { return *m_workers[index]; }

    const WorkerAddress& worker(size_t index) const { return *m_workers[index]; }

    void post(size_t worker, Message message);
    void postToAll(const Message& message);

    /// Passes a slot of `backend` on to the first who waits for one, or gives it up. `except`: a waiter that could
    /// not use it.
    void releaseSlot(const std::shared_ptr<proxy::BackendState>& backend, proxy::Waiter except = {0, 0});

    /// Takes the first who waits for a slot that `backend` could serve out of its pool's list.
    struct Waiting {
        proxy::Waiter waiter;
        std::shared_ptr<proxy::PoolState> pool;
    };

    std::optional<Waiting> takeWaiter(const proxy::BackendState& backend);
    /// Asks the other workers to close an idle connection of `backend`.
    void reclaimIdle(size_t asking, const std::shared_ptr<proxy::BackendState>& backend);
    void freeRetryPlace(proxy::PoolState& pool);
    /// A client has gone: workers that had stopped accepting go on.
    void clientGone();
    /// Has workers that had stopped accepting look again whether there is room.
    void wakeAcceptors();

    /// Client connections over all workers, and how many there may be.
    std::atomic<uint32_t> totalClients{0};
    std::atomic<uint32_t> maxClients{10000};

  private:
    std::vector<std::unique_ptr<WorkerAddress>> m_workers;
};

} // namespace reverxy::net
