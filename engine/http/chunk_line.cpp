// SPDX-License-Identifier: MIT
#include "http/chunk_line.h"

#include "http/character_table.h"

#include <limits>

namespace reverxy::http {

namespace {

// Leading zeros count: nobody pads a size further than its widest value is long.
constexpr size_t maxDigits = 16;

constexpr unsigned hexValue(char c) {
    return static_cast<unsigned>(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
}

ChunkLine failed(ParseError error) {
    return {ParseStatus::Failed, error, 0, 0, 0};
}

enum class Scan : uint8_t { Ok, End, Bad };

// Moves `at` over a token or a quoted string (RFC 9110 sections 5.6.2 and 5.6.4). A CR or LF fits in neither.
Scan skipExtensionValue(std::string_view line, size_t& at) {
    if (at == line.size())
        return Scan::End;
    if (line[at] != '"') {
        const size_t start = at;
        at = skipWhile(line, at, TokenByte);
        return at > start ? Scan::Ok : Scan::Bad;
    }
    ++at;
    for (;;) {
        at = skipWhile(line, at, QuotedByte);
        if (at == line.size())
            return Scan::End;
        if (line[at] == '"') {
            ++at;
            return Scan::Ok;
        }
        if (line[at] != '\\')
            return Scan::Bad;
        if (at + 1 == line.size())
            return Scan::End;
        if (!isIn(line[at + 1], TextByte))
            return Scan::Bad;
        at += 2;
    }
}

size_t skipBlanks(std::string_view line, size_t at) {
    while (at < line.size() && isBlank(line[at]))
        ++at;
    return at;
}

// Moves `at` over all extensions, up to what follows them; Ok there, whatever it is. Section 7.1.1:
// *( BWS ";" BWS chunk-ext-name [ BWS "=" BWS chunk-ext-val ] )
Scan skipExtensions(std::string_view line, size_t& at) {
    for (;;) {
        const size_t afterLast = at;
        at = skipBlanks(line, at);
        if (at == line.size())
            return Scan::End;
        if (line[at] != ';') // white space belongs to an extension, it may not stand before the CRLF
            return at == afterLast ? Scan::Ok : Scan::Bad;
        at = skipBlanks(line, at + 1);
        const size_t name = at;
        at = skipWhile(line, at, TokenByte);
        if (at == line.size())
            return Scan::End;
        if (at == name)
            return Scan::Bad;
        const size_t afterName = at;
        at = skipBlanks(line, at);
        if (at == line.size())
            return Scan::End;
        if (line[at] != '=') {
            at = afterName;
            continue;
        }
        at = skipBlanks(line, at + 1);
        if (const Scan scan = skipExtensionValue(line, at); scan != Scan::Ok)
            return scan;
    }
}

} // namespace

ChunkLine parseChunkLine(std::string_view data) {
    const std::string_view line = data.substr(0, maxChunkLine);
    const ChunkLine unfinished = line.size() == maxChunkLine ? failed(ParseError::ChunkLineTooLong) : ChunkLine{};

    uint64_t size = 0;
    size_t at = 0;
    for (; at < line.size() && isIn(line[at], HexByte); ++at) {
        if (at == maxDigits)
            return failed(ParseError::ChunkSizeOverflow);
        size = size * 16 + hexValue(line[at]);
    }
    // Past the signed range, others along the way would read it as negative.
    if (size > static_cast<uint64_t>(std::numeric_limits<int64_t>::max()))
        return failed(ParseError::ChunkSizeOverflow);
    if (at == line.size())
        return unfinished;
    if (at == 0)
        return failed(ParseError::BadChunkSize);

    const size_t digits = at;
    switch (skipExtensions(line, at)) {
    case Scan::Ok:
        break;
    case Scan::End:
        return unfinished;
    case Scan::Bad:
        return failed(ParseError::BadChunkExtension);
    }
    if (line[at] == '\r' && at + 1 == line.size())
        return unfinished;
    if (line[at] != '\r' || line[at + 1] != '\n')
        return failed(at == digits ? ParseError::BadChunkSize : ParseError::BadChunkExtension);
    return {ParseStatus::Done, ParseError::None, size, static_cast<uint32_t>(at + 2),
            static_cast<uint32_t>(at - digits)};
}

} // namespace reverxy::http
