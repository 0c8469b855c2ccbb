// SPDX-License-Identifier: MIT
#pragma once

#include "base/clock.h"

#include <optional>
#include <string_view>

namespace reverxy::http {

constexpr size_t dateSize = 29;

/// Writes `Sun, 06 Nov 1994 08:49:37 GMT` (IMF-fixdate, RFC 9110 section 5.6.7): dateSize bytes, no terminator.
void writeDate(char* out, WallTime time);

/// Reads all three forms of RFC 9110 section 5.6.7. `now` places two-digit years.
std::optional<WallTime> parseDate(std::string_view text, WallTime now);

} // namespace reverxy::http
