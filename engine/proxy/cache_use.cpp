// SPDX-License-Identifier: MIT
#include "proxy/cache_use.h"

#include "cache/cache_key.h"
#include "cache/partial.h"
#include "cache/vary.h"
#include "http/target.h"

#include <algorithm>
#include <utility>

namespace reverxy::proxy {

using http::FieldId;

namespace {

/// As composeRequestFields() forwards it: a trusted peer's word, else what this proxy sees.
std::string_view forwarded(const KeySource& source, FieldId id, std::string_view own) {
    const http::Field* field = source.peerTrusted ? source.head.fields.find(id) : nullptr;
    return field && !field->value.empty() ? field->value : own;
}

} // namespace

std::string_view forwardedScheme(const KeySource& source) {
    return forwarded(source, FieldId::XForwardedProto, "http");
}

void composeKey(const KeySource& source, std::string& key) {
    cache::KeyParts parts;
    parts.forwardedProto = forwardedScheme(source);
    parts.authority = source.head.authority;
    parts.pathAndQuery = source.path.empty() ? source.head.pathAndQuery : source.path;
    parts.pool = source.pool;
    parts.stripPrefix = source.strip;
    const std::string_view host = forwarded(source, FieldId::XForwardedHost, source.head.authority);
    if (host != source.head.authority)
        parts.forwardedHost = host;
    key.resize(cache::keySize(parts));
    cache::writeKey(parts, key.data());
}

void CacheUse::reset() {
    cache = nullptr;
    superseded = false;
    request = {};
    std::fill_n(found.begin(), foundCount, cache::StoredRef());
    foundCount = 0;
    chosen.reset();
    part.reset();
    confirmed.reset();
    nominated = {};
    conditionsUsed = false;
    forwardStatus = 0;
    fill.reset();
    place = {};
    turnOf.reset();
    turnPlace = {};
    role = Role::None;
    registered = opened = reading = false;
    failedFills = 0;
}

cache::CacheVerdict CacheUse::begin(cache::Cache& shared, const KeySource& source) {
    request = cache::requestFactsOf(source.head);
    const cache::CacheVerdict verdict = cache::cacheable(request);
    if (verdict != cache::CacheVerdict::None) {
        if (request.method == http::Method::Post) {
            superseded = !identify(shared, source);
            generation = shared.generations().of(hash); // find() reads it for all others
        }
        return verdict;
    }
    return engage(shared, source) ? cache::CacheVerdict::None : cache::CacheVerdict::Bypass;
}

/// False where the key is too long to be stored.
bool CacheUse::identify(cache::Cache& shared, const KeySource& source) {
    composeKey(source, key);
    if (key.size() > cache::StoredResponse::textLimit)
        return false;
    hash = shared.store().hashOf(key);
    return true;
}

bool CacheUse::engage(cache::Cache& shared, const KeySource& source) {
    if (!identify(shared, source))
        return false;
    reuse = cache::reuseRequestOf(source.head);
    cache = &shared;
    return true;
}

void CacheUse::find(const http::RequestHead& head, TimePoint now, WallTime wall) {
    std::fill_n(found.begin(), foundCount, cache::StoredRef());
    chosen.reset();
    part.reset();
    generation = cache->generations().of(hash);
    foundCount = cache->store().find(key, hash, now, found);
    const auto index = cache::chooseVariant(variants(), head, wall);
    if (!index)
        return;
    chosen = found[*index];
    if (foundCount > 1)
        cache->store().used(*chosen, hash, now);
    // RFC 9111 section 3.3.
    if (chosen->facts().partial && !cache::answersFromPart(*chosen, head, wall))
        part = std::exchange(chosen, {});
}

void CacheUse::composeCollapseKey(const http::RequestHead& head, const cache::FieldBlock& vary) {
    collapseKey = key;
    http::FieldList lines;
    for (const http::Field& field : vary) {
        if (field.id == FieldId::Vary)
            lines.add(field.name, field.value, field.id);
    }
    cache::appendSelecting(cache::readVary(lines), head, collapseKey);
    if (chosePart())
        collapseKey += "/\n"; // no field name, as all lines before it
}

} // namespace reverxy::proxy
