// SPDX-License-Identifier: MIT
#pragma once

namespace reverxy::net {

/// Has the system schedule the calling thread as batch work: it has its fair share of the processors, but when
/// there is something to do for it, it waits for its turn and interrupts nobody. False where nothing has changed:
/// the system refuses or knows no such policy, or whoever started the program has chosen another than the ordinary
/// one.
bool scheduleAsBatch();

} // namespace reverxy::net
