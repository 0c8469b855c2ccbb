// SPDX-License-Identifier: MIT
#pragma once

#include "balance/balancer.h"
#include "base/name_table.h"
#include "config/config.h"
#include "http/head_parser.h"
#include "proxy/runtime_limiter.h"
#include "proxy/shared_state.h"
#include "route/router.h"

#include <memory>
#include <string>
#include <vector>

namespace reverxy::proxy {

/// A backend as one configuration has it, joined to the state of its address.
struct RuntimeBackend {
    NameId name = 0;
    std::string text;      // its name, for Proxy-Status
    std::string authority; // host[:port] as the Host field has it (`host_header: backend`)
    std::string basePath;  // "" or "/a/b"
    uint32_t weight = 1;
    bool enabled = true;
    std::shared_ptr<BackendState> state;
};

struct RuntimePool {
    NameId name = 0;
    config::BalanceAlgorithm algorithm = config::BalanceAlgorithm::RoundRobin;
    std::vector<RuntimeBackend> backends;
    std::vector<uint32_t> enabledBackends; // indexes, ascending
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
    route::Router router;
    std::vector<RuntimeRoute> routes;
    std::vector<RuntimePool> pools;
    std::vector<std::shared_ptr<const RuntimeLimiter>> limiters; // each once, those of routes behind the global one
};

/// Compiles `config`, finding the states of pools and addresses in `shared` and interning names. Never fails for a
/// configuration that the reader accepted. Called on the engine's thread.
std::shared_ptr<const Runtime> compileRuntime(const config::Config& config, SharedState& shared, NameTable& names);

/// One worker's use of a Runtime: its own balancers, and a count of the exchanges that still run on it. Not shared
/// between threads.
struct WorkerRuntime {
    explicit WorkerRuntime(std::shared_ptr<const Runtime> compiled);

    std::shared_ptr<const Runtime> runtime;
    std::vector<std::unique_ptr<balance::Balancer>> balancers; // one a pool
    uint32_t exchanges = 0;
};

} // namespace reverxy::proxy
