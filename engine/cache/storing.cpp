// SPDX-License-Identifier: MIT
#include "cache/storing.h"

#include "cache/cache_date.h"
#include "cache/content_range.h"
#include "cache/vary.h"
#include "http/date.h"
#include "http/list.h"

namespace reverxy::cache {

using http::Field;
using http::FieldId;
using http::FieldList;
using http::Method;

namespace {

constexpr std::string_view eventStreamType = "text/event-stream";

/// Status codes that answer a condition, a range or the credentials of one request, which the key does not hold:
/// another request must not get them.
bool answersOneRequest(uint16_t status) {
    switch (status) {
    case 401:
    case 407:
    case 412:
    case 416:
    case 417:
        return true;
    default:
        return false;
    }
}

/// Section 3.5: the directives that allow storing a response to a request with Authorization.
bool allowsAuthorization(const ResponseDirectives& directives) {
    return directives.isPublic || directives.mustRevalidate || directives.sMaxAge.valid;
}

bool hasValidator(const FieldList& fields, WallTime now) {
    const Field* tag = fields.find(FieldId::ETag);
    return (tag && !tag->value.empty()) || readDateField(fields, FieldId::LastModified, now).value;
}

/// A stale response that the origin or the configuration wants to be used anyway.
bool hasUseWhenStale(const ResponseDirectives& directives, const config::Cache& config) {
    return directives.staleWhileRevalidate.seconds > 0 || directives.staleIfError.seconds > 0 ||
           (config.staleIfError.count() > 0 && !directives.staleIfError.present);
}

bool neverStale(const ResponseDirectives& directives) {
    return directives.mustRevalidate || directives.proxyRevalidate || directives.sMaxAge.present ||
           directives.malformed;
}

std::string_view mediaTypeOf(std::string_view value) {
    return http::trimmed(value.substr(0, value.find(';')));
}

/// Streams that go on until somebody leaves. They would never be whole, as section 3.3 wants them, and who joined
/// one would get all of its past.
bool isEndlessStream(const FieldList& fields) {
    const Field* const type = fields.find(FieldId::ContentType);
    if (!type)
        return false;
    const std::string_view media = mediaTypeOf(type->value);
    return http::equalsIgnoringCase(media, eventStreamType) ||
           http::equalsIgnoringCase(media, "multipart/x-mixed-replace");
}

/// Section 3.3: it is known which part of the whole the content is.
bool isUsablePart(const http::ResponseHead& head) {
    const auto range = storableRangeOf(head.fields);
    return range && (head.framing.kind != http::BodyKind::Length || head.framing.length == range->size());
}

/// Section 3, without what the lifetime decides.
StoreVerdict judge(const RequestFacts& request, const http::ResponseHead& head, const CachingPolicy& policy) {
    const ResponseDirectives& directives = policy.directives;
    if (request.method != Method::Get)
        return StoreVerdict::MethodNotCacheable;
    if (cacheable(request) != CacheVerdict::None)
        return StoreVerdict::Off;
    if (request.noStore)
        return StoreVerdict::RequestNoStore;
    if (head.status < 200)
        return StoreVerdict::NotFinal;
    if (head.status == 304)
        return StoreVerdict::NotModified;
    if (answersOneRequest(head.status))
        return StoreVerdict::AnswersOneRequest;
    if (directives.mustUnderstand && !understandsStatus(head.status))
        return StoreVerdict::StatusNotUnderstood;
    // Section 5.2.2.3: must-understand, where it is understood, takes no-store's place.
    if (directives.noStore && !directives.mustUnderstand)
        return StoreVerdict::NoStore;
    if (directives.isPrivate)
        return StoreVerdict::Private;
    if (isEndlessStream(head.fields))
        return StoreVerdict::EndlessStream;
    if (request.authorization && !allowsAuthorization(directives))
        return StoreVerdict::Authorization;
    const VaryKind vary = head.fields.find(FieldId::Vary) ? readVary(head.fields).kind : VaryKind::None;
    if (vary >= VaryKind::Star)
        return vary == VaryKind::Star ? StoreVerdict::VaryStar : StoreVerdict::VaryUnmatchable;
    if (head.status == 206 && !isUsablePart(head))
        return StoreVerdict::PartialNotUsable;
    return StoreVerdict::Stored;
}

} // namespace

RequestFacts requestFactsOf(const http::RequestHead& head) {
    RequestFacts facts;
    facts.method = head.method;
    facts.content = head.framing.kind == http::BodyKind::Chunked || head.framing.length > 0;
    facts.upgrade = head.upgrade;
    for (const Field& field : head.fields) {
        switch (field.id) {
        case FieldId::Authorization:
            facts.authorization = true;
            break;
        case FieldId::Cookie:
            facts.cookie = true;
            break;
        case FieldId::Range:
            facts.range = true;
            break;
        case FieldId::IfMatch:
        case FieldId::IfUnmodifiedSince:
            facts.precondition = true;
            break;
        default:
            break;
        }
    }
    facts.noStore = readRequestDirectives(head.fields).noStore;
    return facts;
}

CacheVerdict cacheable(const RequestFacts& request) {
    if (request.method != Method::Get && request.method != Method::Head)
        return CacheVerdict::Method;
    // Section 4.3.2: preconditions for the origin alone are not to be evaluated here, so it must see them.
    return request.content || request.upgrade || request.precondition ? CacheVerdict::Bypass : CacheVerdict::None;
}

bool wantsEventStream(const FieldList& request) {
    for (const Field& field : request) {
        if (field.id != FieldId::Accept)
            continue;
        http::ListReader list(field.value);
        std::string_view element;
        while (list.next(element)) {
            if (http::equalsIgnoringCase(mediaTypeOf(element), eventStreamType))
                return true;
        }
    }
    return false;
}

bool understandsStatus(uint16_t status) {
    switch (status) {
    case 200:
    case 203:
    case 204:
    case 206:
    case 300:
    case 301:
    case 302:
    case 303:
    case 307:
    case 308:
    case 404:
    case 405:
    case 410:
    case 414:
    case 501:
        return true;
    default:
        return false;
    }
}

StoredFacts storedFactsOf(const FieldList& fields, const CachingPolicy& policy, const Lifetime& lifetime,
                          uint16_t status, const ExchangeTimes& times) {
    const ResponseDirectives& directives = policy.directives;
    StoredFacts facts;
    facts.responseTime = times.response;
    facts.initialAge = correctedInitialAge(fields, times.request, times.response);
    facts.lifetime = lifetime.seconds;
    facts.staleWhileRevalidate = directives.staleWhileRevalidate.seconds;
    facts.staleIfError = directives.staleIfError.seconds;
    facts.status = status;
    facts.alwaysValidate = directives.noCache;
    facts.neverStale = neverStale(directives);
    facts.heuristic = !lifetime.isExplicit();
    facts.immutable = directives.immutable;
    facts.partial = status == 206;
    facts.staleIfErrorSaid = directives.staleIfError.present;
    return facts;
}

StoreDecision decideStoring(const RequestFacts& request, const http::ResponseHead& head,
                            const CachingPolicy& policy, const ExchangeTimes& times, const config::Cache& config) {
    StoreDecision decision;
    decision.verdict = judge(request, head, policy);
    if (!decision.stored())
        return decision;

    const ResponseDirectives& directives = policy.directives;
    const bool setsCookie = head.fields.find(FieldId::SetCookie) && !directives.withhold("set-cookie");
    const bool personal = request.authorization || request.cookie || setsCookie;
    const Lifetime lifetime =
        freshnessLifetime(head.fields, policy, {head.status, personal, times.response}, config);
    const bool validator = hasValidator(head.fields, times.response);
    decision.lifetimeSource = lifetime.source;
    if (!lifetime.isExplicit()) {
        if (!directives.isPublic && !isHeuristicallyCacheable(head.status))
            decision.verdict = StoreVerdict::NotMarkedCacheable;
        else if (personal && !directives.isPublic)
            decision.verdict = StoreVerdict::Personal;
        else if (lifetime.seconds == 0 && !validator)
            decision.verdict = StoreVerdict::NoLifetime;
    } else if (!validator &&
               (directives.noCache || (lifetime.seconds == 0 && !hasUseWhenStale(directives, config)))) {
        decision.verdict = StoreVerdict::NothingToReuse;
    }
    if (decision.stored())
        decision.facts = storedFactsOf(head.fields, policy, lifetime, head.status, times);
    return decision;
}

bool liesInRequest(StoreVerdict verdict, const RequestFacts& request) {
    switch (verdict) {
    case StoreVerdict::MethodNotCacheable:
    case StoreVerdict::RequestNoStore:
    case StoreVerdict::Authorization:
    case StoreVerdict::Off:
        return true;
    case StoreVerdict::Personal:
        return request.hasCredentials();
    default:
        return false;
    }
}

bool isPersonalByRequest(const RequestFacts& request, const http::ResponseHead& head, const CachingPolicy& policy,
                         const ExchangeTimes& times, const config::Cache& config) {
    if (!request.hasCredentials())
        return false;
    RequestFacts without = request;
    without.authorization = without.cookie = false;
    const StoreDecision decision = decideStoring(without, head, policy, times, config);
    return decision.stored() && answersOthers(decision.facts);
}

bool isStorable(FieldId id) {
    switch (id) {
    case FieldId::Connection:
    case FieldId::KeepAlive:
    case FieldId::ProxyConnection:
    case FieldId::Te:
    case FieldId::Trailer: // trailers are discarded
    case FieldId::TransferEncoding:
    case FieldId::Upgrade:
    case FieldId::Http2Settings:
    case FieldId::ProxyAuthenticate:
    case FieldId::ProxyAuthenticationInfo:
    case FieldId::ProxyAuthorization:
    case FieldId::ContentLength:
    case FieldId::Age:
        return false;
    default:
        return true;
    }
}

void composeStoredFields(const FieldList& fields, const CachingPolicy& policy, WallTime responseTime,
                         DateText& date, FieldList& out) {
    bool dated = false;
    bool namesFields = false;
    for (const Field& field : fields) {
        namesFields = namesFields || field.id == FieldId::Connection;
        dated = dated || (field.id == FieldId::Date && parseCacheDate(field.value, responseTime));
    }
    for (const Field& field : fields) {
        if (!isStorable(field.id) || policy.directives.withhold(field.name))
            continue;
        if (namesFields && http::isNamedByConnection(fields, field.name))
            continue;
        if (field.id == FieldId::Date && !dated)
            continue;
        out.add(field.name, field.value, field.id);
    }
    if (!dated) {
        http::writeDate(date.data(), responseTime);
        out.add("Date", {date.data(), date.size()}, FieldId::Date);
    }
}

} // namespace reverxy::cache
