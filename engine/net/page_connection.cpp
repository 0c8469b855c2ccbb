// SPDX-License-Identifier: MIT
#include "net/page_connection.h"

#include "net/socket.h"

#include <algorithm>
#include <array>
#include <utility>

namespace reverxy::net {

namespace {

constexpr size_t readSize = 4096;

} // namespace

PageConnection::PageConnection(uint64_t number, int socket, const PageBounds& bounds, Host& host, QObject* parent)
    : QObject(parent), m_number(number), m_bounds(bounds), m_host(host), m_socket(socket),
      m_reached(localOf(socket).address), m_readable(socket, QSocketNotifier::Read),
      m_writable(socket, QSocketNotifier::Write) {
    m_writable.setEnabled(false);
    m_timer.setSingleShot(true);
    connect(&m_timer, &QTimer::timeout, this, [this] { close(); });
    connect(&m_readable, &QSocketNotifier::activated, this, [this] { readable(); });
    connect(&m_writable, &QSocketNotifier::activated, this, [this] { write(); });
    enter(State::Head, m_bounds.idleTimeout);
}

PageConnection::~PageConnection() {
    if (m_state == State::Closed)
        return;
    m_readable.setEnabled(false);
    m_writable.setEnabled(false);
    closeSocket(m_socket);
}

void PageConnection::enter(State state, std::chrono::milliseconds timeout) {
    m_state = state;
    // Nothing is taken in while a request is being answered: what a client sends ahead waits in the system.
    m_readable.setEnabled(state == State::Head || state == State::Lingering);
    m_timer.start(timeout);
}

void PageConnection::close() {
    if (m_state == State::Closed)
        return;
    m_state = State::Closed;
    m_readable.setEnabled(false);
    m_writable.setEnabled(false);
    m_timer.stop();
    closeSocket(m_socket);
    m_host.closed(*this);
}

void PageConnection::readable() {
    std::array<char, readSize> bytes;
    const IoResult result = receive(m_socket, bytes.data(), bytes.size());
    switch (result.kind) {
    case IoResult::Kind::WouldBlock:
        return;
    case IoResult::Kind::Error:
    case IoResult::Kind::End: // between requests, within one that will not be complete, or as hoped for
        return close();
    case IoResult::Kind::Bytes:
        break;
    }
    if (m_state != State::Head)
        return;
    if (m_in.empty())
        m_timer.start(m_bounds.headTimeout);
    m_in.append(bytes.data(), result.count);
    parse();
}

void PageConnection::parse() {
    if (m_in.empty())
        return;
    switch (m_parser.parse(m_in, m_bounds.head, m_head)) {
    case http::ParseStatus::NeedMore:
        return;
    case http::ParseStatus::Failed:
        m_keepAlive = false;
        enter(State::Asked, m_bounds.writeTimeout);
        return m_host.malformed(*this, m_parser.error());
    case http::ParseStatus::Done:
        break;
    }
    // A body is not read, and so the request is the last.
    const bool bodyless = m_head.framing.kind == http::BodyKind::None ||
                          (m_head.framing.kind == http::BodyKind::Length && m_head.framing.length == 0);
    m_keepAlive = m_head.keepAlive && bodyless;
    enter(State::Asked, m_bounds.writeTimeout);
    m_host.asked(*this, m_head);
    if (m_state == State::Closed)
        return;
    m_in.erase(0, m_parser.headSize());
    m_parser.reset();
}

void PageConnection::respond(std::string response) {
    if (m_state != State::Asked)
        return;
    m_out = std::move(response);
    m_sent = 0;
    enter(State::Writing, m_bounds.writeTimeout);
    // In its own turn: the head that is answered may still be looked at.
    m_writable.setEnabled(true);
}

void PageConnection::write() {
    while (m_state == State::Writing && m_sent < m_out.size()) {
        const std::string_view rest = std::string_view(m_out).substr(m_sent);
        const IoResult result = sendParts(m_socket, {&rest, 1});
        if (result.kind == IoResult::Kind::Bytes) {
            m_sent += result.count;
        } else if (result.kind == IoResult::Kind::WouldBlock) {
            return;
        } else {
            return close();
        }
    }
    m_writable.setEnabled(false);
    written();
}

void PageConnection::written() {
    std::string().swap(m_out);
    if (m_keepAlive) {
        enter(State::Head, m_in.empty() ? m_bounds.idleTimeout : m_bounds.headTimeout);
        return parse();
    }
    shutdownSending(m_socket);
    enter(State::Lingering, m_bounds.lingerTimeout);
}

} // namespace reverxy::net
