// SPDX-License-Identifier: MIT
#include "net/memory_guard.h"

#include "net/process_memory.h"

namespace reverxy::net {

namespace {

constexpr std::chrono::milliseconds interval{200};
constexpr std::chrono::minutes quiet{1};
constexpr size_t aboutBuffers = 0;
constexpr size_t aboutClients = 1;
constexpr size_t aboutCache = 2;

std::string mebibytes(uint64_t bytes) {
    return std::to_string(bytes >> 20) + " MiB";
}

} // namespace

MemoryGuard::MemoryGuard(Switchboard& switchboard, cache::Cache& cache, observe::Log& log)
    : m_switchboard(switchboard), m_cache(cache), m_log(log) {
    m_timer.setInterval(interval);
    connect(&m_timer, &QTimer::timeout, this, [this] { look(); });
}

void MemoryGuard::setLimit(uint64_t bytes) {
    m_limit = bytes;
    if (bytes == 0) {
        m_timer.stop();
        m_cache.setBound(limit::MemoryMeasures::noBound);
        apply({}, 0);
        return;
    }
    if (!processMemory()) {
        m_log.write(observe::Level::Warn, "engine",
                    "proxy.memory_limit is not held: this system does not tell how much the process uses");
        return;
    }
    m_timer.start();
    look();
}

void MemoryGuard::look() {
    const auto measures = [this](uint64_t used) {
        const uint32_t clients = m_switchboard.totalClients.load();
        return limit::measuresFor({m_limit, used, m_cache.store().bytes(), clients}, m_measures);
    };
    uint64_t used = processMemory().value_or(0);
    limit::MemoryMeasures wanted = measures(used);
    // Buffers and clients give way only where the cache had not enough to give.
    if (shrinkCache(wanted.cacheBound, used)) {
        used = processMemory().value_or(0);
        wanted = measures(used);
    }
    apply(wanted, used);
}

/// True when stored responses had to leave, and their memory was given back.
bool MemoryGuard::shrinkCache(uint64_t bound, uint64_t used) {
    const uint64_t before = m_cache.store().bytes();
    m_cache.setBound(bound);
    if (before <= bound)
        return false;
    tell(aboutCache, observe::Level::Info, used,
         "the cache gives up " + mebibytes(before - m_cache.store().bytes()));
    giveBack();
    return true;
}

/// It takes the allocator's locks for a while: not at every look.
void MemoryGuard::giveBack() {
    constexpr std::chrono::seconds pause{2};
    const TimePoint now = std::chrono::steady_clock::now();
    if (now - m_gaveBack < pause)
        return;
    m_gaveBack = now;
    returnFreeMemory();
}

void MemoryGuard::apply(const limit::MemoryMeasures& measures, uint64_t used) {
    const limit::MemoryMeasures before = m_measures;
    m_measures = measures;
    if (measures.frugalBuffers != before.frugalBuffers) {
        m_switchboard.postToAll(UseFrugalBuffers{measures.frugalBuffers});
        if (measures.frugalBuffers)
            tell(aboutBuffers, observe::Level::Info, used, "buffers are kept small");
    }
    if (measures.frugalBuffers)
        giveBack();
    if (measures.holdClients == before.holdClients)
        return;
    m_switchboard.holdClients = measures.holdClients;
    if (measures.holdClients)
        tell(aboutClients, observe::Level::Warn, used, "new connections wait until there is room");
    else
        m_switchboard.wakeAcceptors();
}

/// At most once a minute each: around its limit a process may come and go.
void MemoryGuard::tell(size_t kind, observe::Level level, uint64_t used, const std::string& what) {
    const TimePoint now = std::chrono::steady_clock::now();
    if (m_told[kind] != TimePoint{} && now - m_told[kind] < quiet)
        return;
    m_told[kind] = now;
    m_log.write(level, "engine",
                mebibytes(used) + " of proxy.memory_limit " + mebibytes(m_limit) + " are in use: " + what);
}

} // namespace reverxy::net
