// SPDX-License-Identifier: MIT
#pragma once

#include "base/clock.h"
#include "base/ip_address.h"
#include "base/sip_hash.h"
#include "cache/cache.h"
#include "health/target.h"
#include "proxy/backend_switch.h"
#include "proxy/runtime_limiter.h"
#include "proxy/wait_list.h"

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// What must survive a reload: it lives beside every Runtime, is found by name or address when one is compiled, and
// is shared by all workers (DESIGN section 2, rule 3).

namespace reverxy::proxy {

/// What a pool carries from one configuration to the next, by its name.
struct PoolState {
    /// One number per request that asks the pool's balancer, over all workers.
    alignas(64) std::atomic<uint64_t> ticket{0};
    alignas(64) std::atomic<uint32_t> inFlight{0};
    std::atomic<uint32_t> retriesInFlight{0};
    WaitList slotWaiters;  // every backend at max_connections
    WaitList retryWaiters; // the retry budget is used up
    /// Moves on after every change of who is available: a health state or a switch has flipped. Workers that have
    /// seen an older one look at the backends again before they choose. Sequentially consistent, because of those
    /// who wait: they enter their list and look then, and who brings a backend back looks for them afterwards.
    alignas(64) std::atomic<uint32_t> availability{0};
};

/// The addresses a backend's name stands for, as of the last good answer.
struct ResolvedAddresses {
    std::vector<IpAddress> addresses;
};

/// What an address (host and port) carries, whichever pools name it.
class BackendState {
    // On one cache line, with the two members that follow: what every request looks at.
    alignas(64) std::atomic<uint32_t> m_connections{0};
    std::atomic<uint32_t> m_maxConnections{0};
    std::atomic<bool> m_wasLimited{false}; // somebody may wait even after the limit has been lifted

  public:
    /// Requests in flight, over all workers.
    std::atomic<uint32_t> inFlight{0};
    /// Idle connections, over all workers.
    std::atomic<uint32_t> idle{0};

    BackendState(std::string host, uint16_t port);

    const std::string& host() const { return m_host; }

    uint16_t port() const { return m_port; }

    /// Takes one of max_connections; false when all are taken. The slot belongs to a connection from before it is
    /// opened until it is closed.
    bool takeSlot();

    /// Gives a slot up without passing it on; see SharedState users for the passing.
    void dropSlot() { m_connections.fetch_sub(1); }

    uint32_t connections() const { return m_connections.load(); }

    /// 0 = no limit.
    uint32_t maxConnections() const { return m_maxConnections.load(std::memory_order_relaxed); }

    void setMaxConnections(uint32_t max);

    /// Joins a pool whose requests may wait for a slot here. Thread-safe.
    void addPool(const std::shared_ptr<PoolState>& pool);
    std::vector<std::shared_ptr<PoolState>> pools() const;
    /// Takes the first who waits for a slot here out of its pool's list. Thread-safe; costs nothing where there
    /// never was a limit.
    std::optional<Waiter> takeWaiter();
    /// How many wait for a slot that this backend could give.
    size_t waiting() const;

    /// The last good answer, or null when there was none yet. Thread-safe; asked once per new connection.
    std::shared_ptr<const ResolvedAddresses> addresses() const;
    void setAddresses(std::vector<IpAddress> addresses);

    /// The name is looked up on the engine's thread; an address or `localhost` is not.
    bool needsResolving() const { return m_needsResolving; }

    /// The last look-up failed and there is no older answer.
    std::atomic<bool> resolvingFailed{false};
    /// A connection failed: look the name up again soon. Cleared by whoever does.
    std::atomic<bool> refreshWanted{false};
    WaitList resolveWaiters;
    /// Which of the addresses answered last; the first to try.
    std::atomic<uint32_t> preferredAddress{0};

  private:
    const std::string m_host;
    const uint16_t m_port;
    bool m_needsResolving = false;
    mutable std::mutex m_mutex; // guards what follows
    std::vector<std::shared_ptr<PoolState>> m_pools;
    std::shared_ptr<const ResolvedAddresses> m_addresses;
};

/// Finds or makes the state of a name or an address. Thread-safe; used when a Runtime is compiled, never per
/// request.
class SharedState {
  public:
    /// `seed` is secret and new for each process; the limiters' windows are aligned on `started`.
    explicit SharedState(const HashSeed& seed = {}, TimePoint started = {}) : m_seed(seed), m_started(started) {}

    const HashSeed& seed() const { return m_seed; }

    /// The cache, whatever the configuration; a Runtime whose cache is off does not refer to it.
    cache::Cache& cache() { return *m_cache; }

    std::shared_ptr<PoolState> pool(std::string_view name);
    std::shared_ptr<BackendState> backend(std::string_view host, uint16_t port);
    /// The health of a backend's address as a probe sees it. A new one goes on with the verdict of one at the same
    /// address that asks the same. The engine's thread.
    std::shared_ptr<health::Target> target(std::string_view host, uint16_t port, health::ProbeDefinition probe);
    /// The operator's switch; `configured` is what the configuration says.
    std::shared_ptr<BackendSwitch> backendSwitch(std::string_view pool, std::string_view backend, bool configured);
    /// Every backend that some Runtime still refers to.
    std::vector<std::shared_ptr<BackendState>> backends() const;
    /// The clients of a route's own limiter, or with an empty name of the global one: those that are remembered, as
    /// long as what was counted goes on to count under `policy` and `key`; else none yet.
    std::shared_ptr<limit::ClientTable> limitedClients(std::string_view routeName, const limit::QuotaPolicy& policy,
                                                       const KeySetting& key);
    /// Forgets what only this table knows.
    void forgetUnused();

  private:
    struct Limited {
        limit::QuotaPolicy policy;
        KeySetting key;
        std::shared_ptr<limit::ClientTable> clients;
    };

    const HashSeed m_seed;
    const TimePoint m_started;
    const std::unique_ptr<cache::Cache> m_cache = std::make_unique<cache::Cache>(m_seed);
    mutable std::mutex m_mutex;
    std::map<std::string, Limited, std::less<>> m_limited;
    std::map<std::string, std::shared_ptr<PoolState>, std::less<>> m_pools;
    std::map<std::pair<std::string, uint16_t>, std::shared_ptr<BackendState>> m_backends;
    std::map<std::pair<std::string, uint16_t>, std::vector<std::shared_ptr<health::Target>>> m_targets;
    std::map<std::pair<std::string, std::string>, std::shared_ptr<BackendSwitch>> m_switches; // by pool and backend
};

} // namespace reverxy::proxy
