// SPDX-License-Identifier: MIT
#include "net/switchboard.h"

#include <optional>

namespace reverxy::net {

Switchboard::Switchboard(size_t workers) {
    for (size_t i = 0; i < workers; ++i)
        m_workers.push_back(std::make_unique<WorkerAddress>());
}

void Switchboard::post(size_t worker, Message message) {
    WorkerAddress& address = *m_workers[worker];
    if (address.mailbox.push(std::move(message)))
        address.wake.signal();
}

void Switchboard::postToAll(const Message& message) {
    for (size_t i = 0; i < m_workers.size(); ++i)
        post(i, message);
}

std::optional<Switchboard::Waiting> Switchboard::takeWaiter(const proxy::BackendState& backend) {
    if (backend.maxConnections() == 0)
        return std::nullopt;
    for (const auto& pool : backend.pools()) {
        if (const auto waiter = pool->slotWaiters.takeFirst())
            return Waiting{*waiter, pool};
    }
    return std::nullopt;
}

void Switchboard::releaseSlot(const std::shared_ptr<proxy::BackendState>& backend, proxy::Waiter except) {
    for (;;) {
        if (backend->connections() <= backend->maxConnections()) { // not when the limit was lowered meanwhile
            if (const auto next = takeWaiter(*backend)) {
                if (next->waiter != except) {
                    post(next->waiter.worker, SlotFreed{next->waiter.token, backend, true});
                    return;
                }
                next->pool->slotWaiters.addFirst(next->waiter); // it is alone
            }
        }
        backend->dropSlot();
        if (except.token != 0 || backend->maxConnections() == 0)
            return;
        // Somebody may have begun to wait after the look and before the slot was given up.
        bool waiting = false;
        for (const auto& pool : backend->pools())
            waiting = waiting || !pool->slotWaiters.empty();
        if (!waiting || !backend->takeSlot())
            return;
    }
}

void Switchboard::reclaimIdle(size_t asking, const std::shared_ptr<proxy::BackendState>& backend) {
    for (size_t i = 0; i < m_workers.size(); ++i) {
        if (i != asking)
            post(i, ReclaimIdle{backend});
    }
}

void Switchboard::freeRetryPlace(proxy::PoolState& pool) {
    if (const auto waiter = pool.retryWaiters.takeFirst())
        post(waiter->worker, RetryFreed{waiter->token});
}

void Switchboard::clientGone() {
    if (--totalClients < maxClients.load())
        wakeAcceptors();
}

void Switchboard::wakeAcceptors() {
    for (size_t i = 0; i < m_workers.size(); ++i) {
        if (m_workers[i]->acceptPaused.exchange(false))
            post(i, ResumeAccepting{});
    }
}

} // namespace reverxy::net
