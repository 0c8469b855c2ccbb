// SPDX-License-Identifier: MIT
#pragma once

#include "api/snapshot.h"
#include "base/name_table.h"
#include "health/snapshot.h"
#include "observe/report.h"
#include "proxy/runtime.h"

namespace reverxy {

/// What a snapshot is made of, all of one moment.
struct SnapshotSources {
    const observe::Report& report;
    const proxy::Runtime& runtime;
    const std::vector<health::PoolSnapshot>& health; // in the order of the runtime's pools
    const NameTable& names;
};

/// Pools with their backends, running exchanges and the traffic of the whole. The rest of `snapshot`, `seconds`
/// among it, stays as it is. Any thread.
void fillSnapshot(api::EngineSnapshot& snapshot, const SnapshotSources& sources);

} // namespace reverxy
