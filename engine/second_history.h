// SPDX-License-Identifier: MIT
#pragma once

#include "api/snapshot.h"
#include "observe/history.h"

#include <cstdint>
#include <span>
#include <vector>

namespace reverxy {

/// The seconds of the last 15 minutes as far as they were told, oldest first and without gaps. Belongs to one
/// thread.
class SecondHistory {
  public:
    /// How many of the last seconds to ask for next. A few are asked for anew each time: a worker that was late
    /// with one has it by then.
    uint32_t wanted() const { return m_wanted; }

    /// `told` has no gaps and is in order. What it tells anew replaces what was known. Where it does not follow on
    /// that, because the calendar's clock was set or nobody asked for long, all that was known is forgotten and
    /// asked for again.
    void take(std::span<const observe::SecondTotals> told);

    void clear();

    const std::vector<api::SecondTotals>& seconds() const { return m_seconds; }

  private:
    static constexpr uint32_t all = observe::History::length;
    static constexpr uint32_t latest = 12;

    uint32_t m_wanted = all;
    std::vector<api::SecondTotals> m_seconds;
};

} // namespace reverxy
