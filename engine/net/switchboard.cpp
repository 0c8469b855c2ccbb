// SPDX-License-Identifier: MIT
#include "net/switchboard.h"

namespace reverxy::net {

Switchboard::Switchboard(size_t workers, const HashSeed& seed) : connectionsOfClients(seed) {
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

void Switchboard::releaseSlot(const std::shared_ptr<proxy::BackendState>& backend, size_t refusals) {
    for (;;) {
        const uint32_t max = backend->maxConnections();
        const bool withinLimit = max == 0 || backend->connections() <= max; // it may have been lowered meanwhile
        if (withinLimit && (refusals == 0 || refusals < backend->waiting())) {
            if (const auto waiter = backend->takeWaiter()) {
                post(waiter->worker, SlotFreed{waiter->token, backend, true, refusals});
                return;
            }
        }
        backend->dropSlot();
        // Somebody may have begun to wait after the look and before the slot was given up. Those who refused it
        // need no second look.
        if (refusals > 0 || backend->waiting() == 0 || !backend->takeSlot())
            return;
    }
}

void Switchboard::offerNewSlots(const std::shared_ptr<proxy::BackendState>& backend) {
    for (size_t waiting = backend->waiting(); waiting > 0 && backend->takeSlot(); --waiting)
        releaseSlot(backend);
}

void Switchboard::offerSlots(proxy::PoolState& pool, const std::shared_ptr<proxy::BackendState>& backend) {
    for (size_t waiting = pool.slotWaiters.size(); waiting > 0 && backend->takeSlot(); --waiting) {
        const auto waiter = pool.slotWaiters.takeFirst();
        if (!waiter)
            return releaseSlot(backend);
        post(waiter->worker, SlotFreed{waiter->token, backend, true, 0});
    }
}

void Switchboard::tellWaiting(proxy::PoolState& pool) {
    for (const proxy::Waiter& waiter : pool.slotWaiters.all())
        post(waiter.worker, AvailabilityChanged{waiter.token});
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

observe::RepeatFilter::Verdict Switchboard::admitWarning(const IpAddress& client, uint32_t kind, TimePoint now) {
    std::lock_guard lock(m_repeatsMutex);
    return m_repeats.admit(client, kind, now);
}

void Switchboard::clientGone() {
    --totalClients;
    if (hasRoom())
        wakeAcceptors();
}

void Switchboard::wakeAcceptors() {
    for (size_t i = 0; i < m_workers.size(); ++i) {
        if (m_workers[i]->acceptPaused.load() && m_workers[i]->acceptPaused.exchange(false))
            post(i, ResumeAccepting{});
    }
}

} // namespace reverxy::net
