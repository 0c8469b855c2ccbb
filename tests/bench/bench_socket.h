// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

/// What the programs of the benchmark share: they use the kernel directly, and nothing of the engine.
namespace reverxy::bench {

[[noreturn]] inline void fail(std::string_view what) {
    std::fprintf(stderr, "%.*s: %s\n", static_cast<int>(what.size()), what.data(), std::strerror(errno));
    std::exit(1);
}

inline sockaddr_in loopback(uint16_t port, uint32_t address = INADDR_LOOPBACK) {
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_port = htons(port);
    at.sin_addr.s_addr = htonl(address);
    return at;
}

/// The address of one of many origins, from 0 on.
inline uint32_t originAddress(size_t number) {
    return 0x7f010001U + static_cast<uint32_t>(number); // 127.1.0.1
}

inline void sendAtOnce(int socket) {
    const int on = 1;
    ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

/// A non-blocking socket that listens there; several may, and the kernel spreads connections over them.
inline int listenOn(uint16_t port, uint32_t address = INADDR_LOOPBACK) {
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    const int on = 1;
    ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    ::setsockopt(socket, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
    const sockaddr_in at = loopback(port, address);
    if (::bind(socket, reinterpret_cast<const sockaddr*>(&at), sizeof at) != 0 || ::listen(socket, 4096) != 0)
        fail("listening on port " + std::to_string(port));
    return socket;
}

/// A non-blocking socket on its way there, or -1 with errno.
inline int connectTo(uint16_t port, uint32_t address = INADDR_LOOPBACK) {
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (socket < 0)
        return -1;
    sendAtOnce(socket);
    const sockaddr_in at = loopback(port, address);
    if (::connect(socket, reinterpret_cast<const sockaddr*>(&at), sizeof at) != 0 && errno != EINPROGRESS) {
        ::close(socket);
        return -1;
    }
    return socket;
}

inline void watch(int epoll, int descriptor, void* what,
                  uint32_t events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET) {
    epoll_event event{};
    event.events = events;
    event.data.ptr = what;
    if (::epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event) != 0)
        fail("epoll_ctl");
}

inline void allowManyDescriptors() {
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
}

/// The value of Content-Length in a head whose names are written the usual ways; -1 when there is none.
inline int64_t contentLength(std::string_view head) {
    constexpr std::string_view name = "ontent-length:";
    for (size_t at = 0; (at = head.find(':', at)) != std::string_view::npos; ++at) {
        if (at + 1 < name.size() + 1)
            continue;
        const std::string_view found = head.substr(at + 1 - name.size(), name.size());
        bool same = true;
        for (size_t i = 0; i < name.size() && same; ++i)
            same = (found[i] | 0x20) == (name[i] | 0x20);
        if (same)
            return std::strtoll(head.data() + at + 1, nullptr, 10); // a CR ends the number
    }
    return -1;
}

} // namespace reverxy::bench
