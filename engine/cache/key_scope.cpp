// SPDX-License-Identifier: MIT
#include "cache/key_scope.h"

#include "cache/cache_key.h"
#include "http/list.h"

#include <algorithm>

namespace reverxy::cache {

namespace {

struct UrlParts {
    std::string_view scheme; // empty: not given
    std::string_view host;
    std::string_view port; // empty: not given
    std::string_view path; // from the first slash on
};

UrlParts partsOf(std::string_view url) {
    UrlParts parts;
    if (const size_t end = url.find("://"); end < url.find('/')) {
        parts.scheme = url.substr(0, end);
        url.remove_prefix(end + 3);
    }
    const size_t slash = std::min(url.find('/'), url.size());
    parts.path = url.substr(slash);
    parts.host = url.substr(0, slash);
    // The colons of an IPv6 address stand in brackets (RFC 3986 section 3.2.2).
    const size_t colon = parts.host.rfind(':');
    if (colon != std::string_view::npos && parts.host.find(']', colon) == std::string_view::npos) {
        parts.port = parts.host.substr(colon + 1);
        parts.host = parts.host.substr(0, colon);
    }
    return parts;
}

bool isScheme(std::string_view scheme) {
    return scheme.empty() || http::equalsIgnoringCase(scheme, "http") || http::equalsIgnoringCase(scheme, "https");
}

std::string_view withoutSpace(std::string_view text) {
    const size_t first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos)
        return {};
    return text.substr(first, text.find_last_not_of(" \t") + 1 - first);
}

} // namespace

std::optional<KeyScope> KeyScope::prefix(std::string_view text) {
    const UrlParts parts = partsOf(withoutSpace(text));
    if (parts.host.empty() || !isScheme(parts.scheme))
        return std::nullopt;
    KeyScope scope;
    scope.m_everything = false;
    scope.m_scheme = parts.scheme;
    scope.m_host = parts.host;
    scope.m_port = parts.port;
    scope.m_path = parts.path.empty() ? "/" : parts.path;
    return scope;
}

std::optional<KeyScope> KeyScope::url(std::string_view text) {
    auto scope = prefix(text);
    if (scope)
        scope->m_exact = true;
    return scope;
}

std::optional<KeyScope> KeyScope::host(std::string_view text) {
    auto scope = prefix(text);
    if (scope && scope->m_path != "/")
        return std::nullopt;
    return scope;
}

bool KeyScope::contains(std::string_view key) const {
    if (m_everything)
        return true;
    const UrlParts parts = partsOf(urlOf(key));
    if (m_exact ? parts.path != m_path : !parts.path.starts_with(m_path))
        return false;
    return (m_scheme.empty() || http::equalsIgnoringCase(parts.scheme, m_scheme)) &&
           http::equalsIgnoringCase(parts.host, m_host) && (m_port.empty() || parts.port == m_port);
}

} // namespace reverxy::cache
