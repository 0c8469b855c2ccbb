// SPDX-License-Identifier: MIT
#pragma once

#include "http/field.h"
#include "http/head.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

// Which request fields choose among the responses stored for one key (RFC 9111 section 4.1).
//
// The nominated fields of a request are written down as its selecting text: one line a field, sorted by name, the
// name in small letters, ":" and the value in a normal form; no ":" when the request has no such field. Two
// requests match when their texts for the same names are equal byte by byte. The normal form joins the lines of a
// field and, where the field's definition gives these no meaning, takes out white space, case and order:
//   Accept-Encoding   all three, weights in full
//   Accept-Language   all but the order of equally weighted ranges, which some take for a preference
//   Accept            white space
//   any other         nothing: it is compared as it came

namespace reverxy::cache {

enum class VaryKind : uint8_t {
    None,       // no such field, or an empty one
    Fields,     // names that requests can be compared by
    Star,       // "*" is among them
    Unmatchable // malformed, too many, or a field that holds the client's address: no two requests match
};

/// The names in a response's Vary, each once, sorted without regard to case. Views the fields.
struct VaryNames {
    static constexpr size_t maxNames = 16;

    VaryKind kind = VaryKind::None;
    std::array<std::string_view, maxNames> names;
    size_t count = 0;
};

VaryNames readVary(const http::FieldList& response);

/// Appends the selecting text of `request`; nothing unless `names.kind` is Fields. A field that Connection names is
/// taken as absent, since the backend never saw it.
void appendSelecting(const VaryNames& names, const http::RequestHead& request, std::string& out);

/// Whether `request` has the selecting text `selecting`, as appendSelecting() wrote it; always for an empty one.
/// Allocates nothing.
bool matchesSelecting(std::string_view selecting, const http::RequestHead& request);

} // namespace reverxy::cache
