// SPDX-License-Identifier: MIT
#include "limit/memory_limit.h"

namespace reverxy::limit {

namespace {

constexpr uint64_t cachePercent = 80;
constexpr uint64_t frugalPercent = 88;
constexpr uint64_t holdPercent = 95;
constexpr uint64_t slackPercent = 5; // a measure ends so much below where it began

uint64_t share(uint64_t limit, uint64_t percent) {
    return limit / 100 * percent + limit % 100 * percent / 100;
}

} // namespace

MemoryMeasures measuresFor(const MemoryUse& use, const MemoryMeasures& before) {
    MemoryMeasures measures;
    if (use.limit == 0)
        return measures;
    const auto reached = [&use](uint64_t percent, bool already) {
        return use.used >= share(use.limit, already ? percent - slackPercent : percent);
    };
    const uint64_t most = share(use.limit, cachePercent);
    if (use.used <= most)
        measures.cacheBound = use.cache + (most - use.used);
    else
        measures.cacheBound = use.cache > use.used - most ? use.cache - (use.used - most) : 0;
    measures.frugalBuffers = reached(frugalPercent, before.frugalBuffers);
    measures.holdClients = use.clients > 0 && reached(holdPercent, before.holdClients);
    return measures;
}

} // namespace reverxy::limit
