// SPDX-License-Identifier: MIT
#include "observe/decision_ring.h"

#include "observe/packed_decision.h"

#include <algorithm>
#include <cassert>
#include <cstring>

namespace reverxy::observe {

namespace {
using Size = uint32_t;
}

DecisionRing::DecisionRing(size_t bytes) : m_bytes(std::max(bytes, sizeof(Size) + maxPackedSize())) {}

void DecisionRing::add(const Decision& decision) {
    const size_t packed = packedSizeOf(decision);
    char* const at = room(sizeof(Size) + packed);
    const auto size = static_cast<Size>(sizeof(Size) + packed);
    std::memcpy(at, &size, sizeof size);
    packDecision(decision, at + sizeof size);
    ++m_held;
    ++m_added;
}

/// So many bytes in one piece: behind the newest record or, where too little is left there, at the front.
char* DecisionRing::room(size_t size) {
    for (;;) {
        if (m_held == 0) {
            m_begin = m_end = 0;
            m_wrapped = false;
        }
        if (!m_wrapped) {
            if (m_bytes.size() - m_end >= size)
                break;
            m_wrappedAt = m_end;
            m_end = 0;
            m_wrapped = true;
        }
        if (m_begin - m_end >= size)
            break;
        dropOldest();
    }
    char* const at = m_bytes.data() + m_end;
    m_end += size;
    return at;
}

void DecisionRing::dropOldest() {
    assert(m_held > 0);
    m_begin = next(m_begin);
    --m_held;
    if (m_wrapped && m_begin == m_wrappedAt) {
        m_begin = 0;
        m_wrapped = false;
    }
}

size_t DecisionRing::next(size_t record) const {
    Size size;
    std::memcpy(&size, m_bytes.data() + record, sizeof size);
    return record + size;
}

std::vector<Decision> DecisionRing::latest(size_t count) const {
    const uint64_t wanted = std::min<uint64_t>(count, m_held);
    std::vector<Decision> decisions;
    if (wanted == 0)
        return decisions;
    decisions.reserve(wanted);
    size_t record = m_begin;
    for (uint64_t i = 0; i < m_held; ++i) {
        if (m_wrapped && record == m_wrappedAt)
            record = 0;
        if (m_held - i <= wanted)
            decisions.push_back(unpackDecision(m_bytes.data() + record + sizeof(Size)));
        record = next(record);
    }
    return decisions;
}

DecisionRing::Part DecisionRing::after(uint64_t position, size_t count) const {
    const uint64_t since = position < m_added ? m_added - position : 0;
    Part part;
    part.decisions = latest(static_cast<size_t>(std::min<uint64_t>(since, count)));
    part.skipped = since - part.decisions.size();
    return part;
}

} // namespace reverxy::observe
