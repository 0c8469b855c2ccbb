// SPDX-License-Identifier: MIT
#pragma once

#include "api/exchange.h"
#include "base/name_table.h"
#include "observe/decision.h"

namespace reverxy {

/// A Decision as a face sees it. Any thread.
api::Exchange valuesOf(const observe::Decision& decision, const NameTable& names);

} // namespace reverxy
