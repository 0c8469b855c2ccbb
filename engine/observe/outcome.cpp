// SPDX-License-Identifier: MIT
#include "observe/outcome.h"

namespace reverxy::observe {

namespace {

Outcome outcomeOfFailure(const FailureInfo& info) {
    switch (info.fault) {
    case Fault::Client:
        return info.status == 0 ? Outcome::ClientGone : Outcome::ClientError;
    case Fault::Upstream:
        return Outcome::UpstreamError;
    default:
        return Outcome::ProxyError;
    }
}

} // namespace

Outcome outcomeOf(const Decision& decision) {
    if (decision.failure == Failure::RateLimited)
        return Outcome::Throttled;
    // Nobody waits for the end of these: that the client left is how they end.
    const bool open = (decision.tunnel || decision.eventStream) && decision.responseFromBackend;
    if (decision.failure != Failure::None && !(open && decision.failure == Failure::ClientGone))
        return outcomeOfFailure(infoOf(decision.failure));
    const bool fromBackend = decision.responseFromBackend || decision.cache.found;
    if (decision.status >= 500)
        return fromBackend ? Outcome::UpstreamError : Outcome::ProxyError;
    if (decision.status >= 400)
        return Outcome::ClientError;
    return decision.cache.hit ? Outcome::CacheHit : Outcome::Success;
}

std::string_view nameOf(Outcome outcome) {
    switch (outcome) {
    case Outcome::Success:
        return "success";
    case Outcome::CacheHit:
        return "cache_hit";
    case Outcome::ClientError:
        return "client_error";
    case Outcome::Throttled:
        return "throttled";
    case Outcome::UpstreamError:
        return "upstream_error";
    case Outcome::ProxyError:
        return "proxy_error";
    case Outcome::ClientGone:
        return "client_gone";
    }
    return "unknown";
}

uint32_t latencyOf(const Decision& decision) {
    const bool open = (decision.tunnel || decision.eventStream) && decision.firstByteMicros > 0;
    return open ? decision.firstByteMicros : decision.totalMicros;
}

} // namespace reverxy::observe
