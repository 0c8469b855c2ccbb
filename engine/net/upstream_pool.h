// SPDX-License-Identifier: MIT
#pragma once

#include "net/switchboard.h"
#include "net/upstream_connection.h"
#include "proxy/runtime.h"

#include <memory>
#include <unordered_map>
#include <vector>

namespace reverxy::net {

/// What one worker holds of a backend: its idle connections, the last used at the end.
struct WorkerBackend {
    std::shared_ptr<proxy::BackendState> state;
    std::vector<std::unique_ptr<UpstreamConnection>> idle;
    Duration idleTimeout{};
    bool wanted = true;    // the current configuration names it
    uint32_t bindings = 0; // places in runtimes that lead here
};

/// One worker's runtime with the backends it leads to, so that a request finds its backend by two indexes.
struct BoundRuntime {
    explicit BoundRuntime(std::shared_ptr<const proxy::Runtime> runtime) : worker(std::move(runtime)) {}

    proxy::WorkerRuntime worker;
    std::vector<std::vector<WorkerBackend*>> backends; // by pool, by backend
};

/// The connections of one worker to all backends that no exchange uses, and the slots of all its connections
/// (max_connections of a backend counts them from before they open until they are closed).
class UpstreamPool final : public IdleKeeper {
  public:
    UpstreamPool(Loop& loop, Switchboard& switchboard, uint32_t workerIndex);
    ~UpstreamPool() override;

    /// Joins a new runtime to the worker's backends. Idle connections of backends that it does not name are closed.
    std::unique_ptr<BoundRuntime> bind(std::shared_ptr<const proxy::Runtime> runtime);

    /// Undoes bind() once no exchange uses the runtime any more: backends that nothing leads to are forgotten.
    void unbind(const BoundRuntime& bound);

    /// An idle connection that is still open, or null. For a request that is `repeatable` should it prove closed,
    /// the system is not asked each time.
    std::unique_ptr<UpstreamConnection> takeIdle(WorkerBackend& backend, bool repeatable);
    /// Takes a connection that may carry another request: keeps it idle, or passes it or its slot to who waits.
    void keep(std::unique_ptr<UpstreamConnection> connection);
    /// Closes a connection and passes its slot on.
    void close(std::unique_ptr<UpstreamConnection> connection);
    /// Closes one idle connection for the sake of another worker.
    void reclaim(const proxy::BackendState& backend);
    /// Closes every idle connection.
    void closeIdle();
    /// Frees a descriptor; false when none is idle.
    bool closeOneIdle();
    /// Passes an idle connection, or its slot, on to the first who waits. `refusals`: how many had no use for it.
    void offerIdle(const proxy::BackendState& backend, size_t refusals);

  private:
    void idleEnded(UpstreamConnection& connection) override;
    std::unique_ptr<UpstreamConnection> takeOut(UpstreamConnection& connection);

    Loop& m_loop;
    Switchboard& m_switchboard;
    const uint32_t m_workerIndex;
    std::unordered_map<const proxy::BackendState*, std::unique_ptr<WorkerBackend>> m_backends;
};

} // namespace reverxy::net
