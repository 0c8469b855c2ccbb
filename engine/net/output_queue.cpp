// SPDX-License-Identifier: MIT
#include "net/output_queue.h"

#include <array>
#include <cstring>

namespace reverxy::net {

namespace {
// Copying this little is cheaper than another part in the gathered send.
constexpr size_t copyLimit = 1024;
} // namespace

char* OutputQueue::reserve(BufferPool& pool, size_t size) {
    if (!m_scratch || m_scratch->capacity - m_scratchUsed < size) {
        m_scratch = pool.takeAtLeast(size);
        m_scratchUsed = 0;
    }
    return m_scratch->data() + m_scratchUsed;
}

void OutputQueue::commit(size_t size) {
    if (size == 0)
        return;
    const char* const start = m_scratch->data() + m_scratchUsed;
    m_scratchUsed += static_cast<uint32_t>(size);
    m_pending += size;
    if (!empty()) {
        Segment& last = m_segments.back();
        if (last.owner.raw() == m_scratch.raw() && last.bytes.data() + last.bytes.size() == start) {
            last.bytes = {last.bytes.data(), last.bytes.size() + size};
            return;
        }
    }
    m_segments.push_back({{start, size}, m_scratch, {}});
}

void OutputQueue::append(BufferPool& pool, const Piece& piece) {
    if (piece.bytes.empty())
        return;
    if (piece.shared) {
        m_pending += piece.bytes.size();
        m_segments.push_back({piece.bytes, {}, SharedRef<const SharedBytes>(piece.shared)});
        return;
    }
    if (!piece.owner || piece.bytes.size() <= copyLimit) {
        appendCopy(pool, piece.bytes);
        return;
    }
    m_pending += piece.bytes.size();
    m_segments.push_back({piece.bytes, BufferRef(piece.owner), {}});
}

void OutputQueue::appendCopy(BufferPool& pool, std::string_view bytes) {
    std::memcpy(reserve(pool, bytes.size()), bytes.data(), bytes.size());
    commit(bytes.size());
}

template <size_t most>
IoResult OutputQueue::send(int socket, EndFollows end, size_t& offered) const {
    std::array<std::string_view, most> parts;
    size_t count = 0;
    for (size_t i = m_first; i < m_segments.size() && count < most; ++i) {
        parts[count++] = m_segments[i].bytes;
        offered += m_segments[i].bytes.size();
    }
    return sendParts(socket, {parts.data(), count}, end);
}

IoResult OutputQueue::flush(int socket, EndFollows end) {
    size_t sent = 0;
    while (!empty()) {
        size_t offered = 0;
        // Most responses are a head and a body; room for more than is there would be cleared for nothing.
        const IoResult result =
            m_segments.size() - m_first <= 4 ? send<4>(socket, end, offered) : send<64>(socket, end, offered);
        if (result.kind != IoResult::Kind::Bytes)
            return {result.kind, sent, result.error};
        sent += result.count;
        drop(result.count);
        if (result.count < offered)
            return {IoResult::Kind::WouldBlock, sent, 0};
    }
    return {IoResult::Kind::Bytes, sent, 0};
}

void OutputQueue::drop(size_t count) {
    if (count == m_pending)
        return clear();
    m_pending -= count;
    while (count > 0) {
        Segment& first = m_segments[m_first];
        if (count < first.bytes.size()) {
            first.bytes.remove_prefix(count);
            return;
        }
        count -= first.bytes.size();
        first.owner.reset();
        first.shared.reset();
        ++m_first;
    }
}

void OutputQueue::clear() {
    m_segments.clear();
    m_first = 0;
    m_pending = 0;
    m_scratch.reset();
    m_scratchUsed = 0;
}

void OutputQueue::shrink() {
    if (empty() && m_segments.capacity() > 8)
        std::vector<Segment>().swap(m_segments);
}

} // namespace reverxy::net
