// SPDX-License-Identifier: MIT
#pragma once

#include "behaviour/story.h"
#include "cache/verdicts.h"

namespace reverxy::test {

/// The same as configFor(), with the cache as it is by default.
inline config::Config cachingConfig(const std::vector<uint16_t>& ports) {
    config::Config config = configFor(ports);
    config.cache = config::Cache{};
    return config;
}

/// Answers with `body` and `fields`, and counts in X-Count how often it was asked.
inline Origin::Script counted(std::string body, Fields fields, int status = 200) {
    const auto count = std::make_shared<std::atomic<int>>(0);
    return [=](OriginExchange& exchange) {
        exchange.readBody();
        Fields all = fields;
        all.push_back({"X-Count", std::to_string(++*count)});
        exchange.respond(status, body, all);
    };
}

/// How often the origin had been asked when it made this response.
inline std::string countOf(const Response& response) {
    return response.field("X-Count");
}

inline cache::CacheVerdict verdictOf(const observe::Decision& decision) {
    return static_cast<cache::CacheVerdict>(decision.cache.verdict);
}

inline cache::StoreVerdict storeVerdictOf(const observe::Decision& decision) {
    return static_cast<cache::StoreVerdict>(decision.cache.store);
}

/// The names of both verdicts, as logs have them.
inline std::string verdictsOf(const observe::Decision& decision) {
    return std::string(cache::infoOf(verdictOf(decision)).name) + "/" +
           std::string(cache::infoOf(storeVerdictOf(decision)).name);
}

} // namespace reverxy::test
