// SPDX-License-Identifier: MIT
#include "base/cache_verdict.h"

#include <array>
#include <cstddef>

namespace reverxy {

namespace {

template <typename Verdict>
struct Row {
    Verdict verdict;
    VerdictInfo info;
};

using CacheRow = Row<CacheVerdict>;
using StoreRow = Row<StoreVerdict>;
using ReuseRow = Row<ReuseVerdict>;

constexpr VerdictInfo unknown{"unknown", "Unknown.", ""};

constexpr std::array cacheRows{
    CacheRow{CacheVerdict::None, {"none", "The cache had no part in it.", ""}},
    CacheRow{CacheVerdict::Hit,
             {"hit", "A stored response, still fresh, answered the request.", "RFC 9111 section 4"}},
    CacheRow{CacheVerdict::HitStaleWhileRevalidate,
             {"hit-stale-while-revalidate",
              "A stored response answered at once, though stale; it is validated in the background.",
              "RFC 5861 section 3"}},
    CacheRow{CacheVerdict::HitMaxStale,
             {"hit-max-stale", "A stored response answered, though stale, because the client accepts that.",
              "RFC 9111 section 5.2.1.2"}},
    CacheRow{CacheVerdict::HitWhileDown,
             {"hit-while-down", "A stored response answered, though stale, because every backend is out.",
              "RFC 9111 section 4.2.4"}},
    CacheRow{CacheVerdict::StaleOnError,
             {"stale-on-error", "The backend failed, and a stored response answered in its place, though stale.",
              "RFC 5861 section 4"}},
    CacheRow{CacheVerdict::Bypass,
             {"bypass", "The cache is switched off for this request.", "RFC 9211 section 2.2"}},
    CacheRow{CacheVerdict::Method,
             {"method", "Requests with this method always go to a backend.", "RFC 9111 section 4"}},
    CacheRow{CacheVerdict::UriMiss, {"uri-miss", "Nothing was stored for this URL.", "RFC 9211 section 2.2"}},
    CacheRow{CacheVerdict::VaryMiss,
             {"vary-miss", "Responses were stored for this URL, but none for request fields like these (see Vary).",
              "RFC 9111 section 4.1"}},
    CacheRow{CacheVerdict::Request,
             {"request", "A fresh response was stored, but the request's own directives did not allow its use.",
              "RFC 9111 section 5.2.1"}},
    CacheRow{
        CacheVerdict::Stale,
        {"stale", "A response was stored, but it had to be validated or fetched anew.", "RFC 9111 section 4.2"}},
    CacheRow{
        CacheVerdict::Partial,
        {"partial", "Only a part of the response was stored, and not the one asked for.", "RFC 9111 section 3.3"}},
    CacheRow{CacheVerdict::OnlyIfCached,
             {"only-if-cached", "The client wanted a stored response or none, and none was usable.",
              "RFC 9111 section 5.2.1.7"}},
};

constexpr std::array storeRows{
    StoreRow{StoreVerdict::None, {"none", "No response came that could have been stored.", ""}},
    StoreRow{StoreVerdict::Stored, {"stored", "The response was stored.", "RFC 9111 section 3"}},
    StoreRow{StoreVerdict::Freshened,
             {"freshened", "The response renewed what is stored.", "RFC 9111 section 4.3.4"}},
    StoreRow{StoreVerdict::MethodNotCacheable,
             {"method-not-cacheable", "Not stored: only responses to GET are.", "RFC 9111 section 3"}},
    StoreRow{StoreVerdict::RequestNoStore,
             {"request-no-store", "Not stored: the request says no-store.", "RFC 9111 section 5.2.1.5"}},
    StoreRow{StoreVerdict::Authorization,
             {"authorization",
              "Not stored: the request has Authorization, and the response says neither public, s-maxage nor "
              "must-revalidate.",
              "RFC 9111 section 3.5"}},
    StoreRow{StoreVerdict::NotFinal, {"not-final", "Not stored: the response is not final.", "RFC 9111 section 3"}},
    StoreRow{StoreVerdict::NotModified,
             {"not-modified", "Not stored: a 304 that belongs to nothing stored here.", "RFC 9111 section 4.3.4"}},
    StoreRow{StoreVerdict::AnswersOneRequest,
             {"answers-one-request",
              "Not stored: the status code answers a condition, a range or the credentials of this one request.",
              "RFC 9111 section 4"}},
    StoreRow{
        StoreVerdict::StatusNotUnderstood,
        {"status-not-understood",
         "Not stored: the response says must-understand, and its status code is not one the cache understands.",
         "RFC 9111 section 5.2.2.3"}},
    StoreRow{StoreVerdict::NoStore,
             {"no-store", "Not stored: the response says no-store.", "RFC 9111 section 5.2.2.5"}},
    StoreRow{StoreVerdict::Private,
             {"private", "Not stored: the response says private, it is meant for one user.",
              "RFC 9111 section 5.2.2.7"}},
    StoreRow{StoreVerdict::VaryStar,
             {"vary-star", "Not stored: Vary holds *, so that no other request could ever match.",
              "RFC 9111 section 4.1"}},
    StoreRow{StoreVerdict::VaryUnmatchable,
             {"vary-unmatchable",
              "Not stored: Vary is malformed, names too many fields, or one that holds the client's address.",
              "RFC 9111 section 4.1"}},
    StoreRow{StoreVerdict::NotMarkedCacheable,
             {"not-marked-cacheable",
              "Not stored: the response gives no lifetime, and its status code is not cacheable without one.",
              "RFC 9111 section 3"}},
    StoreRow{
        StoreVerdict::Personal,
        {"personal",
         "Not stored: the response gives no lifetime, and Cookie, Authorization or Set-Cookie make it personal.",
         "RFC 9111 section 7.3"}},
    StoreRow{StoreVerdict::NoLifetime,
             {"no-lifetime", "Not stored: nothing gives the response a lifetime, and it has no validator.",
              "RFC 9111 section 3"}},
    StoreRow{StoreVerdict::NothingToReuse,
             {"nothing-to-reuse",
              "Not stored: the response may not be used without validation, and it has no validator.",
              "RFC 9111 section 3"}},
    StoreRow{StoreVerdict::PartialNotUsable,
             {"partial-not-usable",
              "Not stored: a part whose place is unclear, or that does not go with what is stored.",
              "RFC 9111 section 3.3"}},
    StoreRow{StoreVerdict::EndlessStream,
             {"endless-stream", "Not stored: the response is a stream whose end is never near, as one of events.",
              "RFC 9111 section 3.3"}},
    StoreRow{StoreVerdict::Incomplete,
             {"incomplete", "Not stored: the response ended before it was complete.", "RFC 9111 section 3.3"}},
    StoreRow{StoreVerdict::TooLarge,
             {"too-large", "Not stored: the response is larger than the cache takes (cache.max_entry_size).", ""}},
    StoreRow{StoreVerdict::Off, {"off", "Not stored: the cache is switched off for this request.", ""}},
    StoreRow{StoreVerdict::Superseded,
             {"superseded", "Not stored: a purge, or a request that changes the resource, came in between.",
              "RFC 9111 section 4.4"}},
};

constexpr std::array reuseRows{
    ReuseRow{ReuseVerdict::Fresh, {"fresh", "The stored response is fresh.", "RFC 9111 section 4.2"}},
    ReuseRow{ReuseVerdict::StaleWhileRevalidate,
             {"stale-while-revalidate",
              "The stored response is stale, but says it may be used while it is validated.",
              "RFC 5861 section 3"}},
    ReuseRow{
        ReuseVerdict::MaxStale,
        {"max-stale", "The stored response is stale, but the client accepts that.", "RFC 9111 section 5.2.1.2"}},
    ReuseRow{ReuseVerdict::StaleIfError,
             {"stale-if-error", "The stored response is stale, but may be used while the backend fails.",
              "RFC 5861 section 4"}},
    ReuseRow{ReuseVerdict::StaleIfDown,
             {"stale-if-down", "The stored response is stale, but may be used while every backend is out.",
              "RFC 9111 section 4.2.4"}},
    ReuseRow{ReuseVerdict::NoCache,
             {"no-cache", "The stored response says no-cache: it must be validated for each use.",
              "RFC 9111 section 5.2.2.4"}},
    ReuseRow{
        ReuseVerdict::RequestNoCache,
        {"request-no-cache", "The client wants the stored response to be validated.", "RFC 9111 section 5.2.1.4"}},
    ReuseRow{
        ReuseVerdict::RequestMaxAge,
        {"request-max-age", "The stored response is older than the client accepts.", "RFC 9111 section 5.2.1.1"}},
    ReuseRow{ReuseVerdict::RequestMinFresh,
             {"request-min-fresh", "The stored response will not stay fresh for as long as the client wants.",
              "RFC 9111 section 5.2.1.3"}},
    ReuseRow{ReuseVerdict::Invalidated,
             {"invalidated", "The stored response was invalidated: it must be validated before its next use.",
              "RFC 9111 section 4.4"}},
    ReuseRow{ReuseVerdict::Personal,
             {"personal",
              "The stored response's lifetime is a guess, not to be trusted for a request that is personal.",
              "RFC 9111 section 7.3"}},
    ReuseRow{ReuseVerdict::Stale, {"stale", "The stored response is stale.", "RFC 9111 section 4.2"}},
    ReuseRow{ReuseVerdict::MustRevalidate,
             {"must-revalidate",
              "The stored response is stale, and must-revalidate, proxy-revalidate or s-maxage forbid its use.",
              "RFC 9111 section 4.2.4"}},
    ReuseRow{
        ReuseVerdict::VaryMismatch,
        {"vary-mismatch", "The stored response was chosen by request fields that differ.", "RFC 9111 section 4.1"}},
    ReuseRow{ReuseVerdict::PartialOnly,
             {"partial-only", "Only a part is stored, and not the one asked for.", "RFC 9111 section 3.3"}},
    ReuseRow{
        ReuseVerdict::MethodMismatch,
        {"method-mismatch", "A stored response cannot answer a request with this method.", "RFC 9111 section 4"}},
};

/// Rows stand in the order of their enum, one for each value.
template <typename Rows>
consteval bool isInOrder(const Rows& rows, size_t count) {
    for (size_t i = 0; i < rows.size(); ++i) {
        if (static_cast<size_t>(rows[i].verdict) != i)
            return false;
    }
    return rows.size() == count;
}

static_assert(isInOrder(cacheRows, static_cast<size_t>(CacheVerdict::Count)));
static_assert(isInOrder(storeRows, static_cast<size_t>(StoreVerdict::Count)));
static_assert(isInOrder(reuseRows, static_cast<size_t>(ReuseVerdict::Count)));

template <typename Rows, typename Verdict>
const VerdictInfo& find(const Rows& rows, Verdict verdict) {
    const auto index = static_cast<size_t>(verdict);
    return index < rows.size() ? rows[index].info : unknown;
}

} // namespace

const VerdictInfo& infoOf(CacheVerdict verdict) {
    return find(cacheRows, verdict);
}

const VerdictInfo& infoOf(StoreVerdict verdict) {
    return find(storeRows, verdict);
}

const VerdictInfo& infoOf(ReuseVerdict verdict) {
    return find(reuseRows, verdict);
}

bool isHit(CacheVerdict verdict) {
    switch (verdict) {
    case CacheVerdict::Hit:
    case CacheVerdict::HitStaleWhileRevalidate:
    case CacheVerdict::HitMaxStale:
    case CacheVerdict::HitWhileDown:
        return true;
    default:
        return false;
    }
}

bool mayReuse(ReuseVerdict verdict) {
    return verdict <= ReuseVerdict::StaleIfDown;
}

bool mayValidate(ReuseVerdict verdict) {
    return verdict >= ReuseVerdict::NoCache && verdict <= ReuseVerdict::MustRevalidate;
}

} // namespace reverxy
