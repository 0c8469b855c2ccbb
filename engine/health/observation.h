// SPDX-License-Identifier: MIT
#pragma once

#include "base/failure.h"

#include <cstdint>
#include <string>

namespace reverxy::health {

/// How one probe went.
struct ProbeResult {
    bool passed = false;
    uint16_t status = 0; // 0: none came, or none was asked for
    Failure failure = Failure::None;
    uint32_t micros = 0; // from its start to the verdict
    std::string details; // a cause from the system or the parser, and the endpoint
};

/// What requests have met at one target since the last report, in this order: first perhaps a success, then
/// failures without a success among them.
struct TrafficReport {
    bool succeeded = false;
    uint32_t failures = 0;
    Failure last = Failure::None; // of the failures
};

/// Whether a request's failure speaks against the backend as a whole. Only what happens to connections does: one
/// that does not open, or closes before a whole response head. A late response is no such thing, nor is an odd one
/// or a 5xx: it may be that one request's fault, and probes have a time of their own to find a backend that hangs.
/// (Three slow reports asked for at once must not take out who serves all else.) A connection that had served
/// others before and closes as the next request comes shows a backend that tidies up; a dead one shows when the
/// next connection is tried.
bool speaksAgainstBackend(Failure failure, bool reusedConnection);

/// The result in a few words: "status 200", "status 503 instead of 200-399", "connected", "connection refused
/// (127.0.0.1:8081: ...)".
std::string reasonOf(const ProbeResult& result, uint16_t firstStatus, uint16_t lastStatus);
/// The same in as few words as a list has room for: "status 503", "connection refused".
std::string briefOf(const ProbeResult& result);
std::string briefOf(Failure failure);
/// The failure in a few words, as "connection refused".
std::string phraseOf(Failure failure);

} // namespace reverxy::health
