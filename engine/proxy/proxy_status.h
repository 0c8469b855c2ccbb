// SPDX-License-Identifier: MIT
#pragma once

#include "base/text_arena.h"
#include "observe/decision.h"

#include <string_view>

namespace reverxy::proxy {

/// The value of the Proxy-Status field for a failed exchange (RFC 9209 section 2): `reverxy;
/// error=connection_refused; next-hop="backend-1"; details="…"`, received-status where one was. Composed in
/// `arena`; empty when the failure has no error type. All text is valid as a structured field string (RFC 9651):
/// other bytes are left out.
std::string_view proxyStatusValue(TextArena& arena, const observe::Decision& decision,
                                  std::string_view backendName);

} // namespace reverxy::proxy
