// SPDX-License-Identifier: MIT
#pragma once

#include "net/listener.h"
#include "net/listening.h"
#include "net/page_connection.h"

#include <QObject>
#include <QString>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace reverxy::net {

/// A request for a page.
struct PageRequest {
    uint64_t connection;           // for PageListener::respond()
    const http::RequestHead& head; // holds during the call
    IpAddress reached;             // the address to which the client connected
    bool keepAlive;                // whether the response may leave the connection open
};

/// Who knows the pages; called on the listener's thread.
class PageHandler {
  public:
    /// PageListener::respond() follows, at once or later.
    virtual void asked(const PageRequest& request) = 0;
    /// The same for a message that is no valid request; the response says `Connection: close`.
    virtual void malformed(uint64_t connection, http::ParseError error) = 0;

  protected:
    virtual ~PageHandler() = default;
};

/// A small HTTP server beside the one for traffic, for a few pages about the proxy itself: with bounds of its own
/// and on a thread that no traffic passes, so that it answers while the workers are busy. Belongs to the thread on
/// which it is made.
class PageListener final : public QObject, private PageConnection::Host {
  public:
    /// `handler` must outlive the listener.
    explicit PageListener(PageHandler& handler, const PageBounds& bounds = {});

    /// As ListeningSockets::open().
    std::optional<QString> open(const QString& host, quint16 port, const ListenWords& words);

    quint16 port() const { return m_sockets.port(); }

    /// Sends a whole response, framed and with the Connection field as the request asked for; does nothing when the
    /// client has gone.
    void respond(uint64_t connection, std::string response);

    /// Takes no more connections and ends those that are there.
    void close();

    size_t connections() const { return m_connections.size(); }

  private:
    void asked(PageConnection& connection, const http::RequestHead& head) override;
    void malformed(PageConnection& connection, http::ParseError error) override;
    void closed(PageConnection& connection) override;
    void accepted(int socket);
    void makeRoom();

    PageHandler& m_handler;
    const PageBounds m_bounds;
    ListeningSockets m_sockets;
    std::vector<std::unique_ptr<Listener>> m_listeners;
    std::map<uint64_t, PageConnection*> m_connections; // children; in the order in which they came
    uint64_t m_last = 0;
};

} // namespace reverxy::net
