// SPDX-License-Identifier: MIT
#include "proxy/retry.h"

#include <algorithm>

namespace reverxy::proxy {

namespace {

/// Failures that another attempt may not meet, though the backend may have begun to work on the request. A backend
/// that answers with nonsense would answer the same again. One that stayed silent for response_timeout is not asked
/// again either: the client has waited that long already, and a request that makes one service hang would make the
/// next one hang.
bool mayHelpAfterBytes(Failure failure) {
    return failure == Failure::ConnectionClosed || failure == Failure::ResponseIncomplete;
}

/// Failures of an attempt that ended before a byte of the request was written.
bool mayHelpBeforeBytes(Failure failure) {
    switch (failure) {
    case Failure::DnsError:
    case Failure::ConnectRefused:
    case Failure::ConnectTimeout:
    case Failure::ConnectUnreachable:
    case Failure::ConnectionClosed:
        return true;
    default:
        return false;
    }
}

} // namespace

RetryVerdict decideRetry(const RetrySituation& situation) {
    if (situation.finalHeadForwarded)
        return RetryVerdict::GiveUp;
    if (!situation.anyByteSent) {
        return mayHelpBeforeBytes(situation.failure) && situation.untriedLeft && situation.bodyReplayable
                   ? RetryVerdict::AtOnce
                   : RetryVerdict::GiveUp;
    }
    // RFC 9110 section 9.2.2: a proxy must not by itself retry a request whose method is not idempotent.
    const bool mayRepeat = situation.idempotent && situation.bodyReplayable;
    if (!mayRepeat || !mayHelpAfterBytes(situation.failure) || situation.retriesMade >= situation.retriesAllowed)
        return RetryVerdict::GiveUp;
    return RetryVerdict::WithinBudget;
}

bool fitsRetryBudget(uint32_t retriesInFlight, uint32_t requestsInFlight) {
    constexpr uint32_t least = 3;
    return retriesInFlight < std::max(least, requestsInFlight / 5);
}

} // namespace reverxy::proxy
