// SPDX-License-Identifier: MIT
#pragma once

#include "base/ip_address.h"
#include "http/head_parser.h"

#include <QObject>
#include <QSocketNotifier>
#include <QTimer>

#include <chrono>
#include <string>

namespace reverxy::net {

/// What a page listener puts up with. Small: who asks there asks for little.
struct PageBounds {
    size_t connections = 64;
    http::HeadLimits head{8 * 1024, 64};
    std::chrono::milliseconds idleTimeout{30'000};  // without a request
    std::chrono::milliseconds headTimeout{5'000};   // from its first byte to its last
    std::chrono::milliseconds writeTimeout{10'000}; // for the response to be there and to be taken
    std::chrono::milliseconds lingerTimeout{1'000}; // for the client to see the end
};

/// One client of a page listener: one request after the other, HTTP/1.1 and 1.0, without bodies. Belongs to the
/// listener's thread.
class PageConnection final : public QObject {
  public:
    /// What a connection asks of its listener.
    class Host {
      public:
        /// respond() follows, at once or later. `head` holds until this returns.
        virtual void asked(PageConnection& connection, const http::RequestHead& head) = 0;
        /// The same for a message that is no valid request. The connection ends with the response.
        virtual void malformed(PageConnection& connection, http::ParseError error) = 0;
        /// The last call; the listener destroys the connection once the event is handled.
        virtual void closed(PageConnection& connection) = 0;

      protected:
        virtual ~Host() = default;
    };

    /// Takes the accepted socket over.
    PageConnection(uint64_t number, int socket, const PageBounds& bounds, Host& host, QObject* parent);
    ~PageConnection() override;

    /// A whole response, which says `Connection: close` unless keepAlive().
    void respond(std::string response);
    /// Closes at once, whatever is under way.
    void close();

    uint64_t number() const { return m_number; }

    /// The address to which the client connected.
    const IpAddress& reached() const { return m_reached; }

    /// Another request may follow the one that is being answered.
    bool keepAlive() const { return m_keepAlive; }

    /// Waits for a request of which no byte has come.
    bool idle() const { return m_state == State::Head && m_in.empty(); }

  private:
    enum class State : uint8_t {
        Head,      // waiting for a request, or within its head
        Asked,     // the response is being prepared
        Writing,   // it is on its way
        Lingering, // all is said; what else comes is thrown away, so that the client can read the response (RFC
                   // 9112 section 9.6)
        Closed,
    };

    void readable();
    void parse();
    void write();
    void written();
    void enter(State state, std::chrono::milliseconds timeout);

    const uint64_t m_number;
    const PageBounds m_bounds;
    Host& m_host;
    const int m_socket;
    const IpAddress m_reached;
    QSocketNotifier m_readable;
    QSocketNotifier m_writable;
    QTimer m_timer;
    http::RequestParser m_parser;
    http::RequestHead m_head;
    std::string m_in;
    std::string m_out;
    size_t m_sent = 0;
    State m_state = State::Head;
    bool m_keepAlive = true;
};

} // namespace reverxy::net
