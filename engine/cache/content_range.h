// SPDX-License-Identifier: MIT
#pragma once

#include "http/field.h"

#include <cstdint>
#include <optional>
#include <string_view>

namespace reverxy::cache {

/// Bytes `first` to `last`, both included, of a representation of `complete` bytes.
struct ContentRange {
    uint64_t first = 0;
    uint64_t last = 0;
    uint64_t complete = 0;

    uint64_t size() const { return last - first + 1; }

    friend bool operator==(const ContentRange&, const ContentRange&) = default;
};

/// Reads `bytes 0-499/1234` (RFC 9110 section 14.4). Nothing for other units, for an unknown length, for a 416's
/// `bytes */1234`, and for what is invalid.
std::optional<ContentRange> parseContentRange(std::string_view value);

/// The place of a 206's content in the whole, where it can be told from its fields: one part, and one Content-Range
/// that is valid (RFC 9111 section 3.3).
std::optional<ContentRange> storableRangeOf(const http::FieldList& fields);

} // namespace reverxy::cache
