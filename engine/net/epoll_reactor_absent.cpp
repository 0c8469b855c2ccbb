// SPDX-License-Identifier: MIT
// Chosen by CMake where the system has no epoll.
#include "net/reactor.h"

#include <QAbstractEventDispatcher>

namespace reverxy::net {

std::unique_ptr<Reactor> makeEpollReactor() {
    return nullptr;
}

std::unique_ptr<QAbstractEventDispatcher> makeEpollDispatcher() {
    return nullptr;
}

} // namespace reverxy::net
