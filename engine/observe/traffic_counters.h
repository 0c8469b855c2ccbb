// SPDX-License-Identifier: MIT
#pragma once

#include "base/name_table.h"
#include "observe/decision.h"
#include "observe/histogram.h"
#include "observe/outcome.h"
#include "observe/recent_figures.h"
#include "observe/series_table.h"

#include <array>
#include <cstddef>
#include <cstdint>

namespace reverxy::observe {

/// Stands for all names that came after a table of series was full.
inline constexpr NameId otherNames = UINT32_MAX;
/// By the first digit of the status; 0: the client got none.
inline constexpr size_t statusClasses = 6;
using FailureCounts = std::array<uint64_t, failureKinds>;

/// Who answered: for a request that no backend was asked for, the backend is 0, and so are pool and route when
/// there was none.
struct ExchangeKey {
    NameId route = 0;
    NameId pool = 0;
    NameId backend = 0;
    bool operator==(const ExchangeKey&) const = default;

    static constexpr ExchangeKey rest() { return {otherNames, otherNames, otherNames}; }

    uint64_t hash() const;
};

struct NameKey {
    NameId name = 0;
    bool operator==(const NameKey&) const = default;

    static constexpr NameKey rest() { return {otherNames}; }

    uint64_t hash() const;
};

/// A backend's name means something within its pool only.
struct BackendKey {
    NameId pool = 0;
    NameId backend = 0;
    bool operator==(const BackendKey&) const = default;

    static constexpr BackendKey rest() { return {otherNames, otherNames}; }

    uint64_t hash() const;
};

/// Requests, by the class of their status and by outcome.
struct ExchangeSeries {
    std::array<std::array<uint64_t, outcomes>, statusClasses> requests{};
    void merge(const ExchangeSeries& other);
};

struct RouteSeries {
    Histogram duration; // latencyOf()
    uint64_t requestBodyBytes = 0;
    uint64_t responseBodyBytes = 0;
    void merge(const RouteSeries& other);
};

/// Whole exchanges, as their clients met them.
struct PoolSeries {
    uint64_t requests = 0;
    uint64_t errors = 0; // isError()
    uint64_t retries = 0;
    Histogram queueWait; // of those that waited for a slot or for a place in the retry budget
    RecentFigures recent;
    void merge(const PoolSeries& other);
};

/// Attempts, as the backend met them. Those that found their idle connection closed count as failures by kind and
/// nowhere else.
struct BackendSeries {
    uint64_t attempts = 0;
    uint64_t errors = 0;            // failed, or answered with 5xx
    uint64_t reusedConnections = 0; // attempts that needed no new connection
    FailureCounts failures{};
    Histogram firstByte; // from the start of the attempt to the response's head
    RecentFigures recent;
    void merge(const BackendSeries& other);
};

/// One worker's counts since it began, or those of several workers merged. Finds series by numbers alone and takes
/// no memory once it has seen a route with a backend. Belongs to one thread; a copy may go anywhere.
class TrafficCounters {
  public:
    /// At most this many series of each sort, and one for all others.
    static constexpr size_t seriesLimit = 2048;

    /// Without a limit: merged counts have none, for what was counted under a name must stay there.
    TrafficCounters() : TrafficCounters(SIZE_MAX) {}

    /// `limit` as seriesLimit.
    explicit TrafficCounters(size_t limit);

    /// A finished exchange. What the proxy asked by itself counts for the backend and in `background` alone.
    void add(const Decision& decision, TimePoint now);

    /// Has the processor fetch what add() will change, for an exchange that a backend has begun to answer.
    void prefetch(const Decision& decision, TimePoint now) const;

    void connectionAccepted() { ++connections; }

    void merge(const TrafficCounters& other);

    SeriesTable<ExchangeKey, ExchangeSeries> exchanges;
    SeriesTable<NameKey, RouteSeries> routes;
    SeriesTable<NameKey, PoolSeries> pools;
    SeriesTable<BackendKey, BackendSeries> backends;
    FailureCounts failures{};                    // how exchanges failed
    uint64_t upgrades = 0;                       // exchanges that became a tunnel
    std::array<uint64_t, outcomes> background{}; // validations of what is stored, which no client waited for
    uint64_t connections = 0;                    // of clients, accepted so far

  private:
    void addClients(const Decision& decision, Outcome outcome, TimePoint now);
};

} // namespace reverxy::observe
