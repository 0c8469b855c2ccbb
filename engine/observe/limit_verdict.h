// SPDX-License-Identifier: MIT
#pragma once

#include "base/name_table.h"

#include <cstdint>
#include <string_view>

namespace reverxy::observe {

/// What the rate limiter said of a request; the sentence for people is sentenceOf().
enum class LimitVerdict : uint8_t {
    None,            // no limiter looks after the route, or the request never got so far
    Exempt,          // the client's address is exempt
    Allowed,         // counted, and within the quota
    Shared,          // the same; no place was left for the client, which shares one count with others
    Throttled,       // the quota is used up
    SharedThrottled, // the same of the shared one
};

std::string_view nameOf(LimitVerdict verdict);
std::string_view sentenceOf(LimitVerdict verdict);

/// How the client was told apart; mirrors limit::KeyKind by value.
using KeyKindValue = uint8_t;

/// A limiter's judgement of one request.
struct LimitRecord {
    NameId limiter = 0; // `global`, or the route whose own it is
    LimitVerdict verdict = LimitVerdict::None;
    KeyKindValue keyKind = 0;
    uint32_t limit = 0;       // requests that may be used up
    uint32_t used = 0;        // requests that are, this one included when it was allowed
    uint32_t resetMillis = 0; // until fewer are

    /// Whether the request was counted, so that the other figures hold.
    bool counted() const { return verdict >= LimitVerdict::Allowed; }

    bool throttled() const {
        return verdict == LimitVerdict::Throttled || verdict == LimitVerdict::SharedThrottled;
    }
};

} // namespace reverxy::observe
