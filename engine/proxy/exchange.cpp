// SPDX-License-Identifier: MIT
#include "proxy/exchange.h"

#include "http/target.h"
#include "proxy/forward.h"

#include <algorithm>

namespace reverxy::proxy {

using http::BodyKind;
using observe::Phase;

namespace {
// Room for a body to be held in that an exchange keeps from request to request (bytes).
constexpr size_t heldKept = 1024;
} // namespace

void Exchange::begin(WorkerRuntime& runtime, const http::RequestHead& head, const ClientFacts& client,
                     TimePoint now, WallTime wall, std::string_view date) {
    reset(runtime, head, client, now, wall, date);
    if (const Failure failure = route(); failure != Failure::None)
        return answerFailure(failure, now);
    if (!withinQuota(now))
        return answerFailure(Failure::RateLimited, now);
    if (!askCache(now))
        forward(now);
}

void Exchange::beginAlone(WorkerRuntime& runtime, const http::RequestHead& head, const ClientFacts& client,
                          TimePoint now, WallTime wall, std::string_view date) {
    reset(runtime, head, client, now, wall, date);
    m_alone = true;
    m_decision.cache.background = true;
    if (route() != Failure::None || !runtime.runtime->cache) {
        m_responseOver = true;
        return;
    }
    if (!askCache(now))
        forward(now);
}

/// To a backend.
void Exchange::forward(TimePoint now) {
    if (const Failure failure = admissible(); failure != Failure::None)
        return answerFailure(failure, now);
    if (answerHere(now))
        return;
    m_port.setDeadline(TimePoint::max());
    ++pool().state->inFlight;
    m_poolCounted = true;
    m_ticket = pool().state->ticket.fetch_add(1, std::memory_order_relaxed);
    tryBackends(now);
}

void Exchange::reject(WorkerRuntime& runtime, const http::RequestHead& head, const ClientFacts& client,
                      Failure failure, std::string_view details, TimePoint now, WallTime wall,
                      std::string_view date) {
    reset(runtime, head, client, now, wall, date);
    m_decision.details.assign(details);
    answerFailure(failure, now);
}

void Exchange::reset(WorkerRuntime& runtime, const http::RequestHead& head, const ClientFacts& client,
                     TimePoint now, WallTime wall, std::string_view date) {
    m_runtime = &runtime;
    m_head = &head;
    m_identity = client.identity;
    m_begun = now;
    m_lastActivity = now;
    m_date = date;
    m_arena.clear();
    m_targetArena.clear();
    m_held.clear();
    m_heldTrailers.clear();
    m_tried.clear();
    m_retries = 0;
    m_lastFailure = Failure::None;
    m_responseOptions = {};
    m_cache.reset();
    m_alone = false;
    m_poolCounted = m_backendCounted = m_retrying = m_upstreamOpen = false;
    m_bodyStarted = m_headForwarded = m_responseOver = m_upgradeOffered = false;
    m_requestEnded =
        head.framing.kind == BodyKind::None || (head.framing.kind == BodyKind::Length && head.framing.length == 0);
    m_repeatable = http::isIdempotent(head.method);
    m_holding = !m_requestEnded && (head.framing.kind != BodyKind::Length || head.framing.length <= heldBodyLimit);
    describe(client, wall);
}

void Exchange::describe(const ClientFacts& client, WallTime wall) {
    m_decision.clear();
    m_decision.id = client.exchangeId;
    m_decision.started = wall;
    m_decision.peer = client.peer;
    m_decision.client = client.identity.address;
    m_decision.clientSource = static_cast<observe::IdentitySourceValue>(client.identity.source);
    m_decision.clientHops = client.identity.hops;
    std::copy_n(client.identity.walked.begin(), m_decision.walkKept(), m_decision.clientWalk.begin());
    m_decision.method.assign(m_head->methodToken);
    m_decision.host.assign(m_head->authority);
    const auto redacted = m_runtime->runtime->redaction.redactedTarget(m_head->target);
    m_decision.target.assign(redacted ? *redacted : m_head->target);
    m_decision.httpMinor = m_head->version == http::Version::Http11 ? 1 : 0;
}

Failure Exchange::route() {
    const Runtime& runtime = *m_runtime->runtime;
    if (m_head->method == http::Method::Connect)
        return Failure::NotImplemented;
    if (looksLikeLoop(*m_head))
        return Failure::ProxyLoop;

    m_target = m_head->pathAndQuery;
    if (m_target.starts_with('?')) // RFC 9110 section 4.2.3: "http://host?query" has the path "/"
        m_target = m_targetArena.join({"/", m_target});
    // A prefix is compared, and cut off, on the path that the backend will see: "/api/../admin" is not below
    // "/api".
    std::string_view path = http::pathOf(m_target);
    if (http::hasDotSegments(path)) {
        m_target = m_targetArena.join({http::removeDotSegments(m_target)});
        path = http::pathOf(m_target);
    }
    const auto match = runtime.router.match(m_head->authority, path);
    if (!match)
        return Failure::NoRoute;
    m_route = static_cast<uint32_t>(*match);
    const RuntimeRoute& chosen = runtime.routes[m_route];
    m_pool = chosen.pool;
    m_decision.route = chosen.name;
    m_decision.pool = pool().name;
    if (!chosen.stripPrefix.empty()) {
        const auto stripped = route::stripPrefix(m_target, chosen.stripPrefix);
        m_target = stripped.needsSlash ? m_targetArena.join({"/", stripped.rest}) : stripped.rest;
    }
    return Failure::None;
}

Failure Exchange::admissible() {
    const uint64_t maxBody = configuration().proxy.maxBodySize;
    if (maxBody > 0 && m_head->framing.kind == BodyKind::Length && m_head->framing.length > maxBody)
        return Failure::BodyTooLarge;
    if (pool().backends.empty())
        return Failure::NoBackend;
    return m_runtime->current(m_pool).available.empty() ? poolIsOut() : Failure::None;
}

/// Nobody may be tried: says whether that is the backends' doing or the operator's.
Failure Exchange::poolIsOut() {
    const auto& backends = pool().backends;
    if (std::none_of(backends.begin(), backends.end(), [](const auto& backend) { return backend.enabled(); }))
        m_decision.details.assign("none of them is enabled");
    return Failure::AllBackendsDown;
}

/// RFC 9110 section 7.6.2: OPTIONS and TRACE with Max-Forwards 0 end here.
bool Exchange::answerHere(TimePoint now) {
    const auto maxForwards = maxForwardsOf(*m_head);
    if (!maxForwards || *maxForwards > 0)
        return false;
    m_fields.clear();
    if (m_head->method == http::Method::Options) {
        m_fields.add("Allow", "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS, TRACE");
        sendLocal(200, {}, {}, now);
        return true;
    }
    // RFC 9110 section 9.3.8: the request as received, without what might be secret.
    std::string message;
    message.append(m_head->methodToken).append(" ").append(m_head->target);
    message.append(m_head->version == http::Version::Http11 ? " HTTP/1.1\r\n" : " HTTP/1.0\r\n");
    for (const http::Field& field : m_head->fields) {
        if (m_runtime->runtime->redaction.hidesField(field.name))
            continue;
        message.append(field.name).append(": ").append(field.value).append("\r\n");
    }
    message.append("\r\n");
    sendLocal(200, "message/http", message, now);
    return true;
}

bool Exchange::wantsRequestBody() const {
    return !m_requestEnded && (m_upstreamOpen || m_responseOver);
}

void Exchange::requestBody(const Piece& piece, TimePoint now) {
    m_decision.requestBodyBytes += piece.bytes.size();
    m_bodyStarted = true;
    const uint64_t maxBody = configuration().proxy.maxBodySize;
    if (maxBody > 0 && m_decision.requestBodyBytes > maxBody)
        return requestFailed(Failure::BodyTooLarge, {}, now);
    if (m_holding) {
        if (m_held.size() + piece.bytes.size() <= heldBodyLimit)
            m_held.append(piece.bytes);
        else
            stopHolding();
    }
    if (m_upstreamOpen)
        m_port.sendRequestBody(piece);
}

void Exchange::stopHolding() {
    m_holding = false;
    if (m_held.capacity() > heldKept)
        std::string().swap(m_held);
    else
        m_held.clear();
}

void Exchange::requestEnd(const http::FieldList& trailers, TimePoint now) {
    m_requestEnded = true;
    m_lastActivity = now;
    m_fields.clear();
    composeTrailers(trailers, optionsNamingFields(*m_head, m_arena), m_fields);
    if (!m_fields.empty()) {
        m_bodyStarted = true;
        for (const http::Field& field : m_fields)
            m_heldTrailers.add(m_targetArena.join({field.name}), m_targetArena.join({field.value}), field.id);
    }
    if (m_upstreamOpen)
        m_port.sendRequestEnd(m_fields);
}

void Exchange::requestFailed(Failure failure, std::string_view details, TimePoint now) {
    if (m_responseOver)
        return;
    m_decision.details.assign(details);
    m_port.stopWaiting();
    leaveBackend();
    if (m_headForwarded)
        cut(failure);
    else
        answerFailure(failure, now);
}

void Exchange::clientLost(Failure failure, TimePoint now) {
    if (m_decision.failure == Failure::None) // of a failed exchange the first cause is the one that counts
        m_decision.failure = failure;
    if (goesOnWithoutClient())
        return;
    endWaiting(now);
    abandon();
}

void Exchange::abandon() {
    m_responseOver = true;
    m_port.stopWaiting();
    leaveBackend();
    endFill();
    m_port.setDeadline(TimePoint::max());
}

void Exchange::timeout(TimePoint now) {
    const auto responseTimeout = configuration().proxy.responseTimeout;
    switch (m_decision.phase) {
    case Phase::AwaitingFill:
        return stalled(now);
    case Phase::Queued:
        m_port.stopWaiting();
        return answerFailure(Failure::QueueTimeout, now);
    case Phase::AwaitingRetry:
        m_port.stopWaiting();
        return answerFailure(m_lastFailure, now);
    case Phase::AwaitingResponse:
    case Phase::Streaming:
        if (m_responseOver || (m_decision.eventStream && m_decision.phase == Phase::Streaming))
            return;
        if (now - m_lastActivity < responseTimeout)
            return m_port.setDeadline(m_lastActivity + responseTimeout);
        return upstreamLost(Failure::ResponseTimeout, {}, true, now);
    default:
        return;
    }
}

void Exchange::finish(TimePoint now) {
    leaveBackend();
    endFill();
    if (cache::Cache* const shared = m_runtime->runtime->cache)
        // How clients' requests fared: those made in the background are none.
        shared->count(static_cast<uint32_t>(m_decision.id >> 48),
                      m_decision.cache.background ? cache::CacheVerdict::None
                                                  : static_cast<cache::CacheVerdict>(m_decision.cache.verdict),
                      static_cast<cache::StoreVerdict>(m_decision.cache.store));
    m_cache.reset();
    giveUpRetryPlace();
    if (m_poolCounted) {
        --pool().state->inFlight;
        m_poolCounted = false;
    }
    m_decision.phase = Phase::Finished;
    m_decision.totalMicros = microsBetween(m_begun, now);
    stopHolding();
    m_runtime = nullptr;
    m_head = nullptr;
}

} // namespace reverxy::proxy
