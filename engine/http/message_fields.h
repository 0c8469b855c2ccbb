// SPDX-License-Identifier: MIT
#pragma once

#include "http/head.h"
#include "http/parse_error.h"

#include <cstdint>
#include <string_view>

namespace reverxy::http {

/// What the fields say that decide about a message's end and its connection, gathered field by field. Where RFC
/// 9112 lets a recipient choose between mending and refusing, it refuses.
class MessageFields {
  public:
    /// Takes Content-Length, Transfer-Encoding and Connection into account; any other field is ignored.
    ParseError take(const Field& field) {
        switch (field.id) {
        case FieldId::ContentLength:
            return takeContentLength(field.value);
        case FieldId::TransferEncoding:
            return takeTransferEncoding(field.value);
        case FieldId::Connection:
            return takeConnection(field.value);
        default:
            return ParseError::None;
        }
    }

    /// Whether the framing fields, all taken, agree with each other and with the version.
    ParseError check(Version version) const;

    bool hasContentLength() const { return m_hasContentLength; }

    uint64_t contentLength() const { return m_contentLength; }

    bool hasTransferEncoding() const { return m_hasTransferEncoding; }

    const ConnectionOptions& connection() const { return m_connection; }

    /// RFC 9112 section 9.3, before what the framing says.
    bool persists(Version version) const {
        return !m_connection.close && (version == Version::Http11 || m_connection.keepAlive);
    }

  private:
    ParseError takeContentLength(std::string_view value);
    ParseError takeTransferEncoding(std::string_view value);
    ParseError takeConnection(std::string_view value);

    uint64_t m_contentLength = 0;
    bool m_hasContentLength = false;
    bool m_hasTransferEncoding = false;
    bool m_otherCoding = false;     // a coding besides chunked
    bool m_chunkedLast = false;     // the coding named last is chunked
    bool m_chunkedRepeated = false; // chunked is named before the last place
    size_t m_namedFields = 0;       // by Connection
    ConnectionOptions m_connection;
};

} // namespace reverxy::http
