// SPDX-License-Identifier: MIT
#pragma once

#include "http/body_decoder.h"
#include "http/head_parser.h"
#include "limit/connection_counts.h"
#include "net/loop.h"
#include "net/message_encoder.h"
#include "net/output_queue.h"
#include "net/receive_buffer.h"
#include "net/services.h"
#include "net/turn_budget.h"
#include "proxy/exchange_port.h"

namespace reverxy::net {

/// A client's connection, speaking HTTP/1.1 and 1.0 as a server does: one exchange after the other, pipelined
/// requests waiting in the receive buffer. Belongs to one worker.
class ClientConnection final : public Pollable, public Timer, public Resumable {
  public:
    ClientConnection(Services& services, const AcceptedSocket& socket);
    ~ClientConnection() override;
    /// False when the reactor could not take the descriptor.
    bool start();

    // From the transfer.
    void sendInterim(proxy::ResponseOut& response);
    void sendHead(proxy::ResponseOut& response);
    void sendBody(const Piece& piece);
    void sendEnd(const http::FieldList& trailers);
    /// The response ends here, incomplete, and the client must be able to tell.
    void cut();

    void beginTunnel() { m_state = State::Tunnel, m_encoder.raw(); }

    /// After what is queued, closes the sending side (of a tunnel).
    void endSending();
    /// Sends what is queued, and what lies ready for this client. True when all of that is sent and there may be
    /// more.
    bool flush();

    bool outputPending() const { return !m_output.empty(); }

    /// The client holds its body back until it is told 100 (Continue).
    bool awaitsContinue() const { return m_awaitsContinue; }

    /// Sends, ends what is over, and goes on with what was received. The last thing in handling an event.
    void settle() { pump(); }

    // From the worker.
    /// Answers what runs with `Connection: close`; half-closes when idle.
    void drain();
    void closeNow();

    bool idle() const { return m_state == State::Head && m_in.empty() && m_output.empty(); }

    /// That of the exchange that runs, or null.
    Transfer* transfer() const { return m_transfer; }

    ClientConnection* previous = nullptr; // in the worker's list
    ClientConnection* next = nullptr;

  private:
    /// Bodies are judged by min_rate over windows of this length.
    static constexpr std::chrono::seconds paceWindow{10};

    enum class State : uint8_t {
        Head,      // waiting for a request, or within its head
        Body,      // within its body
        Response,  // the request is complete, its response is not
        Tunnel,    // bytes pass as they are
        Lingering, // all is said; the client's rest is read and thrown away, so that it can read the answer (RFC
                   // 9112 section 9.6)
        Closed,
    };
    enum class Progress : uint8_t {
        NeedsInput,
        Blocked,
        Yields, // there is more to do, in the next round
    };

    void admit();
    void onReady(Readiness readiness) override;
    void onTimer(TimePoint now) override;
    void resume() override;
    void pump();
    Progress work();
    Progress process();
    Progress processHead();
    Progress processBody();
    void beginExchange();
    void refuse(Failure failure, std::string_view details, uint32_t kind);
    /// True when there was an exchange and it is over with.
    bool endExchange();

    /// After the response that is on its way.
    bool takesAnotherRequest() const { return m_keepAlive && !m_cut && !m_peerEnded; }

    EndFollows endFollowsOutput() const;
    bool bodyIsOver();
    void peerEnded();
    void peerBroke();
    void leaveExchange(Failure failure);
    void closeGently();
    void waitForRequest();
    void watchPace(TimePoint now);

    const config::Proxy& settings() const { return m_services.runtime->worker.runtime->config.proxy; }

    Services& m_services;
    Transfer* m_transfer = nullptr;
    ReceiveBuffer m_in;
    OutputQueue m_output;
    MessageEncoder m_encoder;
    http::RequestParser m_parser;
    http::BodyDecoder m_decoder;
    Endpoint m_peer;
    limit::ConnectionCounts::Client m_client;
    limit::ConnectionVerdict m_admitted = limit::ConnectionVerdict::Close;
    TimePoint m_idleSince{};
    TimePoint m_headDeadline = TimePoint::max(); // once its first byte is there
    TimePoint m_paceBegun{};
    TimePoint m_outputPendingSince = TimePoint::max();
    TurnBudget m_turn;
    uint64_t m_paceReceived = 0;
    uint64_t m_paceSent = 0;
    State m_state = State::Head;
    bool m_readable = false;
    bool m_reactorSawEnd = false;
    bool m_peerEnded = false;
    bool m_largeReads = false;
    bool m_keepAlive = false;
    bool m_http11 = true;
    bool m_awaitsContinue = false;
    bool m_cut = false;
    bool m_endAfterFlush = false;
    bool m_halfClosed = false; // draining: no request is taken any more
    bool m_pumping = false;
    bool m_pumpAgain = false;
    bool m_drained = false; // output that had to wait has gone: the backend's side may go on
};

} // namespace reverxy::net
