// SPDX-License-Identifier: MIT
#pragma once

#include "observe/decision.h"

namespace reverxy::observe {

// A decision as bytes, without the room that it has for more: a third of it for most exchanges. Only for the same
// process to read again.

size_t packedSizeOf(const Decision& decision);
/// What packedSizeOf() says at the most.
size_t maxPackedSize();
/// Writes packedSizeOf() bytes; returns the end.
char* packDecision(const Decision& decision, char* out);
Decision unpackDecision(const char* packed);

} // namespace reverxy::observe
