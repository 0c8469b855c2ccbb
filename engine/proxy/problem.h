// SPDX-License-Identifier: MIT
#pragma once

#include "observe/decision.h"

#include <string>
#include <string_view>

namespace reverxy::proxy {

/// The body of an answer the proxy gives itself: application/problem+json (RFC 9457) with status, title, detail
/// (the failure's sentence, the cause and the remedy) and the failure's name as an extension member `failure`. With
/// a `violatedPolicy` it is of the type quota-exceeded and names that policy (draft-ietf-httpapi-ratelimit-headers,
/// section "Problem Types").
std::string problemBody(uint16_t status, Failure failure, std::string_view details,
                        std::string_view violatedPolicy = {});

constexpr std::string_view problemContentType = "application/problem+json";

} // namespace reverxy::proxy
