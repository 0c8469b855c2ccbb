// SPDX-License-Identifier: MIT
#include "http/request_target.h"

#include "http/list.h"
#include "http/target.h"

namespace reverxy::http {

namespace {

// The scheme of a target that begins with an HTTP scheme and "://", else empty. Schemes are case-insensitive (RFC
// 3986 section 3.1).
std::string_view httpSchemeOf(std::string_view target) {
    const size_t end = target.find(':');
    if (end == std::string_view::npos || target.substr(end, 3) != "://")
        return {};
    const std::string_view scheme = target.substr(0, end);
    return equalsIgnoringCase(scheme, "http") || equalsIgnoringCase(scheme, "https") ? scheme : std::string_view{};
}

bool takeAbsoluteFormApart(RequestHead& head) {
    const std::string_view scheme = httpSchemeOf(head.target);
    if (scheme.empty())
        return false;
    const std::string_view rest = head.target.substr(scheme.size() + 3);
    const std::string_view authority = rest.substr(0, rest.find_first_of("/?"));
    if (!parseAuthority(authority)) // refuses userinfo (RFC 9110 section 4.2.4) and an empty host (section 4.2.1)
        return false;
    std::string_view path = rest.substr(authority.size());
    if (path.empty())
        // Section 3.2.4: such an OPTIONS is about the server as a whole.
        path = head.method == Method::Options ? "*" : "/";
    head.form = TargetForm::Absolute;
    head.scheme = scheme;
    head.authority = authority;
    head.pathAndQuery = path;
    return true;
}

} // namespace

bool takeTargetApart(RequestHead& head) {
    head.scheme = {};
    head.authority = {};
    head.pathAndQuery = {};
    if (head.method == Method::Connect) {
        const auto authority = parseAuthority(head.target);
        if (!authority || authority->port.empty())
            return false;
        head.form = TargetForm::Authority;
        head.authority = head.target;
        return true;
    }
    if (head.target.front() == '/') {
        head.form = TargetForm::Origin;
        head.pathAndQuery = head.target;
        return true;
    }
    if (head.target == "*") {
        head.form = TargetForm::Asterisk;
        head.pathAndQuery = head.target;
        return head.method == Method::Options;
    }
    return takeAbsoluteFormApart(head);
}

} // namespace reverxy::http
