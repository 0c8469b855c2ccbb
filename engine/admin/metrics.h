// SPDX-License-Identifier: MIT
#pragma once

#include "admin/process_figures.h"
#include "base/name_table.h"
#include "cache/cache.h"
#include "health/snapshot.h"
#include "observe/report.h"
#include "proxy/runtime.h"

#include <cstdint>
#include <string>
#include <vector>

namespace reverxy::admin {

class MetricsWriter;

/// Everything that /metrics shows, at one moment.
struct MetricsFacts {
    const observe::Report& report; // with counters
    const proxy::Runtime& runtime;
    const std::vector<health::PoolSnapshot>& health; // in the runtime's order
    const NameTable& names;
    ProcessFigures process{};
    cache::CacheTotals cache{};
    uint32_t workers = 0;
    uint32_t clientConnections = 0;
    uint32_t maxClientConnections = 0;
    uint32_t runningExchanges = 0;
    uint64_t logRecordsDropped = 0;
    bool ready = false;
    bool draining = false;
};

/// `/metrics` as text. Labels are names of the configuration, classes of statuses and the engine's own words: what
/// clients send never becomes one, so that their number is bounded.
std::string metricsText(const MetricsFacts& facts);

// The parts of it.
void writeTraffic(MetricsWriter& writer, const MetricsFacts& facts);
void writeCache(MetricsWriter& writer, const MetricsFacts& facts);
void writeLimiters(MetricsWriter& writer, const MetricsFacts& facts);
void writePools(MetricsWriter& writer, const MetricsFacts& facts);
void writeBackends(MetricsWriter& writer, const MetricsFacts& facts);
void writeProcess(MetricsWriter& writer, const MetricsFacts& facts);

/// The label for a name in counters: nothing for none, so that the label is absent, and `(other)` for the names
/// that there was no room for.
std::string_view labelOf(NameId id, const NameTable& names);

} // namespace reverxy::admin
