// SPDX-License-Identifier: MIT
#pragma once

#include "cache/validators.h"
#include "http/field.h"

#include <cstdint>

// A client's conditional request, answered from the store (RFC 9111 section 4.3.2).

namespace reverxy::cache {

/// Whether the request has a condition that a cache may evaluate, so that reading the stored validators pays.
bool hasCondition(const http::FieldList& request);

/// Whether the client has already what is stored and gets 304. `status` is that of the stored response: only a 200
/// or 206 may be answered so. `receivedAt`, when it came, stands in for a Date that is missing. If-None-Match comes
/// before If-Modified-Since, which is then ignored; both only concern GET and HEAD. `now` places years of two
/// digits.
bool isNotModified(const http::FieldList& request, uint16_t status, const Validators& stored, WallTime receivedAt,
                   WallTime now);

/// Whether a stored field goes into a 304 (RFC 9110 section 15.4.5): no metadata of the content that is not sent,
/// apart from what identifies it.
bool belongsInNotModified(const http::Field& field, bool hasEntityTag);

} // namespace reverxy::cache
