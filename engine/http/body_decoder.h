// SPDX-License-Identifier: MIT
#pragma once

#include "http/field.h"
#include "http/field_section_parser.h"
#include "http/framing.h"
#include "http/parse_error.h"

#include <cstdint>
#include <string_view>

namespace reverxy::http {

/// Takes a body's framing off, piece by piece, without copying (RFC 9112 sections 6 and 7).
class BodyDecoder {
  public:
    enum class Kind : uint8_t {
        NeedMore, // nothing to be had until more bytes arrive; `consumed` may still be > 0
        Piece,    // `piece` holds body bytes, a view into `data`
        End,      // the body is over; trailers() is valid until the data moves
        Failed,   // error() says why
    };

    struct Step {
        Kind kind;
        size_t consumed; // bytes of `data` that are done with; the piece lies within them
        std::string_view piece;
    };

    /// `limits` bounds the trailer section as it bounds a head; a chunk's size line is bounded by 1 KiB, and the
    /// sum of all chunk extensions of a body by 16 KiB, since nobody uses them but attackers.
    void start(const Framing& framing, const HeadLimits& limits);
    /// The next step over the bytes at the front of `data`. Call again with the rest after taking `consumed` off. A
    /// trailer section or chunk-size line that is not complete yet is left unconsumed (and bounded). With
    /// BodyKind::None, and Length 0, the first call gives End. UntilClose never gives End by itself: see closed().
    Step next(std::string_view data);
    /// The connection has ended. True when that completes the body (UntilClose), false when it was cut short.
    bool closed();

    bool finished() const { return m_state == State::Finished; }

    ParseError error() const { return m_error; }

    /// The trailer fields of a chunked body, after End.
    const FieldList& trailers() const { return m_trailers; }

    /// Body bytes given out so far.
    uint64_t bytesDecoded() const { return m_decoded; }

    /// Length only: body bytes still to come.
    uint64_t remaining() const { return m_state == State::Length ? m_remaining : 0; }

  private:
    enum class State : uint8_t { Length, UntilClose, ChunkSize, ChunkData, ChunkEnd, Trailers, Finished, Failed };

    Step takePiece(std::string_view data, size_t at);
    Step parseTrailers(std::string_view data, size_t at);
    Step fail(ParseError error);

    State m_state = State::Finished;
    ParseError m_error = ParseError::None;
    uint32_t m_extensionBytes = 0;
    uint64_t m_remaining = 0; // of the body (Length) or of the current chunk
    uint64_t m_decoded = 0;
    HeadLimits m_limits;
    FieldList m_trailers;
    FieldSectionParser m_trailerParser;
};

} // namespace reverxy::http
