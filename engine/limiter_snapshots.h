// SPDX-License-Identifier: MIT
#pragma once

#include "api/snapshot.h"
#include "base/clock.h"
#include "base/name_table.h"
#include "proxy/runtime.h"

#include <vector>

namespace reverxy {

/// The limiters in use with their clients, the throttled first. Any thread.
std::vector<api::LimiterSnapshot> limiterSnapshots(const proxy::Runtime& runtime, const NameTable& names,
                                                   TimePoint now, WallTime wall);

/// The client under `key` of the limiter `limiter`, both as the snapshot has them, begins anew. False when there is
/// none such. Any thread.
bool resetClient(const proxy::Runtime& runtime, const NameTable& names, const QString& limiter, const QString& key);

} // namespace reverxy
