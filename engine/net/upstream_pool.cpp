// SPDX-License-Identifier: MIT
#include "net/upstream_pool.h"

#include "base/prefetch.h"

#include <algorithm>

namespace reverxy::net {

UpstreamPool::UpstreamPool(Loop& loop, Switchboard& switchboard, uint32_t workerIndex)
    : m_loop(loop), m_switchboard(switchboard), m_workerIndex(workerIndex) {}

UpstreamPool::~UpstreamPool() {
    closeIdle();
}

std::unique_ptr<BoundRuntime> UpstreamPool::bind(std::shared_ptr<const proxy::Runtime> runtime) {
    auto bound = std::make_unique<BoundRuntime>(std::move(runtime));
    for (auto& [state, backend] : m_backends)
        backend->wanted = false;
    const proxy::Runtime& compiled = *bound->worker.runtime;
    for (const proxy::RuntimePool& pool : compiled.pools) {
        auto& backends = bound->backends.emplace_back();
        for (const proxy::RuntimeBackend& entry : pool.backends) {
            auto& backend = m_backends[entry.state.get()];
            if (!backend) {
                backend = std::make_unique<WorkerBackend>();
                backend->state = entry.state;
            }
            backend->wanted = true;
            ++backend->bindings;
            backend->idleTimeout = compiled.config.proxy.upstreamIdleTimeout;
            backends.push_back(backend.get());
        }
    }
    for (auto& [state, backend] : m_backends) {
        while (!backend->wanted && !backend->idle.empty())
            close(takeOut(*backend->idle.back()));
    }
    return bound;
}

void UpstreamPool::unbind(const BoundRuntime& bound) {
    for (const auto& backends : bound.backends) {
        for (WorkerBackend* const backend : backends) {
            if (--backend->bindings == 0)
                m_backends.erase(backend->state.get());
        }
    }
}

std::unique_ptr<UpstreamConnection> UpstreamPool::takeOut(UpstreamConnection& connection) {
    WorkerBackend& backend = connection.backend();
    const auto found = std::find_if(backend.idle.begin(), backend.idle.end(),
                                    [&](const auto& idle) { return idle.get() == &connection; });
    auto taken = std::move(*found);
    backend.idle.erase(found);
    --backend.state->idle;
    return taken;
}

std::unique_ptr<UpstreamConnection> UpstreamPool::takeIdle(WorkerBackend& backend, bool repeatable) {
    while (!backend.idle.empty()) {
        auto connection = std::move(backend.idle.back());
        prefetch(connection.get(), sizeof *connection);
        backend.idle.pop_back();
        --backend.state->idle;
        if ((repeatable && connection->presumablyOpen()) || connection->quietAndOpen())
            return connection;
        close(std::move(connection));
    }
    return nullptr;
}

void UpstreamPool::keep(std::unique_ptr<UpstreamConnection> connection) {
    WorkerBackend& backend = connection->backend();
    proxy::BackendState& state = *backend.state;
    const bool tooMany = state.maxConnections() > 0 && state.connections() > state.maxConnections();
    if (!backend.wanted || tooMany)
        return close(std::move(connection));
    connection->setKeeper(this);
    connection->becomeIdle(backend.idleTimeout);
    backend.idle.push_back(std::move(connection));
    ++state.idle; // before the look at the waiters: they look the other way round
    if (state.waiting() > 0)
        offerIdle(state, 0);
}

void UpstreamPool::offerIdle(const proxy::BackendState& state, size_t refusals) {
    const auto found = m_backends.find(&state);
    if (found == m_backends.end() || found->second->idle.empty())
        return;
    WorkerBackend& backend = *found->second;
    if (refusals > 0 && refusals >= backend.state->waiting())
        return;
    const auto waiter = backend.state->takeWaiter();
    if (!waiter)
        return;
    if (waiter->worker == m_workerIndex) {
        m_switchboard.post(m_workerIndex, SlotFreed{waiter->token, backend.state, false, refusals});
        return;
    }
    // A connection cannot leave its thread; its slot can.
    auto connection = takeOut(*backend.idle.back());
    connection->close();
    m_loop.discard(std::move(connection));
    m_switchboard.post(waiter->worker, SlotFreed{waiter->token, backend.state, true, refusals});
}

void UpstreamPool::close(std::unique_ptr<UpstreamConnection> connection) {
    const auto state = connection->backend().state;
    connection->close();
    m_loop.discard(std::move(connection));
    m_switchboard.releaseSlot(state);
}

void UpstreamPool::reclaim(const proxy::BackendState& state) {
    const auto found = m_backends.find(&state);
    if (found != m_backends.end() && !found->second->idle.empty())
        close(takeOut(*found->second->idle.front()));
}

bool UpstreamPool::closeOneIdle() {
    for (auto& [state, backend] : m_backends) {
        if (backend->idle.empty())
            continue;
        close(takeOut(*backend->idle.front()));
        return true;
    }
    return false;
}

void UpstreamPool::closeIdle() {
    for (auto& [state, backend] : m_backends) {
        while (!backend->idle.empty())
            close(takeOut(*backend->idle.back()));
    }
}

void UpstreamPool::idleEnded(UpstreamConnection& connection) {
    close(takeOut(connection));
}

} // namespace reverxy::net
