// SPDX-License-Identifier: MIT
#include "cache/caching_policy.h"

#include "http/structured_dictionary.h"

#include <algorithm>

namespace reverxy::cache {

using http::DictionaryMember;
using http::DictionaryReader;
using http::Field;
using http::FieldId;
using http::StructuredType;

namespace {

/// RFC 9213 section 2.1: values of another type are not consumed. A number that is none leaves the response without
/// a lifetime rather than with one from elsewhere (RFC 9111 section 4.2.1).
void take(SecondsDirective& seconds, const DictionaryMember& member) {
    seconds = {true, false, 0};
    if (member.type == StructuredType::Integer && member.integer >= 0) {
        seconds.valid = true;
        seconds.seconds = static_cast<uint32_t>(std::min<int64_t>(member.integer, maxDeltaSeconds));
    }
}

void take(bool& all, WithheldFields& fields, const DictionaryMember& member) {
    fields.clear(); // the last of equal keys counts
    const bool names = member.type == StructuredType::String || member.type == StructuredType::Token;
    all = !names || !fields.add(member.text);
}

/// Directives that forbid do so whatever value they come with; those that allow must be Boolean true.
void take(ResponseDirectives& out, const DictionaryMember& member) {
    const std::string_view key = member.key;
    const bool isTrue = member.type == StructuredType::Boolean && member.boolean;
    if (key == "max-age")
        take(out.maxAge, member);
    else if (key == "s-maxage")
        take(out.sMaxAge, member);
    else if (key == "no-cache")
        take(out.noCache, out.byNoCache, member);
    else if (key == "no-store")
        out.noStore = true;
    else if (key == "private")
        take(out.isPrivate, out.byPrivate, member);
    else if (key == "public")
        out.isPublic = isTrue;
    else if (key == "must-revalidate")
        out.mustRevalidate = true;
    else if (key == "proxy-revalidate")
        out.proxyRevalidate = true;
    else if (key == "must-understand")
        out.mustUnderstand = true;
    else if (key == "immutable")
        out.immutable = isTrue;
    else if (key == "stale-while-revalidate")
        take(out.staleWhileRevalidate, member);
    else if (key == "stale-if-error")
        take(out.staleIfError, member);
}

/// False when a line does not parse or there is no member: the field then counts as absent (RFC 9213 section 2.1).
/// Lines are read one by one, which RFC 9651 section 4.2 allows, as no member may extend over two of them.
bool readTargeted(const http::FieldList& fields, FieldId id, ResponseDirectives& out) {
    bool any = false;
    for (const Field& field : fields) {
        if (field.id != id)
            continue;
        DictionaryReader reader(field.value);
        DictionaryMember member;
        while (reader.next(member)) {
            take(out, member);
            any = true;
        }
        if (reader.failed())
            return false;
    }
    return any;
}

} // namespace

CachingPolicy readCachingPolicy(const http::FieldList& fields) {
    bool forReverxy = false;
    bool forCdn = false;
    bool general = false;
    for (const Field& field : fields) {
        forReverxy = forReverxy || field.id == FieldId::ReverxyCacheControl;
        forCdn = forCdn || field.id == FieldId::CdnCacheControl;
        general = general || field.id == FieldId::CacheControl;
    }
    CachingPolicy policy;
    if (forReverxy) {
        if (readTargeted(fields, FieldId::ReverxyCacheControl, policy.directives)) {
            policy.source = PolicySource::ReverxyCacheControl;
            return policy;
        }
        policy.directives = {};
    }
    if (forCdn) {
        if (readTargeted(fields, FieldId::CdnCacheControl, policy.directives)) {
            policy.source = PolicySource::CdnCacheControl;
            return policy;
        }
        policy.directives = {};
    }
    if (general) {
        readResponseDirectives(fields, policy.directives);
        policy.source = PolicySource::CacheControl;
    }
    return policy;
}

} // namespace reverxy::cache
