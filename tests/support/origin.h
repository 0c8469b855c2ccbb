// SPDX-License-Identifier: MIT
#pragma once

#include "support/gate.h"
#include "support/loopback_port.h"
#include "support/message.h"
#include "support/stream.h"

#include <atomic>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace reverxy::test {

class Origin;

/// A request as it reached the origin.
struct ReceivedRequest {
    Head head;
    std::string method;
    std::string target;
    std::string body; // as far as the handler read it with readBody()
    uint64_t bodySize = 0;
    bool bodyComplete = false;
    Fields trailers;
    size_t connection = 0; // 1 for the origin's first connection

    std::string field(std::string_view name) const { return head.value(name); }
};

/// One request in the hands of a script, and the connection it came on.
class OriginExchange {
  public:
    OriginExchange(Origin& origin, Stream& stream, ReceivedRequest& request, BodyShape shape, size_t index)
        : m_origin(origin), m_stream(stream), m_request(request), m_body(stream, shape), m_index(index) {}

    const ReceivedRequest& request() const { return m_request; }

    const std::string& method() const { return m_request.method; }

    const std::string& target() const { return m_request.target; }

    std::string field(std::string_view name) const { return m_request.field(name); }

    /// The request's body, piece by piece.
    BodyReader& body() { return m_body; }

    /// The request's whole body; recorded too.
    const std::string& readBody();
    /// Reads the rest of the body without holding it. Returns its size.
    uint64_t discardBody();

    /// False when the peer went away.
    bool send(std::string_view bytes) { return m_stream.write(bytes); }

    /// A whole response with Content-Length.
    bool respond(int status, std::string_view body, const Fields& fields = {});

    /// The connection itself, for what HTTP does not cover. Consume what body() lent first.
    Stream& stream() { return m_stream; }

    /// Waits until the test opens the gate; false when it did not in time or the origin is being stopped.
    bool waitFor(const Gate& gate) const;
    /// The origin is being stopped: a script that loops must end.
    bool stopping() const;

    /// Closes after this request, which is what a script without a delimited response needs.
    void close() { m_keep = false; }

    /// Resets the connection as soon as the script returns.
    void reset();

    bool kept() const { return m_keep; }

    /// Puts what is known of the request's body into the origin's record. Reading the body to its end does so,
    /// before an answer.
    void record();

  private:
    Origin& m_origin;
    Stream& m_stream;
    ReceivedRequest& m_request;
    BodyReader m_body;
    size_t m_index; // of the record
    bool m_keep = true;
};

/// A scripted HTTP/1 server: a thread for each connection, a script for each request. Independent of the engine's
/// code, so that it can judge what the engine sends. All public calls are thread-safe; they belong to the test, not
/// to scripts.
class Origin {
  public:
    using Script = std::function<void(OriginExchange&)>;

    struct Options {
        Family family = Family::V4;
        uint16_t port = 0;     // that another process holds; 0: one of its own
        bool record = true;    // keep what was received; off for load
        int sendBuffer = 0;    // SO_SNDBUF of its connections when not 0
        int receiveBuffer = 0; // SO_RCVBUF
    };

    /// Listens at once, on a port of its own that stays reserved until it is destroyed.
    explicit Origin(Script script);
    Origin(Script script, Options options);
    ~Origin();
    Origin(const Origin&) = delete;
    Origin& operator=(const Origin&) = delete;

    uint16_t port() const { return m_port.number(); }

    /// `127.0.0.1:port`.
    std::string authority() const;

    /// As if the process were killed: stops listening and cuts every connection. Connecting is refused from then
    /// on.
    void stop();
    /// Listens again on the same port.
    void start();
    /// Cuts the connections that are open now and goes on listening.
    void cutConnections();

    std::vector<ReceivedRequest> requests() const;
    /// The last request; an empty one when there was none.
    ReceivedRequest lastRequest() const;

    size_t requestCount() const { return m_requestCount.load(); }

    /// What was wrong with what the proxy sent, in words. Broken-off messages are no violation.
    std::vector<std::string> violations() const;

    size_t connectionsOpen() const { return m_open.load(); }

    /// The most that were open at once, counted as each one was accepted.
    size_t connectionsMost() const { return m_most.load(); }

    size_t connectionsTotal() const { return m_total.load(); }

    bool stopping() const { return m_stopping.load(); }

  private:
    friend class OriginExchange;

    struct Connection {
        Stream stream;
        std::thread thread;
        std::atomic<bool> finished{false};
    };

    void listen();
    void accept(int descriptor);
    void reap(bool all);
    void serve(Connection& connection, size_t number);
    bool serveRequest(Stream& stream, size_t connection);
    void judge(const ReceivedRequest& request, const std::string& problem);
    void keepRecord(const ReceivedRequest& request, size_t index);

    Script m_script;
    Options m_options;
    LoopbackPort m_port;
    int m_listener = -1;
    std::thread m_acceptor;
    std::atomic<bool> m_stopping{false};
    mutable std::mutex m_mutex;
    std::list<Connection> m_connections;
    std::vector<ReceivedRequest> m_requests;
    std::vector<std::string> m_violations;
    std::atomic<size_t> m_requestCount{0}, m_open{0}, m_most{0}, m_total{0};
};

} // namespace reverxy::test
