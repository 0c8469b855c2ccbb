// SPDX-License-Identifier: MIT
#pragma once

#include "base/clock.h"
#include "cache/cache.h"
#include "limit/memory_limit.h"
#include "net/switchboard.h"
#include "observe/log.h"

#include <QTimer>

#include <array>
#include <cstdint>
#include <string>

namespace reverxy::net {

/// Holds the process to memory_limit: measures some times a second and has done what limit::measuresFor() says. The
/// limit is one for the long run; in a fraction of a second the process may exceed it. Belongs to the engine's
/// thread.
class MemoryGuard final : public QObject {
  public:
    MemoryGuard(Switchboard& switchboard, cache::Cache& cache, observe::Log& log);

    /// 0 = none.
    void setLimit(uint64_t bytes);

    const limit::MemoryMeasures& measures() const { return m_measures; }

  private:
    void look();
    bool shrinkCache(uint64_t bound, uint64_t used);
    void apply(const limit::MemoryMeasures& measures, uint64_t used);
    void giveBack();
    void tell(size_t kind, observe::Level level, uint64_t used, const std::string& what);

    Switchboard& m_switchboard;
    cache::Cache& m_cache;
    observe::Log& m_log;
    QTimer m_timer;
    uint64_t m_limit = 0;
    limit::MemoryMeasures m_measures;
    TimePoint m_gaveBack{};
    std::array<TimePoint, 3> m_told{}; // of each measure that people are told of
};

} // namespace reverxy::net
