// SPDX-License-Identifier: MIT
// The part of an exchange that asks the cache, and answers from it.
#include "proxy/exchange.h"

#include "cache/cache_key.h"
#include "cache/cache_status.h"
#include "cache/conditional.h"
#include "http/head_writer.h"
#include "http/target.h"
#include "proxy/stored_answer.h"

#include <charconv>

namespace reverxy::proxy {

using cache::CacheVerdict;
using cache::ReuseVerdict;
using cache::Situation;
using cache::StoreVerdict;
using http::FieldId;

/// What the request's key is made of; `path` in place of the head's, if not empty.
KeySource Exchange::keySource(std::string_view path) const {
    const Runtime& runtime = *m_runtime->runtime;
    uint32_t route = m_route;
    if (!path.empty()) {
        if (const auto match = runtime.router.match(m_head->authority, http::pathOf(path)))
            route = static_cast<uint32_t>(*match);
    }
    const RuntimeRoute& to = runtime.routes[route];
    return {*m_head, m_identity.peerTrusted, runtime.config.pools[to.pool].name, to.stripPrefix, path};
}

/// True when the request is answered, or waits for what another one fetches; false when a backend is to be asked.
bool Exchange::askCache(TimePoint now) {
    cache::Cache* const shared = m_runtime->runtime->cache;
    if (!shared)
        return false;
    const CacheVerdict part = m_cache.begin(*shared, keySource({}));
    setVerdict(part);
    return part == CacheVerdict::None && lookUp(now);
}

bool Exchange::lookUp(TimePoint now) {
    const WallTime wall = wallAt(now);
    m_cache.find(*m_head, now, wall);
    if (m_cache.chosen) {
        judgeReuse(Situation::Normal, now);
        const ReuseVerdict verdict = m_cache.answer.verdict;
        const bool validates = m_alone && verdict == ReuseVerdict::StaleWhileRevalidate;
        if (m_cache.answer.mayReuse() && !validates) {
            if (m_alone)
                return endAlone();
            setVerdict(cache::cacheVerdictOf(m_cache.answer));
            serveStored(m_cache.chosen, now);
            if (verdict == ReuseVerdict::StaleWhileRevalidate)
                validateInBackground();
            return true;
        }
        setVerdict(validates ? CacheVerdict::Stale : cache::cacheVerdictOf(m_cache.answer));
    } else if (m_decision.cache.background && m_cache.request.range) {
        return endAlone(); // the part that was to be validated is not there any more
    } else if (m_cache.part) {
        m_decision.cache.found = true;
        m_decision.cache.reuse = static_cast<observe::ReuseVerdictValue>(ReuseVerdict::PartialOnly);
        setVerdict(CacheVerdict::Partial);
    } else {
        setVerdict(m_cache.foundCount > 0 ? CacheVerdict::VaryMiss : CacheVerdict::UriMiss);
    }
    if (m_cache.reuse.directives.onlyIfCached) { // RFC 9111 section 5.2.1.7
        setVerdict(CacheVerdict::OnlyIfCached);
        answerFailure(Failure::NotStored, now);
        return true;
    }
    return joinOthers(now);
}

/// Has the response validated that this request was just answered with, unless somebody is at it (RFC 5861 section
/// 3).
void Exchange::validateInBackground() {
    m_cache.composeCollapseKey(*m_head, m_cache.found[0]->fields());
    cache::Cache& shared = *m_cache.cache;
    if (!shared.fills().contains(m_cache.collapseKey, shared.store().hashOf(m_cache.collapseKey)))
        m_port.validateInBackground();
}

void Exchange::judgeReuse(Situation situation, TimePoint now) {
    const cache::StoredResponse& stored = *m_cache.chosen;
    m_cache.answer = cache::decideReuse(stored.facts(), stored.markedStale(), m_cache.reuse, situation, wallAt(now),
                                        configuration().cache);
    m_decision.cache.found = true;
    m_decision.cache.reuse = static_cast<observe::ReuseVerdictValue>(m_cache.answer.verdict);
    m_decision.cache.age = m_cache.answer.age;
    m_decision.cache.lifetime = stored.facts().lifetime;
}

/// The backends failed the request: answers from the store where that is allowed (RFC 9111 section 4.2.4, RFC 5861
/// section 4).
bool Exchange::serveInstead(Situation situation, TimePoint now) {
    if (!m_cache.engaged() || !m_cache.chosen || m_headForwarded || m_alone)
        return false;
    judgeReuse(situation, now);
    if (!m_cache.answer.mayReuse())
        return false;
    setVerdict(situation == Situation::Disconnected && m_decision.attemptsTotal == 0 ? CacheVerdict::HitWhileDown
                                                                                     : CacheVerdict::StaleOnError);
    serveStored(m_cache.chosen, now);
    return true;
}

/// How things stand after `failure`, as far as stale responses are concerned.
static Situation situationAfter(Failure failure) {
    switch (failure) {
    case Failure::QueueFull:
    case Failure::QueueTimeout:
        return Situation::BackendFailed;
    default:
        return Situation::Disconnected;
    }
}

bool Exchange::serveInsteadOf(Failure failure, TimePoint now) {
    const FailureInfo& info = infoOf(failure);
    const bool backends = info.fault == Fault::Upstream || failure == Failure::NoBackend;
    return backends && cache::isErrorForStale(info.status) && serveInstead(situationAfter(failure), now);
}

/// A whole response out of the store: as it is, as 304 or, of a 200, in part.
void Exchange::serveStored(const cache::StoredRef& stored, TimePoint now) {
    const WallTime wall = wallAt(now);
    const uint32_t age = cache::currentAge(stored->facts(), wall);
    stored->countHit();
    m_decision.cache.hit = cache::isHit(static_cast<CacheVerdict>(m_decision.cache.verdict));
    m_decision.cache.age = age;
    m_decision.cache.lifetime = stored->facts().lifetime;
    m_arena.clear();
    m_fields.clear();
    StoredAnswer answer =
        composeStoredAnswer(*m_head, *stored, wall, {m_cache.cache->store(), m_decision.id}, m_arena, m_fields);
    addStoredFields(age, stored->facts(), now);
    beginLocal(answer.status, now);
    const bool bodyless = m_head->method == http::Method::Head;
    if (bodyless && answer.framing.kind == http::BodyKind::Length) {
        // The length a GET would have had (RFC 9110 section 9.3.2).
        char digits[20];
        const auto end = std::to_chars(digits, digits + sizeof digits, answer.framing.length).ptr;
        m_fields.add("Content-Length", m_arena.join({std::string_view(digits, static_cast<size_t>(end - digits))}),
                     FieldId::ContentLength);
        answer.framing = {};
    }
    ResponseOut out{answer.status, http::reasonPhrase(answer.status), m_fields, answer.framing, {}, answer.lines};
    m_port.sendResponseHead(out);
    if (!bodyless && answer.framing.kind == http::BodyKind::Length) {
        m_decision.responseBodyBytes = answer.framing.length;
        sendStoredBody(answer, *stored, m_port);
    }
    m_fields.clear();
    m_port.sendResponseEnd(m_fields);
}

/// What a response from the store says of itself, besides what was stored.
void Exchange::addStoredFields(uint32_t age, const cache::StoredFacts& facts, TimePoint now) {
    char text[cache::maxAgeSize];
    const char* const end = cache::writeAge(age, text);
    m_fields.add("Age", m_arena.join({std::string_view(text, static_cast<size_t>(end - text))}), FieldId::Age);
    m_fields.add("Via", "1.1 reverxy", FieldId::Via);
    addCacheStatus(cache::timeToLive(facts, wallAt(now)), m_cache.forwardStatus);
    addLimitFields(m_fields);
}

/// The Cache-Status member (RFC 9211). `forwardStatus`: the backend's, where the client gets another one.
void Exchange::addCacheStatus(std::optional<int64_t> timeToLive, uint16_t forwardStatus) {
    if (!configuration().cache.statusHeader || !m_runtime->runtime->cache)
        return;
    const observe::CacheRecord& record = m_decision.cache;
    cache::CacheStatus status;
    status.verdict = static_cast<CacheVerdict>(record.verdict);
    status.store = static_cast<StoreVerdict>(record.store);
    status.timeToLive = timeToLive;
    status.forwardStatus = forwardStatus;
    status.collapsed = record.collapsed;
    status.collapseFailed = record.collapseFailed;
    if (m_cache.engaged())
        status.key = cache::urlOf(m_cache.key);
    char text[cache::maxCacheStatusSize];
    const char* const end = cache::writeCacheStatus(status, text);
    if (end != text)
        m_fields.add("Cache-Status", m_arena.join({std::string_view(text, static_cast<size_t>(end - text))}),
                     FieldId::CacheStatus);
}

void Exchange::setVerdict(CacheVerdict verdict) {
    m_decision.cache.verdict = static_cast<observe::CacheVerdictValue>(verdict);
}

void Exchange::setVerdict(StoreVerdict verdict) {
    m_decision.cache.store = static_cast<observe::StoreVerdictValue>(verdict);
}

} // namespace reverxy::proxy
