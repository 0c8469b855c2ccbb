// SPDX-License-Identifier: MIT
#pragma once

#include "balance/balancer.h"
#include "base/name_table.h"
#include "config/config.h"
#include "http/head_parser.h"
#include "observe/redaction.h"
#include "proxy/runtime_limiter.h"
#include "proxy/shared_state.h"
#include "route/router.h"

#include <memory>
#include <string>
#include <vector>

namespace reverxy::proxy {

/// A backend as one configuration has it, joined to the state of its address. What every request looks at comes
/// first, as far as that goes on one cache line: that of one among many backends has to be fetched from memory.
struct alignas(64) RuntimeBackend {
    NameId name = 0;
    uint32_t weight = 1;
    std::shared_ptr<BackendState> state;
    std::shared_ptr<health::Target> health; // null: the pool's checker is off, and the backend counts as up
    std::string basePath;                   // "" or "/a/b"
    std::shared_ptr<BackendSwitch> operatorSwitch;
    std::string text;      // its name, for Proxy-Status
    std::string authority; // host[:port] as the Host field has it (`host_header: backend`)

    bool enabled() const { return operatorSwitch->on(); }

    bool down() const { return health && health->signal().read().down(); }

    bool available() const { return enabled() && !down(); }
};

struct RuntimePool {
    NameId name = 0;
    config::BalanceAlgorithm algorithm = config::BalanceAlgorithm::RoundRobin;
    config::WhenAllDown whenAllDown = config::WhenAllDown::TryAll;
    std::vector<RuntimeBackend> backends;
    std::shared_ptr<PoolState> state;
};

struct RuntimeRoute {
    NameId name = 0;
    uint32_t pool = 0;
    std::string stripPrefix;
    std::shared_ptr<const RuntimeLimiter> limiter; // its own or the global one; null: not limited
};

/// A configuration made ready for requests. Immutable and shared by all workers.
struct Runtime {
    config::Config config;
    http::HeadLimits headLimits;
    observe::Redaction redaction;
    route::Router router;
    std::vector<RuntimeRoute> routes;
    std::vector<RuntimePool> pools;
    cache::Cache* cache = nullptr;                               // of the SharedState; null: off
    std::vector<std::shared_ptr<const RuntimeLimiter>> limiters; // each once, those of routes behind the global one
};

/// Compiles `config`, finding the states of pools and addresses in `shared` and interning names. Never fails for a
/// configuration that the reader accepted. Called on the engine's thread.
std::shared_ptr<const Runtime> compileRuntime(const config::Config& config, SharedState& shared, NameTable& names);

/// One worker's use of a pool: who takes part, as last seen, and the balancer that was told so.
struct WorkerPool {
    std::unique_ptr<balance::Balancer> balancer;
    std::vector<uint32_t> available; // indexes, ascending
    bool allDown = false;            // those are tried though every one of them is down
    bool limited = false;            // some backend of the pool has a limit of connections
    uint32_t seen = 0;               // PoolState::availability
};

/// One worker's use of a Runtime, and a count of the exchanges that still run on it. Not shared between threads.
class WorkerRuntime {
  public:
    explicit WorkerRuntime(std::shared_ptr<const Runtime> compiled);

    /// The pool as it is now: costs one load where nothing has flipped.
    const WorkerPool& current(uint32_t pool) {
        if (m_pools[pool].seen != runtime->pools[pool].state->availability.load())
            look(pool);
        return m_pools[pool];
    }

    /// The pool as it was at the last call of current().
    const WorkerPool& pool(uint32_t pool) const { return m_pools[pool]; }

    std::shared_ptr<const Runtime> runtime;
    uint32_t exchanges = 0;

  private:
    void look(uint32_t index);

    std::vector<WorkerPool> m_pools;
};

} // namespace reverxy::proxy
