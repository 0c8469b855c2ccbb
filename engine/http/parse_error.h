// SPDX-License-Identifier: MIT
#pragma once

#include "base/failure.h"

#include <cstdint>
#include <string_view>

namespace reverxy::http {

/// Bounds on a message's head.
struct HeadLimits {
    uint32_t maxSize = 64 * 1024; // request or status line and fields together, bytes
    uint32_t maxFields = 128;
};

/// Why a head or a body's framing was refused. Each has a sentence (parse_error.cpp) that names the section it
/// breaks.
enum class ParseError : uint8_t {
    None,
    EmptyMethod, // RFC 9112 section 3
    BadMethod,
    BadTarget,          // RFC 9112 section 3.2: characters outside RFC 3986, fragment, wrong form for the method
    BadVersion,         // not HTTP/d.d
    UnsupportedVersion, // major version other than 1
    RequestLineTooLong,
    BareCarriageReturn, // RFC 9112 section 2.2
    BareLineFeed,       // RFC 9112 section 2.2, stricter than its MAY
    NulByte,
    WhitespaceBeforeColon,  // RFC 9112 section 5.1
    WhitespaceBeforeFields, // RFC 9112 section 2.2
    ObsoleteFolding,        // RFC 9112 section 5.2
    BadFieldName,
    BadFieldValue, // control characters
    TooManyFields,
    HeadTooLarge,
    MissingHost, // RFC 9112 section 3.2
    RepeatedHost,
    BadHost,
    BadContentLength,         // RFC 9112 section 6.3
    ConflictingContentLength, // repeated, even with equal values
    ContentLengthAndTransferEncoding,
    TransferEncodingInHttp10, // RFC 9112 section 6.1
    UnknownTransferCoding,    // RFC 9112 section 6.1: 501
    ChunkedNotLast,
    BadConnectionField,
    BadStatusLine, // RFC 9112 section 4
    BadChunkSize,  // RFC 9112 section 7.1
    ChunkSizeOverflow,
    BadChunkExtension,
    ChunkLineTooLong,
    BadChunkEnd, // data not followed by CRLF
    BadTrailer,  // malformed, or too large
};

/// The sentence for people, with its section; for None "".
std::string_view sentenceOf(ParseError error);
/// A short stable name for logs and Proxy-Status details, as `bare-line-feed`.
std::string_view nameOf(ParseError error);
/// What a client that sent it gets: BadRequest (400), UriTooLong (414), HeadersTooLarge (431), NotImplemented
/// (501), VersionNotSupported (505).
Failure failureOfRequest(ParseError error);
/// What it is called when a backend sent it: ResponseMalformed, ResponseHeadTooLarge or ResponseBodyMalformed.
Failure failureOfResponse(ParseError error);

enum class ParseStatus : uint8_t { NeedMore, Done, Failed };

} // namespace reverxy::http
