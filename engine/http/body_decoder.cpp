// SPDX-License-Identifier: MIT
#include "http/body_decoder.h"

#include "http/chunk_line.h"

#include <algorithm>

namespace reverxy::http {

namespace {
constexpr uint32_t maxExtensionBytes = 16 * 1024; // of a whole body

/// Framing fields are never trailers (RFC 9110 section 6.5.1), and a message that has them there means to be read
/// differently by different recipients.
bool framesAnything(const FieldList& trailers) {
    return trailers.find(FieldId::ContentLength) || trailers.find(FieldId::TransferEncoding);
}
} // namespace

void BodyDecoder::start(const Framing& framing, const HeadLimits& limits) {
    m_error = ParseError::None;
    m_extensionBytes = 0;
    m_remaining = framing.length;
    m_decoded = 0;
    m_limits = limits;
    m_trailers.clear();
    switch (framing.kind) {
    case BodyKind::None:
        m_state = State::Finished;
        break;
    case BodyKind::Length:
        m_state = framing.length > 0 ? State::Length : State::Finished;
        break;
    case BodyKind::Chunked:
        m_state = State::ChunkSize;
        break;
    case BodyKind::UntilClose:
        m_state = State::UntilClose;
        break;
    }
}

BodyDecoder::Step BodyDecoder::fail(ParseError error) {
    m_state = State::Failed;
    m_error = error;
    return {Kind::Failed, 0, {}};
}

// Body bytes from `at` on, as far as this body or chunk goes; what lies before `at` is done with.
BodyDecoder::Step BodyDecoder::takePiece(std::string_view data, size_t at) {
    const auto size = static_cast<size_t>(std::min<uint64_t>(m_remaining, data.size() - at));
    if (size == 0)
        return {Kind::NeedMore, at, {}};
    m_remaining -= size;
    m_decoded += size;
    if (m_remaining == 0)
        m_state = m_state == State::Length ? State::Finished : State::ChunkEnd;
    return {Kind::Piece, at + size, data.substr(at, size)};
}

// The section stays unconsumed until it is complete, so that its fields can be views. `at` is only above 0 in the
// first call for it: what lay before it is consumed with that call.
BodyDecoder::Step BodyDecoder::parseTrailers(std::string_view data, size_t at) {
    const std::string_view section = data.substr(at);
    const ParseStatus status =
        m_trailerParser.parse(section.substr(0, m_limits.maxSize), m_limits.maxFields, m_trailers);
    if (status == ParseStatus::Done) {
        if (framesAnything(m_trailers))
            return fail(ParseError::BadTrailer);
        m_state = State::Finished;
        return {Kind::End, at + m_trailerParser.end(), {}};
    }
    if (status == ParseStatus::Failed || section.size() >= m_limits.maxSize)
        return fail(ParseError::BadTrailer);
    return {Kind::NeedMore, at, {}};
}

BodyDecoder::Step BodyDecoder::next(std::string_view data) {
    size_t at = 0;
    switch (m_state) {
    case State::Finished:
        return {Kind::End, 0, {}};
    case State::Failed:
        return {Kind::Failed, 0, {}};
    case State::UntilClose:
        m_decoded += data.size();
        return {data.empty() ? Kind::NeedMore : Kind::Piece, data.size(), data};
    case State::Length:
    case State::ChunkData:
        return takePiece(data, 0);
    case State::Trailers:
        return parseTrailers(data, 0);
    case State::ChunkEnd:
        if (!data.empty() && (data[0] != '\r' || (data.size() > 1 && data[1] != '\n')))
            return fail(ParseError::BadChunkEnd);
        if (data.size() < 2)
            return {Kind::NeedMore, 0, {}};
        at = 2;
        m_state = State::ChunkSize;
        [[fallthrough]];
    case State::ChunkSize:
        break;
    }

    const ChunkLine line = parseChunkLine(data.substr(at));
    if (line.status == ParseStatus::NeedMore)
        return {Kind::NeedMore, at, {}};
    if (line.status == ParseStatus::Failed)
        return fail(line.error);
    m_extensionBytes += line.extensionSize;
    if (m_extensionBytes > maxExtensionBytes)
        return fail(ParseError::ChunkLineTooLong);
    at += line.lineSize;
    if (line.chunkSize == 0) {
        m_state = State::Trailers;
        m_trailerParser.start(0);
        return parseTrailers(data, at);
    }
    m_state = State::ChunkData;
    m_remaining = line.chunkSize;
    return takePiece(data, at);
}

bool BodyDecoder::closed() {
    if (m_state == State::UntilClose)
        m_state = State::Finished;
    return m_state == State::Finished;
}

} // namespace reverxy::http
