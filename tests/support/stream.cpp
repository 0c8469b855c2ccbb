// SPDX-License-Identifier: MIT
#include "support/stream.h"

#include "support/loopback_port.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace reverxy::test {

namespace {

constexpr size_t bufferSize = 256 * 1024;

} // namespace

Stream::Stream(int descriptor) : m_descriptor(descriptor) {
    ::fcntl(descriptor, F_SETFL, ::fcntl(descriptor, F_GETFL) | O_NONBLOCK);
    const int on = 1;
    ::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

Stream::~Stream() {
    close();
}

Stream::Stream(Stream&& other) noexcept
    : m_descriptor(std::exchange(other.m_descriptor, -1)), m_buffer(std::move(other.m_buffer)),
      m_begin(std::exchange(other.m_begin, 0)), m_end(std::exchange(other.m_end, 0)),
      m_endOfReading(other.m_endOfReading) {}

Stream& Stream::operator=(Stream&& other) noexcept {
    if (this != &other) {
        close();
        m_descriptor = std::exchange(other.m_descriptor, -1);
        m_buffer = std::move(other.m_buffer);
        m_begin = std::exchange(other.m_begin, 0);
        m_end = std::exchange(other.m_end, 0);
        m_endOfReading = other.m_endOfReading;
    }
    return *this;
}

Stream Stream::connectTo(uint16_t port, Family family, int receiveBuffer) {
    const LoopbackAddress address(family, port);
    const int descriptor = ::socket(address.family(), SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (descriptor < 0)
        return {};
    if (receiveBuffer > 0)
        ::setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &receiveBuffer, sizeof receiveBuffer);
    Stream stream(descriptor);
    if (::connect(descriptor, address.raw(), address.size()) == 0)
        return stream;
    if (errno != EINPROGRESS || !stream.waitFor(POLLOUT, Deadline()))
        return {};
    int error = 0;
    socklen_t size = sizeof error;
    ::getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &error, &size);
    return error == 0 ? std::move(stream) : Stream();
}

uint16_t Stream::localPort() const {
    return portOf(m_descriptor);
}

bool Stream::waitFor(short events, const Deadline& deadline) const {
    for (;;) {
        pollfd entry{m_descriptor, events, 0};
        const int ready = ::poll(&entry, 1, deadline.remainingMilliseconds());
        if (ready > 0)
            return true;
        if (ready == 0 && deadline.passed())
            return false;
    }
}

bool Stream::write(std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t count = ::send(m_descriptor, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (count >= 0) {
            bytes.remove_prefix(static_cast<size_t>(count));
        } else if (errno == EAGAIN) {
            if (!waitFor(POLLOUT, Deadline()))
                return false;
        } else if (errno != EINTR) {
            return false;
        }
    }
    return true;
}

void Stream::consume(size_t count) {
    m_begin += count;
    if (m_begin == m_end)
        m_begin = m_end = 0;
}

bool Stream::fill() {
    if (m_descriptor < 0 || m_endOfReading == End::Eof || m_endOfReading == End::Reset)
        return false;
    if (m_buffer.empty())
        m_buffer.resize(bufferSize);
    if (m_begin > 0 && m_end == m_buffer.size()) {
        std::memmove(m_buffer.data(), m_buffer.data() + m_begin, m_end - m_begin);
        m_end -= m_begin;
        m_begin = 0;
    }
    if (m_end == m_buffer.size())
        m_buffer.resize(2 * m_buffer.size());
    const Deadline deadline;
    for (;;) {
        const ssize_t count = ::recv(m_descriptor, m_buffer.data() + m_end, m_buffer.size() - m_end, 0);
        if (count > 0) {
            m_end += static_cast<size_t>(count);
            return true;
        }
        if (count == 0) {
            m_endOfReading = End::Eof;
            return false;
        }
        if (errno == EINTR)
            continue;
        if (errno != EAGAIN) {
            m_endOfReading = End::Reset;
            return false;
        }
        if (!waitFor(POLLIN, deadline)) {
            m_endOfReading = End::TimedOut;
            return false;
        }
    }
}

std::optional<std::string> Stream::readExactly(size_t count) {
    while (buffered().size() < count) {
        if (!fill())
            return std::nullopt;
    }
    std::string bytes(buffered().substr(0, count));
    consume(count);
    return bytes;
}

std::optional<std::string> Stream::readThrough(std::string_view mark, size_t limit) {
    size_t searched = 0;
    for (;;) {
        const size_t found = buffered().find(mark, searched);
        if (found != std::string_view::npos) {
            std::string bytes(buffered().substr(0, found + mark.size()));
            consume(bytes.size());
            return bytes;
        }
        searched = buffered().size() < mark.size() ? 0 : buffered().size() - mark.size() + 1;
        if (buffered().size() > limit || !fill())
            return std::nullopt;
    }
}

std::string Stream::readToEnd() {
    std::string bytes;
    do {
        bytes.append(buffered());
        consume(buffered().size());
    } while (fill());
    return bytes;
}

bool Stream::expectEof() {
    return buffered().empty() && !fill() && m_endOfReading == End::Eof;
}

bool Stream::expectEnd() {
    do {
        consume(buffered().size());
    } while (fill());
    return m_endOfReading != End::TimedOut;
}

void Stream::shutdownWrite() {
    ::shutdown(m_descriptor, SHUT_WR);
}

void Stream::shutdownAll() {
    ::shutdown(m_descriptor, SHUT_RDWR);
}

void Stream::close() {
    if (m_descriptor >= 0)
        ::close(std::exchange(m_descriptor, -1));
}

void Stream::resetOnClose() {
    const linger abrupt{1, 0};
    ::setsockopt(m_descriptor, SOL_SOCKET, SO_LINGER, &abrupt, sizeof abrupt);
}

void Stream::reset() {
    resetOnClose();
    close();
}

} // namespace reverxy::test
