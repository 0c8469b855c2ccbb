// SPDX-License-Identifier: MIT
#pragma once

#include "http/field_section_parser.h"
#include "http/head.h"
#include "http/parse_error.h"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace reverxy::http {

/// Parses one request head from the front of a receive buffer, incrementally: what was scanned is not scanned
/// again. Strict: whatever RFC 9112 lets a recipient reject, it rejects, so that no two parties disagree on a
/// message's end.
class RequestParser {
  public:
    /// Forgets everything; ready for the next message.
    void reset();
    /// `data` is everything received of this message so far (and perhaps of the next); it may have moved since the
    /// last call, but starts at the same byte. Leading empty lines are skipped (RFC 9112 section 2.2), at most a
    /// few. On Done `head` is filled, its views pointing into `data`. On NeedMore `head` is unspecified.
    ParseStatus parse(std::string_view data, const HeadLimits& limits, RequestHead& head);

    /// After Done: how many bytes of `data` the head took, leading empty lines included.
    size_t headSize() const { return m_headSize; }

    /// After Failed.
    ParseError error() const { return m_error; }

  private:
    enum class State : uint8_t { EmptyLines, Method, Path, Query, Version, Fields, Failed };

    ParseStatus parseLine(std::string_view data);
    ParseStatus parseVersion(std::string_view data);
    bool describeLine(std::string_view data, RequestHead& head) const;
    ParseStatus stop(State state, size_t position);
    ParseStatus fail(ParseError error);
    ParseStatus fault(std::string_view data, size_t at, State state, ParseError otherwise);

    size_t m_position = 0; // everything before it has been looked at
    size_t m_methodStart = 0;
    size_t m_targetStart = 0;
    size_t m_versionStart = 0;
    size_t m_headSize = 0;
    State m_state = State::EmptyLines;
    Version m_version = Version::Http11;
    ParseError m_error = ParseError::None;
    FieldSectionParser m_fields;
};

/// The same for responses. `requestMethod` decides whether there is a body (RFC 9112 section 6.3).
class ResponseParser {
  public:
    void reset();
    ParseStatus parse(std::string_view data, const HeadLimits& limits, Method requestMethod, ResponseHead& head);

    size_t headSize() const { return m_headSize; }

    ParseError error() const { return m_error; }

  private:
    enum class State : uint8_t { StatusLine, Reason, Fields, Failed };

    ParseStatus parseLine(std::string_view data);
    ParseStatus fail(ParseError error);
    ParseStatus fault(std::string_view data, size_t at);

    size_t m_position = 0; // everything before it has been looked at
    size_t m_reasonStart = 0;
    size_t m_reasonEnd = 0;
    size_t m_headSize = 0;
    State m_state = State::StatusLine;
    Version m_version = Version::Http11;
    uint16_t m_status = 0;
    ParseError m_error = ParseError::None;
    FieldSectionParser m_fields;
};

} // namespace reverxy::http
