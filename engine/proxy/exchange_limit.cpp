// SPDX-License-Identifier: MIT
// The part of an exchange that asks the rate limiter, and tells the client how it stands.
#include "limit/client_identity.h"
#include "proxy/exchange.h"

#include <algorithm>
#include <charconv>

namespace reverxy::proxy {

using http::FieldId;
using observe::LimitVerdict;

namespace {

LimitVerdict verdictOf(const limit::Admission& admission) {
    if (admission.standing.allowed)
        return admission.remembered ? LimitVerdict::Allowed : LimitVerdict::Shared;
    return admission.remembered ? LimitVerdict::Throttled : LimitVerdict::SharedThrottled;
}

std::string_view decimal(uint64_t number, char (&digits)[20]) {
    const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
    return {digits, static_cast<size_t>(end - digits)};
}

} // namespace

const RuntimeLimiter* Exchange::limiter() const {
    return m_runtime->runtime->routes[m_route].limiter.get();
}

/// Counts the request. False when the client has used up its quota.
bool Exchange::withinQuota(TimePoint now) {
    const RuntimeLimiter* const limiter = this->limiter();
    if (!limiter)
        return true;
    observe::LimitRecord& record = m_decision.limit;
    record.limiter = limiter->name;
    if (m_identity.established() && limit::isTrusted(m_identity.address, limiter->exempt)) {
        record.verdict = LimitVerdict::Exempt;
        return true;
    }
    const limit::ClientKey key = clientKeyOf(*limiter, *m_head, m_identity.address);
    const limit::Admission admission = limiter->clients->admit(limiter->policy, limiter->maxClients, key, now);
    const limit::Standing& standing = admission.standing;
    record.verdict = verdictOf(admission);
    record.keyKind = static_cast<observe::KeyKindValue>(key.kind);
    record.limit = standing.limit;
    record.used = standing.used;
    record.resetMillis = static_cast<uint32_t>(std::min<limit::Ticks>(standing.resetAfter, UINT32_MAX));
    if (!standing.allowed)
        tellWhyThrottled();
    return standing.allowed;
}

void Exchange::tellWhyThrottled() {
    const observe::LimitRecord& record = m_decision.limit;
    char used[20], seconds[20];
    m_decision.details.assign(m_arena.join({decimal(record.used, used), " are used up; the next one may come in ",
                                            decimal(limit::secondsUntil(record.resetMillis), seconds), " s"}));
}

/// RateLimit and RateLimit-Policy (draft-ietf-httpapi-ratelimit-headers) for every response to a request that was
/// counted. What a backend says of quotas of its own stays beside it, as section "Intermediaries" wants: both
/// fields are lists.
void Exchange::addLimitFields(http::FieldList& fields) {
    const observe::LimitRecord& record = m_decision.limit;
    if (!record.counted())
        return;
    const RuntimeLimiter& limiter = *this->limiter();
    char digits[20];
    if (record.throttled())
        fields.add("Retry-After", m_arena.join({decimal(limit::secondsUntil(record.resetMillis), digits)}),
                   FieldId::RetryAfter);
    if (!limiter.headers)
        return;
    fields.add("RateLimit-Policy", limiter.policyField, FieldId::Other);
    const std::string_view remaining = decimal(record.limit - record.used, digits);
    char seconds[20];
    const bool mayGrow = record.resetMillis > 0;
    fields.add("RateLimit",
               m_arena.join({"\"", limiter.policyName, "\";r=", remaining, mayGrow ? ";t=" : "",
                             mayGrow ? decimal(limit::secondsUntil(record.resetMillis), seconds) : ""}),
               FieldId::Other);
}

} // namespace reverxy::proxy
