// SPDX-License-Identifier: MIT
// The input is a chunked body (RFC 9112 section 7.1), from its first size to its trailers and beyond.
#include "fuzz/message_check.h"
#include "http/chunk_line.h"

using namespace reverxy;
using namespace reverxy::fuzz;

namespace {

void checkLine(std::string_view input) {
    const http::ChunkLine line = http::parseChunkLine(input);
    switch (line.status) {
    case http::ParseStatus::NeedMore:
        require(input.size() < http::maxChunkLine, "a line is bounded");
        return;
    case http::ParseStatus::Failed:
        require(line.error != http::ParseError::None, "there is a reason");
        return;
    case http::ParseStatus::Done:
        require(line.lineSize <= input.size() && line.lineSize <= http::maxChunkLine,
                "a line lies within the data");
        require(input.substr(0, line.lineSize).ends_with("\r\n"), "a line ends with CRLF");
        require(line.extensionSize + 3 <= line.lineSize, "a size comes first");
        // What the next hop reads must be the same: the line's first digits and nothing else.
        require(std::stoull(std::string(input.substr(0, line.lineSize)), nullptr, 16) == line.chunkSize,
                "the size is that of its digits");
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    const std::string input(reinterpret_cast<const char*>(data), size);
    checkLine(input);
    Cuts cuts(input);
    checkBody({http::BodyKind::Chunked, 0}, input, cuts);
    return 0;
}
