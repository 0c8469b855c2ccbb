// SPDX-License-Identifier: MIT
#pragma once

#include "http/field.h"
#include "http/method.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

// What a request that changes things makes invalid (RFC 9111 section 4.4), and what it leaves.

namespace reverxy::cache {

/// Whether the response invalidates what is stored: a 2xx or 3xx to a method that is not known to be safe.
bool invalidates(http::Method method, uint16_t status);

/// The target URI of the request.
struct TargetUri {
    std::string_view scheme; ///< as the client sees it
    std::string_view authority;
    std::string_view pathAndQuery;
};

/// The paths and queries, at the target's own authority, of the responses to invalidate: the target's, and those of
/// Location and Content-Location where their origin is the target's. Each once.
std::vector<std::string> invalidatedPaths(const TargetUri& target, const http::FieldList& response);

/// Whether the response's content is, by its one Content-Location, what GET of the target would bring (RFC 9110
/// section 8.7).
bool representsTarget(const TargetUri& target, const http::FieldList& response);

} // namespace reverxy::cache
