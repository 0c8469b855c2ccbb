// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

namespace reverxy::observe {

/// What the cache did with a request; a CacheVerdict.
using CacheVerdictValue = uint8_t;
/// Why a response was stored or not; a StoreVerdict.
using StoreVerdictValue = uint8_t;
/// Why what was stored could not be used as it was; a ReuseVerdict.
using ReuseVerdictValue = uint8_t;

/// The cache's part in an exchange.
struct CacheRecord {
    CacheVerdictValue verdict = 0; // 0: it had none
    StoreVerdictValue store = 0;   // 0: nothing came that could have been stored
    ReuseVerdictValue reuse = 0;   // only where a stored response was found
    bool hit = false;              // answered without a backend
    bool found = false;            // one that matches the request was there
    bool collapsed = false;        // answered by what another request fetched
    bool collapseFailed = false;   // waited for another request, and had to go on by itself
    bool background = false;       // an exchange without a client, to validate what is stored
    uint32_t age = 0;              // seconds; of the stored response that was used or validated
    uint32_t lifetime = 0;         // seconds; of that, or of what was stored
};

} // namespace reverxy::observe
