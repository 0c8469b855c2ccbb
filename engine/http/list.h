// SPDX-License-Identifier: MIT
#pragma once

#include <string_view>

namespace reverxy::http {

/// RFC 9110 section 5.6.2.
bool isTokenCharacter(unsigned char c);
bool isToken(std::string_view text);
/// ASCII only, as all of the protocol's names are.
bool equalsIgnoringCase(std::string_view a, std::string_view b);
bool isBeforeIgnoringCase(std::string_view a, std::string_view b);
/// Without leading and trailing spaces and tabs.
std::string_view trimmed(std::string_view text);

/// Walks the elements of a comma-separated list (RFC 9110 section 5.6.1): empty elements are skipped, commas within
/// quoted strings do not separate.
class ListReader {
  public:
    explicit ListReader(std::string_view value) : m_rest(value) {}

    /// Puts the next element, trimmed, into `element`; false at the end.
    bool next(std::string_view& element);

  private:
    std::string_view m_rest;
};

/// Whether one of the elements is `name`, whatever its case.
bool listContains(std::string_view list, std::string_view name);

} // namespace reverxy::http
