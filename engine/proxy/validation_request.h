// SPDX-License-Identifier: MIT
#pragma once

#include "base/text_arena.h"
#include "http/head.h"

namespace reverxy::proxy {

/// Makes `to` the request by which the cache has validated, on its own behalf, what `from` was answered with: a
/// plain GET for the whole, with none of the client's conditions, ranges and wishes as to caching. What the backend
/// may choose a response by, credentials included, stays. All texts are in `arena`, for the connection that `from`
/// came on may close.
void composeValidationRequest(const http::RequestHead& from, TextArena& arena, http::RequestHead& to);

} // namespace reverxy::proxy
