// SPDX-License-Identifier: MIT
#pragma once

#include "http/parse_error.h"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace reverxy::http {

/// The line before a chunk's data: its size and perhaps extensions (RFC 9112 sections 7.1 and 7.1.1).
struct ChunkLine {
    ParseStatus status = ParseStatus::NeedMore;
    ParseError error = ParseError::None;
    uint64_t chunkSize = 0;
    uint32_t lineSize = 0;      // CRLF included
    uint32_t extensionSize = 0; // from the end of the size to the CRLF
};

/// The longest such line that is read, CRLF included.
constexpr size_t maxChunkLine = 1024;

/// Reads the line at the front of `data`. Extensions are checked and then forgotten, as section 7.1.1 asks of a
/// recipient that knows none. It starts anew in each call, which is cheap since the line is bounded.
ChunkLine parseChunkLine(std::string_view data);

} // namespace reverxy::http
