// SPDX-License-Identifier: MIT
#pragma once

#include "base/clock.h"
#include "base/ip_address.h"

#include <cstdint>
#include <vector>

namespace reverxy::observe {

/// Lets one line per client, kind and minute through, so that a flood of bad messages is no flood of log lines.
/// Bounded: a fixed table in which the oldest of a few places makes room; what was suppressed is counted. Belongs
/// to one thread.
class RepeatFilter {
  public:
    explicit RepeatFilter(size_t places = 1024);

    struct Verdict {
        bool pass;
        uint32_t suppressedBefore; // lines like this one held back since the last that passed
    };

    Verdict admit(const IpAddress& client, uint32_t kind, TimePoint now);

  private:
    struct Place {
        IpAddress client;
        uint32_t kind = 0;
        uint32_t suppressed = 0;
        TimePoint passed{};
        bool used = false;
    };

    std::vector<Place> m_places;
};

} // namespace reverxy::observe
