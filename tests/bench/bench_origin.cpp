// SPDX-License-Identifier: MIT
// The origin behind every product of the benchmark: answers from memory, keeps every connection. The request's path
// says what it answers: /SIZE/... gives SIZE bytes that may not be stored, /c/SIZE/... may be stored for an hour.
// What is uploaded is read and counted.
//   bench_origin PORT [ADDRESSES]    listens on 127.0.0.1, and on so many of 127.1.0.1 and following
#include "bench_socket.h"

#include <array>
#include <map>
#include <memory>
#include <vector>

#include <csignal>

using namespace reverxy::bench;

namespace {

struct Connection {
    int socket = -1;
    bool listens = false; // a listener: nothing below concerns it
    std::string in;       // what is not yet a whole request head
    int64_t uploadLeft = 0;
    const std::string* answering = nullptr;
    size_t sent = 0;
    std::vector<const std::string*> waiting; // answers to what was pipelined
};

class Origin {
  public:
    Origin() : m_epoll(::epoll_create1(EPOLL_CLOEXEC)), m_scratch(256 * 1024) {}

    void listen(uint16_t port, uint32_t address) {
        m_listeners.push_back(std::make_unique<Connection>(
            Connection{.socket = listenOn(port, address), .listens = true, .in = {}, .waiting = {}}));
        watch(m_epoll, m_listeners.back()->socket, m_listeners.back().get(), EPOLLIN);
    }

    [[noreturn]] void run() {
        std::array<epoll_event, 256> events;
        for (;;) {
            const int count = ::epoll_wait(m_epoll, events.data(), static_cast<int>(events.size()), -1);
            for (int i = 0; i < count; ++i) {
                const epoll_event event = events[static_cast<size_t>(i)];
                auto* const connection = static_cast<Connection*>(event.data.ptr);
                if (connection->listens)
                    accept(connection->socket);
                else
                    serve(connection, event.events);
            }
        }
    }

  private:
    void accept(int listener) {
        for (int i = 0; i < 64; ++i) {
            const int socket = ::accept4(listener, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
            if (socket < 0)
                return;
            sendAtOnce(socket);
            watch(m_epoll, socket, new Connection{.socket = socket, .in = {}, .waiting = {}});
        }
    }

    void serve(Connection* connection, uint32_t events) {
        if (!flush(*connection) || ((events & EPOLLIN) != 0 && !read(*connection)) ||
            (events & (EPOLLERR | EPOLLHUP | EPOLLRDHUP)) != 0) {
            ::close(connection->socket);
            delete connection;
        }
    }

    /// False when the connection is over.
    bool read(Connection& connection) {
        for (;;) {
            const ssize_t count = ::recv(connection.socket, m_scratch.data(), m_scratch.size(), 0);
            if (count == 0)
                return false;
            if (count < 0)
                return errno == EAGAIN;
            take(connection, {m_scratch.data(), static_cast<size_t>(count)});
            if (!flush(connection))
                return false;
            if (static_cast<size_t>(count) < m_scratch.size())
                return true;
        }
    }

    void take(Connection& connection, std::string_view bytes) {
        std::string joined;
        if (!connection.in.empty()) {
            joined = std::move(connection.in) + std::string(bytes);
            connection.in.clear();
            bytes = joined;
        }
        while (!bytes.empty()) {
            if (connection.uploadLeft > 0) {
                const auto taken = std::min<size_t>(bytes.size(), static_cast<size_t>(connection.uploadLeft));
                connection.uploadLeft -= static_cast<int64_t>(taken);
                bytes.remove_prefix(taken);
                if (connection.uploadLeft == 0)
                    connection.waiting.push_back(&answer("/0"));
                continue;
            }
            const size_t end = bytes.find("\r\n\r\n");
            if (end == std::string_view::npos) {
                connection.in = bytes;
                return;
            }
            const std::string_view head = bytes.substr(0, end + 4);
            bytes.remove_prefix(end + 4);
            connection.uploadLeft = head.starts_with("GET") ? 0 : std::max<int64_t>(0, contentLength(head));
            if (connection.uploadLeft == 0) {
                const size_t path = head.find(' ') + 1;
                connection.waiting.push_back(&answer(head.substr(path, head.find(' ', path) - path)));
            }
        }
    }

    /// The whole response to a path; made when first asked for.
    const std::string& answer(std::string_view path) {
        const bool storable = path.starts_with("/c/");
        const auto size = static_cast<size_t>(std::strtoull(path.data() + (storable ? 3 : 1), nullptr, 10));
        std::string& response = m_answers[{storable, std::min<size_t>(size, 64 * 1024 * 1024)}];
        if (response.empty()) {
            response = "HTTP/1.1 200 OK\r\nServer: origin\r\nContent-Type: application/octet-stream\r\n";
            response += storable ? "Cache-Control: max-age=3600\r\nETag: \"e\"\r\n" : "Cache-Control: no-store\r\n";
            response += "Content-Length: " + std::to_string(size) + "\r\n\r\n" + std::string(size, 'x');
        }
        return response;
    }

    bool flush(Connection& connection) {
        size_t first = 0;
        for (;;) {
            if (!connection.answering) {
                if (first == connection.waiting.size())
                    break;
                connection.answering = connection.waiting[first++];
                connection.sent = 0;
            }
            const std::string& response = *connection.answering;
            const ssize_t count = ::send(connection.socket, response.data() + connection.sent,
                                         response.size() - connection.sent, MSG_NOSIGNAL);
            if (count < 0 && errno != EAGAIN)
                return false;
            if (count < 0)
                break;
            connection.sent += static_cast<size_t>(count);
            if (connection.sent == response.size())
                connection.answering = nullptr;
        }
        connection.waiting.erase(connection.waiting.begin(),
                                 connection.waiting.begin() + static_cast<ptrdiff_t>(first));
        return true;
    }

    int m_epoll;
    std::vector<char> m_scratch;
    std::vector<std::unique_ptr<Connection>> m_listeners;
    std::map<std::pair<bool, size_t>, std::string> m_answers;
};

} // namespace

int main(int argc, char** argv) {
    if (argc < 2) {
        std::fprintf(stderr, "usage: bench_origin PORT [ADDRESSES]\n");
        return 2;
    }
    std::signal(SIGPIPE, SIG_IGN);
    allowManyDescriptors();
    const auto port = static_cast<uint16_t>(std::atoi(argv[1]));
    Origin origin;
    origin.listen(port, INADDR_LOOPBACK);
    for (int i = 0; argc > 2 && i < std::atoi(argv[2]); ++i)
        origin.listen(port, originAddress(static_cast<size_t>(i)));
    origin.run();
}
