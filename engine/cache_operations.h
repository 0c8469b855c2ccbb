// SPDX-License-Identifier: MIT
#pragma once

#include "api/cache.h"
#include "api/command.h"
#include "cache/cache.h"
#include "observe/log.h"
#include "observe/redaction.h"

#include <QThreadPool>

#include <functional>

namespace reverxy {

/// What people ask of the cache. To go through a million entries takes a while: it is done on a thread of its own,
/// one request after the other, and neither workers nor the engine's thread wait for it. Belongs to one thread.
class CacheOperations final {
  public:
    /// Each is called once, on that thread, and before the operations are gone.
    using ResultReceiver = std::function<void(const api::CommandResult&)>;
    using PageReceiver = std::function<void(api::CachePage)>;

    /// `cache` and `log` must outlive the operations.
    CacheOperations(cache::Cache& cache, observe::Log& log);
    /// Waits for what was asked.
    ~CacheOperations();
    CacheOperations(const CacheOperations&) = delete;
    CacheOperations& operator=(const CacheOperations&) = delete;

    void purge(const api::CacheScope& scope, ResultReceiver receiver);
    void markStale(const api::CacheScope& scope, ResultReceiver receiver);
    void list(const api::CacheListing& listing, observe::Redaction redaction, PageReceiver receiver);

  private:
    void begin(const api::CacheScope& scope, bool soft, ResultReceiver receiver);

    cache::Cache& m_cache;
    observe::Log& m_log;
    QThreadPool m_thread;
};

} // namespace reverxy
