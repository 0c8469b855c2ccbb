// SPDX-License-Identifier: MIT
#include "net/socket.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <system_error>
#include <unistd.h>

namespace reverxy::net {

namespace {

#ifdef MSG_NOSIGNAL
constexpr int sendFlags = MSG_NOSIGNAL;
#else
constexpr int sendFlags = 0; // SIGPIPE is ignored by the program
#endif

#ifdef MSG_MORE
constexpr int holdBackFlag = MSG_MORE;
#else
constexpr int holdBackFlag = 0;
#endif

IoResult resultOf(ssize_t count) {
    if (count > 0)
        return {IoResult::Kind::Bytes, static_cast<size_t>(count), 0};
    if (count == 0)
        return {IoResult::Kind::End, 0, 0};
    if (errno == EAGAIN || errno == EWOULDBLOCK)
        return {IoResult::Kind::WouldBlock, 0, 0};
    return {IoResult::Kind::Error, 0, errno};
}

socklen_t toSystem(const Endpoint& endpoint, sockaddr_storage& out) {
    std::memset(&out, 0, sizeof out);
    const auto& bytes = endpoint.address.bytes();
    if (endpoint.address.isV4()) {
        auto& v4 = reinterpret_cast<sockaddr_in&>(out);
        v4.sin_family = AF_INET;
        v4.sin_port = htons(endpoint.port);
        std::memcpy(&v4.sin_addr, bytes.data(), 4);
        return sizeof v4;
    }
    auto& v6 = reinterpret_cast<sockaddr_in6&>(out);
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(endpoint.port);
    std::memcpy(&v6.sin6_addr, bytes.data(), 16);
    return sizeof v6;
}

void setNoDelay(int socket) {
    const int on = 1;
    ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

void setKeepAlive(int socket) {
    const int on = 1;
    ::setsockopt(socket, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
}

/// On a loopback address there is no path whose congestion were to be controlled, but what controls it costs: BBR,
/// where the system prefers that, sends by a timer, takes twice the processor time for a large body and has one in
/// a hundred wait for some 40 ms, because it takes a late acknowledgement for a slow path. Reno is always there,
/// and by default nobody is refused it. Where it cannot be had, the system's choice stays.
void useReno(int socket) {
#ifdef TCP_CONGESTION
    constexpr std::string_view algorithm = "reno";
    ::setsockopt(socket, IPPROTO_TCP, TCP_CONGESTION, algorithm.data(), algorithm.size());
#else
    static_cast<void>(socket);
#endif
}

#ifndef SOCK_NONBLOCK
bool setNonBlocking(int socket) {
    const int flags = ::fcntl(socket, F_GETFL, 0);
    return flags >= 0 && ::fcntl(socket, F_SETFL, flags | O_NONBLOCK) == 0;
}
#endif

Endpoint endpointOf(const sockaddr_storage& address) {
    Endpoint endpoint;
    if (address.ss_family == AF_INET) {
        const auto& v4 = reinterpret_cast<const sockaddr_in&>(address);
        std::array<uint8_t, 4> bytes;
        std::memcpy(bytes.data(), &v4.sin_addr, 4);
        endpoint.address = IpAddress::v4(bytes);
        endpoint.port = ntohs(v4.sin_port);
    } else if (address.ss_family == AF_INET6) {
        const auto& v6 = reinterpret_cast<const sockaddr_in6&>(address);
        std::array<uint8_t, 16> bytes;
        std::memcpy(bytes.data(), &v6.sin6_addr, 16);
        endpoint.address = IpAddress::v6(bytes);
        endpoint.port = ntohs(v6.sin6_port);
    }
    return endpoint;
}

} // namespace

IoResult receive(int socket, char* into, size_t space) {
    ssize_t count;
    do {
        count = ::recv(socket, into, space, 0);
    } while (count < 0 && errno == EINTR);
    return resultOf(count);
}

IoResult sendParts(int socket, std::span<const std::string_view> parts, EndFollows end) {
    const int flags = sendFlags | (end == EndFollows::Yes ? holdBackFlag : 0);
    ssize_t count;
    if (parts.size() == 1) {
        do {
            count = ::send(socket, parts[0].data(), parts[0].size(), flags);
        } while (count < 0 && errno == EINTR);
        return resultOf(count);
    }
    std::array<iovec, 64> vectors;
    const size_t used = parts.size() < vectors.size() ? parts.size() : vectors.size();
    for (size_t i = 0; i < used; ++i)
        vectors[i] = {const_cast<char*>(parts[i].data()), parts[i].size()};
    msghdr message{};
    message.msg_iov = vectors.data();
    message.msg_iovlen = used;
    do {
        count = ::sendmsg(socket, &message, flags);
    } while (count < 0 && errno == EINTR);
    return resultOf(count);
}

ConnectAttempt beginConnect(const Endpoint& to) {
    ConnectAttempt attempt;
    sockaddr_storage address;
    const socklen_t size = toSystem(to, address);
    int type = SOCK_STREAM;
#ifdef SOCK_NONBLOCK
    type |= SOCK_NONBLOCK | SOCK_CLOEXEC;
#endif
    attempt.socket = ::socket(address.ss_family, type, 0);
    if (attempt.socket < 0) {
        attempt.error = errno;
        return attempt;
    }
#ifndef SOCK_NONBLOCK
    setNonBlocking(attempt.socket);
    ::fcntl(attempt.socket, F_SETFD, FD_CLOEXEC);
#endif
    setNoDelay(attempt.socket);
    setKeepAlive(attempt.socket);
    if (to.address.isLoopback())
        useReno(attempt.socket);
    if (::connect(attempt.socket, reinterpret_cast<const sockaddr*>(&address), size) == 0) {
        attempt.connected = true;
    } else if (errno != EINPROGRESS && errno != EINTR) {
        attempt.error = errno;
        ::close(attempt.socket);
        attempt.socket = -1;
    }
    return attempt;
}

int connectError(int socket) {
    int error = 0;
    socklen_t size = sizeof error;
    if (::getsockopt(socket, SOL_SOCKET, SO_ERROR, &error, &size) != 0)
        return errno;
    return error;
}

Failure failureOfConnectError(int error) {
    switch (error) {
    case ECONNREFUSED:
        return Failure::ConnectRefused;
    case ETIMEDOUT:
        return Failure::ConnectTimeout;
    case EMFILE:
    case ENFILE:
    case ENOBUFS:
    case ENOMEM:
    case ENOSPC: // no room in the reactor
        return Failure::OutOfSockets;
    default:
        return Failure::ConnectUnreachable;
    }
}

size_t descriptorLimit() {
    rlimit limit{};
    return ::getrlimit(RLIMIT_NOFILE, &limit) == 0 ? static_cast<size_t>(limit.rlim_cur) : 1024;
}

AcceptResult acceptFrom(int listening) {
    sockaddr_storage peer{};
    socklen_t size = sizeof peer;
    auto* const address = reinterpret_cast<sockaddr*>(&peer);
#ifdef SOCK_CLOEXEC
    const int socket = ::accept4(listening, address, &size, SOCK_CLOEXEC | SOCK_NONBLOCK);
#else
    const int socket = ::accept(listening, address, &size);
    if (socket >= 0) {
        ::fcntl(socket, F_SETFD, FD_CLOEXEC);
        setNonBlocking(socket);
    }
#endif
    if (socket >= 0)
        return {{socket, endpointOf(peer)}, false, 0};
    switch (errno) {
    case EAGAIN:
#if EWOULDBLOCK != EAGAIN
    case EWOULDBLOCK:
#endif
        return {{}, true, 0};
    case ECONNABORTED:
    case EPROTO:
    case EINTR:
        return {};
    default:
        return {{}, false, errno};
    }
}

void prepareListening(int socket) {
    setNoDelay(socket);
    setKeepAlive(socket);
    if (localOf(socket).address.isLoopback())
        useReno(socket);
}

Endpoint localOf(int socket) {
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    return ::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size) == 0 ? endpointOf(address)
                                                                                    : Endpoint{};
}

bool isQuietAndOpen(int socket) {
    char byte;
    const ssize_t count = ::recv(socket, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    return count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR);
}

void shutdownSending(int socket) {
    ::shutdown(socket, SHUT_WR);
}

void closeSocket(int socket) {
    ::close(socket);
}

void resetAtClose(int socket) {
    const linger atOnce{1, 0};
    ::setsockopt(socket, SOL_SOCKET, SO_LINGER, &atOnce, sizeof atOnce);
}

void acknowledgeNow([[maybe_unused]] int socket) {
#ifdef TCP_QUICKACK
    const int on = 1;
    ::setsockopt(socket, IPPROTO_TCP, TCP_QUICKACK, &on, sizeof on);
#endif
}

std::string errorText(int error) {
    return std::generic_category().message(error);
}

} // namespace reverxy::net
