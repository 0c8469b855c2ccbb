// SPDX-License-Identifier: MIT
#include "observe/limit_verdict.h"

namespace reverxy::observe {

std::string_view nameOf(LimitVerdict verdict) {
    switch (verdict) {
    case LimitVerdict::None:
        return "none";
    case LimitVerdict::Exempt:
        return "exempt";
    case LimitVerdict::Allowed:
        return "allowed";
    case LimitVerdict::Shared:
        return "shared";
    case LimitVerdict::Throttled:
        return "throttled";
    case LimitVerdict::SharedThrottled:
        return "shared-throttled";
    }
    return "unknown";
}

std::string_view sentenceOf(LimitVerdict verdict) {
    switch (verdict) {
    case LimitVerdict::None:
        return "No rate limiter looked at the request.";
    case LimitVerdict::Exempt:
        return "The client's address is exempt from rate limiting.";
    case LimitVerdict::Allowed:
        return "The client was within its quota.";
    case LimitVerdict::Shared:
        return "So many other clients are throttled that there was no place for this one: it is counted together "
               "with "
               "others, and they were within one client's quota.";
    case LimitVerdict::Throttled:
        return "The client had used up its quota.";
    case LimitVerdict::SharedThrottled:
        return "So many other clients are throttled that there was no place for this one: it is counted together "
               "with "
               "others, and they had used up one client's quota.";
    }
    return "Unknown.";
}

} // namespace reverxy::observe
