// SPDX-License-Identifier: MIT
#include "proxy/limited_clients.h"

#include <algorithm>

namespace reverxy::proxy {

std::vector<LimitedClient> limitedClients(const Runtime& runtime, size_t most, TimePoint now) {
    std::vector<LimitedClient> all;
    for (const auto& limiter : runtime.limiters) {
        for (const limit::ClientRow& row : limiter->clients->snapshot(limiter->policy, most, now))
            all.push_back({limiter->name, row});
    }
    if (runtime.limiters.size() > 1) {
        std::stable_sort(all.begin(), all.end(), [](const LimitedClient& one, const LimitedClient& other) {
            return limit::comesFirst(one.client, other.client);
        });
    }
    if (all.size() > most)
        all.resize(most);
    return all;
}

bool resetLimitedClient(const Runtime& runtime, NameId limiter, const limit::ClientKey& key) {
    bool known = false;
    for (const auto& candidate : runtime.limiters) {
        if (limiter == 0 || candidate->name == limiter)
            known = candidate->clients->reset(key) || known;
    }
    return known;
}

void resetLimitedClients(const Runtime& runtime) {
    for (const auto& limiter : runtime.limiters)
        limiter->clients->resetAll();
}

std::vector<LimiterFigures> limiterFigures(const Runtime& runtime) {
    std::vector<LimiterFigures> figures;
    for (const auto& limiter : runtime.limiters)
        figures.push_back({limiter->name, limiter->clients->totals()});
    return figures;
}

} // namespace reverxy::proxy
