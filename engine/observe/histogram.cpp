// SPDX-License-Identifier: MIT
#include "observe/histogram.h"

#include <algorithm>
#include <cmath>

namespace reverxy::observe {

uint32_t quantile(const LatencyCounts<uint64_t>& counts, double q) {
    const uint64_t total = counts.total();
    if (total == 0)
        return 0;
    const double rank = std::clamp(q, 0.0, 1.0) * static_cast<double>(total);
    double below = 0;
    for (size_t i = 0; i < latencyBounds.size(); ++i) {
        const auto here = static_cast<double>(counts.buckets[i]);
        if (here > 0 && below + here >= rank) {
            const double low = i > 0 ? latencyBounds[i - 1] : 0;
            const double high = latencyBounds[i];
            return static_cast<uint32_t>(std::lround(low + (high - low) * std::max(0.0, rank - below) / here));
        }
        below += here;
    }
    return latencyBounds.back();
}

} // namespace reverxy::observe
