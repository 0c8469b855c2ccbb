// SPDX-License-Identifier: MIT
#pragma once

#include "limit/connection_counts.h"
#include "net/mailbox.h"
#include "net/message.h"
#include "net/wake_channel.h"
#include "observe/repeat_filter.h"

#include <atomic>
#include <memory>
#include <mutex>
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
    Switchboard(size_t workers, const HashSeed& seed);

    size_t workers() const { return m_workers.size(); }

    WorkerAddress& worker(size_t index) { return *m_workers[index]; }

    const WorkerAddress& worker(size_t index) const { return *m_workers[index]; }

    void post(size_t worker, Message message);
    void postToAll(const Message& message);

    /// Passes a slot of `backend` on to the first who waits for one, or gives it up. `refusals`: how many had no
    /// use for it.
    void releaseSlot(const std::shared_ptr<proxy::BackendState>& backend, size_t refusals = 0);
    /// After a limit was raised or lifted: gives the new slots to those who wait.
    void offerNewSlots(const std::shared_ptr<proxy::BackendState>& backend);
    /// After a backend of `pool` came back: gives its slots to those who wait for one there.
    void offerSlots(proxy::PoolState& pool, const std::shared_ptr<proxy::BackendState>& backend);
    /// After who is available in `pool` has changed: has those look again who wait for a slot there.
    void tellWaiting(proxy::PoolState& pool);
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
    /// New ones wait, for want of memory.
    std::atomic<bool> holdClients{false};

    bool hasRoom() const { return totalClients.load() < maxClients.load() && !holdClients.load(); }

    /// Of those, how many each client holds.
    limit::ConnectionCounts connectionsOfClients;

    /// Whether a line about a client (or, with no address, about the proxy itself) is to be written: once per
    /// client, kind and minute, over all workers.
    observe::RepeatFilter::Verdict admitWarning(const IpAddress& client, uint32_t kind, TimePoint now);

  private:
    std::vector<std::unique_ptr<WorkerAddress>> m_workers;
    std::mutex m_repeatsMutex; // off the path of good requests
    observe::RepeatFilter m_repeats;
};

} // namespace reverxy::net
