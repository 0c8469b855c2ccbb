// SPDX-License-Identifier: MIT
#pragma once

#include "base/buffer.h"
#include "base/clock.h"
#include "base/text_arena.h"
#include "cache/partial.h"
#include "http/head.h"
#include "limit/client_identity.h"
#include "observe/decision.h"
#include "proxy/cache_use.h"
#include "proxy/exchange_port.h"
#include "proxy/forwarding_lines.h"
#include "proxy/retry.h"
#include "proxy/runtime.h"

#include <string>
#include <string_view>
#include <vector>

namespace reverxy::proxy {

/// What is known of the client before the request is looked at.
struct ClientFacts {
    Endpoint peer;
    limit::ClientIdentity identity;
    uint64_t exchangeId = 0;
};

/// One request's life, as a state machine without sockets: events come in by its methods, actions go out by the
/// port. Its phase is observe::Phase. Reused from request to request. Belongs to one worker's thread.
class Exchange {
  public:
    /// What a request's body may have to be held for a retry (bytes).
    static constexpr size_t heldBodyLimit = 64 * 1024;
    /// Interim responses (1xx) to one request; whoever sends more never comes to an end.
    static constexpr uint32_t interimLimit = 1000;

    explicit Exchange(ExchangePort& port) : m_port(port) {}

    /// A request's head is there. `head` and `runtime` stay as they are until finish(); `date` is the Date field's
    /// text for now.
    void begin(WorkerRuntime& runtime, const http::RequestHead& head, const ClientFacts& client, TimePoint now,
               WallTime wall, std::string_view date);

    /// The same without a client, to validate the stored response that `head` asks for.
    void beginAlone(WorkerRuntime& runtime, const http::RequestHead& head, const ClientFacts& client, TimePoint now,
                    WallTime wall, std::string_view date);

    /// Answers a message that is no valid request. `head` is an empty one; everything else as with begin().
    void reject(WorkerRuntime& runtime, const http::RequestHead& head, const ClientFacts& client, Failure failure,
                std::string_view details, TimePoint now, WallTime wall, std::string_view date);

    // From the client.
    /// Whether the next piece of the request's body can be taken now.
    bool wantsRequestBody() const;
    void requestBody(const Piece& piece, TimePoint now);
    void requestEnd(const http::FieldList& trailers, TimePoint now);
    /// The request's framing proved wrong, or it came too slowly: `failure` tells the client, if that is still
    /// possible.
    void requestFailed(Failure failure, std::string_view details, TimePoint now);
    /// The client is gone, or is cut for `failure`; nothing more is sent to it. Unless the response is over now,
    /// the exchange goes on for others who want it.
    void clientLost(Failure failure, TimePoint now);

    // From the backend.
    void upstreamReady(uint32_t connectMicros, TimePoint now);
    void upstreamFailed(Failure failure, std::string_view details, TimePoint now);
    void responseHead(const http::ResponseHead& head, std::string_view date, TimePoint now);
    void responseBody(const Piece& piece);
    /// `reusable`: the backend's connection can carry another request.
    void responseEnd(const http::FieldList& trailers, bool reusable, TimePoint now);
    /// The connection ended or broke before the response was complete. `anyByteSent`: of this request on this
    /// connection.
    void upstreamLost(Failure failure, std::string_view details, bool anyByteSent, TimePoint now);

    /// Bytes went to or came from the backend, or none are owed now: its silence begins anew.
    void upstreamActive(TimePoint now) {
        m_lastActivity = now;
        // What may have been sent must not be sent twice, and so need not be held any longer.
        if (m_holding && !m_repeatable)
            stopHolding();
    }

    /// Both sides of a tunnel have closed.
    void tunnelOver() { m_responseOver = true; }

    // From those it waits for.
    /// A slot of the backend `granted` was passed on to this exchange. False: it is of no use here, and the caller
    /// passes it on. `slotHeld`: the slot is counted already; otherwise an idle connection is at hand.
    bool slotGranted(const BackendState& granted, bool slotHeld, TimePoint now);
    /// Who is available in its pool has changed: one who waits for a slot there looks again.
    void availabilityChanged(TimePoint now);
    void retryAllowed(TimePoint now);
    void timeout(TimePoint now);

    /// Something is new about the response that another exchange receives for this one too, or about its readers.
    void fillProgressed(TimePoint now);
    /// Whether more of the backend's response can be taken. `clientBusy`: what the client got is not yet sent.
    bool takesResponse(bool clientBusy);
    /// Gives the client some of what was received; true when there may be more. Only when it can take that.
    bool feedClient();
    /// Ends an exchange without a client before it is over.
    void abandon();

    /// The last byte is with the client, or nothing more can be done: the record is final.
    void finish(TimePoint now);

    observe::Phase phase() const { return m_decision.phase; }

    /// The response is complete, or cut; only the sending of what is queued may be left.
    bool responseOver() const { return m_responseOver; }

    /// The client gets the body out of memory that it shares with others: feedClient().
    bool readsFill() const { return m_cache.reading; }

    /// Others wait until the client has taken more of a response that they read too.
    bool clientHoldsUpOthers() const { return m_cache.reading && m_cache.fill->heldUpBy(m_cache.place); }

    const limit::ClientIdentity& identity() const { return m_identity; }

    /// Where the stored part lies that the request is answered with; nothing where that is no part.
    std::optional<cache::ContentRange> chosenPart() const {
        return m_cache.chosePart() ? cache::rangeOf(*m_cache.chosen) : std::nullopt;
    }

    /// Was to validate what proved to be fresh again: there is nothing to tell.
    bool madeNoRequest() const {
        return m_decision.cache.background && m_decision.attemptsTotal == 0 && m_decision.failure == Failure::None;
    }

    bool requestEnded() const { return m_requestEnded; }

    bool headForwarded() const { return m_headForwarded; }

    const observe::Decision& decision() const { return m_decision; }

    observe::Decision& decision() { return m_decision; }

    /// A stream of events (`text/event-stream`): its end is never near.
    bool isEventStream() const { return m_decision.eventStream; }

  private:
    struct PoolLoad; // what the balancer may ask

    const config::Config& configuration() const { return m_runtime->runtime->config; }

    const RuntimePool& pool() const { return m_runtime->runtime->pools[m_pool]; }

    const RuntimeBackend& backend() const { return pool().backends[m_backend]; }

    /// Who may be chosen, as of the last choice.
    const WorkerPool& choices() const { return m_runtime->pool(m_pool); }

    void reset(WorkerRuntime& runtime, const http::RequestHead& head, const ClientFacts& client, TimePoint now,
               WallTime wall, std::string_view date);
    void describe(const ClientFacts& client, WallTime wall);
    Failure route();
    Failure admissible();
    Failure poolIsOut();
    const RuntimeLimiter* limiter() const;
    bool withinQuota(TimePoint now);
    void tellWhyThrottled();
    void addLimitFields(http::FieldList& fields);
    bool answerHere(TimePoint now);
    void forward(TimePoint now);

    WallTime wallAt(TimePoint now) const {
        return m_decision.started + std::chrono::duration_cast<WallTime::duration>(now - m_begun);
    }

    // exchange_cache.cpp
    KeySource keySource(std::string_view path) const;
    bool askCache(TimePoint now);
    bool lookUp(TimePoint now);
    void judgeReuse(cache::Situation situation, TimePoint now);
    bool serveInstead(cache::Situation situation, TimePoint now);
    bool serveInsteadOf(Failure failure, TimePoint now);
    void serveStored(const cache::StoredRef& stored, TimePoint now);
    void addStoredFields(uint32_t age, const cache::StoredFacts& facts, TimePoint now);
    void addCacheStatus(std::optional<int64_t> timeToLive, uint16_t forwardStatus);
    void validateInBackground();
    void setVerdict(cache::CacheVerdict verdict);
    void setVerdict(cache::StoreVerdict verdict);

    // exchange_validation.cpp
    bool answeredByStored(const http::ResponseHead& head, TimePoint now);
    bool confirm(const http::ResponseHead& head, TimePoint now);
    cache::StoredRef freshen(const cache::StoredRef& old, const http::ResponseHead& head, TimePoint now);
    bool nominate(TimePoint now);
    void askWithoutConditions(TimePoint now);
    void freshenByHead(const http::ResponseHead& head, TimePoint now);
    void invalidateBy(const http::ResponseHead& head);
    bool bringsRepresentation(const http::ResponseHead& head) const;
    bool engageForGet(const cache::StoreDecision& decision);
    void considerStoring(const http::ResponseHead& head, TimePoint now);
    bool store(const http::ResponseHead& head, const cache::CachingPolicy& policy, const cache::StoredFacts& facts,
               TimePoint now);
    void serveConfirmed(TimePoint now);

    // exchange_parts.cpp
    void storePart(const cache::StoredRef& part, TimePoint now);
    bool renewsPart() const;
    bool bringsWholeOfPart(const http::ResponseHead& head, TimePoint now) const;
    bool keepsPart(const http::ResponseHead& head, const cache::CachingPolicy& policy,
                   const cache::StoreDecision& decision, TimePoint now);
    void dropSuperseded(uint16_t status);

    // exchange_fill.cpp
    bool mayShareFetch(TimePoint now);
    bool wantsLess() const;
    Duration leadersPatience() const;
    bool joinOthers(TimePoint now);
    bool join(TimePoint now);
    bool storedMeanwhile(TimePoint now);
    bool endAlone();
    void follow(TimePoint now);
    void followHead(const cache::Fill::Look& seen, TimePoint now);
    void goAlone(TimePoint now);
    void lookAgain(TimePoint now);
    void followAgain(Failure failure, TimePoint now);
    void stalled(TimePoint now);
    bool openFill(const cache::StoredParts& parts, std::optional<uint64_t> length, bool forOthers, TimePoint now);
    void goOnLeading(TimePoint now);
    void fillBody(std::string_view bytes);
    void completeFill(TimePoint now);
    void breakFill();
    void releaseFill(cache::Release reason, Failure failure);
    void unregisterFill();
    void leaveFill();
    void endFill();
    void wake();
    bool goesOnWithoutClient();

    // exchange_turns.cpp
    void releaseInTurns(TimePoint now);
    void goInTurn(TimePoint now);
    void endTurn();
    void noteUncacheable(bool byCredentials, TimePoint now);
    void forgetUncacheable();

    bool tried(uint32_t backend) const;
    bool untriedLeft() const;
    bool hasRoom(uint32_t backend) const;
    void tryBackends(TimePoint now);
    bool openTo(uint32_t backend, bool slotHeld, TimePoint now);
    void noteCandidates();
    void waitForSlot(TimePoint now);
    void lookForSlot(TimePoint now);
    Failure nobodyLeft();
    void endWaiting(TimePoint now);
    void sendRequest(TimePoint now);
    void attemptFailed(Failure failure, std::string_view details, bool anyByteSent, TimePoint now);
    bool spokeAgainstBackend() const;
    void observeFailure(Failure failure, bool reusedConnection);
    void observeAnswer();
    void leaveBackend();
    void stopHolding();
    void giveUpRetryPlace();
    void settleOn(const http::ResponseHead& head, observe::Phase phase, TimePoint now);
    void acceptTunnel(const http::ResponseHead& head, std::string_view date, TimePoint now);
    void answerFailure(Failure failure, TimePoint now);
    void beginLocal(uint16_t status, TimePoint now);
    void keepTrailers(const http::FieldList& trailers);
    void sendLocal(uint16_t status, std::string_view contentType, std::string_view body, TimePoint now);
    void cut(Failure failure);

    ExchangePort& m_port;
    WorkerRuntime* m_runtime = nullptr;
    const http::RequestHead* m_head = nullptr;
    observe::Decision m_decision;
    TextArena m_arena;       // texts of the message being composed
    TextArena m_targetArena; // what all attempts need: m_target, m_heldTrailers
    http::FieldList m_fields;
    ForwardingLines m_forwardingLines;
    http::FieldList m_conditions; // the cache's own, for the request being composed
    limit::ClientIdentity m_identity;
    CacheUse m_cache;
    TimePoint m_begun{};
    TimePoint m_attemptBegun{};
    TimePoint m_waitBegun{};
    TimePoint m_lastActivity{};
    std::string_view m_date;
    std::string_view m_target; // path and query after the route's strip_prefix, without the backend's base path
    std::string_view m_responseOptions; // those of the response's connection options that name fields, in m_arena
    std::string m_held;                 // the request's body so far, in case it must be sent again
    http::FieldList m_heldTrailers;     // its trailers, in m_targetArena
    std::vector<uint32_t> m_tried;
    uint64_t m_ticket = 0;            // drawn once, for all attempts
    health::Signal::Reading m_signal; // the backend's, as the attempt began
    uint32_t m_route = 0;
    uint32_t m_pool = 0;
    uint32_t m_backend = 0;
    uint32_t m_retries = 0;
    uint32_t m_interims = 0; // of the attempt under way
    Failure m_lastFailure = Failure::None;
    bool m_poolCounted = false;
    bool m_backendCounted = false;
    bool m_retrying = false;     // holds a place in the retry budget
    bool m_upstreamOpen = false; // the request may be sent
    bool m_requestEnded = false;
    bool m_bodyStarted = false; // some of the body was taken from the client
    bool m_holding = false;
    bool m_repeatable = false; // idempotent (RFC 9110 section 9.2.2)
    bool m_headForwarded = false;
    bool m_responseOver = false;
    bool m_upgradeOffered = false;
    bool m_alone = false; // there is no client, or none any more
};

} // namespace reverxy::proxy
