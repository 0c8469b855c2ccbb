// SPDX-License-Identifier: MIT
#pragma once

#include "net/connector.h"
#include "net/services.h"
#include "proxy/exchange.h"

#include <memory>

namespace reverxy::net {

/// Carries one exchange between a client's connection and a backend's: the exchange decides, the connections speak
/// HTTP/1, and this joins them. Reused from request to request. Belongs to one worker.
class Transfer final : public proxy::ExchangePort,
                       public UpstreamUser,
                       public Timer,
                       public Connector::Owner,
                       public Waits {
  public:
    explicit Transfer(Services& services);
    ~Transfer() override;

    /// Filled by the client's connection before begin(); its views are kept alive by `keeps`.
    http::RequestHead& head() { return m_head; }

    void begin(ClientConnection& client, const Endpoint& peer, const BufferRef& keeps);
    /// Answers a message that is no valid request.
    void reject(ClientConnection& client, const Endpoint& peer, Failure failure, std::string_view details,
                uint32_t kind);

    /// The request's body proved to be no valid one: the record is one of a bad message.
    void markBad(uint32_t kind) { m_badMessageKind = kind; }

    /// The response is with the client, or cannot be: closes the record.
    void end();

    proxy::Exchange& exchange() { return m_exchange; }

    /// Whether the client's next piece can be taken.
    bool takesRequestBody() const;
    void requestBody(const Piece& piece);
    void requestEnd(const http::FieldList& trailers);
    /// True when something was queued and now all of it is sent.
    bool flushUpstream();
    /// The client is gone, or is cut for `failure`: ends the exchange, unless others want what it receives.
    void leave(Failure failure);
    /// Begins an exchange without a client that validates what `asked` was answered with.
    void beginAlone(const Transfer& asked);
    /// Ends an exchange that has no client.
    void abandon();
    /// Gives the client what lies ready for it elsewhere than with the backend; true when that was something.
    bool feedClient();
    /// What was queued for the client is sent.
    void clientDrained();
    void tunnelFromClient(const Piece& piece);
    void tunnelClientEnded();

    bool tunnelTakes() const { return m_upstream && !m_upstream->outputPending(); }

  private:
    // proxy::ExchangePort
    bool hasIdleConnection(uint32_t pool, uint32_t backend) const override;
    proxy::Opened openUpstream(uint32_t pool, uint32_t backend, bool slotHeld) override;
    void sendRequestHead(proxy::RequestOut& request) override;
    void sendRequestBody(const Piece& piece) override;
    void sendRequestEnd(const http::FieldList& trailers) override;
    void releaseUpstream(bool reusable) override;
    bool waitForSlot(uint32_t pool, uint32_t limit) override;
    void waitForRetry(uint32_t pool) override;
    void stopWaiting() override;
    void retryPlaceFreed(uint32_t pool) override;
    void observeBackend(uint32_t pool, uint32_t backend, Failure failure) override;
    void sendInterim(proxy::ResponseOut& response) override;
    void sendResponseHead(proxy::ResponseOut& response) override;
    void sendResponseBody(const Piece& piece) override;
    void sendResponseEnd(const http::FieldList& trailers) override;
    void cutResponse() override;
    void beginTunnel() override;
    Waiter follower() override;
    void stopFollowing() override;
    void wakeFollowers(const std::vector<Waiter>& followers) override;
    void validateInBackground() override;
    void setDeadline(TimePoint deadline) override;

    // UpstreamUser
    void upstreamHead(const http::ResponseHead& head) override;
    void upstreamBody(const Piece& piece) override;
    void upstreamEnd(const http::FieldList& trailers, bool reusable) override;
    void upstreamLost(Failure failure, std::string_view details) override;
    void upstreamTunnelEnded() override;
    void upstreamPaused() override;
    bool takesResponse() override;
    void upstreamDrained() override;
    void upstreamActive() override;
    void upstreamHandled() override;

    void onTimer(TimePoint now) override;
    void connectorEnded(bool connected) override;
    void wokenBySlot(const std::shared_ptr<proxy::BackendState>& backend, bool slotHeld, size_t refusals) override;
    void wokenByAvailability() override;
    void wokenByRetry() override;
    void wokenByFill() override;

    bool mayRepeat() const;
    void count();
    /// After anything that came from elsewhere than the client: what is queued goes out, and the client's
    /// connection goes on.
    void settle();
    void checkTunnelOver();
    void adopt(std::unique_ptr<UpstreamConnection> connection);

    const proxy::RuntimePool& pool(uint32_t index) const { return m_runtime->worker.runtime->pools[index]; }

    Services& m_services;
    proxy::Exchange m_exchange;
    Connector m_connector;
    http::RequestHead m_head;
    http::ResponseHead m_responseHead;
    BufferRef m_headBuffer;
    TextArena m_headCopy; // of a request whose connection may close before the exchange ends
    ClientConnection* m_client = nullptr;
    BoundRuntime* m_runtime = nullptr;
    std::unique_ptr<UpstreamConnection> m_upstream;
    WorkerBackend* m_connecting = nullptr; // the slot taken for it is this transfer's
    proxy::WaitList* m_waitList = nullptr;
    Waiter m_waiter;
    Waiter m_follower;             // token 0: follows nothing
    uint32_t m_badMessageKind = 0; // not 0: the request was no valid message
    bool m_clientTunnelEnded = false;
    bool m_upstreamTunnelEnded = false;
};

} // namespace reverxy::net
