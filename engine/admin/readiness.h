// SPDX-License-Identifier: MIT
#pragma once

#include "admin/answer.h"
#include "config/config.h"
#include "health/snapshot.h"

#include <vector>

namespace reverxy::admin {

struct ReadinessFacts {
    bool draining = false;
    config::ReadyWhen readyWhen = config::ReadyWhen::AllPools;
    std::vector<health::PoolSnapshot> pools;
};

/// Whether requests sent here can be expected to be served: not while draining, and not unless all pools, or any
/// pool, as `readyWhen` says, have an available backend.
bool isReady(const ReadinessFacts& facts);

/// `/ready`: 200 or 503 with the reasons, and the state of every pool and backend, as JSON.
Answer readyAnswer(const ReadinessFacts& facts);
/// `/live`: 200 as long as anything is answered at all.
Answer liveAnswer(bool draining);

} // namespace reverxy::admin
