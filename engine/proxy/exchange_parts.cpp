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

} // namespace reverxy::proxy
