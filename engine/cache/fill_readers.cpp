// SPDX-License-Identifier: MIT
// The readers' half of a fill.
#include "cache/fill.h"

#include <algorithm>
#include <utility>

namespace reverxy::cache {

bool Fill::join(Place& place) {
    std::lock_guard lock(m_mutex);
    if (!m_keptWhole || m_stage == FillStage::Broken || m_stage == FillStage::Released)
        return false;
    const auto free = std::find_if(m_slots.begin(), m_slots.end(), [](const Slot& slot) { return !slot.used; });
    place = Place();
    place.m_slot = static_cast<uint32_t>(free - m_slots.begin());
    if (free == m_slots.end())
        m_slots.emplace_back();
    m_slots[place.m_slot] = Slot();
    m_slots[place.m_slot].used = true;
    ++m_readers;
    return true;
}

Fill::Look Fill::look(const Place& place, Waiter reader) {
    std::lock_guard lock(m_mutex);
    Look seen;
    seen.stage = m_stage;
    switch (m_stage) {
    case FillStage::Pending: {
        Slot& slot = m_slots[place.m_slot];
        slot.waiter = reader;
        slot.waiting = true;
        break;
    }
    case FillStage::Released:
        if (Slot& slot = m_slots[place.m_slot]; m_reason == Release::InTurns && !takeTurn(slot)) {
            slot.waiter = reader;
            slot.waiting = true;
            m_nextTurn = std::min<size_t>(m_nextTurn, place.m_slot);
            seen.stage = FillStage::Pending;
            break;
        }
        seen.reason = m_reason;
        seen.failure = m_failure;
        break;
    default:
        seen.head = m_response;
        seen.length = m_stage == FillStage::Complete ? std::optional(m_received) : m_length;
        break;
    }
    return seen;
}

/// What lies behind `place`; false when nothing does yet.
bool Fill::takePart(Place& place, Piece& piece) {
    if (place.m_position == m_received)
        return false;
    if (m_inline) {
        piece = {m_response->inlineBytes(place.m_position, m_received - place.m_position), nullptr,
                 m_response.raw()};
        return true;
    }
    if (!place.m_block) {
        SharedRef<BodyBlock>& start = m_slots[place.m_slot].start;
        place.m_block = start ? std::exchange(start, {}) : m_first;
    } else if (place.m_offset == place.m_block->size()) {
        // The assignment lets go of the block that is passed only after its successor is held.
        place.m_block = place.m_block->next();
        place.m_offset = 0;
    }
    piece = {place.m_block->bytes().substr(place.m_offset), nullptr, place.m_block.raw()};
    place.m_offset = place.m_block->size();
    return true;
}

Fill::Part Fill::read(Place& place, Waiter reader, Wakes& wakes) {
    SharedRef<BodyBlock> passed = place.m_block; // freed without the lock
    std::lock_guard lock(m_mutex);
    Part part;
    part.stage = m_stage;
    part.more = takePart(place, part.piece);
    Slot& slot = m_slots[place.m_slot];
    if (part.more) {
        place.m_position += part.piece.bytes.size();
        slot.position = place.m_position;
        wakeLeader(wakes);
    } else if (m_stage == FillStage::Open) {
        slot.waiter = reader;
        slot.waiting = true;
    }
    return part;
}

void Fill::leave(Place& place, Wakes& wakes) {
    SharedRef<BodyBlock> unread; // freed without the lock
    std::lock_guard lock(m_mutex);
    Slot& slot = m_slots[place.m_slot];
    unread = std::move(slot.start);
    slot.used = false;
    slot.waiting = false;
    --m_readers;
    if (std::exchange(slot.turn, false))
        passTurn(wakes);
    if (m_readers == 0 && m_leaderAlone)
        wakes.push_back(m_leader);
    wakeLeader(wakes);
}

bool Fill::takeTurn(Slot& slot) {
    if (!slot.turn && m_turns < turnsAtOnce) {
        slot.turn = true;
        ++m_turns;
    }
    return slot.turn;
}

/// One after the other: nobody is woken in vain.
void Fill::passTurn(Wakes& wakes) {
    for (; m_nextTurn < m_slots.size(); ++m_nextTurn) {
        Slot& next = m_slots[m_nextTurn];
        if (!std::exchange(next.waiting, false))
            continue;
        next.turn = true;
        wakes.push_back(next.waiter);
        return;
    }
    --m_turns;
}

TimePoint Fill::stallsAt() const {
    std::lock_guard lock(m_mutex);
    switch (m_stage) {
    case FillStage::Pending:
        return m_lastProgress + m_patience;
    case FillStage::Released:
        return m_lastProgress + turnsLimit;
    default:
        return m_lastProgress + silenceLimit;
    }
}

bool Fill::releasedInTurns() const {
    std::lock_guard lock(m_mutex);
    return m_stage == FillStage::Released && m_reason == Release::InTurns;
}

bool Fill::heldUpBy(const Place& place) const {
    std::lock_guard lock(m_mutex);
    // Not the very last alone: when that one has gone, the others who do not go on are not to be waited for anew.
    return !m_keptWhole && m_readers > 1 && m_leaderWaiting && m_received - place.m_position > window / 2;
}

} // namespace reverxy::cache
