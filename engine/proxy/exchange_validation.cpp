// SPDX-License-Identifier: MIT
// The part of an exchange that draws from a backend's response what the cache needs of it.
#include "proxy/exchange.h"

#include "cache/caching_policy.h"
#include "cache/freshening.h"
#include "cache/invalidation.h"
#include "cache/partial.h"
#include "cache/vary.h"

namespace reverxy::proxy {

using cache::Release;
using cache::Situation;
using cache::StoreVerdict;
using http::BodyKind;

namespace {

/// Whether what kept a response out of the store lies in the response, and so holds for other requests too.
bool holdsForOthers(StoreVerdict verdict) {
    switch (verdict) {
    case StoreVerdict::NoStore:
    case StoreVerdict::Private:
    case StoreVerdict::Personal:
    case StoreVerdict::VaryStar:
    case StoreVerdict::VaryUnmatchable:
    case StoreVerdict::NotMarkedCacheable:
    case StoreVerdict::NoLifetime:
    case StoreVerdict::NothingToReuse:
    case StoreVerdict::StatusNotUnderstood:
    case StoreVerdict::EndlessStream:
    case StoreVerdict::TooLarge:
        return true;
    default:
        return false;
    }
}

std::optional<uint64_t> lengthOf(const http::Framing& framing) {
    if (framing.kind == BodyKind::Length)
        return framing.length;
    return framing.kind == BodyKind::None ? std::optional<uint64_t>(0) : std::nullopt;
}

} // namespace

/// True when the response is not for the client as it is: the stored one is, or another attempt.
bool Exchange::answeredByStored(const http::ResponseHead& head, TimePoint now) {
    if (!m_runtime->runtime->cache)
        return false;
    if (m_head->method == http::Method::Post &&
        m_runtime->runtime->cache->generations().of(m_cache.hash) != m_cache.generation)
        m_cache.superseded = true;
    invalidateBy(head);
    if (!m_cache.engaged())
        return false;
    if (head.status == 304 && m_cache.nominated.any()) {
        if (!confirm(head, now))
            askWithoutConditions(now);
        return true;
    }
    // RFC 9111 section 4.3.3: a 5xx may be taken as a failure to respond.
    if (cache::isErrorForStale(head.status) && m_cache.chosen && !m_alone) {
        judgeReuse(Situation::BackendFailed, now);
        if (m_cache.answer.mayReuse()) {
            leaveBackend();
            releaseFill(Release::Failed, Failure::None);
            m_cache.forwardStatus = head.status;
            serveInstead(Situation::BackendFailed, now);
            return true;
        }
    }
    if (m_cache.request.method == http::Method::Head)
        freshenByHead(head, now);
    return false;
}

/// A 304 to the cache's own conditions (RFC 9111 section 4.3.4). False when it is about nothing that is stored.
bool Exchange::confirm(const http::ResponseHead& head, TimePoint now) {
    const uint32_t mask = cache::freshenedBy(head.fields, m_cache.variants(), m_cache.nominated, wallAt(now));
    for (size_t i = 0; i < m_cache.foundCount; ++i) {
        if ((mask >> i & 1) == 0)
            continue;
        const cache::StoredRef old = m_cache.found[i];
        cache::StoredRef fresh = freshen(old, head, now);
        // What changed may be what If-Range compares.
        if (fresh->facts().partial && !cache::answersFromPart(*fresh, *m_head, wallAt(now)))
            continue;
        if (!m_cache.confirmed || old == m_cache.chosen)
            m_cache.confirmed = std::move(fresh);
    }
    return static_cast<bool>(m_cache.confirmed);
}

/// Updates a stored response by what came, in the store too; returns it as it is now.
cache::StoredRef Exchange::freshen(const cache::StoredRef& old, const http::ResponseHead& head, TimePoint now) {
    cache::RequestFacts request = m_cache.request;
    request.method = http::Method::Get;
    cache::DateText date;
    http::FieldList fields;
    const cache::Freshened fresh =
        cache::freshen(old->fields(), old->facts().status, head, request, {m_cache.requestSent, wallAt(now)},
                       configuration().cache, date, fields);
    setVerdict(fresh.verdict);
    if (fresh.outcome == cache::FreshenOutcome::Remove)
        m_cache.cache->store().remove(*old, m_cache.hash);
    if (fresh.outcome != cache::FreshenOutcome::Update) {
        // For this client alone, who is to see what the backend says of it now.
        cache::StoredFacts facts = old->facts();
        facts.responseTime = wallAt(now);
        facts.initialAge = 0;
        return cache::StoredResponse::makeFreshened(*old, old->selecting(), fields, facts);
    }
    std::string_view selecting = old->selecting();
    if (fresh.varyChanged || old != m_cache.chosen) {
        m_cache.selecting.clear();
        cache::appendSelecting(cache::readVary(fields), *m_head, m_cache.selecting);
        if (m_cache.selecting.size() > cache::StoredResponse::textLimit) {
            // More than can be stored beside it: for this client alone.
            if (fresh.varyChanged)
                m_cache.cache->store().remove(*old, m_cache.hash);
            return cache::StoredResponse::makeFreshened(*old, selecting, fields, fresh.facts);
        }
        if (fresh.varyChanged)
            selecting = m_cache.selecting;
    }
    cache::StoredRef made = cache::StoredResponse::makeFreshened(*old, selecting, fields, fresh.facts);
    const bool kept = m_cache.cache->insert(made, old.raw(), m_cache.hash, m_cache.generation, now);
    // The backend chose another variant for this request than what was known of it told: it is stored for such
    // requests as well.
    if (kept && !m_cache.chosen && selecting != m_cache.selecting)
        m_cache.cache->insert(cache::StoredResponse::makeFreshened(*old, m_cache.selecting, fields, fresh.facts),
                              nullptr, m_cache.hash, m_cache.generation, now);
    return made;
}

/// Puts the validators of what is stored into m_conditions; false when there is none to ask about.
bool Exchange::nominate(TimePoint now) {
    m_cache.nominated = {};
    if (m_cache.foundCount == 0 || m_cache.conditionsUsed)
        return false;
    m_conditions.clear();
    m_cache.nominated =
        cache::composeConditions(m_cache.variants(), m_cache.chosen.raw(), wallAt(now), m_arena, m_conditions);
    return m_cache.nominated.any();
}

/// The 304 is about nothing that is stored: the request goes out again, as the client sent it.
void Exchange::askWithoutConditions(TimePoint now) {
    m_cache.conditionsUsed = true;
    m_cache.nominated = {};
    leaveBackend();
    tryBackends(now);
}

/// The response to HEAD tells of the stored response to GET too (RFC 9111 section 4.3.5).
void Exchange::freshenByHead(const http::ResponseHead& head, TimePoint now) {
    for (const cache::StoredRef& stored : m_cache.variants()) {
        if (!cache::matchesSelecting(stored->selecting(), *m_head))
            continue;
        switch (cache::judgeHead(head.status, head.fields, *stored, wallAt(now))) {
        case cache::HeadOutcome::Freshen:
            freshen(stored, head, now);
            break;
        case cache::HeadOutcome::MarkStale:
            stored->markStale();
            break;
        case cache::HeadOutcome::Nothing:
            break;
        }
    }
}

/// A request that changes things makes stored responses invalid (RFC 9111 section 4.4).
void Exchange::invalidateBy(const http::ResponseHead& head) {
    if (!cache::invalidates(m_head->method, head.status))
        return;
    const std::string_view scheme = forwardedScheme(keySource({}));
    std::string key;
    for (const std::string& path :
         cache::invalidatedPaths({scheme, m_head->authority, m_head->pathAndQuery}, head.fields)) {
        composeKey(keySource(path), key);
        m_runtime->runtime->cache->invalidate(key);
    }
}

/// RFC 9110 section 9.3.3: what POST brings may be what GET of the same target would bring.
bool Exchange::bringsRepresentation(const http::ResponseHead& head) const {
    if (m_head->method != http::Method::Post || head.status != 200 || !m_requestEnded || m_cache.request.upgrade)
        return false;
    const std::string_view scheme = forwardedScheme(keySource({}));
    return cache::representsTarget({scheme, m_head->authority, m_head->pathAndQuery}, head.fields);
}

/// The same section: only where the response itself tells for how long, and where nothing has changed the target
/// since the request came.
bool Exchange::engageForGet(const cache::StoreDecision& decision) {
    cache::Cache& shared = *m_runtime->runtime->cache;
    if (!decision.stored() || decision.facts.heuristic || decision.facts.lifetime == 0 || m_cache.superseded ||
        !m_cache.engage(shared, keySource({})))
        return false;
    m_cache.generation = shared.generations().of(m_cache.hash); // the POST itself has just invalidated its target
    return true;
}

/// Decides whether the response that goes to the client is stored, and opens a fill for it.
void Exchange::considerStoring(const http::ResponseHead& head, TimePoint now) {
    if (!m_runtime->runtime->cache)
        return;
    const cache::CachingPolicy policy = cache::readCachingPolicy(head.fields);
    const cache::ExchangeTimes times{m_cache.requestSent, wallAt(now)};
    cache::RequestFacts request = m_cache.request;
    const bool posted = bringsRepresentation(head);
    if (posted) {
        request.method = http::Method::Get;
        request.content = false;
    }
    cache::StoreDecision decision = cache::decideStoring(request, head, policy, times, configuration().cache);
    if (posted && !engageForGet(decision))
        decision.verdict = StoreVerdict::MethodNotCacheable;
    const cache::StoredRef& known = m_cache.known();
    if (decision.stored() && decision.facts.partial && known && !known->facts().partial)
        decision.verdict = StoreVerdict::PartialNotUsable;
    if (m_decision.cache.store == 0) // not freshened by HEAD
        setVerdict(decision.verdict);
    if (!m_cache.engaged())
        return;
    const bool personal =
        !decision.stored() && cache::isPersonalByRequest(request, head, policy, times, configuration().cache);
    const bool partStays = keepsPart(head, policy, decision, now);
    if (decision.stored() && !store(head, policy, decision.facts, now)) {
        decision.verdict = StoreVerdict::TooLarge;
        setVerdict(decision.verdict);
    }
    if (decision.stored())
        return;
    // Who leads others or has waited has no Authorization, and neither have those who wait: a 401 is what they
    // would get too.
    const bool amongOthers = m_cache.role == CacheUse::Role::Leads || m_cache.turnOf;
    const bool wantsCredentials = head.status == 401 && amongOthers && !m_decision.cache.background;
    if (head.status >= 500) // tells nothing of what comes next
        releaseInTurns(now);
    else if (wantsCredentials || holdsForOthers(decision.verdict))
        noteUncacheable(personal, now);
    endTurn();
    // Of those who wait, who has no credentials may yet have what comes for another one of them.
    releaseFill(personal ? Release::LookAgain : Release::GoAlone, Failure::None);
    if (!partStays)
        dropSuperseded(head.status);
    if (head.status == 416 && renewsPart()) // the whole has become shorter: the next who asks is to learn that
        m_cache.chosen->markStale();
}

bool Exchange::store(const http::ResponseHead& head, const cache::CachingPolicy& policy,
                     const cache::StoredFacts& facts, TimePoint now) {
    cache::DateText date;
    http::FieldList fields;
    cache::composeStoredFields(head.fields, policy, facts.responseTime, date, fields);
    m_cache.selecting.clear();
    cache::appendSelecting(cache::readVary(head.fields), *m_head, m_cache.selecting);
    if (m_cache.selecting.size() > cache::StoredResponse::textLimit)
        return false;
    m_decision.cache.age = facts.initialAge;
    m_decision.cache.lifetime = facts.lifetime;
    const bool forOthers = cache::answersOthers(facts) && !facts.partial;
    if (!forOthers && !facts.partial) {
        const bool personal = cache::isPersonalByRequest(
            m_cache.request, head, policy, {m_cache.requestSent, facts.responseTime}, configuration().cache);
        noteUncacheable(personal, now);
        if (personal)
            releaseFill(Release::LookAgain, Failure::None);
    }
    return openFill({m_cache.key, m_cache.selecting, fields, facts}, lengthOf(head.framing), forOthers, now);
}

/// The backend has confirmed what is stored, and its answer is over.
void Exchange::serveConfirmed(TimePoint now) {
    const cache::StoredRef confirmed = m_cache.confirmed;
    const cache::StoredFacts& facts = confirmed->facts();
    if (!cache::answersOthers(facts) && !facts.partial)
        noteUncacheable(m_cache.request.hasCredentials() && facts.heuristic && !facts.alwaysValidate, now);
    releaseFill(cache::answersOthers(facts) ? Release::LookAgain : Release::GoAlone, Failure::None);
    m_port.setDeadline(TimePoint::max());
    if (m_alone) {
        m_responseOver = true;
        return;
    }
    m_cache.forwardStatus = 304;
    m_decision.details.clear();
    giveUpRetryPlace();
    serveStored(confirmed, now);
}

} // namespace reverxy::proxy
