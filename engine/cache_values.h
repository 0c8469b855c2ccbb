// SPDX-License-Identifier: MIT
#pragma once

#include "api/cache.h"
#include "cache/cache.h"
#include "config/config.h"
#include "observe/redaction.h"

#include <QString>

namespace reverxy {

/// The sentence of a verdict with its section: "Not stored: the response says no-store (RFC 9111 section 5.2.2.5)."
QString sentenceOf(const cache::VerdictInfo& info);

/// The cache's part of a snapshot. Any thread.
api::CacheSnapshot cacheSnapshot(const cache::CacheTotals& totals, const config::Cache& config);

/// A part of the entries, without what `redaction` hides. Goes through a bounded number of them, a few at a time
/// under a lock, and so gives fewer than were asked for where few match. Any thread; workers do not wait for it.
api::CachePage cachePage(cache::Store& store, const api::CacheListing& listing, const observe::Redaction& redaction,
                         WallTime now);

} // namespace reverxy
