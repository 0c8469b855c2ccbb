// SPDX-License-Identifier: MIT
#pragma once

#include "base/clock.h"
#include "cache/stored_response.h"
#include "http/field.h"
#include "http/framing.h"
#include "http/head.h"

#include <cstdint>
#include <optional>
#include <string_view>

namespace reverxy::proxy {

/// The form that a stored response takes for one request.
struct StoredAnswer {
    uint16_t status = 0;
    http::Framing framing;
    std::string_view lines; // the stored fields, where all of them are sent
};

/// Decides between the response itself and 304 (RFC 9111 section 4.3.2). What is not sent as `lines` is added to
/// `fields`, as views of `stored`.
StoredAnswer composeStoredAnswer(const http::RequestHead& request, const cache::StoredResponse& stored,
                                 WallTime now, http::FieldList& fields);

/// How a stored response's body of `length` bytes, or of a length not known yet, is delimited.
http::Framing framingOf(uint16_t status, std::optional<uint64_t> length);

} // namespace reverxy::proxy
