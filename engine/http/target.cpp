// SPDX-License-Identifier: MIT
#include "http/target.h"

#include "base/ip_address.h"
#include "http/character_table.h"

#include <algorithm>

namespace reverxy::http {

namespace {

/// RFC 3986 section 3.2.2, but not empty: a recipient of an http URI must reject an empty host (RFC 9110
/// section 4.2.1).
bool isRegisteredName(std::string_view text) {
    for (size_t i = 0; i < text.size(); ++i) {
        if (isIn(text[i], NameByte))
            continue;
        if (text[i] != '%' || text.size() - i < 3 || !isIn(text[i + 1], HexByte) || !isIn(text[i + 2], HexByte))
            return false;
        i += 2;
    }
    return !text.empty();
}

/// RFC 3986 gives a port any number of digits, none included; its value must still be one that TCP has.
bool isPort(std::string_view text) {
    uint32_t value = 0;
    for (const char c : text) {
        if (!isIn(c, DigitByte))
            return false;
        value = value * 10 + static_cast<uint32_t>(c - '0');
        if (value > 65535)
            return false;
    }
    return true;
}

/// How many bytes the dot at the front of `text` takes, plain or percent-encoded; 0 when there is none.
size_t dotSize(std::string_view text) {
    if (text.starts_with('.'))
        return 1;
    return text.starts_with("%2e") || text.starts_with("%2E") ? 3 : 0;
}

/// 1 for ".", 2 for "..", else 0.
int dotsOf(std::string_view segment) {
    const size_t first = dotSize(segment);
    if (first == 0)
        return 0;
    segment.remove_prefix(first);
    if (segment.empty())
        return 1;
    return dotSize(segment) == segment.size() ? 2 : 0;
}

void appendSegment(std::string& out, std::string_view segment) {
    out += '/';
    for (size_t i = 0; i < segment.size();) {
        const size_t dot = dotSize(segment.substr(i));
        out += dot > 0 ? '.' : segment[i];
        i += dot > 0 ? dot : 1;
    }
}

} // namespace

std::optional<Authority> parseAuthority(std::string_view text) {
    size_t hostEnd;
    if (text.starts_with('[')) {
        const size_t close = text.find(']');
        if (close == std::string_view::npos)
            return std::nullopt;
        // The colon tells it from an IPv4 address, which has no brackets. IPvFuture is refused: a version that is
        // not known cannot be served (RFC 3986 section 3.2.2).
        const std::string_view address = text.substr(1, close - 1);
        if (address.find(':') == std::string_view::npos || !IpAddress::parse(address))
            return std::nullopt;
        hostEnd = close + 1;
    } else {
        hostEnd = std::min(text.find(':'), text.size());
        if (!isRegisteredName(text.substr(0, hostEnd)))
            return std::nullopt;
    }
    Authority authority{text.substr(0, hostEnd), {}};
    if (hostEnd == text.size())
        return authority;
    authority.port = text.substr(hostEnd + 1);
    if (text[hostEnd] != ':' || !isPort(authority.port))
        return std::nullopt;
    return authority;
}

std::string_view pathOf(std::string_view pathAndQuery) {
    return pathAndQuery.substr(0, pathAndQuery.find('?'));
}

bool hasDotSegments(std::string_view path) {
    for (size_t i = 0; i < path.size(); ++i) {
        // Hardly any segment so much as begins like one.
        if ((path[i] != '.' && path[i] != '%') || (i > 0 && path[i - 1] != '/'))
            continue;
        const size_t end = std::min(path.find('/', i), path.size());
        if (dotsOf(path.substr(i, end - i)) > 0)
            return true;
    }
    return false;
}

std::string removeDotSegments(std::string_view pathAndQuery) {
    std::string_view path = pathOf(pathAndQuery);
    const std::string_view query = pathAndQuery.substr(path.size());
    if (path.starts_with('/'))
        path.remove_prefix(1);

    std::string out;
    out.reserve(pathAndQuery.size() + 1);
    for (bool last = false; !last;) {
        const size_t end = std::min(path.find('/'), path.size());
        last = end == path.size();
        const std::string_view segment = path.substr(0, end);
        path.remove_prefix(last ? end : end + 1);

        const int dots = dotsOf(segment);
        if (dots == 0) {
            appendSegment(out, segment);
            continue;
        }
        if (dots == 2 && !out.empty())
            out.erase(out.rfind('/'));
        if (last) // what stood at the end was a directory, and stays one
            out += '/';
    }
    return out += query;
}

} // namespace reverxy::http
