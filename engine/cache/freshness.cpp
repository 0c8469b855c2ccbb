// SPDX-License-Identifier: MIT
#include "cache/freshness.h"

#include "cache/cache_date.h"
#include "http/list.h"

#include <algorithm>
#include <chrono>

namespace reverxy::cache {

using http::Field;
using http::FieldId;

namespace {

/// No guess is longer than this, however old the response's Last-Modified is.
constexpr int64_t longestGuess = 24 * 3600;

uint32_t saturated(int64_t seconds) {
    return static_cast<uint32_t>(std::clamp<int64_t>(seconds, 0, maxDeltaSeconds));
}

uint32_t wholeSeconds(config::Milliseconds duration) {
    return saturated(std::chrono::floor<std::chrono::seconds>(duration).count());
}

Lifetime lifetimeOf(const SecondsDirective& directive, LifetimeSource source) {
    return directive.valid ? Lifetime{directive.seconds, source} : Lifetime{0, LifetimeSource::Invalid};
}

/// Section 5.3: an invalid date, and two that differ, are in the past.
Lifetime lifetimeOf(const DateField& expires, DateSeconds date) {
    return expires.value ? Lifetime{saturated(*expires.value - date), LifetimeSource::Expires}
                         : Lifetime{0, LifetimeSource::Invalid};
}

/// Section 4.2.2: a tenth of the time since the last modification.
Lifetime guessedLifetime(const http::FieldList& fields, DateSeconds date, WallTime now,
                         const config::Cache& config) {
    const DateField modified = readDateField(fields, FieldId::LastModified, now);
    if (modified.value && *modified.value <= date)
        return {saturated(std::min((date - *modified.value) / 10, longestGuess)), LifetimeSource::Heuristic};
    if (config.defaultTtl.count() > 0)
        return {wholeSeconds(config.defaultTtl), LifetimeSource::DefaultTtl};
    return {};
}

} // namespace

bool isHeuristicallyCacheable(uint16_t status) {
    switch (status) {
    case 200:
    case 203:
    case 204:
    case 206:
    case 300:
    case 301:
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

Lifetime freshnessLifetime(const http::FieldList& fields, const CachingPolicy& policy, const LifetimeFacts& facts,
                           const config::Cache& config) {
    const ResponseDirectives& directives = policy.directives;
    const WallTime now = facts.responseTime;
    // RFC 9110 section 6.6.1: without a Date that can be read, the time of arrival takes its place.
    const DateSeconds date = readDateField(fields, FieldId::Date, now).value.value_or(secondsOf(now));
    Lifetime lifetime;
    DateField expires;
    if (!policy.targeted())
        expires = readDateField(fields, FieldId::Expires, now);
    if (directives.sMaxAge.present)
        lifetime = lifetimeOf(directives.sMaxAge, LifetimeSource::SMaxAge);
    else if (directives.maxAge.present)
        lifetime = lifetimeOf(directives.maxAge, LifetimeSource::MaxAge);
    else if (expires.present)
        lifetime = lifetimeOf(expires, date);
    else if (!facts.personal && (directives.isPublic || isHeuristicallyCacheable(facts.status)))
        lifetime = guessedLifetime(fields, date, now, config);
    lifetime.seconds = std::min(lifetime.seconds, wholeSeconds(config.maxAge));
    return lifetime;
}

uint32_t ageValue(const http::FieldList& fields) {
    const Field* age = fields.find(FieldId::Age);
    if (!age)
        return 0;
    const std::string_view first = age->value.substr(0, age->value.find(','));
    return parseDeltaSeconds(http::trimmed(first)).value_or(0);
}

uint32_t correctedInitialAge(const http::FieldList& fields, WallTime requestTime, WallTime responseTime) {
    const DateField date = readDateField(fields, FieldId::Date, responseTime);
    const int64_t apparentAge = date.value ? secondsOf(responseTime) - *date.value : 0;
    const int64_t responseDelay =
        std::max<int64_t>(0, std::chrono::floor<std::chrono::seconds>(responseTime - requestTime).count());
    return saturated(std::max(apparentAge, ageValue(fields) + responseDelay));
}

uint32_t currentAge(const StoredFacts& facts, WallTime now) {
    const int64_t residentTime = std::chrono::floor<std::chrono::seconds>(now - facts.responseTime).count();
    return saturated(facts.initialAge + std::max<int64_t>(residentTime, 0));
}

int64_t timeToLive(const StoredFacts& facts, WallTime now) {
    return static_cast<int64_t>(facts.lifetime) - currentAge(facts, now);
}

bool answersOthers(const StoredFacts& facts) {
    return facts.lifetime > facts.initialAge && !facts.alwaysValidate;
}

} // namespace reverxy::cache
