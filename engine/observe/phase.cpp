// SPDX-License-Identifier: MIT
#include "observe/phase.h"

namespace reverxy::observe {

std::string_view nameOf(Phase phase) {
    switch (phase) {
    case Phase::Routing:
        return "routing";
    case Phase::AwaitingFill:
        return "awaiting-fill";
    case Phase::Queued:
        return "queued";
    case Phase::AwaitingRetry:
        return "awaiting-retry";
    case Phase::Connecting:
        return "connecting";
    case Phase::AwaitingResponse:
        return "awaiting-response";
    case Phase::Streaming:
        return "streaming";
    case Phase::Tunnel:
        return "tunnel";
    case Phase::Finished:
        return "finished";
    }
    return "unknown";
}

std::string_view sentenceOf(Phase phase) {
    switch (phase) {
    case Phase::Routing:
        return "The request's head is read; its host and path choose the pool.";
    case Phase::AwaitingFill:
        return "Another request has asked a backend for the same; this one waits for that response, or, where that "
               "was an error, for its turn to ask.";
    case Phase::Queued:
        return "Every backend has as many connections as it may have; the request waits for one to become free.";
    case Phase::AwaitingRetry:
        return "An attempt failed; the request waits for a place in the retry budget.";
    case Phase::Connecting:
        return "A connection to the chosen backend is being opened.";
    case Phase::AwaitingResponse:
        return "The request is on its way to the backend; its final response has not begun.";
    case Phase::Streaming:
        return "The response's head has gone to the client; its body follows.";
    case Phase::Tunnel:
        return "The connection was upgraded; bytes pass both ways until a side closes.";
    case Phase::Finished:
        return "The exchange is over.";
    }
    return "Unknown.";
}

} // namespace reverxy::observe
