// SPDX-License-Identifier: MIT
#pragma once

#include "base/clock.h"
#include "base/text_arena.h"
#include "cache/multipart_layout.h"
#include "cache/store.h"
#include "cache/stored_response.h"
#include "http/field.h"
#include "http/framing.h"
#include "http/head.h"
#include "proxy/exchange_port.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

namespace reverxy::proxy {

/// The form that a stored response takes for one request.
struct StoredAnswer {
    uint16_t status = 0;
    http::Framing framing;
    std::string_view lines;                        // the stored fields, where all of them are sent
    uint64_t bodyFirst = 0;                        // where in the body the part begins that is sent
    std::unique_ptr<cache::MultipartLayout> parts; // several parts
    uint64_t storedFirst = 0;                      // where in the whole that is cut into parts the body begins
};

/// What the boundary between several parts is made from, so that nobody foresees it: the store's secret, and a
/// number that no other response has.
struct BoundarySource {
    const cache::Store& store;
    uint64_t id;
};

/// Decides between the response itself, 304 (RFC 9111 section 4.3.2) and, of a 200, a part of it or 416 (RFC 9110
/// section 14.2). A stored part must hold what the request wants (cache::answersFromPart). What is not sent as
/// `lines` is added to `fields`, as views of `stored` and `arena`.
StoredAnswer composeStoredAnswer(const http::RequestHead& request, const cache::StoredResponse& stored,
                                 WallTime now, const BoundarySource& boundary, TextArena& arena,
                                 http::FieldList& fields);

/// Sends the body that belongs to the answer, by reference.
void sendStoredBody(const StoredAnswer& answer, const cache::StoredResponse& stored, ExchangePort& port);

/// How a stored response's body of `length` bytes, or of a length not known yet, is delimited.
http::Framing framingOf(uint16_t status, std::optional<uint64_t> length);

} // namespace reverxy::proxy
