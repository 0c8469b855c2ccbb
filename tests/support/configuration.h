// SPDX-License-Identifier: MIT
#pragma once

#include "config/config.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace reverxy::test {

/// A configuration for stories: listens on 127.0.0.1 and a free port, two workers, one pool "default" with the
/// backends `origin-1`, `origin-2`, … on 127.0.0.1 and the given ports, round robin; no health checks, no cache, no
/// limits. Stories change what they tell about.
config::Config configFor(const std::vector<uint16_t>& ports);
/// `http://host:port[basePath]` under `name`.
config::Backend backend(std::string_view name, std::string_view host, uint16_t port,
                        std::string_view basePath = "");
config::Pool pool(std::string_view name, std::vector<config::Backend> backends);
/// To the pool at `pool` in Config::pools.
config::Route route(std::string_view name, uint32_t pool, std::string_view path = "/", std::string_view host = "");

} // namespace reverxy::test
