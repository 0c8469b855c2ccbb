// SPDX-License-Identifier: MIT
// How a client's connection ends: by itself, by its peer, by time, by draining.
#include "net/client_connection.h"
#include "net/transfer.h"

#include <algorithm>
#include <utility>

namespace reverxy::net {

using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {
constexpr seconds lingerSilence{2};
constexpr seconds lingerLimit{30};
// How long an idle connection is kept for a request that may be on its way.
constexpr milliseconds drainGrace{500};
// The least that is taken of what others wait for, where no rate is configured (bytes per second).
constexpr uint64_t sharedRate = 240;
// A kind of bad message beside those of the parser.
constexpr uint32_t headTimeoutKind = 1000;
} // namespace

void ClientConnection::closeGently() {
    if (m_cut && m_encoder.endsWithConnection()) {
        // To a reader that takes everything until the end, an orderly end would look like a complete body.
        resetAtClose(m_descriptor);
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
    leaveExchange(m_services.draining ? Failure::Draining : Failure::ClientGone);
    m_output.clear();
    m_in.clear();
    m_services.loop.cancel(*this);
    m_services.loop.reactor().close(*this);
    m_services.switchboard.connectionsOfClients.leave(m_client, m_admitted);
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
    leaveExchange(Failure::ClientGone);
    closeNow();
}

void ClientConnection::leaveExchange(Failure failure) {
    if (m_transfer)
        std::exchange(m_transfer, nullptr)->leave(failure);
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
        refuse(Failure::RequestTimeout, "the header section did not arrive within header_timeout", headTimeoutKind);
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
    uint64_t rate = settings().minRate;
    if (rate == 0 && m_transfer && m_transfer->exchange().clientHoldsUpOthers())
        rate = sharedRate;
    const uint64_t least = rate * static_cast<uint64_t>(paceWindow.count());
    const TimePoint begun = std::exchange(m_paceBegun, now);
    const uint64_t received = std::exchange(m_paceReceived, 0);
    const uint64_t sent = std::exchange(m_paceSent, 0);
    m_services.loop.arm(*this, now + paceWindow);
    if (outputPending() && m_outputPendingSince <= begun && sent < least) {
        leaveExchange(Failure::ClientTooSlow);
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

} // namespace reverxy::net
