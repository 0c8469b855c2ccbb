// SPDX-License-Identifier: MIT
#pragma once

#include "base/shared_bytes.h"

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

namespace reverxy {

class BufferPool;

/// A block of memory with a count of those who still need its bytes. The count is not atomic: a buffer belongs to
/// one worker thread. It returns to its pool when the last BufferRef lets go.
struct Buffer {
    BufferPool* pool;
    Buffer* next; // in the pool's free list
    uint32_t references;
    uint32_t capacity;

    char* data() { return reinterpret_cast<char*>(this + 1); }

    const char* data() const { return reinterpret_cast<const char*>(this + 1); }
};

/// Shares a Buffer among the connections of one worker.
class BufferRef {
  public:
    BufferRef() = default;

    explicit BufferRef(Buffer* buffer) : m_buffer(buffer) { retain(); }

    BufferRef(const BufferRef& other) : m_buffer(other.m_buffer) { retain(); }

    BufferRef(BufferRef&& other) noexcept : m_buffer(std::exchange(other.m_buffer, nullptr)) {}

    BufferRef& operator=(BufferRef other) noexcept {
        std::swap(m_buffer, other.m_buffer);
        return *this;
    }

    ~BufferRef() { release(); }

    void reset() { release(), m_buffer = nullptr; }

    Buffer* operator->() const { return m_buffer; }

    Buffer* raw() const { return m_buffer; }

    explicit operator bool() const { return m_buffer != nullptr; }

    bool shared() const { return m_buffer && m_buffer->references > 1; }

  private:
    void retain() {
        if (m_buffer)
            ++m_buffer->references;
    }

    inline void release();

    Buffer* m_buffer = nullptr;
};

/// Bytes of a message body on their way through: a view, and what keeps it alive: this worker's buffer, or memory
/// shared by all workers (neither: whoever takes it copies the bytes at once).
struct Piece {
    std::string_view bytes;
    Buffer* owner = nullptr;
    const SharedBytes* shared = nullptr;
};

/// Hands out buffers of two sizes, last used first so that they are still in the processor's cache. Keeps a bounded
/// number of free ones. Belongs to one thread and must outlive its buffers.
class BufferPool {
  public:
    static constexpr uint32_t smallCapacity = 16 * 1024 - sizeof(Buffer);
    static constexpr uint32_t largeCapacity = 128 * 1024 - sizeof(Buffer);

    BufferPool() = default;
    ~BufferPool();
    BufferPool(const BufferPool&) = delete;
    BufferPool& operator=(const BufferPool&) = delete;

    BufferRef takeSmall() { return take(m_small, smallCapacity); }

    BufferRef takeLarge() { return take(m_large, largeCapacity); }

    /// A buffer of at least `capacity` bytes; past largeCapacity it is allocated for this use and freed after it.
    BufferRef takeAtLeast(size_t capacity);
    /// While memory is scarce: nothing is kept for later, and whoever has the choice takes small ones.
    void setFrugal(bool frugal);

    bool frugal() const { return m_frugal; }

    /// Called by BufferRef when nobody needs the buffer any more.
    void giveBack(Buffer* buffer);

    /// Bytes in use plus bytes kept free.
    size_t bytesHeld() const { return m_bytesHeld; }

  private:
    struct FreeList {
        Buffer* head = nullptr;
        uint32_t count = 0;
    };

    BufferRef take(FreeList& list, uint32_t capacity);
    Buffer* allocate(size_t capacity);
    void deallocate(Buffer* buffer);
    void freeUnused();

    FreeList m_small;
    FreeList m_large;
    size_t m_bytesHeld = 0;
    bool m_frugal = false;
};

inline void BufferRef::release() {
    if (m_buffer && --m_buffer->references == 0)
        m_buffer->pool->giveBack(m_buffer);
}

} // namespace reverxy
