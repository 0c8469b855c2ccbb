// SPDX-License-Identifier: MIT
#pragma once

#include "http/field.h"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace reverxy::http {

// Serializing heads (RFC 9112). First the size, then the bytes into memory of at least that size: the caller owns
// the memory, nothing is allocated. Fields are written as given; framing fields are among them, put there by the
// caller.

/// `lines`: further fields, serialized already, each line with its end.
size_t requestHeadSize(std::string_view methodToken, std::string_view target, const FieldList& fields,
                       std::string_view lines = {});
/// Writes `METHOD target HTTP/1.1`, the fields, the lines and the empty line; returns the end of what was written.
char* writeRequestHead(char* out, std::string_view methodToken, std::string_view target, const FieldList& fields,
                       std::string_view lines = {});

/// `lines` as above.
size_t responseHeadSize(std::string_view reason, const FieldList& fields, std::string_view lines = {});
/// Writes `HTTP/1.1 status reason`, the lines, the fields and the empty line; returns the end of what was written.
char* writeResponseHead(char* out, uint16_t status, std::string_view reason, const FieldList& fields,
                        std::string_view lines = {});

/// The most that writeChunkStart() and writeLastChunk() without trailers may write.
constexpr size_t chunkOverhead = 24;
/// `size` in hexadecimal and CRLF (RFC 9112 section 7.1).
char* writeChunkStart(char* out, uint64_t size);
size_t lastChunkSize(const FieldList* trailers);
/// `0`, CRLF, the trailer fields if any, CRLF. The CRLF that ends the previous chunk's data is not written here.
char* writeLastChunk(char* out, const FieldList* trailers);

/// The registered reason phrase (RFC 9110 section 15), "" when unknown.
std::string_view reasonPhrase(uint16_t status);

} // namespace reverxy::http
