// SPDX-License-Identifier: MIT
#include "net/client_connection.h"

#include "limit/client_identity.h"
#include "net/transfer.h"

#include <algorithm>
#include <utility>

namespace reverxy::net {

using http::BodyKind;
using http::FieldId;
using limit::ConnectionVerdict;

namespace {
// Kinds of bad messages beside those of the parser.
constexpr uint32_t tooManyConnectionsKind = 1001;
constexpr uint32_t evenMoreConnectionsKind = 1002;
} // namespace

ClientConnection::ClientConnection(Services& services, const AcceptedSocket& socket)
    : m_services(services), m_encoder(m_output, services.loop.buffers()), m_peer(socket.peer) {
    m_descriptor = socket.descriptor;
    m_idleSince = services.loop.now();
}

ClientConnection::~ClientConnection() {
    m_services.loop.cancel(*this);
    m_services.loop.withdraw(*this);
    m_services.loop.reactor().close(*this);
}

bool ClientConnection::start() {
    if (!m_services.loop.reactor().add(*this))
        return false;
    waitForRequest();
    admit();
    if (m_admitted == ConnectionVerdict::Close)
        return false;
    if (m_services.draining)
        drain();
    return true;
}

/// The limit of connections per client. Through a trusted proxy come many clients, whom it does not concern.
void ClientConnection::admit() {
    const config::Config& config = m_services.runtime->worker.runtime->config;
    const uint32_t most =
        limit::isTrusted(m_peer.address, config.proxy.trustedProxies) ? 0 : config.proxy.maxConnectionsPerClient;
    limit::ConnectionCounts& connections = m_services.switchboard.connectionsOfClients;
    m_client = connections.clientOf(limit::keyOfAddress(m_peer.address, config.rateLimiter.ipv6Prefix));
    m_admitted = connections.enter(m_client, most);
    if (m_admitted == ConnectionVerdict::Serve)
        return;
    constexpr std::string_view why = "max_connections_per_client is reached";
    if (m_admitted == ConnectionVerdict::Close)
        return m_services.journal.addRefusedConnection(m_peer.address, why, evenMoreConnectionsKind);
    refuse(Failure::TooManyConnections, why, tooManyConnectionsKind);
    pump();
}

void ClientConnection::onReady(Readiness readiness) {
    if (m_state == State::Closed)
        return;
    if (readiness.readable) {
        m_readable = true;
        m_reactorSawEnd = m_reactorSawEnd || readiness.ended;
    }
    pump();
}

void ClientConnection::resume() {
    pump();
}

void ClientConnection::pump() {
    if (m_pumping) {
        m_pumpAgain = true;
        return;
    }
    m_pumping = true;
    if (!m_services.loop.isSpared(*this))
        m_turn.renew();
    for (; m_state != State::Closed; m_turn.spendRound()) {
        const Progress progress = work();
        if (m_state == State::Closed || progress == Progress::Blocked ||
            (progress == Progress::NeedsInput && !m_readable))
            break;
        if (m_turn.spent()) {
            if (m_turn.wasted())
                m_services.loop.resumeSparingly(*this);
            else
                m_services.loop.resumeSoon(*this);
            break;
        }
        if (progress == Progress::Yields)
            continue;
        const auto space = m_in.prepare(m_services.loop.buffers(), m_largeReads);
        const IoResult result = receive(m_descriptor, space.at, space.size);
        if (result.kind == IoResult::Kind::Bytes) {
            m_in.received(result.count);
            m_turn.spendBytes(result.count);
            m_paceReceived += result.count;
            m_largeReads = result.count == space.size;
            if (result.count < space.size && !m_reactorSawEnd) {
                m_readable = false;
                m_services.loop.reactor().awaitRead(*this);
            }
            continue;
        }
        m_in.settle();
        m_readable = false;
        if (result.kind == IoResult::Kind::WouldBlock) {
            m_services.loop.reactor().awaitRead(*this);
            break;
        }
        if (result.kind == IoResult::Kind::End)
            peerEnded();
        else
            peerBroke();
    }
    m_pumping = false;
    if (std::exchange(m_drained, false) && m_transfer)
        m_transfer->clientDrained();
}

/// Everything that can be done without receiving.
ClientConnection::Progress ClientConnection::work() {
    if (idle() && !m_peerEnded)
        return Progress::NeedsInput;
    m_pumpAgain = false;
    const Progress progress = process();
    const bool upstreamDrained = m_transfer && m_transfer->flushUpstream();
    const bool more = flush();
    if (m_state == State::Closed)
        return Progress::Blocked;
    // What was pipelined, or held up, or lies ready elsewhere, is next.
    const bool goesOn = endExchange() || more || m_pumpAgain || (upstreamDrained && progress == Progress::Blocked);
    return goesOn ? Progress::Yields : progress;
}

ClientConnection::Progress ClientConnection::process() {
    for (;;) {
        const State before = m_state;
        Progress progress = Progress::NeedsInput;
        switch (m_state) {
        case State::Head:
            progress = processHead();
            break;
        case State::Body:
            progress = processBody();
            break;
        case State::Response:
            // One buffer of what is pipelined is enough.
            return m_in.empty() ? Progress::NeedsInput : Progress::Blocked;
        case State::Tunnel:
            if (m_peerEnded)
                return Progress::Blocked;
            if (m_in.empty())
                return Progress::NeedsInput;
            if (!m_transfer->tunnelTakes())
                return Progress::Blocked;
            m_transfer->tunnelFromClient({m_in.view(), m_in.buffer()});
            m_in.clear();
            return Progress::NeedsInput;
        case State::Lingering:
            m_in.clear();
            return Progress::NeedsInput;
        case State::Closed:
            return Progress::Blocked;
        }
        if (m_state == before)
            return progress;
    }
}

ClientConnection::Progress ClientConnection::processHead() {
    if (m_halfClosed) {
        m_in.clear();
        return Progress::NeedsInput;
    }
    if (m_in.empty())
        return m_peerEnded ? Progress::Blocked : Progress::NeedsInput;
    Transfer& transfer = m_services.host.take();
    switch (m_parser.parse(m_in.view(), m_services.runtime->worker.runtime->headLimits, transfer.head())) {
    case http::ParseStatus::NeedMore:
        m_services.host.give(transfer);
        if (m_headDeadline == TimePoint::max()) {
            m_headDeadline = m_services.loop.now() + settings().headerTimeout;
            m_services.loop.arm(*this, m_headDeadline);
        }
        return Progress::NeedsInput;
    case http::ParseStatus::Failed: {
        m_services.host.give(transfer);
        const http::ParseError error = m_parser.error();
        refuse(http::failureOfRequest(error), http::sentenceOf(error), static_cast<uint32_t>(error));
        return Progress::Blocked;
    }
    case http::ParseStatus::Done:
        m_transfer = &transfer;
        beginExchange();
        return Progress::Blocked;
    }
    return Progress::Blocked;
}

void ClientConnection::beginExchange() {
    const http::RequestHead& head = m_transfer->head();
    m_headDeadline = TimePoint::max();
    // After CONNECT the client would take the connection for a tunnel.
    m_keepAlive = head.keepAlive && head.method != http::Method::Connect && !m_services.draining && !m_peerEnded;
    m_http11 = head.version == http::Version::Http11;
    m_awaitsContinue = head.expectContinue;
    m_cut = false;
    const BufferRef keeps = m_in.reference();
    m_in.consume(m_parser.headSize());
    m_parser.reset();
    m_decoder.start(head.framing, m_services.runtime->worker.runtime->headLimits);
    const bool bodyless =
        head.framing.kind == BodyKind::None || (head.framing.kind == BodyKind::Length && head.framing.length == 0);
    m_state = bodyless ? State::Response : State::Body;
    m_paceBegun = m_services.loop.now();
    m_paceReceived = m_paceSent = 0;
    m_services.loop.arm(*this, m_paceBegun + paceWindow);
    m_transfer->begin(*this, m_peer, keeps);
}

/// A message that is no request, or did not become one in time: an answer, and the end.
void ClientConnection::refuse(Failure failure, std::string_view details, uint32_t kind) {
    m_headDeadline = TimePoint::max();
    m_transfer = &m_services.host.take();
    m_keepAlive = false;
    m_http11 = true;
    m_cut = false;
    m_state = State::Body; // where its end is nobody knows
    m_paceBegun = m_services.loop.now();
    m_paceReceived = m_paceSent = 0;
    m_services.loop.arm(*this, m_paceBegun + paceWindow);
    m_transfer->reject(*this, m_peer, failure, details, kind);
}

ClientConnection::Progress ClientConnection::processBody() {
    if (!m_transfer->takesRequestBody())
        return Progress::Blocked;
    for (;;) {
        if (m_transfer->exchange().responseOver() || !m_transfer->exchange().wantsRequestBody())
            return Progress::Blocked;
        if (!m_turn.spendStep())
            return Progress::Yields;
        const auto step = m_decoder.next(m_in.view());
        m_turn.stepped(step.consumed);
        switch (step.kind) {
        case http::BodyDecoder::Kind::NeedMore:
            m_in.consume(step.consumed);
            return Progress::NeedsInput;
        case http::BodyDecoder::Kind::Piece: {
            m_awaitsContinue = false;
            const BufferRef keep = m_in.reference();
            m_in.consume(step.consumed);
            m_transfer->requestBody({step.piece, keep.raw()});
            break;
        }
        case http::BodyDecoder::Kind::End: {
            const BufferRef keep = m_in.reference(); // the trailers' views
            m_in.consume(step.consumed);
            m_state = State::Response;
            m_transfer->requestEnd(m_decoder.trailers());
            return Progress::NeedsInput;
        }
        case http::BodyDecoder::Kind::Failed:
            m_keepAlive = false;
            m_transfer->markBad(static_cast<uint32_t>(m_decoder.error()));
            m_transfer->exchange().requestFailed(http::failureOfRequest(m_decoder.error()),
                                                 http::sentenceOf(m_decoder.error()), m_services.loop.now());
            return Progress::Blocked;
        }
    }
}

/// Whether nothing is sent on this connection after what is queued.
EndFollows ClientConnection::endFollowsOutput() const {
    // After a response that was cut a reset may have to follow, which would outrun what is held back.
    const bool lastResponse = m_state == State::Response && !takesAnotherRequest() && !m_cut && m_transfer &&
                              m_transfer->exchange().responseOver();
    return EndFollows{m_endAfterFlush || lastResponse};
}

bool ClientConnection::flush() {
    if (m_state == State::Closed)
        return false;
    const bool waits = m_outputPendingSince != TimePoint::max();
    const bool fed = !waits && m_transfer && m_transfer->feedClient();
    if (m_output.empty())
        return fed;
    const EndFollows end = endFollowsOutput();
    const IoResult result = m_output.flush(m_descriptor, end);
    m_paceSent += result.count;
    switch (result.kind) {
    case IoResult::Kind::WouldBlock:
        if (m_outputPendingSince == TimePoint::max())
            m_outputPendingSince = m_services.loop.now();
        m_services.loop.reactor().awaitWrite(*this);
        return false;
    case IoResult::Kind::Error:
        peerBroke();
        return false;
    default:
        break;
    }
    m_drained = m_drained || m_outputPendingSince != TimePoint::max();
    m_outputPendingSince = TimePoint::max();
    if (end == EndFollows::Yes) {
        m_endAfterFlush = false;
        shutdownSending(m_descriptor);
    }
    return fed;
}

/// Where request and response end at the same moment, all of the body may be here and only its end not yet seen.
bool ClientConnection::bodyIsOver() {
    for (;;) {
        const auto step = m_decoder.next(m_in.view());
        m_in.consume(step.consumed);
        if (step.kind != http::BodyDecoder::Kind::Piece)
            return step.kind == http::BodyDecoder::Kind::End;
    }
}

bool ClientConnection::endExchange() {
    if (!m_transfer || !m_transfer->exchange().responseOver() || outputPending())
        return false;
    std::exchange(m_transfer, nullptr)->end();
    const bool complete = m_state == State::Response || (m_state == State::Body && bodyIsOver());
    if (takesAnotherRequest() && complete) {
        m_state = State::Head;
        waitForRequest();
        if (m_services.draining)
            drain(); // the response went out before the draining began and promised a connection
        return true;
    }
    closeGently();
    return true;
}

void ClientConnection::waitForRequest() {
    m_largeReads = false;
    m_output.shrink();
    m_idleSince = m_services.loop.now();
    m_headDeadline = TimePoint::max();
    m_services.loop.arm(*this, m_idleSince + settings().idleTimeout);
}

void ClientConnection::endSending() {
    m_endAfterFlush = true;
    if (m_output.empty()) {
        m_endAfterFlush = false;
        shutdownSending(m_descriptor);
    }
}

void ClientConnection::cut() {
    m_cut = true;
    m_keepAlive = false;
}

// Writing responses.

void ClientConnection::sendInterim(proxy::ResponseOut& response) {
    if (response.status == 100)
        m_awaitsContinue = false;
    m_encoder.responseHead(response);
}

void ClientConnection::sendHead(proxy::ResponseOut& response) {
    // Refused before the request was complete: the client need not send the rest, so this is the connection's last.
    const bool early = m_state == State::Body && response.status >= 400;
    m_encoder.frameResponse(response, m_http11);
    if (early || m_services.draining || m_encoder.endsWithConnection())
        m_keepAlive = false;
    if (response.status == 101) {
        response.fields.add("Connection", "upgrade", FieldId::Connection);
        response.fields.add("Upgrade", response.upgrade, FieldId::Upgrade);
    } else if (!m_keepAlive) {
        response.fields.add("Connection", "close", FieldId::Connection);
    } else if (!m_http11) {
        response.fields.add("Connection", "keep-alive", FieldId::Connection);
    }
    m_encoder.responseHead(response);
}

void ClientConnection::sendBody(const Piece& piece) {
    m_encoder.body(piece);
}

void ClientConnection::sendEnd(const http::FieldList& trailers) {
    m_encoder.end(trailers);
}

} // namespace reverxy::net
