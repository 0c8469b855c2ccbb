// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace reverxy::observe {

/// Upper bounds of the latency buckets, inclusive, in microseconds: those that the semantic conventions give for
/// `http.server.request.duration` (5 ms to 10 s), and finer ones below for services on the same machine.
inline constexpr std::array<uint32_t, 19> latencyBounds{
    100,     250,     500,     1'000,   2'500,     5'000,     10'000,    25'000,    50'000,    75'000,
    100'000, 250'000, 500'000, 750'000, 1'000'000, 2'500'000, 5'000'000, 7'500'000, 10'000'000};
/// One more, for what is beyond the last bound.
inline constexpr size_t latencyBuckets = latencyBounds.size() + 1;

/// The bucket that `micros` falls into.
constexpr size_t latencyBucketOf(uint32_t micros) {
    size_t bucket = 0;
    for (const uint32_t bound : latencyBounds) // without branches: what comes is not to be foretold
        bucket += micros > bound ? 1 : 0;
    return bucket;
}

/// How many fell into each bucket. `Count` is narrow where many of these are kept for a short time.
template <typename Count>
struct LatencyCounts {
    std::array<Count, latencyBuckets> buckets{};

    void add(uint32_t micros) { ++buckets[latencyBucketOf(micros)]; }

    template <typename Other>
    void merge(const LatencyCounts<Other>& other) {
        for (size_t i = 0; i < latencyBuckets; ++i)
            buckets[i] += static_cast<Count>(other.buckets[i]);
    }

    uint64_t total() const {
        uint64_t sum = 0;
        for (const Count count : buckets)
            sum += count;
        return sum;
    }

    bool operator==(const LatencyCounts&) const = default;
};

/// The latency that the share `q` (0 to 1) of those counted did not exceed, in microseconds, as if each bucket were
/// filled evenly; 0 when none were counted, and the last bound for what is beyond it.
uint32_t quantile(const LatencyCounts<uint64_t>& counts, double q);

/// A histogram as it is exported: the buckets and the sum of all that was counted.
struct Histogram {
    LatencyCounts<uint64_t> counts;
    uint64_t sumMicros = 0;

    void add(uint32_t micros) {
        counts.add(micros);
        sumMicros += micros;
    }

    void merge(const Histogram& other) {
        counts.merge(other.counts);
        sumMicros += other.sumMicros;
    }

    bool operator==(const Histogram&) const = default;
};

} // namespace reverxy::observe
