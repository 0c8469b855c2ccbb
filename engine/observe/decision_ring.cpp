// SPDX-License-Identifier: MIT
#include "observe/decision_ring.h"

#include <algorithm>

namespace reverxy::observe {

std::vector<Decision> DecisionRing::latest(size_t count) const {
    const uint64_t held = std::min<uint64_t>(m_next, m_slots.size());
    const uint64_t wanted = std::min<uint64_t>(count, held);
    std::vector<Decision> decisions;
    decisions.reserve(wanted);
    for (uint64_t i = m_next - wanted; i < m_next; ++i)
        decisions.push_back(m_slots[i % m_slots.size()]);
    return decisions;
}

} // namespace reverxy::observe
