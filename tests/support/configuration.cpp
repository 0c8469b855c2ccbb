// SPDX-License-Identifier: MIT
#include "support/configuration.h"

namespace reverxy::test {

config::Backend backend(std::string_view name, std::string_view host, uint16_t port, std::string_view basePath) {
    config::Backend backend;
    backend.name = name;
    backend.url.host = host;
    backend.url.port = port;
    backend.url.basePath = basePath;
    const bool literal = host.find(':') != std::string_view::npos;
    backend.url.text = "http://" + (literal ? "[" + std::string(host) + "]" : std::string(host)) + ":" +
                       std::to_string(port) + std::string(basePath);
    return backend;
}

config::Pool pool(std::string_view name, std::vector<config::Backend> backends) {
    config::Pool pool;
    pool.name = name;
    pool.healthChecker.enabled = false;
    pool.backends = std::move(backends);
    return pool;
}

config::Route route(std::string_view name, uint32_t pool, std::string_view path, std::string_view host) {
    config::Route route;
    route.name = name;
    route.host = host;
    route.path = path;
    route.pool = pool;
    return route;
}

config::Config configFor(const std::vector<uint16_t>& ports) {
    config::Config config;
    config.proxy.host = "127.0.0.1";
    config.proxy.port = 0;
    config.proxy.probePort = 0;
    config.proxy.workers = 2;
    config.log.level = config::LogLevel::Debug;
    config.cache.enabled = false;
    std::vector<config::Backend> backends;
    for (const uint16_t port : ports)
        backends.push_back(backend("origin-" + std::to_string(backends.size() + 1), "127.0.0.1", port));
    config.pools.push_back(pool("default", std::move(backends)));
    config.routes.push_back(route("default", 0));
    return config;
}

} // namespace reverxy::test
