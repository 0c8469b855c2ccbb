// SPDX-License-Identifier: MIT
#include "balance/round_robin.h"

namespace reverxy::balance {

void RoundRobin::setAvailable(std::span<const uint32_t> backends) {
    m_available.assign(backends.begin(), backends.end());
}

std::optional<size_t> RoundRobin::choose(uint64_t ticket, const LoadView& load) const {
    const size_t count = m_available.size();
    if (count == 0)
        return std::nullopt;
    size_t seat = static_cast<size_t>(ticket % count);
    for (size_t tried = 0; tried < count; ++tried) {
        if (load.eligible(m_available[seat]))
            return m_available[seat];
        seat = seat + 1 == count ? 0 : seat + 1;
    }
    return std::nullopt;
}

} // namespace reverxy::balance
