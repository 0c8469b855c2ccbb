// SPDX-License-Identifier: MIT
// The part of an exchange that keeps a crowd from meeting a backend in trouble at once:
// cache::Fill::releaseInTurns().
#include "proxy/exchange.h"

#include <utility>

namespace reverxy::proxy {

using cache::Fill;
using cache::Release;

/// The response that came is this client's alone, but another might be for all who wait.
void Exchange::releaseInTurns(TimePoint now) {
    if (m_cache.role != CacheUse::Role::Leads || !m_cache.fill || m_cache.opened)
        return;
    unregisterFill();
    m_cache.fill->releaseInTurns(now, m_cache.wakes);
    wake();
    m_cache.fill.reset();
    m_cache.role = CacheUse::Role::None;
}

/// It is this request's turn, or it has waited long enough for one. It neither leads others nor follows anybody,
/// lest errors that come slowly add up; what somebody before it has got may be in the store by now.
void Exchange::goInTurn(TimePoint now) {
    m_cache.turnOf = std::exchange(m_cache.fill, {});
    m_cache.turnPlace = std::exchange(m_cache.place, Fill::Place());
    m_cache.role = CacheUse::Role::None;
    m_cache.registered = false;
    m_port.stopFollowing();
    endWaiting(now);
    if (!lookUp(now))
        goAlone(now);
}

/// It is known what this request gets, and the store has what is for others: somebody else's turn.
void Exchange::endTurn() {
    if (!m_cache.turnOf)
        return;
    m_cache.turnOf->leave(m_cache.turnPlace, m_cache.wakes);
    m_cache.turnOf.reset();
    wake();
}

/// Nobody waits for what is of use to one alone: neither who asks from now on, nor who waits for a turn.
/// `byCredentials`: because of those that came with this request, which tells nothing of requests without any.
void Exchange::noteUncacheable(bool byCredentials, TimePoint now) {
    cache::UncacheableKeys& keys = m_cache.cache->uncacheable();
    if (byCredentials)
        return keys.note(cache::UncacheableKeys::withCredentials(m_cache.hash), now);
    keys.note(m_cache.hash, now);
    if (!m_cache.turnOf)
        return;
    m_cache.turnOf->release(Release::GoAlone, Failure::None, m_cache.wakes);
    wake();
}

/// What came is for others.
void Exchange::forgetUncacheable() {
    cache::UncacheableKeys& keys = m_cache.cache->uncacheable();
    keys.forget(m_cache.hash);
    if (m_cache.request.hasCredentials())
        keys.forget(cache::UncacheableKeys::withCredentials(m_cache.hash));
}

} // namespace reverxy::proxy
