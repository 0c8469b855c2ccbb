// SPDX-License-Identifier: MIT
#pragma once

#include "api/snapshot.h"

#include <QString>

namespace reverxy::demo {

/// The figures of a snapshot on one line, without an end of line, for who looks at a terminal. Pure; any thread.
QString liveLine(const api::EngineSnapshot& snapshot);

} // namespace reverxy::demo
