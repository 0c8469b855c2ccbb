// SPDX-License-Identifier: MIT
#pragma once

#include "api/outcome.h"
#include "base/failure.h"

#include <QDateTime>
#include <QString>
#include <QStringList>

#include <cstdint>
#include <vector>

namespace reverxy::api {

/// Where in its life an exchange is; the words of the engine's phases.
enum class ExchangePhase : uint8_t {
    Routing,
    AwaitingFill,
    Queued,
    AwaitingRetry,
    Connecting,
    AwaitingResponse,
    Streaming,
    Tunnel,
    Finished,
};

/// Why the pool chose as it did.
enum class ChoiceReason : uint8_t { None, Algorithm, OnlyOne, OthersTried, OthersFull, AllDownTryAll, OthersOut };

/// How the client's address was found.
enum class ClientSource : uint8_t { Peer, XForwardedFor, Forwarded, AllTrusted, Malformed };

/// What the rate limiter said.
enum class LimitVerdict : uint8_t { None, Exempt, Allowed, Shared, Throttled, SharedThrottled };

/// A limiter's judgement of one request.
struct LimitNote {
    QString limiter; // `global`, or the route whose own it is
    LimitVerdict verdict = LimitVerdict::None;
    uint32_t limit = 0;
    uint32_t used = 0; // this request included when it was allowed
    uint32_t resetMillis = 0;
    bool operator==(const LimitNote&) const = default;
};

/// The cache's part in one request. Sentences are the engine's own, each with the section of the standard behind
/// it.
struct CacheNote {
    QString verdict;  // in short, as "hit" or "uri-miss"; empty: the cache had no part in it
    QString sentence; // what it did, and why
    QString storing;  // in short, as "stored" or "no-store"; empty: nothing came that could have been stored
    QString storingSentence;
    bool hit = false;        // answered without a backend
    bool collapsed = false;  // answered by what another request fetched
    bool background = false; // the proxy's own request, to validate what is stored; no client waits
    uint32_t ageSeconds = 0;
    uint32_t lifetimeSeconds = 0;
    bool operator==(const CacheNote&) const = default;
};

/// One try of one backend.
struct ExchangeAttempt {
    QString backend;
    Failure failure = Failure::None; // None: its response was used, or it still runs
    uint16_t status = 0;             // 0: no response head came
    bool reusedConnection = false;
    bool bytesSent = false;
    uint32_t startedMicros = 0;   // since the exchange began
    uint32_t connectMicros = 0;   // 0 on a reused connection
    uint32_t firstByteMicros = 0; // from the start of the attempt; 0: none came
    bool operator==(const ExchangeAttempt&) const = default;
};

/// One request and what became of it: the engine's Decision as plain values. Texts are bounded and safe to show.
struct Exchange {
    uint64_t id = 0; // unique while the engine runs
    QDateTime started;
    ExchangePhase phase = ExchangePhase::Finished;
    Outcome outcome = Outcome::Success; // meaningful once finished

    QString peer;   // address and port of the connection
    QString client; // the address that counts, which a trusted proxy may have told
    ClientSource clientSource = ClientSource::Peer;
    uint8_t clientHops = 0; // trusted addresses passed on the way to it
    QString method;
    QString host;
    QString target;
    uint8_t httpMinor = 1;

    LimitNote limit;
    CacheNote cache;
    QString route;
    QString pool;
    QStringList candidates; // backends that could have been chosen the last time; the first ones
    uint16_t candidatesTotal = 0;
    ChoiceReason choice = ChoiceReason::None;

    std::vector<ExchangeAttempt> attempts; // the first ones and the last
    uint16_t attemptsTotal = 0;
    uint16_t status = 0; // of the response the client got; 0: none
    Failure failure = Failure::None;
    QString details;
    bool tunnel = false;
    bool responseFromBackend = false;

    uint64_t requestBodyBytes = 0;
    uint64_t responseBodyBytes = 0;
    uint32_t queuedMicros = 0;
    uint32_t firstByteMicros = 0; // until the final response's head went to the client; 0: it did not
    uint32_t totalMicros = 0;     // until now while it runs; 0: it ended in the turn of the loop in which it began
    bool operator==(const Exchange&) const = default;

    /// The backend of the last attempt; empty when there was none.
    QString backend() const { return attempts.empty() ? QString() : attempts.back().backend; }
};

/// A paragraph of the story of an exchange: what it is about, and a sentence or more.
struct Explanation {
    QString title; // "Client", "Route", "Backend", "Attempt 1", "Response", "Time"
    QString text;
    bool operator==(const Explanation&) const = default;
};

/// What happened to `exchange` and why, in plain sentences, in the order in which it happened.
std::vector<Explanation> explain(const Exchange& exchange);

QString nameOf(ExchangePhase phase);

} // namespace reverxy::api
