// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

namespace reverxy::http {

/// How a message's body is delimited (RFC 9112 section 6.3).
enum class BodyKind : uint8_t {
    None,       // no body
    Length,     // exactly `length` bytes
    Chunked,    // chunked transfer coding
    UntilClose, // responses only: everything until the connection ends
};

struct Framing {
    BodyKind kind = BodyKind::None;
    uint64_t length = 0; // Length only

    friend bool operator==(const Framing&, const Framing&) = default;
};

} // namespace reverxy::http
