// SPDX-License-Identifier: MIT
#pragma once

#include "fuzz/require.h"
#include "http/field.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace reverxy::fuzz {

/// The input as the value of a field, in memory that ends where it ends, so that a sanitizer sees a read past it.
class FieldValue {
  public:
    FieldValue(const uint8_t* data, size_t size) : m_bytes(new char[size]), m_size(size) {
        for (size_t i = 0; i < size; ++i)
            m_bytes[i] = static_cast<char>(data[i]);
    }

    std::string_view view() const { return {m_bytes.get(), m_size}; }

    /// Whether a message's parser would have let it through: no control characters, no blanks around it. What a
    /// reader makes of anything else is its own affair, as long as it stays within it.
    bool isOne() const {
        const std::string_view value = view();
        for (const char c : value) {
            if (c != '\t' && (static_cast<unsigned char>(c) < ' ' || c == 0x7f))
                return false;
        }
        const auto blank = [](char c) { return c == ' ' || c == '\t'; };
        return value.empty() || (!blank(value.front()) && !blank(value.back()));
    }

    /// Views point into what was read, and not elsewhere.
    bool holds(std::string_view view) const {
        return view.empty() ||
               (view.data() >= m_bytes.get() && view.data() + view.size() <= m_bytes.get() + m_size);
    }

  private:
    std::unique_ptr<char[]> m_bytes;
    size_t m_size;
};

inline http::FieldList fieldsWith(std::string_view name, std::string_view value) {
    http::FieldList fields;
    fields.add(name, value);
    return fields;
}

} // namespace reverxy::fuzz
