// SPDX-License-Identifier: MIT
#include "proxy/limited_clients.h"

namespace reverxy::proxy {

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
