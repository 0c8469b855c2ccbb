// SPDX-License-Identifier: MIT
#include "http/character_table.h"
#include "http/head_parser.h"
#include "http/line_fault.h"
#include "http/list.h"
#include "http/message_fields.h"
#include "http/request_target.h"
#include "http/target.h"
#include "http/version_text.h"

namespace reverxy::http {

namespace {

// RFC 9112 section 2.2 asks to ignore at least one; old clients sent one after a body.
constexpr size_t emptyLinesIgnored = 4;

bool hasElement(std::string_view list) {
    ListReader reader(list);
    std::string_view element;
    return reader.next(element);
}

bool names100Continue(std::string_view expect) {
    ListReader reader(expect);
    std::string_view expectation;
    while (reader.next(expectation)) {
        if (equalsIgnoringCase(expectation, "100-continue"))
            return true;
    }
    return false;
}

// RFC 9112 section 3.2. An absolute or authority form has named the authority already; Host must be well-formed all
// the same, but may then be empty (RFC 9110 section 7.2). Where Host alone names it, an "http" URI has no empty
// host (section 4.2.1).
ParseError applyHost(const Field* host, RequestHead& head) {
    if (!host)
        return head.version == Version::Http11 ? ParseError::MissingHost : ParseError::None;
    if (host->value.empty())
        return head.authority.empty() && head.version == Version::Http11 ? ParseError::BadHost : ParseError::None;
    if (!parseAuthority(host->value))
        return ParseError::BadHost;
    if (head.authority.empty())
        head.authority = host->value;
    return ParseError::None;
}

// Everything that the fields decide, once all of them are known.
ParseError applyFields(RequestHead& head) {
    MessageFields message;
    const Field* host = nullptr;
    bool hasUpgrade = false;
    head.expectContinue = false;
    head.hasVia = false;
    for (const Field& field : head.fields) {
        switch (field.id) {
        case FieldId::Host:
            if (host)
                return ParseError::RepeatedHost;
            host = &field;
            break;
        case FieldId::ContentLength:
        case FieldId::TransferEncoding:
        case FieldId::Connection:
            if (const ParseError error = message.take(field); error != ParseError::None)
                return error;
            break;
        case FieldId::Expect: // to be ignored in HTTP/1.0 (RFC 9110 section 10.1.1)
            if (head.version == Version::Http11 && names100Continue(field.value))
                head.expectContinue = true;
            break;
        case FieldId::Upgrade: // to be ignored in HTTP/1.0 (RFC 9110 section 7.8)
            hasUpgrade = hasUpgrade || (head.version == Version::Http11 && hasElement(field.value));
            break;
        case FieldId::Via:
            head.hasVia = true;
            break;
        default:
            break;
        }
    }
    if (const ParseError error = message.check(head.version); error != ParseError::None)
        return error;
    if (const ParseError error = applyHost(host, head); error != ParseError::None)
        return error;
    if (message.hasTransferEncoding())
        head.framing = {BodyKind::Chunked, 0};
    else if (message.hasContentLength())
        head.framing = {BodyKind::Length, message.contentLength()};
    else
        head.framing = {};
    head.connection = message.connection();
    head.keepAlive = message.persists(head.version);
    head.upgrade = hasUpgrade && head.connection.upgrade;
    return ParseError::None;
}

} // namespace

void RequestParser::reset() {
    *this = RequestParser();
}

ParseStatus RequestParser::stop(State state, size_t position) {
    m_state = state;
    m_position = position;
    return ParseStatus::NeedMore;
}

ParseStatus RequestParser::fail(ParseError error) {
    m_state = State::Failed;
    m_error = error;
    return ParseStatus::Failed;
}

ParseStatus RequestParser::fault(std::string_view data, size_t at, State state, ParseError otherwise) {
    const ParseError error = faultOf(data, at, otherwise);
    return error == ParseError::None ? stop(state, at) : fail(error);
}

// RFC 9112 section 3, from wherever the last call had to stop: exactly one space between the parts, nothing after
// the version.
ParseStatus RequestParser::parseLine(std::string_view data) {
    size_t at = m_position;
    switch (m_state) {
    case State::EmptyLines:
        while (at < data.size() && data[at] == '\r') {
            if (at + 1 == data.size())
                return stop(State::EmptyLines, at);
            if (data[at + 1] != '\n')
                return fail(ParseError::BareCarriageReturn);
            if (at == 2 * emptyLinesIgnored)
                return fail(ParseError::EmptyMethod);
            at += 2;
        }
        m_methodStart = at;
        [[fallthrough]];
    case State::Method:
        at = skipWhile(data, at, TokenByte);
        if (at == data.size())
            return stop(at == m_methodStart ? State::EmptyLines : State::Method, at);
        if (data[at] == '\r')
            return fault(data, at, State::Method, ParseError::BadTarget);
        if (data[at] != ' ')
            return fault(data, at, State::Method, ParseError::BadMethod);
        if (at == m_methodStart)
            return fail(ParseError::EmptyMethod);
        m_targetStart = ++at;
        [[fallthrough]];
    case State::Path:
        at = skipWhile(data, at, TargetPathByte);
        if (at == data.size())
            return stop(State::Path, at);
        if (data[at] != '?') {
            if (data[at] == '\r') // the line of HTTP/0.9
                return fault(data, at, State::Path, ParseError::BadVersion);
            if (data[at] != ' ' || at == m_targetStart)
                return fault(data, at, State::Path, ParseError::BadTarget);
        }
        [[fallthrough]];
    case State::Query:
        at = skipWhile(data, at, TargetQueryByte);
        if (at == data.size())
            return stop(State::Query, at);
        if (data[at] == '\r')
            return fault(data, at, State::Query, ParseError::BadVersion);
        if (data[at] != ' ')
            return fault(data, at, State::Query, ParseError::BadTarget);
        m_versionStart = ++at;
        [[fallthrough]];
    case State::Version:
        return parseVersion(data);
    case State::Fields:
    case State::Failed:
        break;
    }
    return ParseStatus::Done;
}

ParseStatus RequestParser::parseVersion(std::string_view data) {
    const size_t at = skipVersion(data, m_versionStart);
    if (at == data.size())
        return stop(State::Version, at);
    if (at - m_versionStart < versionSize || data[at] != '\r' || at + 1 == data.size() || data[at + 1] != '\n')
        return fault(data, at, State::Version, ParseError::BadVersion);
    if (!hasMajorVersion1(data, m_versionStart))
        return fail(ParseError::UnsupportedVersion);
    m_version = versionAt(data, m_versionStart);
    m_fields.start(at + 2);
    m_state = State::Fields;
    return ParseStatus::Done;
}

// Fills in what the request line says; false when the target is not one that the method may have.
bool RequestParser::describeLine(std::string_view data, RequestHead& head) const {
    head.methodToken = data.substr(m_methodStart, m_targetStart - 1 - m_methodStart);
    head.method = methodFromToken(head.methodToken);
    head.target = data.substr(m_targetStart, m_versionStart - 1 - m_targetStart);
    head.version = m_version;
    return takeTargetApart(head);
}

ParseStatus RequestParser::parse(std::string_view data, const HeadLimits& limits, RequestHead& head) {
    if (m_state == State::Failed)
        return ParseStatus::Failed;
    // What lies past the limit is not looked at, so that the verdict is the same however much has arrived.
    const std::string_view window = data.substr(0, limits.maxSize);
    const bool full = data.size() >= limits.maxSize;

    const bool lineWasComplete = m_state == State::Fields;
    if (!lineWasComplete) {
        const ParseStatus status = parseLine(window);
        if (status == ParseStatus::NeedMore && full)
            return fail(ParseError::RequestLineTooLong);
        if (status != ParseStatus::Done)
            return status;
        if (!describeLine(window, head))
            return fail(ParseError::BadTarget);
    }
    switch (m_fields.parse(window, limits.maxFields, head.fields)) {
    case ParseStatus::NeedMore:
        return full ? fail(ParseError::HeadTooLarge) : ParseStatus::NeedMore;
    case ParseStatus::Failed:
        return fail(m_fields.error());
    case ParseStatus::Done:
        break;
    }
    m_headSize = m_fields.end();
    if (lineWasComplete)
        describeLine(window, head); // the data may have moved since, and it may be another head
    const ParseError error = applyFields(head);
    return error == ParseError::None ? ParseStatus::Done : fail(error);
}

} // namespace reverxy::http
