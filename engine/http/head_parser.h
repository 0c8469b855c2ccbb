// SPDX-License-Identifier: MIT
#pragma once

#include "base/failure.h"
#include "http/head.h"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace reverxy::http {

/// Bounds on a message's head.
struct HeadLimits {
    uint32_t maxSize = 64 * 1024; // request or status line and fields together, bytes
    uint32_t maxFields = 128;
};

/// Why a head or a body's framing was refused. Each has a sentence (parse_error.cpp) that names the section it breaks.
enum class ParseError : uint8_t {
    None,
    EmptyMethod,            // RFC 9112 section 3
    BadMethod,
    BadTarget,              // RFC 9112 section 3.2: characters outside RFC 3986, fragment, wrong form for the method
    BadVersion,             // not HTTP/d.d
    UnsupportedVersion,     // major version other than 1
    RequestLineTooLong,
    BareCarriageReturn,     // RFC 9112 section 2.2
    BareLineFeed,           // RFC 9112 section 2.2, stricter than its MAY
    NulByte,
    WhitespaceBeforeColon,  // RFC 9112 section 5.1
    WhitespaceBeforeFields, // RFC 9112 section 2.2
    ObsoleteFolding,        // RFC 9112 section 5.2
    BadFieldName,
    BadFieldValue,          // control characters
    TooManyFields,
    HeadTooLarge,
    MissingHost,            // RFC 9112 section 3.2
    RepeatedHost,
    BadHost,
    BadContentLength,       // RFC 9112 section 6.3
    ConflictingContentLength, // repeated, even with equal values
    ContentLengthAndTransferEncoding,
    TransferEncodingInHttp10, // RFC 9112 section 6.1
    UnknownTransferCoding,  // RFC 9112 section 6.1: 501
    ChunkedNotLast,
    BadConnectionField,
    BadStatusLine,          // RFC 9112 section 4
    BadChunkSize,           // RFC 9112 section 7.1
    ChunkSizeOverflow,
    BadChunkExtension,
    ChunkLineTooLong,
    BadChunkEnd,            // data not followed by CRLF
    BadTrailer,             // malformed, or too large
};

/// The sentence for people, with its section; for None "".
std::string_view sentenceOf(ParseError error);
/// A short stable name for logs and Proxy-Status details, as `bare-line-feed`.
std::string_view nameOf(ParseError error);
/// What a client that sent it gets: BadRequest (400), UriTooLong (414), HeadersTooLarge (431), NotImplemented (501),
/// VersionNotSupported (505).
Failure failureOfRequest(ParseError error);
/// What it is called when a backend sent it: ResponseMalformed, ResponseHeadTooLarge or ResponseBodyMalformed.
Failure failureOfResponse(ParseError error);

enum class ParseStatus : uint8_t { NeedMore, Done, Failed };

/// Parses one request head from the front of a receive buffer, incrementally: what was scanned is not scanned again.
/// Strict: whatever RFC 9112 lets a recipient reject, it rejects, so that no two parties disagree on a message's end.
class RequestParser {
  public:
    /// Forgets everything; ready for the next message.
    void reset();
    /// `data` is everything received of this message so far (and perhaps of the next); it may have moved since the
    /// last call, but starts at the same byte. Leading empty lines are skipped (RFC 9112 section 2.2), at most a few.
    /// On Done `head` is filled, its views pointing into `data`. On NeedMore `head` is unspecified.
    ParseStatus parse(std::string_view data, const HeadLimits& limits, RequestHead& head);
    /// After Done: how many bytes of `data` the head took, leading empty lines included.
    size_t headSize() const { return m_headSize; }
    /// After Failed.
    ParseError error() const { return m_error; }

  private:
    size_t m_scanned = 0;
    size_t m_headSize = 0;
    ParseError m_error = ParseError::None;
};

/// The same for responses. `requestMethod` decides whether there is a body (RFC 9112 section 6.3).
class ResponseParser {
  public:
    void reset();
    ParseStatus parse(std::string_view data, const HeadLimits& limits, Method requestMethod, ResponseHead& head);
    size_t headSize() const { return m_headSize; }
    ParseError error() const { return m_error; }

  private:
    size_t m_scanned = 0;
    size_t m_headSize = 0;
    ParseError m_error = ParseError::None;
};

} // namespace reverxy::http
