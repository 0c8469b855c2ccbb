// SPDX-License-Identifier: MIT
#pragma once

#include "net/reactor.h"

#include <QAbstractEventDispatcher>
#include <QCoreApplication>

namespace reverxy::test {

/// For initMain(): gives the test's thread the dispatcher of the workers where the environment asks for it
/// (REVERXY_TEST_DISPATCHER=epoll).
inline void useDispatcherAsked() {
    if (qgetenv("REVERXY_TEST_DISPATCHER") != "epoll")
        return;
    auto dispatcher = net::makeEpollDispatcher();
    if (!dispatcher)
        qFatal("there is no such dispatcher here");
    QCoreApplication::setEventDispatcher(dispatcher.release());
}

} // namespace reverxy::test
