// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string_view>

namespace reverxy {

/// What the cache did with a request: answered it, or why the request went on to a backend (RFC 9211 sections 2.1
/// and 2.2).
enum class CacheVerdict : uint8_t {
    None, // the cache had no part in it
    // answered without a backend
    Hit,
    HitStaleWhileRevalidate,
    HitMaxStale,
    HitWhileDown,
    // answered from the store after the backend failed
    StaleOnError,
    // went on to a backend
    Bypass,
    Method,
    UriMiss,
    VaryMiss,
    Request,
    Stale,
    Partial,
    // neither: the client wanted nothing but a stored response
    OnlyIfCached,
    Count
};

/// Why a response was stored, or the one reason why it was not.
enum class StoreVerdict : uint8_t {
    None, // nothing came that could have been stored
    Stored,
    Freshened, // a 304 or the response to HEAD renewed what is stored
    // the request
    MethodNotCacheable,
    RequestNoStore,
    Authorization,
    // the response
    NotFinal,
    NotModified,
    AnswersOneRequest,
    StatusNotUnderstood,
    NoStore,
    Private,
    VaryStar,
    VaryUnmatchable,
    NotMarkedCacheable,
    Personal,
    NoLifetime,
    NothingToReuse,
    PartialNotUsable,
    EndlessStream,
    // the store
    Incomplete,
    TooLarge,
    Off,
    Superseded,
    Count
};

/// Whether a stored response may answer a request, and if not, the one reason.
enum class ReuseVerdict : uint8_t {
    Fresh,
    // stale, and allowed
    StaleWhileRevalidate,
    MaxStale,
    StaleIfError,
    StaleIfDown,
    // must be validated first
    NoCache,
    RequestNoCache,
    RequestMaxAge,
    RequestMinFresh,
    Invalidated,
    Personal,
    Stale,
    MustRevalidate,
    // of no use for this request
    VaryMismatch,
    PartialOnly,
    MethodMismatch,
    Count
};

/// A verdict explained. All three views are literals.
struct VerdictInfo {
    std::string_view name;     ///< as in logs and metrics: "no-store"
    std::string_view sentence; ///< for people; ends with a full stop
    std::string_view section;  ///< the rule behind it: "RFC 9111 section 5.2.2.5"; empty where none decides
};

/// The row of the verdict's table; a row named "unknown" for a value outside the enum. Any thread, never fails.
const VerdictInfo& infoOf(CacheVerdict verdict);
const VerdictInfo& infoOf(StoreVerdict verdict);
const VerdictInfo& infoOf(ReuseVerdict verdict);

/// Whether the response came from the store and no backend was asked: the `hit` parameter (RFC 9211 section 2.1).
bool isHit(CacheVerdict verdict);
/// Whether the stored response may be sent as it is, without asking a backend first or, for StaleIfError, again.
bool mayReuse(ReuseVerdict verdict);
/// Whether validating could make the stored response usable.
bool mayValidate(ReuseVerdict verdict);

} // namespace reverxy
