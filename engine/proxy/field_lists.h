// SPDX-License-Identifier: MIT
#pragma once

#include "base/text_arena.h"
#include "http/head.h"

#include <array>
#include <cstddef>
#include <optional>
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
    void add(std::string_view options);
    bool contain(std::string_view name) const;

  private:
    std::array<std::string_view, http::maxConnectionOptions> m_names;
    size_t m_count = 0;
};

/// Nothing for almost every message.
std::optional<NamedFields> namedFieldsOf(const http::FieldList& fields, const http::ConnectionOptions& connection);

} // namespace reverxy::proxy
