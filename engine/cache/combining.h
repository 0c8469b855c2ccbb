// SPDX-License-Identifier: MIT
#pragma once

#include "cache/stored_response.h"
#include "cache/storing.h"
#include "config/config.h"

// Putting stored parts together (RFC 9111 section 3.4).

namespace reverxy::cache {

/// What is to be stored now that `newer`, a part, has come while `older`, another part of the same key and with the
/// same selecting fields, was stored: the newer alone, or both combined into a larger part or the whole. Null: the
/// older stays as it is. `request` and `times`: of the newer. Copies both bodies to combine them; any thread.
StoredRef combineParts(const StoredResponse& older, const StoredRef& newer, const RequestFacts& request,
                       const ExchangeTimes& times, const config::Cache& config);

/// A stored part of the version whose whole came: RFC 9110 section 15.3.7.3 has it under the fields of the whole,
/// and none of its own but Content-Range. `selecting`, `whole` and `facts`: as the whole would be stored.
StoredRef renewPart(const StoredResponse& part, std::string_view selecting, const http::FieldList& whole,
                    StoredFacts facts);

} // namespace reverxy::cache
