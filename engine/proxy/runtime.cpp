// SPDX-License-Identifier: MIT
#include "proxy/runtime.h"

#include "base/authority.h"

namespace reverxy::proxy {

namespace {

balance::Algorithm algorithmOf(config::BalanceAlgorithm algorithm) {
    switch (algorithm) {
    case config::BalanceAlgorithm::RoundRobin:
        return balance::Algorithm::RoundRobin;
    case config::BalanceAlgorithm::WeightedRoundRobin:
        return balance::Algorithm::WeightedRoundRobin;
    case config::BalanceAlgorithm::LeastConnections:
        return balance::Algorithm::LeastConnections;
    }
    return balance::Algorithm::RoundRobin;
}

RuntimePool compilePool(const config::Pool& pool, SharedState& shared, NameTable& names) {
    RuntimePool compiled;
    compiled.name = names.intern(pool.name);
    compiled.algorithm = pool.balance;
    compiled.whenAllDown = pool.whenAllDown;
    compiled.state = shared.pool(pool.name);
    for (const config::Backend& backend : pool.backends) {
        RuntimeBackend entry;
        entry.name = names.intern(backend.name);
        entry.text = backend.name;
        entry.authority = authorityOf(backend.url.host, backend.url.port);
        entry.basePath = backend.url.basePath;
        entry.weight = backend.weight;
        entry.state = shared.backend(backend.url.host, backend.url.port);
        // The limit is the address's: where two pools name one address, the later definition holds for both.
        entry.state->setMaxConnections(backend.maxConnections);
        entry.state->addPool(compiled.state);
        entry.operatorSwitch = shared.backendSwitch(pool.name, backend.name, backend.enabled);
        if (auto probe = health::probeOf(pool.healthChecker, backend))
            entry.health = shared.target(backend.url.host, backend.url.port, std::move(*probe));
        compiled.backends.push_back(std::move(entry));
    }
    ++compiled.state->availability; // a switch may have moved, which exchanges of older runtimes see too
    return compiled;
}

} // namespace

std::shared_ptr<const Runtime> compileRuntime(const config::Config& config, SharedState& shared, NameTable& names) {
    std::vector<route::Rule> rules;
    std::vector<RuntimeRoute> routes;
    std::vector<std::shared_ptr<const RuntimeLimiter>> limiters;
    const auto compileOne = [&](const config::RateLimiter& settings, std::string_view routeName) {
        auto limiter = compileLimiter(settings, routeName, shared, names);
        if (limiter)
            limiters.push_back(limiter);
        return limiter;
    };
    const auto global = compileOne(config.rateLimiter, {});
    for (const config::Route& route : config.routes) {
        rules.push_back({route.host, route.path});
        routes.push_back({names.intern(route.name), route.pool, route.stripPrefix,
                          route.rateLimiter ? compileOne(*route.rateLimiter, route.name) : global});
    }
    std::vector<RuntimePool> pools;
    for (const config::Pool& pool : config.pools)
        pools.push_back(compilePool(pool, shared, names));
    shared.cache().configure(config.cache);
    const http::HeadLimits limits{config.proxy.maxHeaderSize, config.proxy.maxHeaderCount};
    return std::make_shared<const Runtime>(
        Runtime{config, limits, observe::Redaction(config.log.redact), route::Router(rules), std::move(routes),
                std::move(pools), config.cache.enabled ? &shared.cache() : nullptr, std::move(limiters)});
}

WorkerRuntime::WorkerRuntime(std::shared_ptr<const Runtime> compiled) : runtime(std::move(compiled)) {
    std::vector<uint32_t> weights;
    for (const RuntimePool& pool : runtime->pools) {
        weights.clear();
        for (const RuntimeBackend& backend : pool.backends)
            weights.push_back(backend.weight);
        m_pools.push_back({balance::makeBalancer(algorithmOf(pool.algorithm), weights), {}, false, false, 0});
        look(static_cast<uint32_t>(m_pools.size() - 1));
    }
}

void WorkerRuntime::look(uint32_t index) {
    const RuntimePool& compiled = runtime->pools[index];
    WorkerPool& pool = m_pools[index];
    pool.seen = compiled.state->availability.load(); // before the look: what flips during it is seen the next time
    pool.available.clear();
    pool.limited = false;
    for (uint32_t i = 0; i < compiled.backends.size(); ++i) {
        if (compiled.backends[i].available())
            pool.available.push_back(i);
        pool.limited = pool.limited || compiled.backends[i].state->maxConnections() > 0;
    }
    pool.allDown = pool.available.empty();
    if (pool.allDown && compiled.whenAllDown == config::WhenAllDown::TryAll) {
        for (uint32_t i = 0; i < compiled.backends.size(); ++i) {
            if (compiled.backends[i].enabled())
                pool.available.push_back(i);
        }
    }
    pool.balancer->setAvailable(pool.available);
}

} // namespace reverxy::proxy
