// SPDX-License-Identifier: MIT
#include "support/load.h"

#include "support/deadline.h"
#include "support/loopback_port.h"
#include "support/pattern.h"
#include "support/scripts.h"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace reverxy::test {

namespace {

constexpr unsigned pipelineDepth = 8;
constexpr size_t reasonsKept = 10;

enum class Kind : uint8_t { Plain, Pipelined, Upload };

} // namespace

struct Load::Connection {
    Kind kind = Kind::Plain;
    int descriptor = -1;
    std::string out;
    size_t written = 0;
    std::string in;
    std::deque<std::string> expected; // bodies of the responses that are owed
    bool last = false;                // a response said `close`
    bool wantsWrite = false;
};

std::string Load::Result::text() const {
    std::string text = std::to_string(answered) + " answered, " + std::to_string(failed) + " failed, " +
                       std::to_string(broken) + " of them broken, " + std::to_string(unanswered) + " unanswered";
    for (const std::string& reason : reasons)
        text += "\n  " + reason;
    return text;
}

Load::Load(Options options) : m_options(options), m_upload(pattern(options.uploadSize)) {
    const auto add = [this](unsigned count, Kind kind) {
        for (unsigned i = 0; i < count; ++i) {
            m_connections.push_back(std::make_unique<Connection>());
            m_connections.back()->kind = kind;
        }
    };
    add(options.plain, Kind::Plain);
    add(options.pipelined, Kind::Pipelined);
    add(options.uploads, Kind::Upload);
}

Load::~Load() {
    stop();
    if (m_thread.joinable())
        m_thread.join();
}

void Load::start() {
    m_thread = std::thread([this] { run(); });
}

Load::Result Load::wait() {
    m_thread.join();
    return m_result;
}

void Load::fail(uint64_t count, std::string reason) {
    m_result.failed += count;
    if (m_result.reasons.size() < reasonsKept)
        m_result.reasons.push_back(std::move(reason));
}

bool Load::mayBegin() {
    return !m_stopping && (m_options.requests == 0 || m_begun < m_options.requests);
}

void Load::run() {
    m_epoll = ::epoll_create1(EPOLL_CLOEXEC);
    for (auto& connection : m_connections) {
        if (open(*connection))
            fill(*connection);
    }
    epoll_event events[64];
    while (m_open > 0) {
        const int count = ::epoll_wait(m_epoll, events, 64, static_cast<int>(patience().count()));
        if (count == 0) {
            for (auto& connection : m_connections) {
                if (connection->descriptor >= 0)
                    ended(*connection, false, "no answer in time");
            }
            break;
        }
        for (int i = 0; i < count; ++i) {
            auto& connection = *static_cast<Connection*>(events[i].data.ptr);
            if (connection.descriptor >= 0 && (events[i].events & EPOLLOUT))
                write(connection);
            if (connection.descriptor >= 0 && (events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR)))
                read(connection);
        }
    }
    ::close(m_epoll);
}

bool Load::open(Connection& connection) {
    const LoopbackAddress address(Family::V4, m_options.port);
    connection.descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (::connect(connection.descriptor, address.raw(), address.size()) != 0) {
        ::close(std::exchange(connection.descriptor, -1));
        if (m_options.reconnect)
            fail(1, "cannot connect");
        return false;
    }
    connection.out.clear();
    connection.in.clear();
    connection.written = 0;
    connection.last = connection.wantsWrite = false;
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.ptr = &connection;
    ::epoll_ctl(m_epoll, EPOLL_CTL_ADD, connection.descriptor, &event);
    ++m_open;
    return true;
}

/// Begins the next requests of a connection that is owed nothing; closes it when there are none.
void Load::fill(Connection& connection) {
    const unsigned depth = connection.kind == Kind::Pipelined ? pipelineDepth : 1;
    for (unsigned i = 0; i < depth && mayBegin(); ++i) {
        const std::string target = "/" + std::to_string(m_begun++);
        if (connection.kind != Kind::Upload) {
            connection.out += "GET " + target + " HTTP/1.1\r\nHost: load.example\r\n\r\n";
            connection.expected.push_back(target);
            continue;
        }
        connection.out += "PUT " + target + " HTTP/1.1\r\nHost: load.example\r\n";
        if (m_begun % 2 == 0)
            connection.out += "Content-Length: " + std::to_string(m_upload.size()) + "\r\n\r\n" + m_upload;
        else
            connection.out += "Transfer-Encoding: chunked\r\n\r\n" + chunk(m_upload) + chunk("");
        connection.expected.push_back(std::to_string(m_upload.size()));
    }
    if (connection.expected.empty()) {
        ::close(std::exchange(connection.descriptor, -1));
        --m_open;
        return;
    }
    write(connection);
}

void Load::write(Connection& connection) {
    while (connection.written < connection.out.size()) {
        const ssize_t count = ::send(connection.descriptor, connection.out.data() + connection.written,
                                     connection.out.size() - connection.written, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            break; // what ended the connection is told by reading
        connection.written += static_cast<size_t>(count);
    }
    const bool wantsWrite = connection.written < connection.out.size();
    if (!wantsWrite) {
        connection.out.clear();
        connection.written = 0;
    }
    if (wantsWrite != connection.wantsWrite) {
        connection.wantsWrite = wantsWrite;
        epoll_event event{};
        event.events = EPOLLIN | (wantsWrite ? EPOLLOUT : 0u);
        event.data.ptr = &connection;
        ::epoll_ctl(m_epoll, EPOLL_CTL_MOD, connection.descriptor, &event);
    }
}

void Load::read(Connection& connection) {
    char buffer[65536];
    for (;;) {
        const ssize_t count = ::recv(connection.descriptor, buffer, sizeof buffer, MSG_DONTWAIT);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0 && errno == EAGAIN)
            return;
        if (count <= 0)
            return ended(connection, count == 0, count == 0 ? "closed" : "reset");
        connection.in.append(buffer, static_cast<size_t>(count));
        while (takeResponse(connection)) {
        }
        if (connection.expected.empty() && !connection.last)
            return fill(connection);
        if (static_cast<size_t>(count) < sizeof buffer)
            return;
    }
}

/// Takes one whole response off the input; false when there is none yet.
bool Load::takeResponse(Connection& connection) {
    const size_t end = connection.in.find("\r\n\r\n");
    if (end == std::string::npos)
        return false;
    const std::string head = connection.in.substr(0, end + 2);
    const size_t length = head.find("Content-Length: ");
    const size_t size =
        length == std::string::npos ? 0 : static_cast<size_t>(std::atoll(head.c_str() + length + 16));
    if (connection.in.size() < end + 4 + size)
        return false;
    const std::string body = connection.in.substr(end + 4, size);
    connection.in.erase(0, end + 4 + size);
    connection.last = connection.last || head.find("Connection: close") != std::string::npos;
    if (connection.expected.empty()) {
        fail(1, "a response that nobody asked for: " + head);
        return true;
    }
    if (head.starts_with("HTTP/1.1 200 ") && body == connection.expected.front()) {
        ++m_result.answered;
        ++m_answered;
    } else {
        fail(1, "instead of " + connection.expected.front() + ": " + head.substr(0, head.find('\r')) + " " +
                    body.substr(0, 300));
    }
    connection.expected.pop_front();
    return true;
}

void Load::ended(Connection& connection, bool inOrder, const char* how) {
    ::close(std::exchange(connection.descriptor, -1));
    --m_open;
    const bool begun = !connection.in.empty();
    if (begun) {
        ++m_result.broken;
        fail(1, std::string(how) + " within a response to " + connection.expected.front());
    }
    const uint64_t owed = connection.expected.size() - (begun ? 1 : 0);
    if (inOrder || connection.last)
        m_result.unanswered += owed;
    else if (owed > 0)
        fail(owed, std::string(how) + " instead of a response to " + connection.expected[begun ? 1 : 0]);
    connection.expected.clear();
    if (m_options.reconnect && mayBegin() && open(connection))
        fill(connection);
}

} // namespace reverxy::test
