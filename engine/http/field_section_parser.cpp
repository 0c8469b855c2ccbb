// SPDX-License-Identifier: MIT
#include "http/field_section_parser.h"

#include "http/byte_scan.h"
#include "http/character_table.h"
#include "http/line_fault.h"

namespace reverxy::http {

void FieldSectionParser::start(size_t begin) {
    m_begin = begin;
    m_position = begin;
    m_count = 0;
    m_state = State::LineStart;
    m_error = ParseError::None;
}

ParseStatus FieldSectionParser::parse(std::string_view data, uint32_t maxFields, FieldList& fields) {
    const bool resumed = m_position != m_begin;
    const ParseStatus status = advance(data, maxFields, fields);
    if (status != ParseStatus::Done || !resumed)
        return status;
    // The section came in pieces, and lines found in earlier calls are views into memory that may have moved since.
    // It is complete now and known to be well-formed: walk it once more. So each byte is looked at twice at the
    // most.
    start(m_begin);
    return advance(data, maxFields, fields);
}

ParseStatus FieldSectionParser::stop(State state, size_t position) {
    m_state = state;
    m_position = position;
    return ParseStatus::NeedMore;
}

ParseStatus FieldSectionParser::fault(std::string_view data, size_t at, State state, ParseError otherwise) {
    const ParseError error = faultOf(data, at, otherwise);
    if (error == ParseError::None)
        return stop(state, at);
    m_error = error;
    return ParseStatus::Failed;
}

ParseStatus FieldSectionParser::advance(std::string_view data, uint32_t maxFields, FieldList& fields) {
    if (m_position == m_begin)
        fields.clear();
    const char* const base = data.data();
    size_t at = m_position;
    State state = m_state;
    for (;;) {
        if (state == State::LineStart) {
            if (at == data.size())
                return stop(state, at);
            const char c = data[at];
            if (!isIn(c, TokenByte)) {
                if (c == '\r' && at + 1 < data.size() && data[at + 1] == '\n') {
                    m_position = at + 2;
                    return ParseStatus::Done;
                }
                if (isBlank(c)) {
                    m_error = m_count == 0 ? ParseError::WhitespaceBeforeFields : ParseError::ObsoleteFolding;
                    return ParseStatus::Failed;
                }
                return fault(data, at, state, ParseError::BadFieldName);
            }
            if (m_count == maxFields) {
                m_error = ParseError::TooManyFields;
                return ParseStatus::Failed;
            }
            ++m_count;
            m_lineStart = at;
            state = State::Name;
        }
        if (state == State::Name) {
            at = skipWhile(data, at, TokenByte);
            if (at == data.size())
                return stop(state, at);
            if (data[at] != ':')
                return fault(data, at, state,
                             isBlank(data[at]) ? ParseError::WhitespaceBeforeColon : ParseError::BadFieldName);
            m_valueStart = ++at;
            state = State::Value;
        }
        at = static_cast<size_t>(findControl(base + at, base + data.size()) - base);
        while (at < data.size() && data[at] == '\t')
            at = static_cast<size_t>(findControl(base + at + 1, base + data.size()) - base);
        if (at == data.size())
            return stop(state, at);
        if (data[at] != '\r' || at + 1 == data.size() || data[at + 1] != '\n')
            return fault(data, at, state, ParseError::BadFieldValue);

        size_t first = m_valueStart;
        size_t last = at;
        while (first < last && isBlank(data[first]))
            ++first;
        while (last > first && isBlank(data[last - 1]))
            --last;
        fields.add({base + m_lineStart, m_valueStart - 1 - m_lineStart}, {base + first, last - first});
        at += 2;
        state = State::LineStart;
    }
}

} // namespace reverxy::http
