// SPDX-License-Identifier: MIT
#include "proxy/retry.h"

#include <algorithm>

namespace reverxy::proxy {

namespace {

/// Failures that another attempt may not meet, though the backend may have begun to work on the request. A backend
/// that was cut off may have restarted and is worth another try itself; one that answers with nonsense, or not at
/// all, would do the same again, so only another backend helps.
bool mayHelpAfterBytes(Failure failure, bool untriedLeft) {
    switch (failure) {
    case Failure::ConnectionClosed:
    case Failure::ResponseIncomplete:
        return true;
    case Failure::ResponseMalformed:
    case Failure::ResponseHeadTooLarge:
    case Failure::UnexpectedUpgrade:
    case Failure::ResponseTimeout:
        return untriedLeft;
    default:
        return false;
    }
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
    if (!mayRepeat || !mayHelpAfterBytes(situation.failure, situation.untriedLeft) ||
        situation.retriesMade >= situation.retriesAllowed)
        return RetryVerdict::GiveUp;
    return RetryVerdict::WithinBudget;
}

bool fitsRetryBudget(uint32_t retriesInFlight, uint32_t requestsInFlight) {
    constexpr uint32_t least = 3;
    return retriesInFlight < std::max(least, requestsInFlight / 5);
}

} // namespace reverxy::proxy
