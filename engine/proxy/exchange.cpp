// SPDX-License-Identifier: MIT
#include "proxy/exchange.h"

#include "http/head_writer.h"
#include "http/list.h"
#include "http/target.h"
#include "proxy/forward.h"
#include "proxy/problem.h"
#include "proxy/proxy_status.h"

#include <charconv>

namespace reverxy::proxy {

using http::BodyKind;
using http::FieldId;
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
    if (answerHere(now))
        return;
    ++pool().state->inFlight;
    m_poolCounted = true;
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
    m_poolCounted = m_backendCounted = m_retrying = m_upstreamOpen = false;
    m_bodyStarted = m_headForwarded = m_responseOver = m_eventStream = m_upgradeOffered = false;
    m_requestEnded =
        head.framing.kind == BodyKind::None || (head.framing.kind == BodyKind::Length && head.framing.length == 0);
    m_repeatable = http::isIdempotent(head.method);
    m_holding = !m_requestEnded && (head.framing.kind != BodyKind::Length || head.framing.length <= heldBodyLimit);
    describe(client, wall);
}

void Exchange::describe(const ClientFacts& client, WallTime wall) {
    m_decision = observe::Decision{};
    m_decision.id = client.exchangeId;
    m_decision.started = wall;
    m_decision.peer = client.peer;
    m_decision.client = client.identity.address;
    m_decision.clientSource = static_cast<observe::IdentitySourceValue>(client.identity.source);
    m_decision.clientHops = client.identity.hops;
    m_decision.method.assign(m_head->methodToken);
    m_decision.host.assign(m_head->authority);
    m_decision.target.assign(m_head->target);
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
    if (http::hasDotSegments(http::pathOf(m_target)))
        m_target = m_targetArena.join({http::removeDotSegments(m_target)});
    const auto match = runtime.router.match(m_head->authority, http::pathOf(m_target));
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
    const uint64_t maxBody = runtime.config.proxy.maxBodySize;
    if (maxBody > 0 && m_head->framing.kind == BodyKind::Length && m_head->framing.length > maxBody)
        return Failure::BodyTooLarge;
    if (pool().backends.empty())
        return Failure::NoBackend;
    if (pool().enabledBackends.empty())
        return Failure::AllBackendsDown;
    return Failure::None;
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
        if (field.id == FieldId::Cookie || field.id == FieldId::Authorization ||
            field.id == FieldId::ProxyAuthorization)
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
    endWaiting(now);
    m_responseOver = true;
    m_port.stopWaiting();
    leaveBackend();
    m_port.setDeadline(TimePoint::max());
}

void Exchange::responseHead(const http::ResponseHead& head, std::string_view date, TimePoint now) {
    m_lastActivity = now;
    observe::Attempt& attempt = m_decision.lastAttempt();
    attempt.status = head.status;
    attempt.bytesSent = true;
    if (attempt.firstByteMicros == 0)
        attempt.firstByteMicros = microsBetween(m_attemptBegun, now);
    if (head.status == 101)
        return acceptTunnel(head, date, now);

    m_arena.clear(); // what the request's composition put there has been sent
    m_fields.clear();
    if (head.isInterim()) {
        if (m_head->version == http::Version::Http10)
            return; // RFC 9110 section 15.2
        composeResponseFields(head, false, date, m_arena, m_fields);
        ResponseOut out{head.status, head.reason, m_fields, {}, {}};
        m_port.sendInterim(out);
        return;
    }
    // RFC 9110 section 8.6: a 204 never has a Content-Length, the others may tell that of the content they lack.
    const bool tellsLength = (m_head->method == http::Method::Head && head.status != 204) || head.status == 304;
    composeResponseFields(head, tellsLength, date, m_arena, m_fields);
    m_responseOptions = optionsNamingFields(head, m_arena);
    http::Framing framing = head.framing;
    if (framing.kind == BodyKind::UntilClose)
        framing.kind = BodyKind::Chunked; // of unknown length
    settleOn(head, Phase::Streaming, now);
    m_eventStream = startsEventStream(head);
    ResponseOut out{head.status, head.reason, m_fields, framing, {}};
    m_port.sendResponseHead(out);
}

/// This response goes to the client: nothing is retried any more.
void Exchange::settleOn(const http::ResponseHead& head, Phase phase, TimePoint now) {
    m_headForwarded = true;
    m_decision.phase = phase;
    m_decision.status = head.status;
    m_decision.responseFromBackend = true;
    m_decision.details.clear(); // of attempts that failed before this one
    m_decision.firstByteMicros = microsBetween(m_begun, now);
    if (m_holding)
        stopHolding();
    // Whether the retry helps is decided. A stream may last for hours; it must not keep others from being retried.
    giveUpRetryPlace();
}

void Exchange::acceptTunnel(const http::ResponseHead& head, std::string_view date, TimePoint now) {
    m_arena.clear();
    const std::string_view upgrade =
        m_upgradeOffered ? acceptedUpgrade(offeredUpgrade(*m_head, m_arena), head, m_arena) : std::string_view();
    // RFC 9110 section 7.8: the client can change the protocol only once its request is complete.
    if (upgrade.empty() || !m_requestEnded)
        return upstreamLost(Failure::UnexpectedUpgrade, {}, true, now);
    m_fields.clear();
    composeResponseFields(head, false, date, m_arena, m_fields);
    settleOn(head, Phase::Tunnel, now);
    m_decision.tunnel = true;
    ResponseOut out{101, head.reason, m_fields, {}, upgrade};
    m_port.sendResponseHead(out);
    m_port.setDeadline(TimePoint::max());
    m_port.beginTunnel();
}

void Exchange::responseBody(const Piece& piece) {
    m_decision.responseBodyBytes += piece.bytes.size();
    m_port.sendResponseBody(piece);
}

void Exchange::responseEnd(const http::FieldList& trailers, bool reusable, TimePoint) {
    m_fields.clear();
    composeTrailers(trailers, m_responseOptions, m_fields);
    m_port.sendResponseEnd(m_fields);
    m_responseOver = true;
    m_port.setDeadline(TimePoint::max());
    m_upstreamOpen = false;
    // A backend that answered before it had the whole request would take the rest for the next one.
    m_port.releaseUpstream(reusable && m_requestEnded);
    leaveBackend();
}

void Exchange::upstreamLost(Failure failure, std::string_view details, bool anyByteSent, TimePoint now) {
    if (m_headForwarded) {
        m_decision.details.assign(details);
        m_decision.lastAttempt().failure = failure;
        leaveBackend();
        return cut(failure);
    }
    attemptFailed(failure, details, anyByteSent, now);
}

void Exchange::timeout(TimePoint now) {
    const auto responseTimeout = configuration().proxy.responseTimeout;
    switch (m_decision.phase) {
    case Phase::Queued:
        m_port.stopWaiting();
        return answerFailure(Failure::QueueTimeout, now);
    case Phase::AwaitingRetry:
        m_port.stopWaiting();
        return answerFailure(m_lastFailure, now);
    case Phase::AwaitingResponse:
    case Phase::Streaming:
        if (m_responseOver || (m_eventStream && m_decision.phase == Phase::Streaming))
            return;
        if (now - m_lastActivity < responseTimeout)
            return m_port.setDeadline(m_lastActivity + responseTimeout);
        return upstreamLost(Failure::ResponseTimeout, {}, true, now);
    default:
        return;
    }
}

void Exchange::cut(Failure failure) {
    m_decision.failure = failure;
    m_responseOver = true;
    m_port.setDeadline(TimePoint::max());
    m_port.cutResponse();
}

void Exchange::answerFailure(Failure failure, TimePoint now) {
    const FailureInfo& info = infoOf(failure);
    endWaiting(now);
    m_decision.failure = failure;
    m_arena.clear();
    m_fields.clear();
    const std::string_view next =
        m_poolCounted && m_decision.attemptsTotal > 0 ? std::string_view(backend().text) : std::string_view();
    const std::string_view proxyStatus = proxyStatusValue(m_arena, m_decision, next);
    if (!proxyStatus.empty())
        m_fields.add("Proxy-Status", proxyStatus, FieldId::ProxyStatus);
    if (info.status == 503)
        m_fields.add("Retry-After", "1", FieldId::RetryAfter);
    const std::string_view body = problemBody(m_arena, info.status, failure, m_decision.details.view());
    sendLocal(info.status, problemContentType, body, now);
}

/// A whole response of the proxy's own. m_fields holds what is to be sent besides its own description.
void Exchange::sendLocal(uint16_t status, std::string_view contentType, std::string_view body, TimePoint now) {
    http::FieldList& fields = m_fields;
    m_decision.status = status;
    m_decision.firstByteMicros = microsBetween(m_begun, now);
    m_headForwarded = true;
    m_responseOver = true;
    m_decision.phase = Phase::Streaming;
    m_port.setDeadline(TimePoint::max());
    fields.add("Date", m_date, FieldId::Date);
    if (!contentType.empty())
        fields.add("Content-Type", contentType, FieldId::ContentType);
    const bool bodyless = m_head->method == http::Method::Head;
    char digits[20];
    http::Framing framing{BodyKind::Length, body.size()};
    if (bodyless) {
        // The length a GET would have had (RFC 9110 section 9.3.2).
        const auto end = std::to_chars(digits, digits + sizeof digits, body.size()).ptr;
        fields.add("Content-Length", std::string_view(digits, static_cast<size_t>(end - digits)),
                   FieldId::ContentLength);
        framing = {};
    }
    ResponseOut out{status, http::reasonPhrase(status), fields, framing, {}};
    m_port.sendResponseHead(out);
    if (!bodyless && !body.empty()) {
        m_decision.responseBodyBytes = body.size();
        m_port.sendResponseBody({body, nullptr});
    }
    fields.clear();
    m_port.sendResponseEnd(fields);
}

void Exchange::finish(TimePoint now) {
    leaveBackend();
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
