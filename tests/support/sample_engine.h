// SPDX-License-Identifier: MIT
#pragma once

#include "api/snapshot.h"

#include <vector>

// An engine as it might be: values that hang together, the same at every run. For pictures, and for tests that need
// more than a few rows.

namespace reverxy::test {

/// The moment of all samples: 10:24:30 of local time, so that pictures do not depend on the zone.
QDateTime sampleTime();

/// Three pools with eight backends, one of them down, one disabled, a quarter hour of traffic.
api::EngineSnapshot sampleSnapshot();
/// The same after `seconds` more; traffic goes on.
api::EngineSnapshot sampleSnapshotAfter(int seconds);
/// Running, without any backend.
api::EngineSnapshot emptySnapshot();
/// Stopped by its user.
api::EngineSnapshot stoppedSnapshot();
/// Stopped because of a port that is taken.
api::EngineSnapshot failedSnapshot();
/// `pools` pools with `backends` backends together, all busy.
api::EngineSnapshot largeSnapshot(int pools, int backends, int tick);

/// `count` ended exchanges of the sample's traffic, oldest first; ids begin at `firstId`.
std::vector<api::Exchange> sampleExchanges(int count, uint64_t firstId = 1);
/// One that found its first backend gone and was answered by the second.
api::Exchange retriedExchange(uint64_t id);
api::Exchange streamingExchange(uint64_t id, int runsForMs);

} // namespace reverxy::test
