// SPDX-License-Identifier: MIT
#include "http/byte_scan.h"
#include "http/head_parser.h"
#include "http/line_fault.h"
#include "http/list.h"
#include "http/message_fields.h"
#include "http/version_text.h"

namespace reverxy::http {

namespace {

// `HTTP/1.1 200`
constexpr size_t statusStart = versionSize + 1;
constexpr size_t statusEnd = statusStart + 3;

// RFC 9112 section 6.3, item 1.
bool canHaveBody(uint16_t status, Method requestMethod) {
    return requestMethod != Method::Head && status >= 200 && status != 204 && status != 304;
}

// Everything that the fields decide. They must be right even where there is no body, since they are forwarded.
ParseError applyFields(ResponseHead& head, Method requestMethod) {
    MessageFields message;
    head.hasUpgrade = false;
    for (const Field& field : head.fields) {
        if (const ParseError error = message.take(field); error != ParseError::None)
            return error;
        if (field.id == FieldId::Upgrade && !field.value.empty())
            head.hasUpgrade = true;
    }
    if (const ParseError error = message.check(head.version); error != ParseError::None)
        return error;
    if (!canHaveBody(head.status, requestMethod))
        head.framing = {};
    else if (message.hasTransferEncoding())
        head.framing = {BodyKind::Chunked, 0};
    else if (message.hasContentLength())
        head.framing = {BodyKind::Length, message.contentLength()};
    else
        head.framing = {BodyKind::UntilClose, 0};
    head.connection = message.connection();
    head.keepAlive =
        message.persists(head.version) && head.framing.kind != BodyKind::UntilClose && head.status != 101;
    // A 204 that announces a body (against sections 6.1 and 8.6) comes from a server that may well send one, and
    // the next response would be read out of it.
    if (head.status == 204 && (message.hasTransferEncoding() || message.contentLength() > 0))
        head.keepAlive = false;
    return ParseError::None;
}

} // namespace

void ResponseParser::reset() {
    *this = ResponseParser();
}

ParseStatus ResponseParser::fail(ParseError error) {
    m_state = State::Failed;
    m_error = error;
    return ParseStatus::Failed;
}

ParseStatus ResponseParser::fault(std::string_view data, size_t at) {
    const ParseError error = faultOf(data, at, ParseError::BadStatusLine);
    return error == ParseError::None ? ParseStatus::NeedMore : fail(error);
}

// RFC 9112 section 4. The fixed part is so short that it is looked at from its start each time.
ParseStatus ResponseParser::parseLine(std::string_view data) {
    if (m_state == State::StatusLine) {
        size_t at = skipVersion(data, 0);
        if (at == data.size())
            return ParseStatus::NeedMore;
        if (at != versionSize || data[at] != ' ')
            return fault(data, at);
        for (at = statusStart; at < statusEnd; ++at) {
            if (at == data.size())
                return ParseStatus::NeedMore;
            if (!isIn(data[at], DigitByte))
                return fault(data, at);
        }
        m_status = static_cast<uint16_t>((data[statusStart] - '0') * 100 + (data[statusStart + 1] - '0') * 10 +
                                         (data[statusStart + 2] - '0'));
        if (!hasMajorVersion1(data, 0) || m_status < 100 || m_status > 599)
            return fail(ParseError::BadStatusLine);
        m_version = versionAt(data, 0);
        if (at == data.size())
            return ParseStatus::NeedMore;
        // The space is due even without a reason, but many servers leave it out then.
        if (data[at] == ' ')
            ++at;
        else if (data[at] != '\r')
            return fault(data, at);
        m_reasonStart = at;
        m_position = at;
        m_state = State::Reason;
    }
    const char* const end = data.data() + data.size();
    const char* at = findControl(data.data() + m_position, end);
    while (at != end && *at == '\t')
        at = findControl(at + 1, end);
    m_position = static_cast<size_t>(at - data.data());
    if (at == end)
        return ParseStatus::NeedMore;
    if (*at != '\r' || at + 1 == end || at[1] != '\n')
        return fault(data, m_position);
    m_reasonEnd = m_position;
    m_fields.start(m_position + 2);
    m_state = State::Fields;
    return ParseStatus::Done;
}

ParseStatus ResponseParser::parse(std::string_view data, const HeadLimits& limits, Method requestMethod,
                                  ResponseHead& head) {
    if (m_state == State::Failed)
        return ParseStatus::Failed;
    // What lies past the limit is not looked at, so that the verdict is the same however much has arrived.
    const std::string_view window = data.substr(0, limits.maxSize);
    const bool full = data.size() >= limits.maxSize;

    ParseStatus status = m_state == State::Fields ? ParseStatus::Done : parseLine(window);
    if (status == ParseStatus::Done)
        status = m_fields.parse(window, limits.maxFields, head.fields);
    if (status == ParseStatus::NeedMore)
        return full ? fail(ParseError::HeadTooLarge) : ParseStatus::NeedMore;
    if (status == ParseStatus::Failed)
        return m_state == State::Failed ? status : fail(m_fields.error());

    m_headSize = m_fields.end();
    head.version = m_version;
    head.status = m_status;
    head.reason = window.substr(m_reasonStart, m_reasonEnd - m_reasonStart);
    const ParseError error = applyFields(head, requestMethod);
    return error == ParseError::None ? ParseStatus::Done : fail(error);
}

} // namespace reverxy::http
