// SPDX-License-Identifier: MIT
// The part of an exchange that answers the client: with what the backend says, or by itself.
#include "proxy/exchange.h"

#include "http/head_writer.h"
#include "proxy/forward.h"
#include "proxy/problem.h"
#include "proxy/proxy_status.h"

#include <charconv>

namespace reverxy::proxy {

using http::BodyKind;
using http::FieldId;
using observe::Phase;

void Exchange::responseHead(const http::ResponseHead& head, std::string_view date, TimePoint now) {
    m_lastActivity = now;
    observe::Attempt& attempt = m_decision.lastAttempt();
    attempt.status = head.status;
    attempt.bytesSent = true;
    observeAnswer();
    if (attempt.firstByteMicros == 0)
        attempt.firstByteMicros = microsBetween(m_attemptBegun, now);
    if (head.status == 101)
        return acceptTunnel(head, date, now);

    if (!head.isInterim() && answeredByStored(head, now))
        return;
    m_arena.clear(); // what the request's composition put there has been sent
    m_fields.clear();
    if (head.isInterim()) {
        if (++m_interims > interimLimit)
            return upstreamLost(Failure::ResponseMalformed, "too many interim responses", true, now);
        goOnLeading(now);
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
    addLimitFields(m_fields);
    m_responseOptions = optionsNamingFields(head, m_arena);
    http::Framing framing = head.framing;
    if (framing.kind == BodyKind::UntilClose)
        framing.kind = BodyKind::Chunked; // of unknown length
    settleOn(head, Phase::Streaming, now);
    m_decision.eventStream = startsEventStream(head);
    considerStoring(head, now);
    if (m_alone) {
        if (!m_cache.filling())
            abandon(); // nobody waits for it
        return;
    }
    addCacheStatus(std::nullopt, 0);
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
    addLimitFields(m_fields);
    settleOn(head, Phase::Tunnel, now);
    m_decision.tunnel = true;
    ResponseOut out{101, head.reason, m_fields, {}, upgrade};
    m_port.sendResponseHead(out);
    m_port.setDeadline(TimePoint::max());
    m_port.beginTunnel();
}

void Exchange::responseBody(const Piece& piece) {
    if (m_cache.filling())
        return fillBody(piece.bytes);
    m_decision.responseBodyBytes += piece.bytes.size();
    m_port.sendResponseBody(piece);
}

void Exchange::responseEnd(const http::FieldList& trailers, bool reusable, TimePoint now) {
    if (m_cache.filling()) {
        m_fields.clear();
        composeTrailers(trailers, m_responseOptions, m_fields);
        keepTrailers(m_fields);
        completeFill(now);
        m_responseOver = !m_cache.reading; // the client has yet to take it
    } else if (!m_cache.confirmed) {
        m_fields.clear();
        composeTrailers(trailers, m_responseOptions, m_fields);
        m_port.sendResponseEnd(m_fields);
        m_responseOver = true;
    }
    m_port.setDeadline(TimePoint::max());
    m_upstreamOpen = false;
    // A backend that answered before it had the whole request would take the rest for the next one.
    m_port.releaseUpstream(reusable && m_requestEnded);
    leaveBackend();
    if (m_cache.confirmed)
        serveConfirmed(now);
}

/// Until the client has taken the body before them. The request's own have been sent.
void Exchange::keepTrailers(const http::FieldList& trailers) {
    m_heldTrailers.clear();
    for (const http::Field& field : trailers)
        m_heldTrailers.add(m_targetArena.join({field.name}), m_targetArena.join({field.value}), field.id);
}

void Exchange::upstreamLost(Failure failure, std::string_view details, bool anyByteSent, TimePoint now) {
    if (m_headForwarded) {
        m_decision.details.assign(details);
        m_decision.lastAttempt().failure = failure;
        leaveBackend();
        if (!m_cache.filling())
            return cut(failure);
        // The client gets what there is; then it is cut.
        m_decision.failure = failure;
        breakFill();
        m_responseOver = !m_cache.reading;
        m_port.setDeadline(TimePoint::max());
        return;
    }
    attemptFailed(failure, details, anyByteSent, now);
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
    releaseFill(cache::Release::Failed, failure);
    if (serveInsteadOf(failure, now))
        return;
    m_decision.failure = failure;
    if (m_alone) {
        m_responseOver = true;
        m_port.setDeadline(TimePoint::max());
        return;
    }
    m_arena.clear();
    m_fields.clear();
    const std::string_view next =
        m_poolCounted && m_decision.attemptsTotal > 0 ? std::string_view(backend().text) : std::string_view();
    const std::string_view proxyStatus = proxyStatusValue(m_arena, m_decision, next);
    if (!proxyStatus.empty())
        m_fields.add("Proxy-Status", proxyStatus, FieldId::ProxyStatus);
    if (info.status == 503 || failure == Failure::TooManyConnections)
        m_fields.add("Retry-After", "1", FieldId::RetryAfter);
    const std::string_view policy =
        failure == Failure::RateLimited ? std::string_view(limiter()->policyName) : std::string_view();
    const std::string body = problemBody(info.status, failure, m_decision.details.view(), policy);
    sendLocal(info.status, problemContentType, body, now);
}

/// A response that does not come from a backend is on its way.
void Exchange::beginLocal(uint16_t status, TimePoint now) {
    m_decision.status = status;
    m_decision.firstByteMicros = microsBetween(m_begun, now);
    m_headForwarded = true;
    m_responseOver = true;
    m_decision.phase = Phase::Streaming;
    m_port.setDeadline(TimePoint::max());
    endTurn();
}

/// A whole response of the proxy's own. m_fields holds what is to be sent besides its own description.
void Exchange::sendLocal(uint16_t status, std::string_view contentType, std::string_view body, TimePoint now) {
    http::FieldList& fields = m_fields;
    beginLocal(status, now);
    fields.add("Date", m_date, FieldId::Date);
    addLimitFields(fields);
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

} // namespace reverxy::proxy
