// SPDX-License-Identifier: MIT
#pragma once

#include "base/buffer.h"

#include <cstring>
#include <string_view>

namespace reverxy::net {

/// What a connection has received and not yet consumed. Holds memory only while there is something in it, or
/// somebody else still looks at what was: bytes already given out stay where they are as long as their buffer is
/// referred to.
class ReceiveBuffer {
  public:
    std::string_view view() const { return {m_buffer ? m_buffer->data() + m_begin : nullptr, m_end - m_begin}; }

    bool empty() const { return m_begin == m_end; }

    Buffer* buffer() const { return m_buffer.raw(); }

    const BufferRef& reference() const { return m_buffer; }

    void consume(size_t count) {
        m_begin += static_cast<uint32_t>(count);
        if (m_begin == m_end) {
            m_buffer.reset();
            m_begin = m_end = 0;
        }
    }

    /// Room for the next receive, behind what is there. `large` asks for a large buffer where a new one is needed.
    struct Space {
        char* at;
        size_t size;
    };

    Space prepare(BufferPool& pool, bool large) {
        large = large && !pool.frugal();
        if (!m_buffer)
            m_buffer = large ? pool.takeLarge() : pool.takeSmall();
        if (m_end == m_buffer->capacity)
            makeRoom(pool, large);
        return {m_buffer->data() + m_end, m_buffer->capacity - m_end};
    }

    void received(size_t count) { m_end += static_cast<uint32_t>(count); }

    /// After a receive that brought nothing: an empty buffer goes back.
    void settle() { consume(0); }

    void clear() { consume(m_end - m_begin); }

  private:
    void makeRoom(BufferPool& pool, bool large) {
        const size_t held = m_end - m_begin;
        if (!m_buffer.shared() && m_begin > 0) {
            std::memmove(m_buffer->data(), m_buffer->data() + m_begin, held);
        } else {
            // Either somebody looks at the front part, or a single unit (a head) is larger than the buffer.
            const size_t wanted =
                held * 2 > BufferPool::smallCapacity || large ? BufferPool::largeCapacity : held * 2;
            BufferRef bigger = pool.takeAtLeast(wanted > held ? wanted : held * 2);
            std::memcpy(bigger->data(), m_buffer->data() + m_begin, held);
            m_buffer = std::move(bigger);
        }
        m_begin = 0;
        m_end = static_cast<uint32_t>(held);
    }

    BufferRef m_buffer;
    uint32_t m_begin = 0;
    uint32_t m_end = 0;
};

} // namespace reverxy::net
