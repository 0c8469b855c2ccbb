// SPDX-License-Identifier: MIT
#pragma once

#include "observe/decision.h"
#include "observe/log.h"

#include <string>

namespace reverxy::observe {

/// Appends one line for an exchange, line feed included: time (ISO 8601 with milliseconds, UTC), level, client,
/// request line, status, bytes each way, route, backend, attempts, times; what the cache did, failure and its cause
/// where there is one. Control characters and quotes that came from the network are escaped, so that one record is
/// always one line.
void appendAccessLine(std::string& out, const Decision& decision, const NameTable& names, Format format);
/// Appends one line for an event, line feed included.
void appendEventLine(std::string& out, const Event& event, Format format);

} // namespace reverxy::observe
