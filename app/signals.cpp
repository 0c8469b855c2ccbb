// SPDX-License-Identifier: MIT
#include "app/signals.h"

#include <csignal>
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

namespace reverxy::app {

namespace {

// A signal handler may do little more than write to a pipe, and can be given nothing but globals.
volatile int writeEnd = -1;

void handler(int signal) {
    const int before = errno;
    const char byte = static_cast<char>(signal);
    [[maybe_unused]] const auto written = ::write(writeEnd, &byte, 1);
    errno = before;
}

void install(int signal) {
    struct sigaction action = {};
    action.sa_handler = handler;
    action.sa_flags = SA_RESTART;
    sigemptyset(&action.sa_mask);
    sigaction(signal, &action, nullptr);
}

} // namespace

Signals::Signals() {
    int ends[2];
    if (::pipe(ends) != 0)
        return; // the signals keep their default meaning
    for (const int end : ends) {
        ::fcntl(end, F_SETFD, FD_CLOEXEC);
        ::fcntl(end, F_SETFL, O_NONBLOCK);
    }
    m_read = ends[0];
    writeEnd = ends[1];
    m_notifier = std::make_unique<QSocketNotifier>(m_read, QSocketNotifier::Read);
    connect(m_notifier.get(), &QSocketNotifier::activated, this, [this] { read(); });
    for (const int signal : {SIGTERM, SIGINT, SIGHUP})
        install(signal);
}

Signals::~Signals() {
    for (const int signal : {SIGTERM, SIGINT, SIGHUP})
        std::signal(signal, SIG_DFL);
    m_notifier.reset();
    if (m_read >= 0)
        ::close(m_read);
    if (writeEnd >= 0)
        ::close(writeEnd);
    writeEnd = -1;
}

void Signals::read() {
    char signal;
    while (::read(m_read, &signal, 1) == 1) {
        if (signal == SIGHUP)
            Q_EMIT reload();
        else
            Q_EMIT terminate();
    }
}

void prepareProcess() {
    std::signal(SIGPIPE, SIG_IGN);
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
}

} // namespace reverxy::app
