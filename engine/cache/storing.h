// SPDX-License-Identifier: MIT
#pragma once

#include "base/clock.h"
#include "cache/caching_policy.h"
#include "cache/freshness.h"
#include "cache/stored_response.h"
#include "cache/verdicts.h"
#include "config/config.h"
#include "http/field.h"
#include "http/head.h"

#include <array>
#include <cstdint>
#include <string_view>

// Whether a response may be stored (RFC 9111 section 3), and what of it.

namespace reverxy::cache {

/// What storing depends on in a request. A copy, so that it outlives the request's head.
struct RequestFacts {
    http::Method method = http::Method::Get;
    bool noStore = false;
    bool authorization = false;
    bool cookie = false;
    bool range = false;        ///< Range
    bool precondition = false; ///< If-Match or If-Unmodified-Since, which only an origin evaluates
    bool content = false;      ///< a body, whose meaning for a GET nobody defines
    bool upgrade = false;

    bool hasCredentials() const { return authorization || cookie; }
};

RequestFacts requestFactsOf(const http::RequestHead& head);

/// None when a stored response may answer such a request and the response to it may be stored; else why the cache
/// keeps out of it: Method, or Bypass where something that the key does not hold decides about the response.
CacheVerdict cacheable(const RequestFacts& request);

/// Whether a request's Accept names `text/event-stream`: the head of such a response may only come with the first
/// event, so that nobody is to wait for another one's.
bool wantsEventStream(const http::FieldList& request);

/// When the request was sent and its response's head came.
struct ExchangeTimes {
    WallTime request{};
    WallTime response{};
};

/// What came of looking at a response's head.
struct StoreDecision {
    StoreVerdict verdict = StoreVerdict::None;
    StoredFacts facts; ///< only for Stored
    LifetimeSource lifetimeSource = LifetimeSource::None;

    bool stored() const { return verdict == StoreVerdict::Stored; }
};

/// Whether the response may be stored, as far as its head tells: its body may still prove too large or incomplete.
/// `policy` is that of head.fields.
StoreDecision decideStoring(const RequestFacts& request, const http::ResponseHead& head,
                            const CachingPolicy& policy, const ExchangeTimes& times, const config::Cache& config);

/// Whether a response was not stored because of who asked for it: another request's might be.
bool liesInRequest(StoreVerdict verdict, const RequestFacts& request);

/// Of a response that is not for others: whether nothing but the request's credentials is the reason, and without
/// any it would be stored, and fresh. `policy` is that of head.fields.
bool isPersonalByRequest(const RequestFacts& request, const http::ResponseHead& head, const CachingPolicy& policy,
                         const ExchangeTimes& times, const config::Cache& config);

/// What a stored response is to be judged by, anew after its fields were updated.
StoredFacts storedFactsOf(const http::FieldList& fields, const CachingPolicy& policy, const Lifetime& lifetime,
                          uint16_t status, const ExchangeTimes& times);

/// Whether the cache implements all that the status code asks of caches (sections 3 and 5.2.2.3).
bool understandsStatus(uint16_t status);

/// Whether a field with this id may be stored at all (section 3.1): neither the connection's nor the proxy's own,
/// neither framing nor Age, which every use of the response writes anew.
bool isStorable(http::FieldId id);

/// Text for a Date field, in memory of the caller's.
using DateText = std::array<char, 29>;

/// Adds the fields to be stored to `out`: all but those that isStorable() rules out, that Connection names, or that
/// the policy withholds. Without a Date the time of arrival becomes one, written into `date` (RFC 9110 section
/// 6.6.1). Views `fields` and `date`.
void composeStoredFields(const http::FieldList& fields, const CachingPolicy& policy, WallTime responseTime,
                         DateText& date, http::FieldList& out);

} // namespace reverxy::cache
