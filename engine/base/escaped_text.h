// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace reverxy {

/// How text of unknown origin is made harmless within quotes.
enum class Escaping : uint8_t {
    Text, // for people: \" \\ \r \n \t, every other byte as \xHH
    Json, // RFC 8259 section 7: \uXXXX; a byte that is not UTF-8 becomes U+FFFD, as JSON cannot hold it
};

/// Appends `text` so that it can stand between double quotes on one line and do nothing to a terminal: quotes,
/// backslashes, control characters (C0, DEL and C1), line and paragraph separators, marks that turn the direction
/// of writing, and whatever is not valid UTF-8 are escaped. Valid UTF-8 otherwise passes as it is. Thread-safe.
void appendEscaped(std::string& out, std::string_view text, Escaping escaping);

} // namespace reverxy
