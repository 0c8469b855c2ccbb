// SPDX-License-Identifier: MIT
#pragma once

#include "base/name_table.h"
#include "limit/client_key.h"
#include "limit/client_table.h"
#include "proxy/runtime.h"

#include <vector>

// What people see of a Runtime's rate limiters, and what they may do to them. All of it may be called on any thread
// while requests are counted, and holds none of them up for more than a moment.

namespace reverxy::proxy {

/// Has a client of `limiter` (0: of all limiters) begin anew. False when none remembers it.
bool resetLimitedClient(const Runtime& runtime, NameId limiter, const limit::ClientKey& key);
/// Has all of them begin anew.
void resetLimitedClients(const Runtime& runtime);

/// Figures of one limiter, which the runtime holds. They begin anew when its algorithm, window or key changes.
struct LimiterFigures {
    NameId limiter = 0;
    limit::LimitTotals totals;
};

std::vector<LimiterFigures> limiterFigures(const Runtime& runtime);

} // namespace reverxy::proxy
