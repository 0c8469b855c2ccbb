// SPDX-License-Identifier: MIT
#include "ui/models/mark.h"

namespace reverxy::ui {

Mark markOf(api::Outcome outcome) {
    switch (outcome) {
    case api::Outcome::Success:
        return Mark::Success;
    case api::Outcome::CacheHit:
        return Mark::CacheHit;
    case api::Outcome::ClientError:
        return Mark::ClientError;
    case api::Outcome::Throttled:
        return Mark::Throttled;
    case api::Outcome::UpstreamError:
        return Mark::UpstreamError;
    case api::Outcome::ProxyError:
        return Mark::ProxyError;
    case api::Outcome::ClientGone:
        return Mark::ClientGone;
    }
    return Mark::None;
}

} // namespace reverxy::ui
