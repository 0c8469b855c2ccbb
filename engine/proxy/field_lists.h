// SPDX-License-Identifier: MIT
#pragma once

#include "base/text_arena.h"
#include "http/head.h"

#include <array>
#include <cstddef>
#include <string_view>

// Reading list fields (RFC 9110 section 5.6.1) for those who forward messages. However a hostile head is made up,
// the work and the memory stay within a small multiple of its size.

namespace reverxy::proxy {

/// All lines of a list field as one value (RFC 9110 section 5.3). The value of a single line is given as it is;
/// several are joined in `arena`.
std::string_view combinedLines(const http::FieldList& fields, http::FieldId id, TextArena& arena);

/// The names of fields among connection options (RFC 9110 section 7.6.1), taken apart once for all fields. Views
/// what it was given.
class NamedFields {
  public:
    NamedFields() = default;

    /// Those of a message; none for almost every one.
    NamedFields(const http::FieldList& fields, const http::ConnectionOptions& connection) {
        if (connection.namesFields)
            addLines(fields);
    }

    void add(std::string_view options);

    bool contain(std::string_view name) const { return m_count > 0 && find(name); }

  private:
    /// Unlike a string_view it is nothing until it is set: an array of them costs nothing where there are none.
    struct Name {
        const char* text;
        size_t size;
    };

    void addLines(const http::FieldList& fields);
    bool find(std::string_view name) const;

    std::array<Name, http::maxConnectionOptions> m_names; // m_count of them are set
    size_t m_count = 0;
};

} // namespace reverxy::proxy
