// SPDX-License-Identifier: MIT
#include "net/thread_policy.h"

#include <pthread.h>
#include <sched.h>

namespace reverxy::net {

bool scheduleAsBatch() {
    int policy = 0;
    sched_param parameter{};
    return ::pthread_getschedparam(::pthread_self(), &policy, &parameter) == 0 && policy == SCHED_OTHER &&
           ::pthread_setschedparam(::pthread_self(), SCHED_BATCH, &parameter) == 0;
}

} // namespace reverxy::net
