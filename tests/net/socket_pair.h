// SPDX-License-Identifier: MIT
#pragma once

#include <QtGlobal>

#include <fcntl.h>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <unistd.h>

namespace reverxy::test {

/// Two connected sockets that do not wait. Little fits between them, so that both ends of a full one are soon seen.
class SocketPair {
  public:
    explicit SocketPair(int type = SOCK_STREAM) {
        if (::socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, m_ends) != 0)
            qFatal("no socket pair");
        const int small = 4096;
        for (const int end : m_ends) {
            ::fcntl(end, F_SETFL, O_NONBLOCK);
            ::setsockopt(end, SOL_SOCKET, SO_SNDBUF, &small, sizeof small);
        }
    }

    ~SocketPair() {
        closeNear();
        closeFar();
    }

    SocketPair(const SocketPair&) = delete;
    SocketPair& operator=(const SocketPair&) = delete;

    /// The end that what is tested has.
    int near() const { return m_ends[0]; }

    /// What there is to read at the far end; no more once `limit` is reached.
    std::string read(size_t limit = SIZE_MAX) const {
        std::string all;
        char bytes[4096];
        while (all.size() < limit) {
            const ssize_t count = ::read(m_ends[1], bytes, sizeof bytes);
            if (count <= 0)
                break;
            all.append(bytes, static_cast<size_t>(count));
        }
        return all;
    }

    /// At the far end; true when all of it fitted.
    bool write(std::string_view bytes) const {
        return ::write(m_ends[1], bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size());
    }

    void closeFar() { close(m_ends[1]); }

    void closeNear() { close(m_ends[0]); }

  private:
    static void close(int& end) {
        if (end >= 0)
            ::close(end);
        end = -1;
    }

    int m_ends[2] = {-1, -1};
};

} // namespace reverxy::test
