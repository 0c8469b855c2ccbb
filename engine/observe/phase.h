// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string_view>

namespace reverxy::observe {

/// Where in its life an exchange is. The same words stand in logs and in the window.
enum class Phase : uint8_t {
    Routing,          // the head is read; host and path choose the pool
    AwaitingFill,     // another request has asked for the same; waiting for its response
    Queued,           // every backend is at max_connections; waiting for a slot
    AwaitingRetry,    // an attempt failed; waiting for a place in the retry budget
    Connecting,       // a connection to the chosen backend is being opened
    AwaitingResponse, // the request is on its way; no final response head has come yet
    Streaming,        // the response's head went to the client; its body follows
    Tunnel,           // upgraded: bytes pass both ways until a side closes
    Finished,         // the end, good or bad; the Decision is final
};

std::string_view nameOf(Phase phase);
std::string_view sentenceOf(Phase phase);

} // namespace reverxy::observe
