// SPDX-License-Identifier: MIT
#pragma once

#include "base/clock.h"
#include "http/field.h"

#include <cstdint>
#include <optional>
#include <string_view>

namespace reverxy::cache {

/// Seconds since 1970, as far as a WallTime reaches. Dates are compared in these, so that no difference between two
/// of them can overflow.
using DateSeconds = int64_t;

/// Whole seconds, rounded down: what a clock that shows seconds would say.
DateSeconds secondsOf(WallTime time);

/// An HTTP-date without regard to case, as RFC 9111 section 4.2 asks of caches; otherwise strict. `now` places
/// years of two digits.
std::optional<DateSeconds> parseCacheDate(std::string_view text, WallTime now);

/// What a date field says that may stand in a message only once.
struct DateField {
    bool present = false;
    std::optional<DateSeconds> value; ///< nothing when absent, malformed, or there twice with different text
};

DateField readDateField(const http::FieldList& fields, http::FieldId id, WallTime now);

} // namespace reverxy::cache
