// SPDX-License-Identifier: MIT
#pragma once

#include "base/buffer.h"
#include "net/socket.h"

#include <string_view>
#include <vector>

namespace reverxy::net {

/// What a connection has still to send: parts of buffers, gathered into one send. Heads and small pieces are
/// written into a buffer of the queue's own, side by side; large pieces, and shared ones, stay where they are.
class OutputQueue {
  public:
    bool empty() const { return m_first == m_segments.size(); }

    size_t pendingBytes() const { return m_pending; }

    /// Memory for `size` bytes at the end of the queue; commit() says how many were written. Nothing else may come
    /// between.
    char* reserve(BufferPool& pool, size_t size);
    void commit(size_t size);
    void append(BufferPool& pool, const Piece& piece);
    void appendCopy(BufferPool& pool, std::string_view bytes);

    /// Sends as much as the socket takes. WouldBlock: something is left. Bytes: all is sent; `count` is what went
    /// this time. EndFollows::Yes: shutdownSending() follows where this empties the queue.
    IoResult flush(int socket, EndFollows end = EndFollows::No);
    void clear();
    /// Gives memory back that an idle connection does not need.
    void shrink();

  private:
    struct Segment {
        std::string_view bytes;
        BufferRef owner;
        SharedRef<const SharedBytes> shared;
    };

    /// Offers the socket the first parts, at most so many; `offered` becomes their size.
    template <size_t most>
    IoResult send(int socket, EndFollows end, size_t& offered) const;
    void drop(size_t count);

    std::vector<Segment> m_segments;
    size_t m_first = 0;
    size_t m_pending = 0;
    BufferRef m_scratch; // where copies go
    uint32_t m_scratchUsed = 0;
};

} // namespace reverxy::net
