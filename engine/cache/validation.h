// SPDX-License-Identifier: MIT
#pragma once

#include "base/text_arena.h"
#include "cache/stored_response.h"
#include "cache/validators.h"
#include "http/field.h"

#include <cstdint>
#include <span>

// Asking the backend whether stored responses still hold (RFC 9111 section 4.3).

namespace reverxy::cache {

/// The stored responses whose validators went to the backend, by their places among the variants of the key.
struct Nominated {
    uint32_t mask = 0;
    uint32_t count = 0;

    bool any() const { return mask != 0; }
};

/// Whether a field of the client's request is left out where the cache's own conditions go instead: the client's
/// conditions are evaluated here afterwards, and its ranges are cut from the whole.
/// `ofPart`: what they ask about is a part, so that the client's range still holds for what is new.
bool replacedByConditions(http::FieldId id, bool ofPart);

/// Adds If-None-Match with the tags of all whole stored responses, as far as there is room, and If-Modified-Since
/// where there is only one response, to `out`. `chosen`, the response that would be used if it were valid, perhaps
/// a part, comes first. Text composed lives in `arena`. At most 32 responses are looked at.
Nominated composeConditions(std::span<const StoredRef> stored, const StoredResponse* chosen, WallTime now,
                            TextArena& arena, http::FieldList& out);

/// Which of the nominated responses a 304 is about (section 4.3.4): those with its strong tag, else the last sent
/// one with its weak tag or modification date. One without any validator is about the only one nominated. Empty:
/// about none, and the request must be sent again without conditions.
uint32_t freshenedBy(const http::FieldList& notModified, std::span<const StoredRef> stored,
                     const Nominated& nominated, WallTime now);

/// What a response to HEAD says about a stored response to GET that could have been chosen for it (section 4.3.5).
enum class HeadOutcome : uint8_t {
    Nothing,
    Freshen,  // the same version: its fields are updated
    MarkStale // another version, or gone
};

HeadOutcome judgeHead(uint16_t status, const http::FieldList& head, const StoredResponse& stored, WallTime now);

} // namespace reverxy::cache
