// SPDX-License-Identifier: MIT
#pragma once

#include "base/text_arena.h"
#include "http/head.h"

namespace reverxy::proxy {

/// Makes `to` a copy of `from` whose texts are in `arena`, for an exchange that outlives the connection the request
/// came on.
void copyHead(const http::RequestHead& from, TextArena& arena, http::RequestHead& to);

} // namespace reverxy::proxy
