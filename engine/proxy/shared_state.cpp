// SPDX-License-Identifier: MIT
#include "proxy/shared_state.h"

#include <algorithm>
#include <array>

namespace reverxy::proxy {

BackendState::BackendState(std::string host, uint16_t port) : m_host(std::move(host)), m_port(port) {
    // RFC 6761 section 6.3: `localhost` never goes to a resolver. IPv6 first, as RFC 8305 section 4 prefers it.
    if (m_host == "localhost") {
        std::array<uint8_t, 16> v6{};
        v6[15] = 1;
        setAddresses({IpAddress::v6(v6), IpAddress::v4({127, 0, 0, 1})});
    } else if (const auto literal = IpAddress::parse(m_host)) {
        setAddresses({*literal});
    } else {
        m_needsResolving = true;
    }
}

bool BackendState::takeSlot() {
    const uint32_t max = m_maxConnections.load(std::memory_order_relaxed);
    if (max == 0) {
        m_connections.fetch_add(1);
        return true;
    }
    uint32_t taken = m_connections.load();
    while (taken < max) {
        if (m_connections.compare_exchange_weak(taken, taken + 1))
            return true;
    }
    return false;
}

void BackendState::setMaxConnections(uint32_t max) {
    if (max > 0)
        m_wasLimited = true;
    m_maxConnections.store(max);
}

std::optional<Waiter> BackendState::takeWaiter() {
    if (!m_wasLimited.load(std::memory_order_relaxed))
        return std::nullopt;
    std::lock_guard lock(m_mutex);
    for (const auto& pool : m_pools) {
        if (const auto waiter = pool->slotWaiters.takeFirst())
            return waiter;
    }
    return std::nullopt;
}

size_t BackendState::waiting() const {
    if (!m_wasLimited.load(std::memory_order_relaxed))
        return 0;
    std::lock_guard lock(m_mutex);
    size_t count = 0;
    for (const auto& pool : m_pools)
        count += pool->slotWaiters.size();
    return count;
}

std::vector<std::shared_ptr<PoolState>> BackendState::pools() const {
    std::lock_guard lock(m_mutex);
    return m_pools;
}

void BackendState::addPool(const std::shared_ptr<PoolState>& pool) {
    std::lock_guard lock(m_mutex);
    if (std::find(m_pools.begin(), m_pools.end(), pool) == m_pools.end())
        m_pools.push_back(pool);
}

std::shared_ptr<const ResolvedAddresses> BackendState::addresses() const {
    std::lock_guard lock(m_mutex);
    return m_addresses;
}

void BackendState::setAddresses(std::vector<IpAddress> addresses) {
    auto resolved = std::make_shared<const ResolvedAddresses>(ResolvedAddresses{std::move(addresses)});
    std::lock_guard lock(m_mutex);
    m_addresses = std::move(resolved);
}

std::shared_ptr<PoolState> SharedState::pool(std::string_view name) {
    std::lock_guard lock(m_mutex);
    auto it = m_pools.find(name);
    if (it == m_pools.end())
        it = m_pools.emplace(std::string(name), std::make_shared<PoolState>()).first;
    return it->second;
}

std::shared_ptr<BackendState> SharedState::backend(std::string_view host, uint16_t port) {
    std::lock_guard lock(m_mutex);
    auto& state = m_backends[{std::string(host), port}];
    if (!state)
        state = std::make_shared<BackendState>(std::string(host), port);
    return state;
}

std::shared_ptr<health::Target> SharedState::target(std::string_view host, uint16_t port,
                                                    health::ProbeDefinition probe) {
    std::lock_guard lock(m_mutex);
    auto& targets = m_targets[{std::string(host), port}];
    const health::Target* before = nullptr;
    for (const auto& target : targets) {
        if (target->definition() == probe)
            return target;
        if (target->definition().asksTheSame(probe))
            before = target.get();
    }
    auto target = std::make_shared<health::Target>(std::move(probe));
    if (before)
        target->continueFrom(*before);
    targets.push_back(target);
    return target;
}

std::shared_ptr<BackendSwitch> SharedState::backendSwitch(std::string_view pool, std::string_view backend,
                                                          bool configured) {
    std::lock_guard lock(m_mutex);
    auto& found = m_switches[{std::string(pool), std::string(backend)}];
    if (found)
        found->configure(configured);
    else
        found = std::make_shared<BackendSwitch>(configured);
    return found;
}

std::vector<std::shared_ptr<BackendState>> SharedState::backends() const {
    std::lock_guard lock(m_mutex);
    std::vector<std::shared_ptr<BackendState>> all;
    all.reserve(m_backends.size());
    for (const auto& [address, state] : m_backends)
        all.push_back(state);
    return all;
}

std::shared_ptr<limit::ClientTable>
SharedState::limitedClients(std::string_view routeName, const limit::QuotaPolicy& policy, const KeySetting& key) {
    std::lock_guard lock(m_mutex);
    const auto found = m_limited.find(routeName);
    if (found != m_limited.end() && found->second.policy.countsLike(policy) && found->second.key == key)
        return found->second.clients;
    auto clients = std::make_shared<limit::ClientTable>(m_seed, m_started);
    m_limited.insert_or_assign(std::string(routeName), Limited{policy, key, clients});
    return clients;
}

void SharedState::forgetUnused() {
    std::lock_guard lock(m_mutex);
    std::erase_if(m_limited, [](const auto& entry) { return entry.second.clients.use_count() == 1; });
    std::erase_if(m_backends, [](const auto& entry) { return entry.second.use_count() == 1; });
    std::erase_if(m_switches, [](const auto& entry) { return entry.second.use_count() == 1; });
    for (auto& [address, targets] : m_targets)
        std::erase_if(targets, [](const auto& target) { return target.use_count() == 1; });
    std::erase_if(m_targets, [](const auto& entry) { return entry.second.empty(); });
}

} // namespace reverxy::proxy
