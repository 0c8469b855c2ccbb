// SPDX-License-Identifier: MIT
#include "api/exchange.h"
#include "api/outcome.h"
#include "api/snapshot.h"

namespace reverxy::api {

QString nameOf(Outcome outcome) {
    switch (outcome) {
    case Outcome::Success:
        return QStringLiteral("success");
    case Outcome::CacheHit:
        return QStringLiteral("cache hit");
    case Outcome::ClientError:
        return QStringLiteral("client error");
    case Outcome::Throttled:
        return QStringLiteral("throttled");
    case Outcome::UpstreamError:
        return QStringLiteral("upstream error");
    case Outcome::ProxyError:
        return QStringLiteral("proxy error");
    case Outcome::ClientGone:
        return QStringLiteral("client gone");
    }
    return {};
}

QString sentenceOf(Outcome outcome) {
    switch (outcome) {
    case Outcome::Success:
        return QStringLiteral("A backend answered, and the client has the whole response.");
    case Outcome::CacheHit:
        return QStringLiteral("The cache answered; no backend was asked.");
    case Outcome::ClientError:
        return QStringLiteral("The request was at fault: the response is a 4xx.");
    case Outcome::Throttled:
        return QStringLiteral("The client was over its limit: the response is a 429.");
    case Outcome::UpstreamError:
        return QStringLiteral("The backend failed or answered with a 5xx.");
    case Outcome::ProxyError:
        return QStringLiteral("The proxy could not or would not serve the request.");
    case Outcome::ClientGone:
        return QStringLiteral("The client closed the connection before it had the whole response.");
    }
    return {};
}

QString nameOf(ExchangePhase phase) {
    switch (phase) {
    case ExchangePhase::Routing:
        return QStringLiteral("routing");
    case ExchangePhase::AwaitingFill:
        return QStringLiteral("awaiting fill");
    case ExchangePhase::Queued:
        return QStringLiteral("queued");
    case ExchangePhase::AwaitingRetry:
        return QStringLiteral("awaiting retry");
    case ExchangePhase::Connecting:
        return QStringLiteral("connecting");
    case ExchangePhase::AwaitingResponse:
        return QStringLiteral("awaiting response");
    case ExchangePhase::Streaming:
        return QStringLiteral("streaming");
    case ExchangePhase::Tunnel:
        return QStringLiteral("tunnel");
    case ExchangePhase::Finished:
        return QStringLiteral("finished");
    }
    return {};
}

QString nameOf(EngineState state) {
    switch (state) {
    case EngineState::Stopped:
        return QStringLiteral("stopped");
    case EngineState::Running:
        return QStringLiteral("running");
    case EngineState::Draining:
        return QStringLiteral("draining");
    }
    return {};
}

QString nameOf(Health health) {
    switch (health) {
    case Health::NotYetProbed:
        return QStringLiteral("not yet probed");
    case Health::Up:
        return QStringLiteral("up");
    case Health::Down:
        return QStringLiteral("down");
    }
    return {};
}

} // namespace reverxy::api
