// SPDX-License-Identifier: MIT
#pragma once

#include "base/clock.h"
#include "base/failure.h"
#include "base/fixed_text.h"
#include "base/ip_address.h"
#include "base/name_table.h"
#include "observe/cache_record.h"
#include "observe/limit_verdict.h"
#include "observe/phase.h"

#include <algorithm>
#include <array>
#include <cstdint>

namespace reverxy::observe {

/// One try of one backend.
struct Attempt {
    NameId backend = 0;
    Failure failure = Failure::None; // None: its response was used
    uint16_t status = 0;             // 0: no response head
    bool reusedConnection = false;
    bool bytesSent = false;       // of the request, on this attempt
    uint32_t startedMicros = 0;   // since the exchange began
    uint32_t connectMicros = 0;   // 0 on a reused connection
    uint32_t firstByteMicros = 0; // from the start of the attempt to the response's head; 0: none came

    /// The connection had been closed while it lay idle, which says nothing about its backend.
    bool wentStale() const { return reusedConnection && !bytesSent && failure == Failure::ConnectionClosed; }
};

/// Why the pool chose as it did, for one choice.
enum class ChoiceReason : uint8_t { None, Algorithm, OnlyOne, OthersTried, OthersFull, AllDownTryAll, OthersOut };

/// How the client's address was found; mirrors limit::IdentitySource by value.
using IdentitySourceValue = uint8_t;

/// What a decision says in a fixed number of bytes.
struct DecisionFacts {
    uint64_t id = 0; // worker index in the upper 16 bits, running number below
    WallTime started{};
    Phase phase = Phase::Routing;

    // who asked
    Endpoint peer;
    IpAddress client;
    IdentitySourceValue clientSource = 0;
    uint8_t clientHops = 0; // elements that were walked over, in all
    uint8_t httpMinor = 1;

    // what was decided
    LimitRecord limit;
    CacheRecord cache;
    NameId route = 0;
    NameId pool = 0;
    uint16_t candidatesTotal = 0;
    ChoiceReason choice = ChoiceReason::None;

    // how it went
    uint16_t attemptsTotal = 0;
    uint16_t status = 0; // of the response the client got; 0: none
    Failure failure = Failure::None;
    bool tunnel = false;
    bool eventStream = false; // `text/event-stream`: its end is never near
    bool responseFromBackend = false;

    // how much and how long, microseconds since `started`; 0: did not happen
    uint64_t requestBodyBytes = 0;
    uint64_t responseBodyBytes = 0;
    uint32_t queuedMicros = 0;    // time spent waiting for a slot, in all
    uint32_t firstByteMicros = 0; // the final response head goes to the client
    uint32_t totalMicros = 0;
};

/// The one record of what happened to an exchange: filled as it goes, packed into its worker's ring at the end.
/// Plain and of bounded size. Headers, access log, metrics and the window read it; nothing else tells them
/// anything.
struct Decision : DecisionFacts {
    static constexpr size_t maxAttempts = 6;
    static constexpr size_t maxCandidates = 8;
    static constexpr size_t maxHops = 4;

    // The first ones of clientHops, candidatesTotal and attemptsTotal; what is past those numbers says nothing.
    std::array<IpAddress, maxHops> clientWalk{};    // addresses that were walked over, from the right
    std::array<NameId, maxCandidates> candidates{}; // backends that could have been chosen the last time
    std::array<Attempt, maxAttempts> attempts{};    // the last one is overwritten when there are more

    FixedText<16> method;
    FixedText<64> host;
    FixedText<256> target;
    FixedText<96> details; // the parser's reason, or a cause from the system

    size_t walkKept() const { return std::min<size_t>(clientHops, maxHops); }

    size_t candidatesKept() const { return std::min<size_t>(candidatesTotal, maxCandidates); }

    size_t attemptsKept() const { return std::min<size_t>(attemptsTotal, maxAttempts); }

    /// Calls `act` with each of the texts.
    template <typename Self, typename Act>
    static void forEachText(Self& decision, Act act) {
        act(decision.method);
        act(decision.host);
        act(decision.target);
        act(decision.details);
    }

    /// As new, without touching the room that is not used.
    void clear() {
        static_cast<DecisionFacts&>(*this) = {};
        forEachText(*this, [](auto& text) { text.clear(); });
    }

    /// The attempt being made, to fill in place; counts it.
    Attempt& beginAttempt() {
        const size_t index = attemptsTotal < maxAttempts ? attemptsTotal : maxAttempts - 1;
        ++attemptsTotal;
        attempts[index] = Attempt{};
        return attempts[index];
    }

    /// The last attempt; only when attemptsTotal > 0.
    Attempt& lastAttempt() { return attempts[attemptsTotal <= maxAttempts ? attemptsTotal - 1u : maxAttempts - 1]; }

    const Attempt& lastAttempt() const { return const_cast<Decision*>(this)->lastAttempt(); }
};

} // namespace reverxy::observe
