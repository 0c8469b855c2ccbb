// SPDX-License-Identifier: MIT
#pragma once

#include "cache/content_range.h"
#include "cache/ranges.h"
#include "cache/stored_response.h"
#include "cache/validators.h"
#include "http/head.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

// Stored parts of a representation (RFC 9111 sections 3.3 and 3.4).

namespace reverxy::cache {

/// Where in the whole a stored part lies; nothing for a whole response.
std::optional<ContentRange> rangeOf(const StoredResponse& stored);

/// Whether a stored part has all that the request wants: one range or several, which lie within it.
bool answersFromPart(const StoredResponse& part, const http::RequestHead& request, WallTime now);

/// Whether every byte selected of the whole lies within the stored part.
bool covers(const ContentRange& stored, const RangeSelection& selection);

/// Where a selected range lies in the body that is stored for the part; only when it is covered.
ByteRange withinPart(const ContentRange& stored, const ByteRange& range);

/// Whether both are parts of the same version: only a strong validator tells that.
bool shareStrongValidator(const Validators& a, const Validators& b);

/// A piece of a combined body: of the older part, or of the newer.
struct CombinedPiece {
    bool fromNewer = false;
    uint64_t first = 0; ///< in the body of that part
    uint64_t size = 0;

    friend bool operator==(const CombinedPiece&, const CombinedPiece&) = default;
};

/// Two parts put together.
struct Combination {
    ContentRange range;
    std::array<CombinedPiece, 3> pieces;
    size_t count = 0;

    /// It is the whole, to be stored as a 200 without Content-Range (section 15.3.7.3 of RFC 9110).
    bool isWhole() const { return range.size() == range.complete; }
};

/// Nothing when the parts leave a gap between them, or disagree on the length of the whole. Where both have a byte,
/// the newer's counts.
std::optional<Combination> combine(const ContentRange& older, const ContentRange& newer);

/// What becomes of two parts of which one is stored and the other has come.
enum class PartUse : uint8_t {
    Replace, // the newer takes the place of the older
    Combine,
    Keep // the older stays alone
};

/// `sameVersion`: they share a strong validator. Bytes of the older are copied only where enough came for that, so
/// that many small ranges do not make a large part be copied again and again. Where a gap lies between the two, the
/// larger counts.
PartUse judgeParts(const ContentRange& older, const ContentRange& newer, bool sameVersion);

} // namespace reverxy::cache
