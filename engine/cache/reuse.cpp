// SPDX-License-Identifier: MIT
#include "cache/reuse.h"

#include "cache/cache_date.h"
#include "cache/freshness.h"
#include "cache/vary.h"

#include <algorithm>
#include <chrono>

namespace reverxy::cache {

using http::Field;
using http::FieldId;

namespace {

int64_t wholeSeconds(config::Milliseconds duration) {
    return std::chrono::floor<std::chrono::seconds>(duration).count();
}

/// How long past its lifetime it may be used while backends fail; less than 0: not at all. What the response says
/// counts before what the configuration says; the request may ask for more where the response is silent.
int64_t staleIfErrorLimit(const StoredFacts& facts, const RequestDirectives& directives,
                          const config::Cache& config) {
    if (facts.staleIfErrorSaid)
        return facts.staleIfError > 0 ? int64_t{facts.staleIfError} : -1;
    const int64_t configured = wholeSeconds(config.staleIfError);
    const int64_t limit = std::max<int64_t>(configured, directives.staleIfError.value_or(0));
    return limit > 0 ? limit : -1;
}

/// Section 5.2.1.2.
bool allowsStale(const RequestDirectives& directives, int64_t staleness) {
    if (directives.maxStale)
        return staleness <= *directives.maxStale;
    return directives.maxStaleOfAnyAge;
}

/// A stale response whose own directives do not forbid its use.
ReuseVerdict judgeStale(const StoredFacts& facts, bool markedStale, const RequestDirectives& directives,
                        int64_t staleness, Situation situation, const config::Cache& config) {
    const bool wantsFresh = directives.minFresh || (directives.maxAge && !directives.maxStale &&
                                                    !directives.maxStaleOfAnyAge); // section 5.2.1.1
    if (!markedStale && !wantsFresh) {
        if (facts.staleWhileRevalidate > 0 && staleness <= facts.staleWhileRevalidate)
            return ReuseVerdict::StaleWhileRevalidate;
        if (allowsStale(directives, staleness))
            return ReuseVerdict::MaxStale;
    }
    const int64_t limit = staleIfErrorLimit(facts, directives, config);
    if (situation != Situation::Normal && staleness <= limit)
        return ReuseVerdict::StaleIfError;
    const bool refused = facts.staleIfErrorSaid && facts.staleIfError == 0;
    const int64_t down = wholeSeconds(config.staleIfDown);
    if (situation == Situation::Disconnected && !refused && down > 0 && staleness <= down)
        return ReuseVerdict::StaleIfDown;
    return markedStale ? ReuseVerdict::Invalidated : ReuseVerdict::Stale;
}

ReuseVerdict judge(const StoredFacts& facts, bool markedStale, const ReuseRequest& request,
                   const ReuseAnswer& answer, Situation situation, const config::Cache& config) {
    const RequestDirectives& directives = request.directives;
    const bool fresh = answer.timeToLive > 0 && !markedStale;
    if (facts.alwaysValidate)
        return ReuseVerdict::NoCache;
    if (directives.noCache)
        return ReuseVerdict::RequestNoCache;
    // RFC 8246: what is immutable needs no validation while fresh, unless no-cache demands it.
    const bool settled = fresh && facts.immutable;
    // Advice (section 5.2.1), which does not help the client when there is nobody to ask: a plain reload says
    // max-age=0, and would turn each outage into an error.
    const bool heeded = situation == Situation::Normal;
    if (heeded && directives.maxAge && answer.age > *directives.maxAge && !settled)
        return ReuseVerdict::RequestMaxAge;
    if (facts.heuristic && request.personal)
        return ReuseVerdict::Personal;
    if (fresh && heeded && directives.minFresh && answer.timeToLive < *directives.minFresh)
        return ReuseVerdict::RequestMinFresh;
    if (fresh)
        return ReuseVerdict::Fresh;
    // Section 4.2.4: whatever the client, the configuration or the state of the backends would allow.
    if (facts.neverStale)
        return ReuseVerdict::MustRevalidate;
    const int64_t staleness = std::max<int64_t>(0, -answer.timeToLive);
    return judgeStale(facts, markedStale, directives, staleness, situation, config);
}

/// When the response was sent; the time of arrival where the Date is unreadable.
DateSeconds dateOf(const StoredResponse& response, WallTime now) {
    const auto date = parseCacheDate(response.fields().find(FieldId::Date), now);
    return date.value_or(secondsOf(response.facts().responseTime));
}

/// Section 4.1: an origin that leaves Vary out of its default response means the others all the same.
bool isPreferred(const StoredResponse& a, const StoredResponse& b, WallTime now) {
    if (a.selecting().empty() != b.selecting().empty())
        return b.selecting().empty();
    const DateSeconds dateOfA = dateOf(a, now);
    const DateSeconds dateOfB = dateOf(b, now);
    return dateOfA != dateOfB ? dateOfA > dateOfB : a.facts().responseTime > b.facts().responseTime;
}

} // namespace

ReuseRequest reuseRequestOf(const http::RequestHead& head) {
    ReuseRequest request;
    request.directives = readRequestDirectives(head.fields);
    for (const Field& field : head.fields)
        request.personal = request.personal || field.id == FieldId::Cookie || field.id == FieldId::Authorization;
    return request;
}

ReuseAnswer decideReuse(const StoredFacts& facts, bool markedStale, const ReuseRequest& request,
                        Situation situation, WallTime now, const config::Cache& config) {
    ReuseAnswer answer;
    answer.age = currentAge(facts, now);
    answer.timeToLive = int64_t{facts.lifetime} - answer.age;
    answer.verdict = judge(facts, markedStale, request, answer, situation, config);
    return answer;
}

CacheVerdict cacheVerdictOf(const ReuseAnswer& answer) {
    switch (answer.verdict) {
    case ReuseVerdict::Fresh:
        return CacheVerdict::Hit;
    case ReuseVerdict::StaleWhileRevalidate:
        return CacheVerdict::HitStaleWhileRevalidate;
    case ReuseVerdict::MaxStale:
        return CacheVerdict::HitMaxStale;
    case ReuseVerdict::StaleIfError:
        return CacheVerdict::StaleOnError;
    case ReuseVerdict::StaleIfDown:
        return CacheVerdict::HitWhileDown;
    case ReuseVerdict::RequestNoCache:
    case ReuseVerdict::RequestMaxAge:
    case ReuseVerdict::RequestMinFresh:
        // RFC 9211 section 2.2: of a fresh response only.
        return answer.timeToLive > 0 ? CacheVerdict::Request : CacheVerdict::Stale;
    case ReuseVerdict::VaryMismatch:
        return CacheVerdict::VaryMiss;
    case ReuseVerdict::PartialOnly:
        return CacheVerdict::Partial;
    case ReuseVerdict::MethodMismatch:
        return CacheVerdict::Method;
    default:
        return CacheVerdict::Stale;
    }
}

bool isErrorForStale(uint16_t status) {
    return status == 500 || status == 502 || status == 503 || status == 504;
}

std::optional<size_t> chooseVariant(std::span<const StoredRef> stored, const http::RequestHead& request,
                                    WallTime now) {
    std::optional<size_t> chosen;
    for (size_t i = 0; i < stored.size(); ++i) {
        if (!matchesSelecting(stored[i]->selecting(), request))
            continue;
        if (!chosen || isPreferred(*stored[i], *stored[*chosen], now))
            chosen = i;
    }
    return chosen;
}

} // namespace reverxy::cache
