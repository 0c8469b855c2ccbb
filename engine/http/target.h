// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace reverxy::http {

/// `host[:port]` taken apart (RFC 3986 section 3.2, RFC 9110 section 7.2): reg-name, IPv4 or bracketed IPv6; no
/// userinfo.
struct Authority {
    std::string_view host; // brackets of an IP literal included
    std::string_view port; // digits; empty when absent
};

/// Nothing when `text` is no valid uri-host with an optional port (0 to 65535). Empty text is not valid here.
std::optional<Authority> parseAuthority(std::string_view text);

/// The path part of a path-and-query.
std::string_view pathOf(std::string_view pathAndQuery);

/// True when the path holds a dot segment, plain or percent-encoded, so that its prefix may not be what it seems.
bool hasDotSegments(std::string_view path);

/// RFC 3986 section 5.2.4 on the path of `pathAndQuery` (encoded dots decoded first); the query stays as it is. The
/// result always begins with "/".
std::string removeDotSegments(std::string_view pathAndQuery);

} // namespace reverxy::http
