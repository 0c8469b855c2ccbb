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

DecisionRing::Part DecisionRing::after(uint64_t position, size_t count) const {
    const uint64_t since = position < m_next ? m_next - position : 0;
    Part part;
    part.decisions = latest(static_cast<size_t>(std::min<uint64_t>(since, count)));
    part.skipped = since - part.decisions.size();
    return part;
}

} // namespace reverxy::observe
