// SPDX-License-Identifier: MIT
// The part of an exchange that shares what a backend sends: it leads others, or follows another one.
#include "proxy/exchange.h"

#include "cache/cache_status.h"
#include "cache/conditional.h"
#include "cache/freshness.h"
#include "cache/vary.h"
#include "http/head_writer.h"
#include "proxy/stored_answer.h"

#include <utility>

namespace reverxy::proxy {

using cache::CacheVerdict;
using cache::Fill;
using cache::FillStage;
using cache::Release;
using cache::StoreVerdict;
using observe::Phase;

namespace {
// What a client is given at once, before others have their turn (bytes).
constexpr size_t feedAtOnce = 256 * 1024;
// Fills that a request waits for in vain before it shares their failure.
constexpr uint8_t failedFillsLimit = 2;
} // namespace

/// Whether the response to this request will do for others, and another one's for this request.
bool Exchange::mayShareFetch(TimePoint now) {
    const cache::RequestDirectives& directives = m_cache.reuse.directives;
    if (!configuration().cache.collapse || m_cache.request.method != http::Method::Get || directives.noStore ||
        m_cache.request.authorization || directives.noCache || directives.maxAge == 0u || m_cache.turnOf)
        return false;
    const cache::UncacheableKeys& uncacheable = m_cache.cache->uncacheable();
    if (uncacheable.contain(m_cache.hash, now) || cache::wantsEventStream(m_head->fields))
        return false;
    if (m_cache.request.hasCredentials() &&
        uncacheable.contain(cache::UncacheableKeys::withCredentials(m_cache.hash), now))
        return false;
    return !wantsLess() || (!m_cache.chosePart() && nominate(now));
}

/// What only this client has, or wants a part of, is not the whole response that others want; unless the cache's
/// own conditions take the place of the client's, see nominate().
bool Exchange::wantsLess() const {
    return m_cache.request.range || cache::hasCondition(m_head->fields);
}

/// The longest that a leader may wait for a backend from one sign of life to the next, all its own bounds together:
/// so long those who follow it wait too, for they would not get an answer sooner by themselves.
Duration Exchange::leadersPatience() const {
    const config::Proxy& settings = configuration().proxy;
    return Fill::silenceLimit + settings.queue.timeout + settings.connectTimeout + settings.responseTimeout;
}

/// True when the request waits for another one's response, or is answered. False: ask a backend, perhaps as leader.
bool Exchange::joinOthers(TimePoint now) {
    if (!m_alone && !mayShareFetch(now))
        return false;
    m_cache.composeCollapseKey(*m_head, m_cache.foundCount > 0 ? m_cache.found[0]->fields() : cache::FieldBlock());
    return join(now);
}

bool Exchange::join(TimePoint now) {
    cache::Cache& shared = *m_cache.cache;
    const uint64_t hash = shared.store().hashOf(m_cache.collapseKey);
    auto joined = shared.fills().joinOrLead(m_cache.collapseKey, hash, m_cache.generation, shared.store(), now,
                                            leadersPatience(), m_cache.place);
    m_cache.fill = std::move(joined.fill);
    m_cache.registered = true;
    if (joined.leads) {
        m_cache.role = CacheUse::Role::Leads;
        return storedMeanwhile(now);
    }
    m_cache.role = CacheUse::Role::Follows;
    if (m_alone) { // somebody validates already
        leaveFill();
        return endAlone();
    }
    m_decision.phase = Phase::AwaitingFill;
    m_waitBegun = now;
    follow(now);
    return true;
}

/// Between the look into the store and the beginning of a fill another one's may have come to its end: it is stored
/// before it makes room for the next. True when the request is answered by that, or waits.
bool Exchange::storedMeanwhile(TimePoint now) {
    const cache::StoredRef before = m_cache.chosen;
    m_cache.find(*m_head, now, wallAt(now));
    if (!m_cache.chosen || m_cache.chosen == before)
        return false;
    releaseFill(Release::LookAgain, Failure::None);
    return lookUp(now);
}

bool Exchange::endAlone() {
    m_responseOver = true;
    return true;
}

/// Looks at what has become of the fill that this exchange waits for.
void Exchange::follow(TimePoint now) {
    const Fill::Look seen = m_cache.fill->look(m_cache.place, m_port.follower());
    switch (seen.stage) {
    case FillStage::Pending:
        return m_port.setDeadline(m_cache.fill->stallsAt());
    case FillStage::Open:
    case FillStage::Complete:
        return followHead(seen, now);
    case FillStage::Broken:
        leaveFill();
        return followAgain(Failure::ResponseIncomplete, now);
    case FillStage::Released:
        if (seen.reason == Release::InTurns)
            return goInTurn(now);
        leaveFill();
        if (seen.reason == Release::GoAlone)
            return goAlone(now);
        if (seen.reason == Release::Failed)
            return followAgain(seen.failure, now);
        return lookAgain(now);
    }
}

/// A head is there, judged to be for others too: it is this request's if Vary and freshness say so.
void Exchange::followHead(const Fill::Look& seen, TimePoint now) {
    const cache::StoredResponse& head = *seen.head;
    if (!cache::matchesSelecting(head.selecting(), *m_head)) {
        // Others want the same variant: they wait for each other under a key that tells it.
        const std::string before = m_cache.collapseKey;
        m_cache.composeCollapseKey(*m_head, head.fields());
        const bool sameKey = before == m_cache.collapseKey;
        leaveFill();
        endWaiting(now);
        setVerdict(CacheVerdict::VaryMiss);
        if (sameKey || ++m_cache.failedFills > failedFillsLimit)
            return goAlone(now);
        if (!join(now))
            forward(now);
        return;
    }
    const cache::ReuseAnswer answer = cache::decideReuse(
        head.facts(), false, m_cache.reuse, cache::Situation::Normal, wallAt(now), configuration().cache);
    if (!answer.mayReuse()) {
        leaveFill();
        return goAlone(now);
    }
    endWaiting(now);
    m_decision.cache.collapsed = true;
    m_decision.cache.age = answer.age;
    m_decision.cache.lifetime = head.facts().lifetime;
    m_cache.reading = true;
    m_arena.clear();
    m_fields.clear();
    addStoredFields(answer.age, head.facts(), now);
    beginLocal(head.facts().status, now);
    m_responseOver = false;
    ResponseOut out{head.facts().status,
                    http::reasonPhrase(head.facts().status),
                    m_fields,
                    framingOf(head.facts().status, seen.length),
                    {},
                    head.fields().lines()};
    m_port.sendResponseHead(out);
}

void Exchange::goAlone(TimePoint now) {
    m_decision.cache.collapseFailed = true;
    forward(now);
}

/// What this request waited for is there now, or somebody else's turn is over.
void Exchange::lookAgain(TimePoint now) {
    if (++m_cache.failedFills > failedFillsLimit)
        return goAlone(now);
    endWaiting(now);
    if (!lookUp(now))
        forward(now);
}

/// What this request waited for has failed. One of those who waited leads the next attempt; who has waited in vain
/// too often shares the failure, so that a backend in trouble is not asked by all of them.
void Exchange::followAgain(Failure failure, TimePoint now) {
    endWaiting(now);
    if (failure != Failure::None && serveInsteadOf(failure, now))
        return;
    if (failure == Failure::None && serveInstead(cache::Situation::BackendFailed, now))
        return;
    if (++m_cache.failedFills >= failedFillsLimit && failure != Failure::None) {
        m_decision.cache.collapsed = true;
        return answerFailure(failure, now);
    }
    if (!lookUp(now))
        forward(now);
}

/// The leader shows no sign of life beyond its own bounds: whoever asks from now on does not wait for it, and of
/// those who waited one leads, and the others follow that one. This tells nothing of the key, and is not counted.
/// Where it is a turn that does not come, each goes on without one.
void Exchange::stalled(TimePoint now) {
    const TimePoint late = m_cache.fill->stallsAt();
    if (now < late)
        return m_port.setDeadline(late);
    if (m_cache.fill->releasedInTurns())
        return goInTurn(now);
    m_cache.cache->fills().remove(*m_cache.fill);
    leaveFill();
    endWaiting(now);
    if (!lookUp(now))
        forward(now);
}

void Exchange::fillProgressed(TimePoint now) {
    if (m_decision.phase == Phase::AwaitingFill && m_cache.role == CacheUse::Role::Follows)
        follow(now);
    else if (m_alone && m_cache.role == CacheUse::Role::Leads && m_cache.fill && !m_decision.cache.background &&
             !m_cache.fill->wantedByOthers())
        abandon();
}

bool Exchange::takesResponse(bool clientBusy) {
    return m_cache.filling() ? m_cache.fill->takesMore(m_port.follower()) : !clientBusy;
}

bool Exchange::feedClient() {
    if (!m_cache.reading || m_responseOver)
        return false;
    size_t given = 0;
    Fill::Part part;
    while (given < feedAtOnce) {
        part = m_cache.fill->read(m_cache.place, m_port.follower(), m_cache.wakes);
        if (!part.more)
            break;
        given += part.piece.bytes.size();
        m_decision.responseBodyBytes += part.piece.bytes.size();
        m_port.sendResponseBody(part.piece);
    }
    wake();
    if (!part.more && part.stage == FillStage::Complete) {
        m_port.sendResponseEnd(m_heldTrailers);
        m_responseOver = true;
        leaveFill();
    } else if (!part.more && part.stage == FillStage::Broken) {
        const Failure failure =
            m_decision.failure == Failure::None ? Failure::ResponseIncomplete : m_decision.failure;
        leaveFill();
        cut(failure);
    }
    return given > 0;
}

// The leader.

/// Opens a fill for the response whose head came. False: there is no room for it.
bool Exchange::openFill(const cache::StoredParts& parts, std::optional<uint64_t> length, bool forOthers,
                        TimePoint now) {
    if (m_cache.fill && !forOthers && !renewsPart())
        releaseFill(Release::GoAlone, Failure::None);
    if (!m_cache.fill) {
        m_cache.fill = std::make_shared<Fill>(std::string(), m_cache.hash, m_cache.generation,
                                              m_cache.cache->store(), now, leadersPatience());
        m_cache.registered = false;
    }
    m_cache.role = CacheUse::Role::Leads;
    if (!m_cache.fill->open(parts, length, configuration().cache.maxEntrySize, now, m_cache.wakes)) {
        releaseFill(Release::GoAlone, Failure::None);
        return false;
    }
    m_cache.opened = true;
    m_cache.reading = !m_alone && m_cache.fill->join(m_cache.place);
    wake();
    return true;
}

/// The leader's sign of life, while those who follow wait for a head.
void Exchange::goOnLeading(TimePoint now) {
    if (m_cache.fill && m_cache.role == CacheUse::Role::Leads)
        m_cache.fill->goOn(now);
}

void Exchange::fillBody(std::string_view bytes) {
    const bool wasStorable = m_cache.fill->storable();
    m_cache.fill->append(bytes, m_lastActivity, m_cache.wakes);
    if (wasStorable && !m_cache.fill->storable()) {
        setVerdict(StoreVerdict::TooLarge);
        m_cache.cache->fills().remove(*m_cache.fill);
        dropSuperseded(m_decision.status);
    }
    wake();
    // What is fetched to renew the store is wanted by the store, whatever its size.
    const bool forTheStore = m_decision.cache.background && m_cache.fill->storable();
    if (m_alone && !forTheStore && !m_cache.fill->wantedByOthers())
        abandon();
}

void Exchange::completeFill(TimePoint now) {
    cache::Cache& shared = *m_cache.cache;
    if (const cache::StoredRef stored = m_cache.fill->complete(now, m_cache.wakes)) {
        if (stored->facts().partial)
            storePart(stored, now);
        else if (!shared.insert(stored, nullptr, m_cache.hash, m_cache.generation, now))
            setVerdict(StoreVerdict::Superseded);
        else if (cache::answersOthers(stored->facts()))
            forgetUncacheable();
    }
    unregisterFill();
    endTurn();
    wake();
    m_cache.opened = false;
    if (!m_cache.reading)
        leaveFill();
}

/// The body will not come to its end.
void Exchange::breakFill() {
    setVerdict(StoreVerdict::Incomplete);
    unregisterFill();
    endTurn();
    m_cache.fill->breakOff(m_cache.wakes);
    wake();
    m_cache.opened = false;
    if (!m_cache.reading)
        leaveFill();
}

/// There will be nothing to follow: whoever waits does what `reason` says.
void Exchange::releaseFill(Release reason, Failure failure) {
    if (m_cache.role != CacheUse::Role::Leads || !m_cache.fill || m_cache.opened)
        return;
    unregisterFill();
    m_cache.fill->release(reason, failure, m_cache.wakes);
    wake();
    m_cache.fill.reset();
    m_cache.role = CacheUse::Role::None;
}

void Exchange::unregisterFill() {
    if (std::exchange(m_cache.registered, false))
        m_cache.cache->fills().remove(*m_cache.fill);
}

/// Stops waiting for the fill, or reading it.
void Exchange::leaveFill() {
    if (!m_cache.fill)
        return;
    if (m_cache.role == CacheUse::Role::Follows || m_cache.reading) {
        m_cache.fill->leave(m_cache.place, m_cache.wakes);
        wake();
    }
    m_cache.reading = false;
    if (m_cache.opened) // it is still being received, for others
        return;
    m_port.stopFollowing();
    m_cache.fill.reset();
    m_cache.role = CacheUse::Role::None;
    m_cache.registered = false;
}

void Exchange::wake() {
    if (m_cache.wakes.empty())
        return;
    m_port.wakeFollowers(m_cache.wakes);
    m_cache.wakes.clear();
}

/// The client has gone. True when the exchange goes on for others, or to store what is nearly there.
bool Exchange::goesOnWithoutClient() {
    if (m_cache.role != CacheUse::Role::Leads || !m_cache.fill || m_responseOver)
        return false;
    if (m_cache.opened)
        leaveFill();
    // First the entry, then the look: one of both, this or the last reader, sees the other.
    m_cache.fill->leadAlone(m_port.follower());
    if (!m_cache.fill->wantedByOthers())
        return false;
    m_alone = true;
    return true;
}

/// Ends whatever it has to do with a fill, whichever way the exchange ends.
void Exchange::endFill() {
    if (!m_cache.engaged())
        return;
    endTurn();
    if (m_cache.role == CacheUse::Role::Leads) {
        if (m_cache.opened)
            breakFill();
        else
            releaseFill(Release::LookAgain, Failure::None);
    }
    leaveFill();
    m_port.stopFollowing();
}

} // namespace reverxy::proxy
