// SPDX-License-Identifier: MIT
#include "http/message_fields.h"

#include "http/character_table.h"
#include "http/list.h"

#include <limits>

namespace reverxy::http {

// RFC 9110 section 8.6: 1*DIGIT. Neither a list of equal values nor a repeated field is mended, though both may be.
// Lengths past the signed range are refused because others along the way would read them as negative.
ParseError MessageFields::takeContentLength(std::string_view value) {
    if (m_hasContentLength)
        return ParseError::ConflictingContentLength;
    m_hasContentLength = true;
    if (value.empty() || value.size() > 19) // 2^63 - 1 has 19 digits, and so no sum below can exceed 64 bits
        return ParseError::BadContentLength;
    uint64_t length = 0;
    for (char c : value) {
        if (!isIn(c, DigitByte))
            return ParseError::BadContentLength;
        length = length * 10 + static_cast<uint64_t>(c - '0');
    }
    if (length > static_cast<uint64_t>(std::numeric_limits<int64_t>::max()))
        return ParseError::BadContentLength;
    m_contentLength = length;
    return ParseError::None;
}

// RFC 9112 section 6.1. Several field lines are one list (RFC 9110 section 5.3). A coding with parameters is
// another coding: chunked has none (section 7.1).
ParseError MessageFields::takeTransferEncoding(std::string_view value) {
    m_hasTransferEncoding = true;
    ListReader list(value);
    std::string_view coding;
    while (list.next(coding)) {
        if (m_chunkedLast)
            m_chunkedRepeated = true;
        m_chunkedLast = equalsIgnoringCase(coding, "chunked");
        if (!m_chunkedLast)
            m_otherCoding = true;
    }
    return ParseError::None;
}

ParseError MessageFields::takeConnection(std::string_view value) {
    if (equalsIgnoringCase(value, "keep-alive")) { // what most messages say, if anything
        m_connection.keepAlive = true;
        return ParseError::None;
    }
    ListReader list(value);
    std::string_view option;
    while (list.next(option)) {
        if (equalsIgnoringCase(option, "close"))
            m_connection.close = true;
        else if (equalsIgnoringCase(option, "keep-alive"))
            m_connection.keepAlive = true;
        else if (equalsIgnoringCase(option, "upgrade"))
            m_connection.upgrade = true;
        else if (isToken(option) && ++m_namedFields <= maxConnectionOptions)
            m_connection.namesFields = true;
        else
            return ParseError::BadConnectionField;
    }
    return ParseError::None;
}

ParseError MessageFields::check(Version version) const {
    if (!m_hasTransferEncoding)
        return ParseError::None;
    if (m_hasContentLength)
        return ParseError::ContentLengthAndTransferEncoding;
    if (version == Version::Http10)
        return ParseError::TransferEncodingInHttp10;
    // Before the question whether all codings are known: without chunked in the last place nobody can tell where a
    // request ends, and section 6.3 requires 400 then. In a response it would be delimited by the connection's end,
    // which is refused just as well, since a guess is all that would be.
    if (!m_chunkedLast || m_chunkedRepeated)
        return ParseError::ChunkedNotLast;
    return m_otherCoding ? ParseError::UnknownTransferCoding : ParseError::None;
}

} // namespace reverxy::http
