// SPDX-License-Identifier: MIT
#include "http/parse_error.h"

#include <iterator>

namespace reverxy::http {

namespace {

struct Row {
    ParseError error;
    std::string_view name;
    std::string_view sentence;
};

// In the order of the enum, which the assertion below holds it to.
constexpr Row rows[] = {
    {ParseError::None, "none", ""},
    {ParseError::EmptyMethod, "empty-method", "The request line has no method (RFC 9112 section 3)."},
    {ParseError::BadMethod, "bad-method", "The method is not a token (RFC 9112 section 3.1)."},
    {ParseError::BadTarget, "bad-target",
     "The request target is malformed, or has a form its method does not allow (RFC 9112 section 3.2)."},
    {ParseError::BadVersion, "bad-version", "The request line does not end with HTTP/1.1 (RFC 9112 section 2.3)."},
    {ParseError::UnsupportedVersion, "unsupported-version",
     "The major version of the protocol is not 1 (RFC 9110 section 15.6.6)."},
    {ParseError::RequestLineTooLong, "request-line-too-long",
     "The request line is longer than a whole head may be (RFC 9112 section 3)."},
    {ParseError::BareCarriageReturn, "bare-carriage-return",
     "A carriage return is not followed by a line feed (RFC 9112 section 2.2)."},
    {ParseError::BareLineFeed, "bare-line-feed",
     "A line ends with a line feed alone instead of CRLF (RFC 9112 section 2.2)."},
    {ParseError::NulByte, "nul-byte", "The head contains a NUL byte (RFC 9110 section 5.5)."},
    {ParseError::WhitespaceBeforeColon, "whitespace-before-colon",
     "White space stands between a field name and its colon (RFC 9112 section 5.1)."},
    {ParseError::WhitespaceBeforeFields, "whitespace-before-fields",
     "White space stands between the start line and the first field (RFC 9112 section 2.2)."},
    {ParseError::ObsoleteFolding, "obsolete-folding",
     "A field value is folded over several lines (RFC 9112 section 5.2)."},
    {ParseError::BadFieldName, "bad-field-name",
     "A field line does not begin with a token and a colon (RFC 9112 section 5)."},
    {ParseError::BadFieldValue, "bad-field-value",
     "A field value contains a control character (RFC 9110 section 5.5)."},
    {ParseError::TooManyFields, "too-many-fields", "There are more fields than allowed (RFC 6585 section 5)."},
    {ParseError::HeadTooLarge, "head-too-large", "The head is larger than allowed (RFC 6585 section 5)."},
    {ParseError::MissingHost, "missing-host", "An HTTP/1.1 request has no Host field (RFC 9112 section 3.2)."},
    {ParseError::RepeatedHost, "repeated-host", "There is more than one Host field (RFC 9112 section 3.2)."},
    {ParseError::BadHost, "bad-host", "The Host field is not a host with an optional port (RFC 9112 section 3.2)."},
    {ParseError::BadContentLength, "bad-content-length",
     "Content-Length is not a number in range (RFC 9112 section 6.3)."},
    {ParseError::ConflictingContentLength, "conflicting-content-length",
     "Content-Length occurs more than once (RFC 9112 section 6.3)."},
    {ParseError::ContentLengthAndTransferEncoding, "content-length-and-transfer-encoding",
     "Both Content-Length and Transfer-Encoding are present (RFC 9112 section 6.3)."},
    {ParseError::TransferEncodingInHttp10, "transfer-encoding-in-http10",
     "An HTTP/1.0 message has Transfer-Encoding (RFC 9112 section 6.1)."},
    {ParseError::UnknownTransferCoding, "unknown-transfer-coding",
     "A transfer coding other than chunked is applied (RFC 9112 section 6.1)."},
    {ParseError::ChunkedNotLast, "chunked-not-last",
     "The chunked transfer coding is not applied once, and last (RFC 9112 section 6.3)."},
    {ParseError::BadConnectionField, "bad-connection-field",
     "The Connection field is not a list of tokens (RFC 9110 section 7.6.1)."},
    {ParseError::BadStatusLine, "bad-status-line", "The status line is malformed (RFC 9112 section 4)."},
    {ParseError::BadChunkSize, "bad-chunk-size",
     "A chunk's size is not a hexadecimal number on a line of its own (RFC 9112 section 7.1)."},
    {ParseError::ChunkSizeOverflow, "chunk-size-overflow",
     "A chunk's size is out of range (RFC 9112 section 7.1)."},
    {ParseError::BadChunkExtension, "bad-chunk-extension",
     "A chunk extension is malformed (RFC 9112 section 7.1.1)."},
    {ParseError::ChunkLineTooLong, "chunk-line-too-long",
     "Chunk extensions are longer than allowed (RFC 9112 section 7.1.1)."},
    {ParseError::BadChunkEnd, "bad-chunk-end", "A chunk's data is not followed by CRLF (RFC 9112 section 7.1)."},
    {ParseError::BadTrailer, "bad-trailer",
     "The trailer section is malformed, has framing fields or is larger than allowed (RFC 9112 section 7.1.2)."},
};

consteval bool rowsAreInOrder() {
    for (size_t i = 0; i < std::size(rows); ++i) {
        if (static_cast<size_t>(rows[i].error) != i)
            return false;
    }
    return std::size(rows) == static_cast<size_t>(ParseError::BadTrailer) + 1;
}

static_assert(rowsAreInOrder());

} // namespace

std::string_view sentenceOf(ParseError error) {
    return rows[static_cast<size_t>(error)].sentence;
}

std::string_view nameOf(ParseError error) {
    return rows[static_cast<size_t>(error)].name;
}

Failure failureOfRequest(ParseError error) {
    switch (error) {
    case ParseError::None:
        return Failure::None;
    case ParseError::RequestLineTooLong:
        return Failure::UriTooLong;
    case ParseError::TooManyFields:
    case ParseError::HeadTooLarge:
        return Failure::HeadersTooLarge;
    case ParseError::UnknownTransferCoding:
        return Failure::NotImplemented;
    case ParseError::UnsupportedVersion:
        return Failure::VersionNotSupported;
    default:
        return Failure::BadRequest;
    }
}

Failure failureOfResponse(ParseError error) {
    switch (error) {
    case ParseError::None:
        return Failure::None;
    case ParseError::TooManyFields:
    case ParseError::HeadTooLarge:
        return Failure::ResponseHeadTooLarge;
    case ParseError::BadChunkSize:
    case ParseError::ChunkSizeOverflow:
    case ParseError::BadChunkExtension:
    case ParseError::ChunkLineTooLong:
    case ParseError::BadChunkEnd:
    case ParseError::BadTrailer:
        return Failure::ResponseBodyMalformed;
    default:
        return Failure::ResponseMalformed;
    }
}

} // namespace reverxy::http
