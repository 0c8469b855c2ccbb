// SPDX-License-Identifier: MIT
// Chosen by CMake where the system has no epoll.
#include "net/reactor.h"

namespace reverxy::net {

std::unique_ptr<Reactor> makeEpollReactor() {
    return nullptr;
}

} // namespace reverxy::net
