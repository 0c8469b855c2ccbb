// SPDX-License-Identifier: MIT
// Metrics of the cache.
#include "admin/metrics.h"

#include "admin/metrics_writer.h"
#include "cache/verdicts.h"

namespace reverxy::admin {

namespace {

/// One sample for each verdict but the first, which stands for none; those never met are there with 0.
template <typename Verdict, size_t N>
void writeVerdicts(MetricsWriter& writer, std::string_view label, const std::array<uint64_t, N>& counts) {
    for (size_t i = 1; i < N; ++i)
        writer.sample({{label, infoOf(static_cast<Verdict>(i)).name}}, counts[i]);
}

} // namespace

void writeCache(MetricsWriter& writer, const MetricsFacts& facts) {
    using Type = MetricsWriter::Type;
    const cache::CacheTotals& totals = facts.cache;
    writer.family("reverxy_cache_requests_total", Type::Counter,
                  "Requests that the cache had a part in, by what it did with them.");
    writeVerdicts<CacheVerdict>(writer, "verdict", totals.verdicts);
    writer.family("reverxy_cache_responses_total", Type::Counter,
                  "Responses of backends, by whether they were stored or the reason why not.");
    writeVerdicts<StoreVerdict>(writer, "reason", totals.stores);
    writer.gauge("reverxy_cache_bytes", "Memory that stored responses take, with keys and indexes.", totals.bytes);
    writer.gauge("reverxy_cache_limit_bytes",
                 "Memory that stored responses may take now: cache.max_size, or less while memory is scarce.",
                 totals.limit);
    writer.gauge("reverxy_cache_entries", "Stored responses.", totals.entries);
    writer.gauge("reverxy_cache_fills", "Responses being received that other requests may follow.", totals.fills);
    writer.counter("reverxy_cache_evictions_total", "Stored responses that had to leave for others.",
                   totals.evictions);
}

} // namespace reverxy::admin
