// SPDX-License-Identifier: MIT
#pragma once

#include "http/body_decoder.h"
#include "http/head.h"
#include "http/head_parser.h"
#include "net/loop.h"
#include "net/message_encoder.h"
#include "net/output_queue.h"
#include "net/receive_buffer.h"
#include "net/turn_budget.h"
#include "proxy/exchange_port.h"

#include <memory>
#include <string_view>

namespace reverxy::net {

struct WorkerBackend;
class UpstreamConnection;

/// Who opens a connection: told once how that went.
class ConnectListener {
  public:
    virtual void connectEnded(UpstreamConnection& connection, int error) = 0;

  protected:
    virtual ~ConnectListener() = default;
};

/// Who uses a connection for an exchange.
class UpstreamUser {
  public:
    virtual void upstreamHead(const http::ResponseHead& head) = 0;
    virtual void upstreamBody(const Piece& piece) = 0;
    /// The response is complete. Afterwards the connection may belong to somebody else.
    virtual void upstreamEnd(const http::FieldList& trailers, bool reusable) = 0;
    virtual void upstreamLost(Failure failure, std::string_view details) = 0;
    /// In a tunnel the backend has closed its side.
    virtual void upstreamTunnelEnded() = 0;
    /// What was received has been handed over: send it on.
    virtual void upstreamPaused() = 0;
    /// False while the client has not taken what it was given.
    virtual bool takesResponse() = 0;
    /// What was queued for the backend is sent.
    virtual void upstreamDrained() = 0;
    /// Bytes came from, or went to, the backend.
    virtual void upstreamActive() = 0;
    /// The last thing in handling an event of the backend's: nothing of the connection is looked at afterwards.
    virtual void upstreamHandled() = 0;

  protected:
    virtual ~UpstreamUser() = default;
};

/// Who keeps a connection that no exchange uses.
class IdleKeeper {
  public:
    /// It has closed, timed out or said something unasked.
    virtual void idleEnded(UpstreamConnection& connection) = 0;

  protected:
    virtual ~IdleKeeper() = default;
};

/// A connection to a backend, speaking HTTP/1.1 as a client does. Belongs to one worker.
class UpstreamConnection final : public Pollable, public Timer, public Resumable {
  public:
    /// Starts connecting; `listener` is told how it ends, unless connected() at once. socketError() != 0: it failed
    /// at once.
    UpstreamConnection(Loop& loop, WorkerBackend& backend, const Endpoint& to, uint32_t addressIndex);
    ~UpstreamConnection() override;

    /// Closes at once; no event follows. What is left is to destroy it.
    void close();

    WorkerBackend& backend() const { return m_backend; }

    const Endpoint& endpoint() const { return m_endpoint; }

    uint32_t addressIndex() const { return m_addressIndex; }

    bool connected() const { return m_state != State::Connecting && m_state != State::Failed; }

    int socketError() const { return m_socketError; }

    void setListener(ConnectListener* listener) { m_listener = listener; }

    void setKeeper(IdleKeeper* keeper) { m_keeper = keeper; }

    /// Hands the connection to an exchange whose request has `method`. Heads are parsed into `head`, which must
    /// live until detach() or close(). It is the user's because that memory is in use all the time; a connection to
    /// one of many backends is used rarely.
    void attach(UpstreamUser& user, http::Method method, const http::HeadLimits& limits, http::ResponseHead& head);
    /// The exchange lets go; true when the connection is fit for another: all sent, all read.
    bool detach();
    /// Asks the system whether the idle connection is still open and nothing unasked for has come.
    bool quietAndOpen() const;
    /// The same without asking, for a request that could be repeated: nothing was reported of it, and it has not
    /// lain idle so long that the backend is likely to close it just now.
    bool presumablyOpen() const;
    /// No unread byte, nothing to send, and nobody's.
    void becomeIdle(Duration timeout);

    void sendHead(proxy::RequestOut& request);
    void sendBody(const Piece& piece);
    void sendEnd(const http::FieldList& trailers);

    void beginTunnel() { m_state = State::Tunnel, m_encoder.raw(); }

    /// After what is queued, closes the sending side.
    void endSending();
    /// Sends what is queued. Errors are left to the receiving side: a backend may have answered before it closed.
    void flush();

    bool outputPending() const { return !m_output.empty(); }

    bool sendingBroken() const { return m_sendBroken; }

    bool anyByteSent() const { return m_anyByteSent; }

    /// The user can take more.
    void continueReading() { pump(); }

  private:
    enum class State : uint8_t { Connecting, Failed, Idle, Head, Body, Tunnel, Over };

    void onReady(Readiness readiness) override;
    void onTimer(TimePoint now) override;
    void resume() override;
    void pump();
    /// Works through what is buffered; false when there is no point in receiving more for now.
    bool process();
    bool processHead();
    bool processBody();
    void ended(int error);
    void lose(Failure failure, std::string_view details);

    Loop& m_loop;
    WorkerBackend& m_backend;
    const Endpoint m_endpoint;
    const uint32_t m_addressIndex;
    ConnectListener* m_listener = nullptr;
    IdleKeeper* m_keeper = nullptr;
    UpstreamUser* m_user = nullptr;
    http::ResponseParser m_parser;
    http::BodyDecoder m_decoder;
    http::ResponseHead* m_head = nullptr; // while there is a user
    http::HeadLimits m_limits;
    ReceiveBuffer m_in;
    OutputQueue m_output;
    MessageEncoder m_encoder;
    int m_socketError = 0;
    State m_state = State::Connecting;
    http::Method m_method = http::Method::Get;
    TurnBudget m_turn;
    TimePoint m_idleSince{};
    bool m_keepAlive = false;   // the last head allowed another request
    bool m_maybeUnread = false; // the last receive before it became idle did not show that nothing is left
    bool m_readable = false;
    bool m_peerEnded = false;  // reported by the reactor: read on until the end itself comes
    bool m_largeReads = false; // the last receive filled its space
    bool m_anyByteSent = false;
    bool m_sendBroken = false;
    bool m_endAfterFlush = false;
    bool m_pumping = false;
};

} // namespace reverxy::net
