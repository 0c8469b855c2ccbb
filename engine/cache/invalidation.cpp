// SPDX-License-Identifier: MIT
#include "cache/invalidation.h"

#include "http/list.h"
#include "http/target.h"

#include <algorithm>
#include <optional>

namespace reverxy::cache {

using http::equalsIgnoringCase;
using http::FieldId;

namespace {

constexpr bool isAlpha(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/// RFC 3986 section 3.1; empty when the reference has none.
std::string_view schemeOf(std::string_view reference) {
    if (reference.empty() || !isAlpha(reference.front()))
        return {};
    for (size_t i = 0; i < reference.size(); ++i) {
        const char c = reference[i];
        if (c == ':')
            return reference.substr(0, i);
        if (!isAlpha(c) && !(c >= '0' && c <= '9') && c != '+' && c != '-' && c != '.')
            return {};
    }
    return {};
}

std::string_view portOf(const http::Authority& authority, std::string_view scheme) {
    if (!authority.port.empty())
        return authority.port;
    return equalsIgnoringCase(scheme, "https") ? "443" : "80";
}

/// RFC 9110 section 4.3.1.
bool sameAuthority(std::string_view scheme, std::string_view a, std::string_view b) {
    const auto first = http::parseAuthority(a);
    const auto second = http::parseAuthority(b);
    return first && second && equalsIgnoringCase(first->host, second->host) &&
           portOf(*first, scheme) == portOf(*second, scheme);
}

/// A path relative to the target's takes the place of what follows its last slash (RFC 3986 section 5.2.3).
std::string merged(std::string_view targetPath, std::string_view reference) {
    const size_t slash = targetPath.rfind('/');
    std::string path(slash == std::string_view::npos ? "/" : targetPath.substr(0, slash + 1));
    return path.append(reference);
}

/// Where a URI reference leads (RFC 3986 section 5.2.2); nothing when that is another origin.
std::optional<std::string> resolved(const TargetUri& target, std::string_view reference) {
    reference = reference.substr(0, reference.find('#'));
    if (const std::string_view scheme = schemeOf(reference); !scheme.empty()) {
        if (!equalsIgnoringCase(scheme, target.scheme))
            return std::nullopt;
        reference.remove_prefix(scheme.size() + 1);
        if (!reference.starts_with("//"))
            return std::nullopt;
    }
    if (reference.starts_with("//")) {
        reference.remove_prefix(2);
        const size_t end = std::min(reference.find_first_of("/?"), reference.size());
        if (!sameAuthority(target.scheme, reference.substr(0, end), target.authority))
            return std::nullopt;
        reference.remove_prefix(end);
        return http::removeDotSegments(reference);
    }
    const std::string_view targetPath = http::pathOf(target.pathAndQuery);
    if (reference.empty())
        return std::string(target.pathAndQuery);
    if (reference.starts_with('?'))
        return std::string(targetPath).append(reference);
    if (reference.starts_with('/'))
        return http::removeDotSegments(reference);
    return http::removeDotSegments(merged(targetPath, reference));
}

} // namespace

bool invalidates(http::Method method, uint16_t status) {
    return !http::isSafe(method) && status >= 200 && status < 400;
}

std::vector<std::string> invalidatedPaths(const TargetUri& target, const http::FieldList& response) {
    std::vector<std::string> paths{std::string(target.pathAndQuery)};
    for (const FieldId id : {FieldId::Location, FieldId::ContentLocation}) {
        const http::Field* field = response.find(id);
        if (!field)
            continue;
        auto path = resolved(target, field->value);
        if (path && std::find(paths.begin(), paths.end(), *path) == paths.end())
            paths.push_back(std::move(*path));
    }
    return paths;
}

bool representsTarget(const TargetUri& target, const http::FieldList& response) {
    const http::Field* location = nullptr;
    for (const http::Field& field : response) {
        if (field.id != FieldId::ContentLocation)
            continue;
        if (location)
            return false;
        location = &field;
    }
    return location && resolved(target, location->value) == target.pathAndQuery;
}

} // namespace reverxy::cache
