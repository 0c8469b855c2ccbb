// SPDX-License-Identifier: MIT
// The leader's half of a fill.
#include "cache/fill.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace reverxy::cache {

namespace {
// Bodies of unknown length begin small.
constexpr uint32_t leastBlock = 4 * 1024;
constexpr uint32_t greatestBlock = 64 * 1024;
} // namespace

Fill::~Fill() {
    unreserve();
}

bool Fill::reserve(uint64_t bytes, TimePoint now) {
    if (!m_store.reserve(bytes, now))
        return false;
    m_reserved += bytes;
    return true;
}

void Fill::unreserve() {
    m_store.unreserve(std::exchange(m_reserved, 0));
}

bool Fill::open(const StoredParts& parts, std::optional<uint64_t> length, uint64_t maxEntrySize, TimePoint now,
                Wakes& wakes) {
    if (length.value_or(0) > maxEntrySize)
        return false;
    m_inline = length && *length <= inlineLimit;
    auto response = StoredResponse::make(parts, m_inline ? static_cast<uint32_t>(*length) : 0);
    // Blocks are set aside one by one as they come; the look ahead only keeps out what cannot fit.
    const uint64_t ahead = m_inline ? 0 : length.value_or(0);
    if (response->footprint() > maxEntrySize || !reserve(response->footprint() + ahead, now))
        return false;
    m_store.unreserve(ahead);
    m_reserved -= ahead;
    m_maxEntrySize = maxEntrySize;
    m_length = length;
    m_response = std::move(response);
    std::lock_guard lock(m_mutex);
    m_stage = FillStage::Open;
    m_lastProgress = now;
    wakeReaders(wakes);
    return true;
}

void Fill::append(std::string_view bytes, TimePoint now, Wakes& wakes) {
    if (bytes.empty())
        return;
    if (!m_inline)
        return appendBlocks(bytes, now, wakes);
    // Only the leader writes, behind what readers may see.
    const uint64_t room = *m_length - m_received;
    bytes = bytes.substr(0, room);
    std::memcpy(m_response->inlineBody() + m_received, bytes.data(), bytes.size());
    std::lock_guard lock(m_mutex);
    m_received += bytes.size();
    m_lastProgress = now;
    wakeReaders(wakes);
}

void Fill::appendBlocks(std::string_view bytes, TimePoint now, Wakes& wakes) {
    const uint64_t size = bytes.size();
    uint32_t behindLast = 0;
    if (m_last) {
        behindLast = m_last->write(bytes);
        bytes.remove_prefix(behindLast);
    }
    SharedRef<BodyBlock> first;
    SharedRef<BodyBlock> last;
    uint64_t footprint = 0;
    for (uint64_t total = m_received + behindLast; !bytes.empty();) {
        uint64_t capacity = std::clamp<uint64_t>(total, leastBlock, greatestBlock);
        if (m_length && !m_windowed)
            capacity = std::clamp<uint64_t>(*m_length - total, 1, greatestBlock);
        auto block = BodyBlock::make(static_cast<uint32_t>(capacity));
        const uint32_t count = block->append(bytes);
        bytes.remove_prefix(count);
        total += count;
        footprint += block->footprint();
        if (last)
            last->setNext(block);
        else
            first = block;
        last = std::move(block);
    }
    bool keep = !m_windowed;
    if (keep)
        keep = m_received + size <= m_maxEntrySize && (footprint == 0 || reserve(footprint, now));
    m_blocksFootprint += footprint;

    std::lock_guard lock(m_mutex);
    if (!keep && !m_windowed)
        stopKeeping();
    if (behindLast > 0)
        m_last->publish(behindLast);
    if (first) {
        if (m_last)
            m_last->setNext(first);
        else if (keep)
            m_first = first;
        else
            for (Slot& slot : m_slots)
                slot.start = slot.used ? first : SharedRef<BodyBlock>();
        m_last = std::move(last);
    }
    m_received += size;
    m_lastProgress = now;
    wakeReaders(wakes);
}

/// From here on the body goes through the window: what every reader has passed is freed.
void Fill::stopKeeping() {
    m_windowed = true;
    m_keptWhole = false;
    for (Slot& slot : m_slots) {
        if (slot.used && slot.position == 0)
            slot.start = m_first;
    }
    m_first.reset();
    unreserve();
}

void Fill::goOn(TimePoint now) {
    std::lock_guard lock(m_mutex);
    m_lastProgress = now;
}

bool Fill::takesMore(Waiter leader) {
    if (!m_windowed)
        return true;
    std::lock_guard lock(m_mutex);
    m_leaderWaiting = room() == 0;
    if (m_leaderWaiting)
        m_leader = leader;
    return !m_leaderWaiting;
}

StoredRef Fill::complete(TimePoint now, Wakes& wakes) {
    SharedRef<StoredResponse> stored;
    if (!m_windowed)
        stored = finished();
    unreserve();
    std::lock_guard lock(m_mutex);
    m_stage = FillStage::Complete;
    m_lastProgress = now;
    wakeReaders(wakes);
    return stored;
}

/// The entry for the store: a small body moves into one piece with its head. Readers of the blocks keep those.
SharedRef<StoredResponse> Fill::finished() {
    if (m_inline) {
        m_response->setInlineBody(static_cast<uint32_t>(m_received));
        return m_response;
    }
    if (m_received <= inlineLimit)
        return StoredResponse::makeCompact(*m_response, m_first.raw(), static_cast<uint32_t>(m_received));
    m_response->setBody(m_first, m_received, m_blocksFootprint);
    return m_response;
}

void Fill::breakOff(Wakes& wakes) {
    std::lock_guard lock(m_mutex);
    m_stage = FillStage::Broken;
    wakeReaders(wakes);
}

void Fill::release(Release reason, Failure failure, Wakes& wakes) {
    std::lock_guard lock(m_mutex);
    // What has come to an end, good or bad, stays so for those who still read: its leader may leave before they do.
    if (m_stage == FillStage::Complete || m_stage == FillStage::Broken)
        return;
    m_stage = FillStage::Released;
    m_reason = reason;
    m_failure = failure;
    wakeReaders(wakes);
}

void Fill::releaseInTurns(TimePoint now, Wakes& wakes) {
    std::lock_guard lock(m_mutex);
    m_stage = FillStage::Released;
    m_reason = Release::InTurns;
    m_lastProgress = now;
    wakeReaders(wakes); // each learns for how long it waits now
}

void Fill::leadAlone(Waiter leader) {
    std::lock_guard lock(m_mutex);
    m_leader = leader;
    m_leaderAlone = true;
}

bool Fill::wantedByOthers() const {
    std::lock_guard lock(m_mutex);
    if (m_stage != FillStage::Pending && m_stage != FillStage::Open)
        return false;
    // Where no length is known the end may never come.
    return m_readers > 0 || (m_stage == FillStage::Open && m_keptWhole && m_length && *m_length <= smallBody);
}

void Fill::wakeReaders(Wakes& wakes) {
    for (Slot& slot : m_slots) {
        if (slot.used && std::exchange(slot.waiting, false))
            wakes.push_back(slot.waiter);
    }
}

/// Once there is room worth going on for.
void Fill::wakeLeader(Wakes& wakes) {
    if (m_leaderWaiting && room() >= window / 2) {
        m_leaderWaiting = false;
        wakes.push_back(m_leader);
    }
}

uint64_t Fill::slowest() const {
    uint64_t least = m_received;
    for (const Slot& slot : m_slots) {
        if (slot.used)
            least = std::min(least, slot.position);
    }
    return least;
}

uint64_t Fill::room() const {
    const uint64_t ahead = m_received - slowest();
    return ahead < window ? window - ahead : 0;
}

} // namespace reverxy::cache
