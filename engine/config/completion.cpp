// SPDX-License-Identifier: MIT
#include "config/draft.h"
#include "config/nearest.h"

#include <algorithm>
#include <unordered_map>

namespace reverxy::config {

namespace {

std::string element(const std::string& list, size_t index) {
    return list + "[" + std::to_string(index) + "]";
}

/// Gives the ones without a name theirs and reports names that are there twice. `T` has a `name`.
template <class T>
void nameAll(Draft& draft, std::vector<T>& items, const Setting& nameSetting, const std::string& list,
             std::string_view what) {
    std::unordered_map<std::string, size_t> first;
    for (size_t i = 0; i < items.size(); ++i) {
        const std::string path = element(list, i) + ".name";
        if (!draft.has(path))
            nameSetting.store(&items[i], *defaultOf(nameSetting, i + 1));
        if (items[i].name.empty())
            continue;
        const auto [found, isNew] = first.emplace(items[i].name, i);
        if (!isNew)
            draft.reportAt(path, path,
                           "`" + items[i].name + "` is already the name of " + element(list, found->second) +
                               ": give each " + std::string(what) + " its own");
    }
}

void completePool(Draft& draft, Pool& pool) {
    const std::string path = draft.pathOfPool(pool.name);
    if (!draft.has(path + ".load_balancer.type"))
        pool.balance = draft.config.balance;
    const std::string backends = path + ".backends";
    nameAll(draft, pool.backends, *findSetting(Group::Backend, "name"), backends, "backend of the pool");
    for (size_t i = 0; i < pool.backends.size(); ++i) {
        const std::string backend = element(backends, i);
        if (draft.has(backend) && !draft.has(backend + ".url"))
            draft.reportAt(backend, backend + ".url",
                           "is missing: write where the backend is, as `url: http://localhost:8081`");
    }
}

/// What the route's own limiter leaves unsaid is as in the global section, whatever that got from flags or
/// environment.
void inheritLimiter(Draft& draft, RateLimiter& own, const std::string& path) {
    for (const Setting& setting : settings()) {
        if (setting.group == Group::RateLimiter && !draft.has(path + "." + std::string(setting.key)))
            setting.store(&own, setting.load(&draft.config.rateLimiter));
    }
    // Whoever writes a limiter for a route wants one; the global default is no word against it.
    if (!draft.has(path + ".enabled") && !draft.has("rate_limiter.enabled"))
        own.enabled = true;
}

/// `prefix` is the beginning of `path` by whole segments.
bool isPrefixOf(std::string_view prefix, std::string_view path) {
    return prefix == "/" ||
           (path.starts_with(prefix) && (path.size() == prefix.size() || path[prefix.size()] == '/'));
}

void findPoolOf(Draft& draft, Route& route, const std::string& path) {
    const auto& pools = draft.config.pools;
    const auto found =
        std::find_if(pools.begin(), pools.end(), [&](const Pool& pool) { return pool.name == route.poolName; });
    if (found != pools.end()) {
        route.pool = static_cast<uint32_t>(found - pools.begin());
        return;
    }
    std::vector<std::string_view> names;
    std::string all;
    for (const Pool& pool : pools) {
        names.push_back(pool.name);
        all += (all.empty() ? "" : ", ") + pool.name;
    }
    if (draft.has(path + ".pool"))
        draft.reportAt(path + ".pool", path + ".pool",
                       "there is no pool " + quoted(route.poolName) + ": " +
                           suggestionOf(nearestOf(route.poolName, names)));
    else
        draft.reportAt(path, path + ".pool", "is missing, and there is no pool `default`: write one of " + all);
}

void completeRoutes(Draft& draft) {
    Config& config = draft.config;
    nameAll(draft, config.routes, *findSetting(Group::Route, "name"), "routes", "route");
    for (size_t i = 0; i < config.routes.size(); ++i) {
        Route& route = config.routes[i];
        const std::string path = element("routes", i);
        findPoolOf(draft, route, path);
        if (route.rateLimiter)
            inheritLimiter(draft, *route.rateLimiter, path + ".rate_limiter");
        if (!route.stripPrefix.empty() && !isPrefixOf(route.stripPrefix, route.path))
            draft.reportAt(path + ".strip_prefix", path + ".strip_prefix",
                           "`" + route.stripPrefix + "` is not how the route's path `" + route.path +
                               "` begins: write that path or a beginning of it, by whole segments");
        if (route.stripPrefix == "/")
            route.stripPrefix.clear(); // takes nothing off
    }
}

void completePools(Draft& draft) {
    std::vector<Pool>& pools = draft.config.pools;
    const auto isDefault = [](const Pool& pool) { return pool.name == "default"; };
    auto found = std::find_if(pools.begin(), pools.end(), isDefault);
    // Routes to named pools alone need no pool "default"; without routes or without any pool it is where requests
    // go.
    if (found == pools.end() && (draft.config.routes.empty() || pools.empty())) {
        found = pools.emplace(pools.end());
        found->name = "default";
    }
    // One order whatever the file's: `pool`, written or not, stands before `pools`.
    if (found != pools.end() && !draft.has("pools.default"))
        std::rotate(pools.begin(), found, std::next(found));
    for (Pool& pool : pools)
        completePool(draft, pool);
}

void checkPorts(Draft& draft) {
    const Proxy& proxy = draft.config.proxy;
    const auto everywhere = [](const std::string& host) { return host == "0.0.0.0" || host == "::"; };
    if (proxy.port == 0 || proxy.port != proxy.probePort)
        return;
    if (proxy.host != proxy.probeHost && !everywhere(proxy.host) && !everywhere(proxy.probeHost))
        return;
    // At the one that was chosen; a default cannot be repaired where it stands.
    const std::string key = draft.has("proxy.probe_port") ? "proxy.probe_port" : "proxy.port";
    draft.reportAt(key, key,
                   "`" + std::to_string(proxy.port) +
                       "` is both the clients' port and the probe port: give each its own, as " + "8080 and 8085");
}

} // namespace

void complete(Draft& draft) {
    completePools(draft);
    completeRoutes(draft);
    checkPorts(draft);
    Config& config = draft.config;
    if (config.routes.empty()) {
        Route all;
        all.name = "default";
        const auto found = std::find_if(config.pools.begin(), config.pools.end(),
                                        [](const Pool& pool) { return pool.name == "default"; });
        all.pool = static_cast<uint32_t>(found - config.pools.begin());
        config.routes.push_back(std::move(all));
    }
}

} // namespace reverxy::config
