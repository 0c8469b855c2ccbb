// SPDX-License-Identifier: MIT
// The part of an exchange that stores a 206 (RFC 9111 sections 3.3 and 3.4).
#include "proxy/exchange.h"

#include "cache/combining.h"
#include "cache/partial.h"
#include "cache/vary.h"

namespace reverxy::proxy {

using cache::StoredRef;
using cache::StoreVerdict;

void Exchange::storePart(const StoredRef& part, TimePoint now) {
    cache::Cache& shared = *m_cache.cache;
    const auto range = cache::rangeOf(*part);
    if (!range || range->size() != part->bodySize()) // of unknown length before it came
        return setVerdict(StoreVerdict::PartialNotUsable);
    cache::Store::Variants variants;
    const size_t count = shared.store().find(m_cache.key, m_cache.hash, now, variants);
    const cache::StoredResponse* older = nullptr;
    for (size_t i = 0; i < count; ++i) {
        if (variants[i]->selecting() == part->selecting())
            older = variants[i].raw();
    }
    StoredRef result = part;
    if (older && !older->facts().partial) // somebody else has stored the whole meanwhile
        result = {};
    else if (older)
        result = cache::combineParts(*older, part, m_cache.request,
                                     {m_cache.requestSent, part->facts().responseTime}, configuration().cache);
    if (!result)
        return setVerdict(StoreVerdict::PartialNotUsable);
    if (!shared.insert(result, older, m_cache.hash, m_cache.generation, now))
        setVerdict(StoreVerdict::Superseded);
}

/// Whether this is the cache's own request that validates a part, for which nobody else waits.
bool Exchange::renewsPart() const {
    return m_decision.cache.background && m_cache.chosePart();
}

/// Whether what came is the whole of the version of which a part is stored.
bool Exchange::bringsWholeOfPart(const http::ResponseHead& head, TimePoint now) const {
    const StoredRef& known = m_cache.known();
    const auto range = known ? cache::rangeOf(*known) : std::nullopt;
    return range && head.status == 200 && m_cache.request.method == http::Method::Get &&
           (head.framing.kind != http::BodyKind::Length || head.framing.length == range->complete) &&
           cache::shareStrongValidator(cache::readValidators(known->fields(), wallAt(now)),
                                       cache::readValidators(head.fields, wallAt(now)));
}

/// Whether the stored part outlives the whole of its version. Where that may be stored the part goes on under its
/// fields, for the whole may be too large, or break off; where it does not, it takes the part's place. What keeps
/// the whole from others because of who asked says nothing of the part.
bool Exchange::keepsPart(const http::ResponseHead& head, const cache::CachingPolicy& policy,
                         const cache::StoreDecision& decision, TimePoint now) {
    if (!bringsWholeOfPart(head, now))
        return false;
    if (!decision.stored())
        return cache::liesInRequest(decision.verdict, m_cache.request);
    cache::DateText date;
    http::FieldList fields;
    cache::composeStoredFields(head.fields, policy, decision.facts.responseTime, date, fields);
    m_cache.selecting.clear();
    cache::appendSelecting(cache::readVary(head.fields), *m_head, m_cache.selecting);
    if (m_cache.selecting.size() > cache::StoredResponse::textLimit)
        return false;
    const StoredRef& known = m_cache.known();
    return m_cache.cache->insert(cache::renewPart(*known, m_cache.selecting, fields, decision.facts), known.raw(),
                                 m_cache.hash, m_cache.generation, now);
}

/// RFC 9111 section 4.3.3: the whole response that came is the one that counts.
void Exchange::dropSuperseded(uint16_t status) {
    if (m_cache.known() && m_cache.request.method == http::Method::Get && status == 200)
        m_cache.cache->store().remove(*m_cache.known(), m_cache.hash);
}

} // namespace reverxy::proxy
