// SPDX-License-Identifier: MIT
#pragma once

#include "base/shared_bytes.h"

#include <cstdint>
#include <string_view>

namespace reverxy::cache {

/// A part of a response's body and what follows it. Whoever holds a part keeps all later ones alive and none of the
/// earlier ones. Bytes below size() never change; publish(), setNext() and, of the part that is still being filled,
/// size() and next() must be guarded by one lock (see Fill).
class BodyBlock final : public SharedBytes {
  public:
    /// `capacity` bytes of room.
    static SharedRef<BodyBlock> make(uint32_t capacity);

    std::string_view bytes() const { return {data(), m_size}; }

    uint32_t size() const { return m_size; }

    uint32_t room() const { return m_capacity - m_size; }

    /// What it takes of memory.
    uint32_t footprint() const { return m_capacity + static_cast<uint32_t>(sizeof(BodyBlock)); }

    const SharedRef<BodyBlock>& next() const { return m_next; }

    void setNext(SharedRef<BodyBlock> next) { m_next = std::move(next); }

    /// Takes as much of `bytes` as there is room for and returns how much that is; it counts once it is published.
    /// Called once between two calls of publish().
    uint32_t write(std::string_view bytes);

    void publish(uint32_t count) { m_size += count; }

    uint32_t append(std::string_view bytes) {
        const uint32_t count = write(bytes);
        publish(count);
        return count;
    }

  private:
    explicit BodyBlock(uint32_t capacity) : m_capacity(capacity) {}

    ~BodyBlock() override = default;
    void destroy() const override;

    const char* data() const { return reinterpret_cast<const char*>(this + 1); }

    const uint32_t m_capacity;
    uint32_t m_size = 0;
    SharedRef<BodyBlock> m_next;
};

} // namespace reverxy::cache
