// SPDX-License-Identifier: MIT
#pragma once

#include "base/clock.h"
#include "observe/histogram.h"
#include "observe/outcome.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace reverxy::observe {

/// What ended within one second.
struct SecondTotals {
    int64_t second = 0;
    std::array<uint32_t, outcomes> requests{};
    uint64_t requestBodyBytes = 0;
    uint64_t responseBodyBytes = 0;
    LatencyCounts<uint32_t> latency;

    void merge(const SecondTotals& other);
    bool operator==(const SecondTotals&) const = default;
};

/// The second of monotonic time that `now` lies in. Totals are kept by these, which never step back; whoever shows
/// them adds the difference to calendar time.
inline int64_t secondOf(TimePoint now) {
    return std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count();
}

/// One worker's totals of each of the last 15 minutes' seconds. Belongs to one thread; takes all its memory when it
/// is made.
class History {
  public:
    static constexpr size_t length = 15 * 60;

    /// Counting begins in the second `first`.
    explicit History(int64_t first);

    void add(int64_t second, Outcome outcome, uint64_t requestBodyBytes, uint64_t responseBodyBytes,
             uint32_t micros);
    /// At most `count` seconds, the last one before `second`, oldest first and without gaps: a second in which
    /// nothing ended is there, with zeros.
    std::vector<SecondTotals> before(int64_t second, size_t count) const;

  private:
    SecondTotals& slot(int64_t second) { return m_slots[static_cast<size_t>(second) % length]; }

    const SecondTotals& slot(int64_t second) const { return m_slots[static_cast<size_t>(second) % length]; }

    int64_t m_first;
    int64_t m_last; // nothing was counted after it; slots up to it are valid
    std::vector<SecondTotals> m_slots;
};

/// Adds one worker's seconds to those of others; both without gaps, oldest first, and so is the result.
void mergeSeconds(std::vector<SecondTotals>& into, const std::vector<SecondTotals>& from);

} // namespace reverxy::observe
