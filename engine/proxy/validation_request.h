// SPDX-License-Identifier: MIT
#pragma once

#include "base/text_arena.h"
#include "cache/content_range.h"
#include "http/head.h"

#include <optional>

namespace reverxy::proxy {

/// Makes `to` the request by which the cache has validated, on its own behalf, what `from` was answered with: a
/// plain GET with none of the client's conditions, ranges and wishes as to caching. `part`: what is stored is a
/// part alone, and the backend is asked for that very one, so that what comes takes its place, be it of another
/// version (RFC 9110 section 14.2), and not for a whole that may be too large for any store. What the backend may
/// choose a response by, credentials included, stays. All texts are in `arena`, for the connection that `from` came
/// on may close.
void composeValidationRequest(const http::RequestHead& from, const std::optional<cache::ContentRange>& part,
                              TextArena& arena, http::RequestHead& to);

} // namespace reverxy::proxy
