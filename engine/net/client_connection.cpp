// SPDX-License-Identifier: MIT
#include "net/client_connection.h"

#include "net/transfer.h"

#include <algorithm>
#include <utility>

namespace reverxy::net {

using http::BodyKind;
using http::FieldId;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {
constexpr int roundsPerTurn = 16;
constexpr seconds paceWindow{10};
constexpr seconds lingerSilence{2};
constexpr seconds lingerLimit{30};
// How long an idle connection is kept for a request that may be on its way.
constexpr milliseconds drainGrace{500};
} // namespace

ClientConnection::ClientConnection(Services& services, int socket)
    : m_services(services), m_encoder(m_output, services.loop.buffers()), m_peer(peerOf(socket)) {
    m_descriptor = socket;
    m_idleSince = services.loop.now();
}

ClientConnection::~ClientConnection() {
    m_services.loop.cancel(*this);
    m_services.loop.withdraw(*this);
    if (m_descriptor >= 0) {
        m_services.loop.reactor().remove(*this);
        closeSocket(m_descriptor);
    }
}

bool ClientConnection::start() {
    if (!m_services.loop.reactor().add(*this))
        return false;
    waitForRequest();
    if (m_services.draining)
        drain();
    return true;
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
    for (int round = 0; m_state != State::Closed; ++round) {
        m_pumpAgain = false;
        const Progress progress = process();
        const bool upstreamDrained = m_transfer && m_transfer->flushUpstream();
        flush();
        if (m_state == State::Closed)
            break;
        if (endExchange() || m_pumpAgain || (upstreamDrained && progress == Progress::Blocked))
            continue; // what was pipelined, or held up, is next
        if (progress == Progress::Blocked || !m_readable)
            break;
        if (round >= roundsPerTurn) {
            m_services.loop.resumeSoon(*this);
            break;
        }
        const auto space = m_in.prepare(m_services.loop.buffers(), m_largeReads);
        const IoResult result = receive(m_descriptor, space.at, space.size);
        if (result.kind == IoResult::Kind::Bytes) {
            m_in.received(result.count);
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
        const auto step = m_decoder.next(m_in.view());
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
            m_transfer->exchange().requestFailed(http::failureOfRequest(m_decoder.error()),
                                                 http::sentenceOf(m_decoder.error()), m_services.loop.now());
            return Progress::Blocked;
        }
    }
}

void ClientConnection::flush() {
    if (m_output.empty() || m_state == State::Closed)
        return;
    const IoResult result = m_output.flush(m_descriptor);
    m_paceSent += result.count;
    switch (result.kind) {
    case IoResult::Kind::WouldBlock:
        if (m_outputPendingSince == TimePoint::max())
            m_outputPendingSince = m_services.loop.now();
        m_services.loop.reactor().awaitWrite(*this);
        return;
    case IoResult::Kind::Error:
        peerBroke();
        return;
    default:
        break;
    }
    m_drained = m_drained || m_outputPendingSince != TimePoint::max();
    m_outputPendingSince = TimePoint::max();
    if (m_endAfterFlush) {
        m_endAfterFlush = false;
        shutdownSending(m_descriptor);
    }
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
    if (m_keepAlive && complete && !m_cut && !m_peerEnded) {
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

void ClientConnection::closeGently() {
    if (m_cut && m_encoder.endsWithConnection()) {
        // To a reader that takes everything until the end, an orderly end would look like a complete body.
        m_services.loop.reactor().remove(*this);
        closeWithReset(std::exchange(m_descriptor, -1));
        closeNow();
        return;
    }
    const bool nothingUnread = m_state == State::Response && m_in.empty() && !m_readable;
    if (m_peerEnded || m_state == State::Tunnel || (nothingUnread && !m_cut)) {
        closeNow();
        return;
    }
    m_state = State::Lingering;
    m_in.clear();
    m_paceBegun = m_services.loop.now();
    m_paceReceived = 0;
    shutdownSending(m_descriptor);
    m_services.loop.cancel(*this);
    m_services.loop.arm(*this, m_paceBegun + lingerSilence);
}

void ClientConnection::closeNow() {
    if (m_state == State::Closed)
        return;
    m_state = State::Closed;
    if (m_transfer) {
        m_transfer->clientLost(m_services.draining ? Failure::Draining : Failure::ClientGone);
        std::exchange(m_transfer, nullptr)->end();
    }
    m_output.clear();
    m_in.clear();
    m_services.loop.cancel(*this);
    if (m_descriptor >= 0) {
        m_services.loop.reactor().remove(*this);
        closeSocket(std::exchange(m_descriptor, -1));
    }
    m_services.host.clientClosed(*this);
}

void ClientConnection::peerEnded() {
    m_peerEnded = true;
    m_reactorSawEnd = false;
    switch (m_state) {
    case State::Response:
        // Half-closed: it may still be waiting for its answer. A stream of events has no end to wait for.
        m_keepAlive = false;
        if (m_transfer->exchange().isEventStream())
            peerBroke();
        return;
    case State::Tunnel:
        m_transfer->tunnelClientEnded();
        return;
    case State::Head:
        if (outputPending())
            return; // answers to pipelined requests still go out; the last one closes
        closeNow();
        return;
    default:
        peerBroke();
        return;
    }
}

void ClientConnection::peerBroke() {
    if (m_transfer) {
        m_transfer->clientLost(Failure::ClientGone);
        std::exchange(m_transfer, nullptr)->end();
    }
    closeNow();
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

void ClientConnection::drain() {
    if (!idle() || m_halfClosed)
        return; // what runs is answered with `Connection: close`
    // A client may have its next request on the way: it is given time to arrive and is answered, rather than lost.
    const TimePoint now = m_services.loop.now();
    const TimePoint quiet = std::max(m_idleSince, m_services.drainBegan) + drainGrace;
    m_services.loop.cancel(*this);
    if (now < quiet) {
        m_services.loop.arm(*this, quiet);
    } else if (!isQuietAndOpen(m_descriptor)) {
        m_readable = true;
        m_services.loop.resumeSoon(*this);
    } else {
        m_halfClosed = true;
        shutdownSending(m_descriptor);
        m_services.loop.arm(*this, now + seconds(1));
    }
}

void ClientConnection::onTimer(TimePoint now) {
    switch (m_state) {
    case State::Head:
        if (m_halfClosed)
            return closeNow();
        if (m_services.draining && m_in.empty())
            return drain();
        if (m_in.empty() || outputPending())
            return closeNow();
        if (now < m_headDeadline) {
            m_services.loop.arm(*this, m_headDeadline);
            return;
        }
        refuse(Failure::RequestTimeout, "the header section did not arrive within header_timeout", 1000);
        return pump();
    case State::Lingering:
        if (m_paceReceived > 0 && now - m_paceBegun < lingerLimit) {
            m_paceReceived = 0;
            m_services.loop.arm(*this, now + lingerSilence);
            return;
        }
        return closeNow();
    case State::Body:
    case State::Response:
        return watchPace(now);
    case State::Tunnel:
    case State::Closed:
        return;
    }
}

/// The minimum rate of a body, being sent or being read, over the last window.
void ClientConnection::watchPace(TimePoint now) {
    const uint64_t least = settings().minRate * static_cast<uint64_t>(paceWindow.count());
    const TimePoint begun = std::exchange(m_paceBegun, now);
    const uint64_t received = std::exchange(m_paceReceived, 0);
    const uint64_t sent = std::exchange(m_paceSent, 0);
    m_services.loop.arm(*this, now + paceWindow);
    if (outputPending() && m_outputPendingSince <= begun && sent < least) {
        m_transfer->clientLost(Failure::ClientTooSlow);
        std::exchange(m_transfer, nullptr)->end();
        return closeNow();
    }
    // Who has its answer already may keep the rest of the body to itself.
    const bool waitedForBody = m_state == State::Body && !m_awaitsContinue && m_transfer->takesRequestBody() &&
                               !m_transfer->exchange().headForwarded();
    if (waitedForBody && received < least) {
        m_keepAlive = false;
        m_transfer->exchange().requestFailed(Failure::RequestTimeout, "the body came slower than min_rate", now);
        pump();
    }
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
