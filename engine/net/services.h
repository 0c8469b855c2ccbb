// SPDX-License-Identifier: MIT
#pragma once

#include "net/health_reporter.h"
#include "net/journal.h"
#include "net/loop.h"
#include "net/switchboard.h"
#include "net/upstream_pool.h"
#include "net/waiting.h"

#include <memory>

namespace reverxy::net {

class ClientConnection;
class Transfer;

/// What a connection asks of its worker besides the services.
class WorkerHost {
  public:
    /// A transfer for a request that has begun; goes back by give().
    virtual Transfer& take() = 0;
    virtual void give(Transfer& transfer) = 0;
    /// The transfer has no client any more, or never had one; it ends by itself, or when the worker does.
    virtual void goesOnAlone(Transfer& transfer) = 0;
    /// Whether there is room for an exchange without a client.
    virtual bool mayBeginAlone() const = 0;
    /// The connection is closed: the worker lets go of it.
    virtual void clientClosed(ClientConnection& connection) = 0;

  protected:
    virtual ~WorkerHost() = default;
};

/// The parts of a worker, as its connections and transfers see them.
struct Services {
    Loop& loop;
    Switchboard& switchboard;
    UpstreamPool& upstreams;
    Journal& journal;
    WaitingTable& waiting;
    HealthReporter& health;
    WorkerHost& host;
    const uint32_t workerIndex;
    /// For requests that begin now.
    BoundRuntime* runtime = nullptr;
    bool draining = false;
    TimePoint drainBegan{};
};

} // namespace reverxy::net
