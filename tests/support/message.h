// SPDX-License-Identifier: MIT
#pragma once

#include "support/stream.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// A second, independent and simple reader of HTTP/1 messages, so that the tests do not judge the engine by its own
// parser. It takes exactly what the engine may send and calls everything else by name.

namespace reverxy::test {

using Fields = std::vector<std::pair<std::string, std::string>>;

bool sameName(std::string_view one, std::string_view other);

/// A message's head.
struct Head {
    std::string raw; // with the empty line
    std::string startLine;
    Fields fields;

    bool has(std::string_view name) const { return count(name) > 0; }

    size_t count(std::string_view name) const;
    /// All values of the field, joined by ", "; "" when there is none.
    std::string value(std::string_view name) const;
    /// The words of the start line, split at single spaces: three, the last of a response may hold spaces.
    std::vector<std::string> words() const;
};

/// Reads a head; nothing at the end of the stream or when it is malformed, which `problem` then says.
std::optional<Head> readHead(Stream& stream, std::string& problem);

/// How a body ends.
enum class BodyEnd : uint8_t { None, Length, Chunked, Close };

struct BodyShape {
    BodyEnd end = BodyEnd::None;
    uint64_t length = 0;
};

/// Of a request; malformed framing goes into `problem`.
BodyShape shapeOfRequest(const Head& head, std::string& problem);
/// Of a response to a request with `method`.
BodyShape shapeOfResponse(const Head& head, int status, std::string_view method, std::string& problem);

/// Reads a body from a stream, piece by piece as it arrives.
class BodyReader {
  public:
    BodyReader(Stream& stream, BodyShape shape) : m_stream(&stream), m_shape(shape), m_left(shape.length) {}

    /// The next bytes, at least one, valid until the next call; empty when the body is over or broken.
    std::string_view next(size_t limit = SIZE_MAX);
    /// The rest of the body.
    std::string rest();

    /// The body is over as it should be.
    bool complete() const { return m_complete; }

    const std::string& problem() const { return m_problem; }

    const Fields& trailers() const { return m_trailers; }

    /// Bytes of the body seen so far.
    uint64_t size() const { return m_size; }

    /// Chunks whose head was read so far.
    uint64_t chunks() const { return m_chunks; }

  private:
    std::string_view fail(std::string_view what);
    bool nextChunk();
    bool readTrailers();

    Stream* m_stream;
    BodyShape m_shape;
    uint64_t m_left;
    size_t m_lent = 0; // bytes of the last piece, consumed by the next call
    uint64_t m_size = 0;
    uint64_t m_chunks = 0;
    bool m_complete = false;
    std::string m_problem;
    Fields m_trailers;
};

} // namespace reverxy::test
