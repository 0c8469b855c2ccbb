// SPDX-License-Identifier: MIT
#pragma once

#include "config/scalar.h"

#include <string>
#include <string_view>

// The readers of values that name a place or a thing on the network. Pure; any thread.

namespace reverxy::config {

/// Where to listen: `localhost`, or one address without brackets and port. Comes back in lower case and canonical.
Parsed<std::string> parseListenHost(std::string_view text);
/// `http://host[:port][/base]`; without userinfo, query and fragment (RFC 3986 section 3). `https` is refused by
/// its own sentence.
Parsed<BackendUrl> parseBackendUrl(std::string_view text);
/// What a health probe asks for: a path (with or without a query), an absolute http URL, or "" for a connection
/// alone. As written.
Parsed<std::string> parseHealthUrl(std::string_view text);
/// An address, or a block of them as `10.0.0.0/8`.
Parsed<CidrBlock> parseAddresses(std::string_view text);
/// The name of a pool, backend or route: 1 to 64 letters, digits, `-` and `_`, and `.` too where `dots` says so.
Parsed<std::string> parseName(std::string_view text, bool dots);
/// A field name: a token (RFC 9110 section 5.1).
Parsed<std::string> parseFieldName(std::string_view text);
/// The name of a host, without a port. Comes back in lower case, without a final dot.
Parsed<std::string> parseHostName(std::string_view text);
/// What the limiter counts by: `client-ip` or `header:NAME`.
Parsed<std::string> parseClientKey(std::string_view text);
/// The host of a route: "" for any, a name, an address, or `*.` and a name. Comes back in lower case, without a
/// final dot.
Parsed<std::string> parseRouteHost(std::string_view text);
/// The path prefix of a route: begins with `/`, no query, no dot segments. Comes back without a final slash, unless
/// it is `/` alone.
Parsed<std::string> parseRoutePath(std::string_view text);

} // namespace reverxy::config
