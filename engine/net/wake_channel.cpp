// SPDX-License-Identifier: MIT
#include "net/wake_channel.h"

#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <unistd.h>

namespace reverxy::net {

WakeChannel::WakeChannel() {
    int ends[2];
    if (::pipe(ends) != 0) {
        // Without it no worker could ever be told anything; this happens at start, before there is anything to
        // lose.
        std::perror("reverxy: cannot make a pipe to wake a worker");
        std::abort();
    }
    m_read = ends[0];
    m_write = ends[1];
    for (const int end : ends) {
        ::fcntl(end, F_SETFL, O_NONBLOCK);
        ::fcntl(end, F_SETFD, FD_CLOEXEC);
    }
}

WakeChannel::~WakeChannel() {
    ::close(m_read);
    ::close(m_write);
}

void WakeChannel::signal() {
    const char byte = 1;
    [[maybe_unused]] const auto written = ::write(m_write, &byte, 1);
}

void WakeChannel::drain() {
    char bytes[64];
    while (::read(m_read, bytes, sizeof bytes) == static_cast<ssize_t>(sizeof bytes)) { // less: that was all
    }
}

} // namespace reverxy::net
