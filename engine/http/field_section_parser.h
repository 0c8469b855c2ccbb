// SPDX-License-Identifier: MIT
#pragma once

#include "http/field.h"
#include "http/parse_error.h"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace reverxy::http {

/// Parses field lines up to and with the empty line that ends them: the header section of a head, or a trailer
/// section (RFC 9112 section 5). Incremental and strict as the parsers of whole heads that use it; an error depends
/// only on the bytes before and at the offending one, so how the bytes are split over calls makes no difference.
class FieldSectionParser {
  public:
    /// Forgets everything; the section begins at offset `begin` of the data.
    void start(size_t begin);
    /// `data` as in RequestParser::parse(). On Done `fields` holds the lines, as views into `data`; on NeedMore and
    /// Failed its content is unspecified. The caller bounds the size of `data`.
    ParseStatus parse(std::string_view data, uint32_t maxFields, FieldList& fields);

    /// After Done: the offset after the section.
    size_t end() const { return m_position; }

    ParseError error() const { return m_error; }

  private:
    enum class State : uint8_t { LineStart, Name, Value };

    ParseStatus advance(std::string_view data, uint32_t maxFields, FieldList& fields);
    ParseStatus stop(State state, size_t position);
    ParseStatus fault(std::string_view data, size_t at, State state, ParseError otherwise);

    size_t m_begin = 0;
    size_t m_position = 0;   // everything before it has been looked at
    size_t m_lineStart = 0;  // states Name and Value
    size_t m_valueStart = 0; // state Value: the byte after the colon
    uint32_t m_count = 0;    // lines begun
    State m_state = State::LineStart;
    ParseError m_error = ParseError::None;
};

} // namespace reverxy::http
