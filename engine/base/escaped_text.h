// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace reverxy {

/// How text of unknown origin is made harmless.
enum class Escaping : uint8_t {
    Line,   // for people, to the end of a line: \r \n \t, each byte of anything else unsafe as \xHH
    Quoted, // the same within double quotes: \" and \\ as well
    Json,   // RFC 8259 section 7: \uXXXX; a byte that is not UTF-8 becomes U+FFFD, as JSON cannot hold it
};

/// Appends `text` so that it stays on its line, within its quotes, and does nothing to a terminal: control
/// characters (C0, DEL and C1), line and paragraph separators, marks that turn the direction of writing, and
/// whatever is not valid UTF-8 are escaped. Valid UTF-8 otherwise passes as it is. Thread-safe.
void appendEscaped(std::string& out, std::string_view text, Escaping escaping);

} // namespace reverxy
