// SPDX-License-Identifier: MIT
#pragma once

#include "cache/validators.h"
#include "http/field.h"
#include "http/method.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

// Which bytes of a stored response a client asks for (RFC 9110 section 14).

namespace reverxy::cache {

/// Both positions included.
struct ByteRange {
    uint64_t first = 0;
    uint64_t last = 0;

    uint64_t size() const { return last - first + 1; }

    friend bool operator==(const ByteRange&, const ByteRange&) = default;
};

enum class RangeOutcome : uint8_t {
    Whole,        // no Range, or one that is to be ignored: 200
    Parts,        // 206
    Unsatisfiable // 416
};

/// The ranges to send, in the order they were asked for; those that overlap or lie close together are one.
struct RangeSelection {
    static constexpr size_t maxRanges = 16;

    RangeOutcome outcome = RangeOutcome::Whole;
    std::array<ByteRange, maxRanges> ranges;
    size_t count = 0;

    std::span<const ByteRange> parts() const { return {ranges.data(), count}; }
};

/// Whether the request has a Range that may be answered with a part: only GET defines that (section 14.2).
bool asksForRange(http::Method method, const http::FieldList& request);

/// Reads Range for a representation of `length` bytes. Ignored are: units other than bytes, what is malformed, more
/// ranges than are kept here, and more than two that overlap (section 14.2); and any Range where If-Range does not
/// hold or there is no content.
RangeSelection selectRanges(const http::FieldList& request, const Validators& stored, uint64_t length,
                            WallTime now);

/// Section 13.1.5: whether the client's part is of the stored version; true without If-Range. Only strong
/// validators tell that.
bool ifRangeHolds(const http::FieldList& request, const Validators& stored, WallTime now);

/// The most that writeContentRange() writes.
constexpr size_t maxContentRangeSize = 72;

/// `bytes 0-499/1234`; returns the end of what was written.
char* writeContentRange(const ByteRange& range, uint64_t length, char* out);
/// What a 416 says: `bytes */1234`.
char* writeUnsatisfiedRange(uint64_t length, char* out);

} // namespace reverxy::cache
