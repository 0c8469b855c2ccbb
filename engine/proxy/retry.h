// SPDX-License-Identifier: MIT
#pragma once

#include "base/failure.h"

#include <cstdint>

namespace reverxy::proxy {

/// What the decision to retry depends on.
struct RetrySituation {
    Failure failure = Failure::None;
    bool anyByteSent = false;   // of the request, on the failed attempt
    bool idempotent = false;    // RFC 9110 section 9.2.2
    bool bodyReplayable = true; // empty, untouched, or all that was sent is still held
    bool finalHeadForwarded = false;
    bool untriedLeft = false;    // a backend that may take the request and was not tried for it
    uint32_t retriesMade = 0;    // retries after bytes were sent, the counted kind
    uint32_t retriesAllowed = 0; // proxy.retries
    uint32_t attempts = 0;       // in all
};

enum class RetryVerdict : uint8_t {
    GiveUp,
    AtOnce,       // no byte was sent: another backend at once, outside count and budget
    WithinBudget, // counts, and needs a place in the budget; to a backend not tried while one is left
};

/// RFC 9110 section 9.2.2: nothing that is not idempotent is ever sent twice. A request of which no byte was sent
/// is no repetition: it goes on to a backend not tried yet, and when none is left gives up.
RetryVerdict decideRetry(const RetrySituation& situation);

/// Whether a further retry fits: 20 % of the pool's requests in flight, at least 3.
bool fitsRetryBudget(uint32_t retriesInFlight, uint32_t requestsInFlight);

} // namespace reverxy::proxy
