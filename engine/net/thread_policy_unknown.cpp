// SPDX-License-Identifier: MIT
// For systems that this program does not know how to ask.
#include "net/thread_policy.h"

namespace reverxy::net {

bool scheduleAsBatch() {
    return false;
}

} // namespace reverxy::net
