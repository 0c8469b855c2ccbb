// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace reverxy {

/// Text of bounded size held in place: keeps the first N bytes and remembers how many there were in all.
template <uint16_t N>
class FixedText {
  public:
    static constexpr uint16_t capacity = N;

    FixedText() = default;
    ~FixedText() = default;

    explicit FixedText(std::string_view text) { assign(text); }

    // A copy touches what is held, not all the room for more: records are copied for every request.
    FixedText(const FixedText& other) : m_size(other.m_size), m_total(other.m_total) { take(other); }

    FixedText& operator=(const FixedText& other) {
        m_size = other.m_size;
        m_total = other.m_total;
        if (this != &other)
            take(other);
        return *this;
    }

    void assign(std::string_view text) {
        m_size = static_cast<uint16_t>(std::min<size_t>(text.size(), N));
        m_total = static_cast<uint32_t>(std::min<size_t>(text.size(), UINT32_MAX));
        if (m_size > 0) // an empty view may carry a null pointer, which memcpy must not be given
            std::memcpy(m_bytes, text.data(), m_size);
    }

    /// What is kept of a text that had `total` bytes.
    void assignPart(std::string_view part, uint32_t total) {
        assign(part);
        m_total = total;
    }

    void clear() { m_size = 0, m_total = 0; }

    std::string_view view() const { return {m_bytes, m_size}; }

    bool empty() const { return m_size == 0; }

    /// Whether the text was longer than what is held.
    bool truncated() const { return m_total > m_size; }

    uint32_t totalSize() const { return m_total; }

  private:
    void take(const FixedText& other) { std::memcpy(m_bytes, other.m_bytes, other.m_size); }

    uint16_t m_size = 0;
    uint32_t m_total = 0;
    char m_bytes[N];
};

} // namespace reverxy
