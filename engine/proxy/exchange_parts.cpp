// SPDX-License-Identifier: MIT
// The part of an exchange that stores a 206 (RFC 9111 sections 3.3 and 3.4).
#include "proxy/exchange.h"

#include "cache/combining.h"
#include "cache/partial.h"

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

/// Whether what came is the whole of the version of which a part is stored. The part stays, under the fields that
/// came (RFC 9110 section 15.3.7.3), for the whole may be too large to be stored, or break off. Where it does not,
/// it takes the part's place.
bool Exchange::keepsPart(const http::ResponseHead& head, TimePoint now) {
    const cache::StoredRef known = m_cache.known();
    const auto range = known ? cache::rangeOf(*known) : std::nullopt;
    if (!range || head.status != 200 || m_cache.request.method != http::Method::Get ||
        (head.framing.kind == http::BodyKind::Length && head.framing.length != range->complete) ||
        !cache::shareStrongValidator(cache::readValidators(known->fields(), wallAt(now)),
                                     cache::readValidators(head.fields, wallAt(now))))
        return false;
    const observe::StoreVerdictValue verdict = m_decision.cache.store;
    freshen(known, head, now);
    m_decision.cache.store = verdict; // on what came
    return true;
}

/// RFC 9111 section 4.3.3: the whole response that came is the one that counts.
void Exchange::dropSuperseded(uint16_t status) {
    if (m_cache.known() && m_cache.request.method == http::Method::Get && status == 200)
        m_cache.cache->store().remove(*m_cache.known(), m_cache.hash);
}

} // namespace reverxy::proxy
