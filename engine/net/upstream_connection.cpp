// SPDX-License-Identifier: MIT
#include "net/upstream_connection.h"

#include <cerrno>
#include <utility>

namespace reverxy::net {

UpstreamConnection::UpstreamConnection(Loop& loop, WorkerBackend& backend, const Endpoint& to,
                                       uint32_t addressIndex)
    : m_loop(loop), m_backend(backend), m_endpoint(to), m_addressIndex(addressIndex),
      m_encoder(m_output, loop.buffers()) {
    const ConnectAttempt attempt = beginConnect(to);
    m_descriptor = attempt.socket;
    m_socketError = attempt.error;
    if (attempt.socket < 0 || !m_loop.reactor().add(*this)) {
        m_state = State::Failed;
        if (m_socketError == 0)
            m_socketError = errno;
        return;
    }
    if (attempt.connected)
        m_state = State::Over;
}

UpstreamConnection::~UpstreamConnection() {
    close();
}

void UpstreamConnection::close() {
    m_user = nullptr;
    m_head = nullptr;
    m_listener = nullptr;
    m_state = State::Over;
    m_loop.cancel(*this);
    m_loop.withdraw(*this);
    m_loop.reactor().close(*this);
}

void UpstreamConnection::attach(UpstreamUser& user, http::Method method, const http::HeadLimits& limits,
                                http::ResponseHead& head) {
    m_loop.arm(*this, TimePoint::max());
    m_user = &user;
    m_head = &head;
    m_method = method;
    m_limits = limits;
    m_parser.reset();
    m_state = State::Head;
    m_anyByteSent = false;
    m_loop.withdraw(*this);
    // Readiness reported while it was connecting, perhaps an end, is not reported again.
    if (m_readable)
        m_loop.resumeSoon(*this);
}

bool UpstreamConnection::detach() {
    m_user = nullptr;
    m_head = nullptr;
    const bool fit = m_state == State::Over && m_in.empty() && m_output.empty() && !m_sendBroken && !m_peerEnded;
    m_state = State::Over;
    return fit;
}

bool UpstreamConnection::quietAndOpen() const {
    return !m_peerEnded && isQuietAndOpen(m_descriptor);
}

bool UpstreamConnection::presumablyOpen() const {
    // Servers keep idle connections for seconds; what has just answered is hardly about to close.
    constexpr std::chrono::seconds trusted{1};
    return m_loop.reactor().reportsInOrder() && !m_peerEnded && !m_maybeUnread &&
           m_loop.now() - m_idleSince < trusted;
}

void UpstreamConnection::becomeIdle(Duration timeout) {
    m_state = State::Idle;
    m_idleSince = m_loop.now();
    m_largeReads = false;
    m_maybeUnread = m_readable; // whoever takes it next makes sure that nothing is left unread
    m_readable = false;
    m_loop.reactor().awaitRead(*this);
    m_output.shrink();
    m_loop.arm(*this, m_idleSince + timeout);
}

void UpstreamConnection::sendHead(proxy::RequestOut& request) {
    m_encoder.requestHead(request);
}

void UpstreamConnection::sendBody(const Piece& piece) {
    if (!m_sendBroken)
        m_encoder.body(piece);
}

void UpstreamConnection::sendEnd(const http::FieldList& trailers) {
    if (!m_sendBroken)
        m_encoder.end(trailers);
}

void UpstreamConnection::endSending() {
    m_endAfterFlush = true;
    flush();
}

void UpstreamConnection::flush() {
    if (!m_output.empty() && !m_sendBroken) {
        const IoResult result = m_output.flush(m_descriptor, EndFollows{m_endAfterFlush});
        m_anyByteSent = m_anyByteSent || result.count > 0;
        if (result.kind == IoResult::Kind::WouldBlock) {
            m_loop.reactor().awaitWrite(*this);
            return;
        }
        if (result.kind == IoResult::Kind::Error) {
            // The reason, and perhaps an early answer, is on the receiving side; what was to be sent is of no use
            // any more.
            m_sendBroken = true;
            m_peerEnded = true;
            m_readable = true;
            m_output.clear();
            m_loop.resumeSoon(*this);
            return;
        }
    }
    if (m_endAfterFlush && m_output.empty()) {
        m_endAfterFlush = false;
        shutdownSending(m_descriptor);
    }
}

void UpstreamConnection::onReady(Readiness readiness) {
    if (m_state == State::Connecting) {
        // What can be read is looked at once somebody does.
        m_readable = m_readable || readiness.readable;
        m_peerEnded = m_peerEnded || readiness.ended;
        if (!readiness.writable && !readiness.ended)
            return;
        const int error = connectError(m_descriptor);
        if (error == 0 && !readiness.writable)
            return;
        m_state = error == 0 ? State::Over : State::Failed;
        m_socketError = error;
        if (m_listener)
            m_listener->connectEnded(*this, error);
        return;
    }
    if (readiness.readable) {
        m_readable = true;
        m_peerEnded = m_peerEnded || readiness.ended;
    }
    if (readiness.writable && !m_output.empty()) {
        flush();
        if (m_user) {
            m_user->upstreamActive();
            if (m_output.empty())
                m_user->upstreamDrained();
        }
    }
    if (readiness.readable)
        pump();
}

void UpstreamConnection::resume() {
    pump();
}

void UpstreamConnection::onTimer(TimePoint) {
    if (m_state == State::Idle && m_keeper)
        m_keeper->idleEnded(*this);
}

void UpstreamConnection::pump() {
    if (m_pumping)
        return;
    if (m_state == State::Idle) {
        // Nothing was asked for: an end, or nonsense.
        if (m_readable && !isQuietAndOpen(m_descriptor))
            m_keeper->idleEnded(*this);
        else
            m_readable = false, m_loop.reactor().awaitRead(*this);
        return;
    }
    if (!m_user)
        return;
    UpstreamUser* const user = m_user;
    m_pumping = true;
    if (!m_loop.isSpared(*this))
        m_turn.renew();
    for (;; m_turn.spendRound()) {
        const bool handsOver = !m_in.empty();
        const bool wantsMore = process();
        if (m_user != user)
            break;
        if (handsOver)
            user->upstreamPaused();
        if (!wantsMore || m_user != user || !user->takesResponse())
            break;
        if (m_turn.spent()) {
            if (m_turn.wasted())
                m_loop.resumeSparingly(*this);
            else
                m_loop.resumeSoon(*this);
            break;
        }
        if (!m_readable)
            break;
        const auto space = m_in.prepare(m_loop.buffers(), m_largeReads);
        const IoResult result = receive(m_descriptor, space.at, space.size);
        if (result.kind == IoResult::Kind::Bytes) {
            m_in.received(result.count);
            m_largeReads = result.count == space.size;
            m_turn.spendBytes(result.count);
            user->upstreamActive();
            if (result.count < space.size && !m_peerEnded) {
                m_readable = false;
                m_loop.reactor().awaitRead(*this);
            }
            continue;
        }
        m_in.settle();
        if (result.kind == IoResult::Kind::WouldBlock) {
            m_readable = false;
            m_loop.reactor().awaitRead(*this);
            break;
        }
        m_readable = false;
        ended(result.error);
        break;
    }
    m_pumping = false;
    user->upstreamHandled();
}

bool UpstreamConnection::process() {
    UpstreamUser* const user = m_user;
    while (m_user == user) {
        if (!m_turn.spendStep())
            return true;
        switch (m_state) {
        case State::Head:
            if (!processHead())
                return true;
            break;
        case State::Body:
            if (!processBody())
                return true;
            break;
        case State::Tunnel:
            if (m_in.empty())
                return true;
            m_user->upstreamBody({m_in.view(), m_in.buffer()});
            m_in.clear();
            break;
        default:
            return false;
        }
    }
    return false;
}

/// False when more bytes are needed.
bool UpstreamConnection::processHead() {
    if (m_in.empty())
        return false;
    const http::ResponseHead& head = *m_head;
    switch (m_parser.parse(m_in.view(), m_limits, m_method, *m_head)) {
    case http::ParseStatus::NeedMore:
        return false;
    case http::ParseStatus::Failed:
        lose(http::failureOfResponse(m_parser.error()), http::sentenceOf(m_parser.error()));
        return true;
    case http::ParseStatus::Done:
        break;
    }
    const BufferRef keep = m_in.reference(); // the head's views
    m_turn.stepped(m_parser.headSize());
    m_in.consume(m_parser.headSize());
    m_parser.reset();
    if (head.status == 101) {
        m_user->upstreamHead(head); // becomes a tunnel, or lets go
        return true;
    }
    if (!head.isInterim()) {
        m_keepAlive = head.keepAlive;
        m_decoder.start(head.framing, m_limits);
        m_state = State::Body;
        // Many a small server writes the head, then the body, and has the latter held back until the former is
        // acknowledged.
        if (m_in.empty() && head.framing.kind != http::BodyKind::None)
            acknowledgeNow(m_descriptor);
    }
    m_user->upstreamHead(head);
    return true;
}

/// False when more bytes are needed.
bool UpstreamConnection::processBody() {
    const auto step = m_decoder.next(m_in.view());
    m_turn.stepped(step.consumed);
    switch (step.kind) {
    case http::BodyDecoder::Kind::NeedMore:
        m_in.consume(step.consumed);
        return false;
    case http::BodyDecoder::Kind::Piece:
        m_user->upstreamBody({step.piece, m_in.buffer()});
        m_in.consume(step.consumed);
        return true;
    case http::BodyDecoder::Kind::End: {
        const BufferRef keep = m_in.reference(); // the trailers' views
        m_in.consume(step.consumed);
        m_state = State::Over;
        m_user->upstreamEnd(m_decoder.trailers(), m_keepAlive);
        return true;
    }
    case http::BodyDecoder::Kind::Failed:
        break;
    }
    lose(http::failureOfResponse(m_decoder.error()), http::sentenceOf(m_decoder.error()));
    return true;
}

void UpstreamConnection::ended(int error) {
    if (m_state == State::Tunnel) {
        m_state = State::Over;
        if (error != 0)
            m_user->upstreamLost(Failure::ConnectionClosed, errorText(error));
        else
            m_user->upstreamTunnelEnded();
        return;
    }
    if (m_state == State::Body && error == 0 && m_decoder.closed()) {
        m_state = State::Over;
        m_user->upstreamEnd(m_decoder.trailers(), false);
        return;
    }
    const Failure failure = m_state == State::Body ? Failure::ResponseIncomplete : Failure::ConnectionClosed;
    lose(failure, error != 0 ? std::string_view(errorText(error)) : std::string_view());
}

void UpstreamConnection::lose(Failure failure, std::string_view details) {
    m_state = State::Over;
    m_sendBroken = true; // not fit for another exchange
    m_user->upstreamLost(failure, details);
}

} // namespace reverxy::net
