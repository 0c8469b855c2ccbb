// SPDX-License-Identifier: MIT
#include "fuzz/message_check.h"

#include "http/head_writer.h"

namespace reverxy::fuzz {

namespace {

// The body as a forwarder would send it on: the same pieces in chunks of their own, and the trailer fields.
std::string rewritten(std::string_view rest) {
    std::string out;
    char line[http::chunkOverhead];
    http::BodyDecoder decoder;
    decoder.start({http::BodyKind::Chunked, 0}, limits);
    for (;;) {
        const auto step = decoder.next(rest);
        rest.remove_prefix(step.consumed);
        if (step.kind != http::BodyDecoder::Kind::Piece)
            break;
        out.append(line, http::writeChunkStart(line, step.piece.size()));
        out.append(step.piece).append("\r\n");
    }
    const size_t before = out.size();
    out.resize(before + http::lastChunkSize(&decoder.trailers()));
    const char* const end = http::writeLastChunk(out.data() + before, &decoder.trailers());
    require(end == out.data() + out.size(), "the last chunk has the size that was told");
    return out;
}

} // namespace

void checkBody(const http::Framing& framing, std::string_view rest, Cuts& cuts) {
    const test::Outcome whole = test::decodeBody(framing, rest, {}, limits);
    require(whole.text.find("(outside") == std::string::npos || rest.find("(outside") != std::string_view::npos,
            "views point into the data");
    require(whole.text.find("(empty piece") == std::string::npos ||
                rest.find("(empty piece") != std::string_view::npos,
            "pieces hold something that is consumed");
    require(agree(whole, test::decodeBody(framing, rest, cuts.over(rest.size()), limits)),
            "a body does not depend on its pieces");
    if (rest.size() < 256)
        require(agree(whole, test::decodeBody(framing, rest, test::everyByte(rest), limits)),
                "a body may come byte by byte");
    if (framing.kind != http::BodyKind::Chunked || whole.status != http::ParseStatus::Done)
        return;
    // Written anew, trailers may grow by the spaces after the colons.
    const http::HeadLimits wider{limits.maxSize + limits.maxFields, limits.maxFields};
    const test::Outcome again = test::decodeBody(framing, rewritten(rest), {}, wider);
    require(again.status == http::ParseStatus::Done && again.text == whole.text, "a body written anew is the same");
}

} // namespace reverxy::fuzz
