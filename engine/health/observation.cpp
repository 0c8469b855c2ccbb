// SPDX-License-Identifier: MIT
#include "health/observation.h"

#include <string_view>

namespace reverxy::health {

bool speaksAgainstBackend(Failure failure, bool reusedConnection) {
    switch (failure) {
    case Failure::DnsError:
    case Failure::ConnectRefused:
    case Failure::ConnectTimeout:
    case Failure::ConnectUnreachable:
        return true;
    case Failure::ConnectionClosed:
        return !reusedConnection;
    default:
        return false;
    }
}

std::string phraseOf(Failure failure) {
    switch (failure) {
    case Failure::DnsError:
        return "its name does not resolve";
    case Failure::ConnectRefused:
        return "connection refused";
    case Failure::ConnectTimeout:
        return "no connection in time";
    case Failure::ConnectUnreachable:
        return "not reachable";
    case Failure::ConnectionClosed:
        return "connection closed without a response";
    case Failure::ResponseTimeout:
        return "no response in time";
    case Failure::ResponseMalformed:
        return "no valid HTTP response";
    default:
        return std::string(infoOf(failure).name);
    }
}

std::string briefOf(Failure failure) {
    switch (failure) {
    case Failure::DnsError:
        return "unknown name";
    case Failure::ConnectTimeout:
        return "no connection";
    case Failure::ConnectionClosed:
        return "closed unanswered";
    case Failure::ResponseTimeout:
        return "no response";
    case Failure::ResponseMalformed:
        return "no valid HTTP";
    default:
        return phraseOf(failure);
    }
}

std::string briefOf(const ProbeResult& result) {
    if (result.status != 0)
        return "status " + std::to_string(result.status);
    return result.passed ? "connected" : briefOf(result.failure);
}

std::string reasonOf(const ProbeResult& result, uint16_t firstStatus, uint16_t lastStatus) {
    std::string reason = result.status != 0 || result.passed ? briefOf(result) : phraseOf(result.failure);
    if (result.passed)
        return reason;
    if (result.status != 0) {
        reason += " instead of " + std::to_string(firstStatus);
        return firstStatus == lastStatus ? reason : reason + "-" + std::to_string(lastStatus);
    }
    if (!result.details.empty())
        reason += " (" + result.details + ")";
    return reason;
}

} // namespace reverxy::health
