// SPDX-License-Identifier: MIT
#include "net/page_listener.h"

#include <algorithm>
#include <utility>

namespace reverxy::net {

PageListener::PageListener(PageHandler& handler, const PageBounds& bounds) : m_handler(handler), m_bounds(bounds) {}

std::optional<QString> PageListener::open(const QString& host, quint16 port, const ListenWords& words) {
    if (auto problem = m_sockets.open(host, port, words))
        return problem;
    for (const int socket : m_sockets.duplicates()) {
        m_listeners.push_back(std::make_unique<Listener>(
            socket, [this](const AcceptedSocket& client) { accepted(client.descriptor); },
            [](const std::string&) {})); // out of descriptors: the workers say so already
    }
    return std::nullopt;
}

void PageListener::close() {
    m_listeners.clear();
    m_sockets.close();
    while (!m_connections.empty())
        m_connections.begin()->second->close();
}

void PageListener::respond(uint64_t connection, std::string response) {
    if (const auto found = m_connections.find(connection); found != m_connections.end())
        found->second->respond(std::move(response));
}

void PageListener::accepted(int socket) {
    if (m_connections.size() >= m_bounds.connections)
        makeRoom();
    const uint64_t number = ++m_last;
    m_connections.emplace(number, new PageConnection(number, socket, m_bounds, *this, this));
}

/// Whoever holds connections without using them keeps nobody else out.
void PageListener::makeRoom() {
    const auto idle = std::find_if(m_connections.begin(), m_connections.end(),
                                   [](const auto& entry) { return entry.second->idle(); });
    (idle != m_connections.end() ? idle : m_connections.begin())->second->close();
}

void PageListener::asked(PageConnection& connection, const http::RequestHead& head) {
    m_handler.asked({connection.number(), head, connection.reached(), connection.keepAlive()});
}

void PageListener::malformed(PageConnection& connection, http::ParseError error) {
    m_handler.malformed(connection.number(), error);
}

void PageListener::closed(PageConnection& connection) {
    m_connections.erase(connection.number());
    connection.deleteLater();
}

} // namespace reverxy::net
