// SPDX-License-Identifier: MIT
#include "exchange_values.h"

#include "api/qt_values.h"
#include "cache/verdicts.h"
#include "cache_values.h"
#include "limit/client_identity.h"
#include "observe/outcome.h"

#include <algorithm>

namespace reverxy {

namespace {

// The values that faces see are those of the engine, number for number.
template <typename A, typename B>
constexpr bool same(A a, B b) {
    return static_cast<int>(a) == static_cast<int>(b);
}

static_assert(same(api::ExchangePhase::Routing, observe::Phase::Routing) &&
              same(api::ExchangePhase::AwaitingResponse, observe::Phase::AwaitingResponse) &&
              same(api::ExchangePhase::Finished, observe::Phase::Finished));
static_assert(same(api::ChoiceReason::Algorithm, observe::ChoiceReason::Algorithm) &&
              same(api::ChoiceReason::AllDownTryAll, observe::ChoiceReason::AllDownTryAll));
static_assert(same(api::ClientSource::Peer, limit::IdentitySource::Peer) &&
              same(api::ClientSource::Malformed, limit::IdentitySource::Malformed));
static_assert(same(api::LimitVerdict::Allowed, observe::LimitVerdict::Allowed) &&
              same(api::LimitVerdict::SharedThrottled, observe::LimitVerdict::SharedThrottled));
static_assert(api::outcomes == observe::outcomes && same(api::Outcome::Success, observe::Outcome::Success) &&
              same(api::Outcome::CacheHit, observe::Outcome::CacheHit) &&
              same(api::Outcome::Throttled, observe::Outcome::Throttled) &&
              same(api::Outcome::ClientGone, observe::Outcome::ClientGone));

/// Bounded text; where it was cut stands an ellipsis.
template <uint16_t N>
QString boundedText(const FixedText<N>& bounded) {
    QString shown = api::textOf(bounded.view());
    if (bounded.truncated())
        shown += QChar(0x2026);
    return shown;
}

QString nameOrNothing(NameId id, const NameTable& names) {
    return id == 0 ? QString() : api::textOf(names.name(id));
}

api::CacheNote noteOf(const observe::CacheRecord& record) {
    api::CacheNote note;
    const auto verdict = static_cast<cache::CacheVerdict>(record.verdict);
    if (verdict == cache::CacheVerdict::None)
        return note;
    note.verdict = api::textOf(cache::infoOf(verdict).name);
    note.sentence = sentenceOf(cache::infoOf(verdict));
    const auto storing = static_cast<cache::StoreVerdict>(record.store);
    if (storing != cache::StoreVerdict::None) {
        note.storing = api::textOf(cache::infoOf(storing).name);
        note.storingSentence = sentenceOf(cache::infoOf(storing));
    }
    note.hit = record.hit;
    note.collapsed = record.collapsed;
    note.background = record.background;
    note.ageSeconds = record.age;
    note.lifetimeSeconds = record.lifetime;
    return note;
}

} // namespace

api::Exchange valuesOf(const observe::Decision& decision, const NameTable& names) {
    api::Exchange exchange;
    exchange.id = decision.id;
    exchange.started = api::dateOf(decision.started);
    exchange.phase = static_cast<api::ExchangePhase>(decision.phase);
    exchange.outcome = static_cast<api::Outcome>(observe::outcomeOf(decision));
    exchange.peer = api::textOf(decision.peer.toString());
    exchange.client = api::textOf((decision.client.isNone() ? decision.peer.address : decision.client).toString());
    exchange.clientSource = static_cast<api::ClientSource>(decision.clientSource);
    exchange.clientHops = decision.clientHops;
    exchange.method = boundedText(decision.method);
    exchange.host = boundedText(decision.host);
    exchange.target = boundedText(decision.target);
    exchange.httpMinor = decision.httpMinor;
    exchange.limit = {nameOrNothing(decision.limit.limiter, names),
                      static_cast<api::LimitVerdict>(decision.limit.verdict), decision.limit.limit,
                      decision.limit.used, decision.limit.resetMillis};
    exchange.cache = noteOf(decision.cache);
    exchange.route = nameOrNothing(decision.route, names);
    exchange.pool = nameOrNothing(decision.pool, names);
    for (size_t i = 0; i < decision.candidatesKept(); ++i)
        exchange.candidates << api::textOf(names.name(decision.candidates[i]));
    exchange.candidatesTotal = decision.candidatesTotal;
    exchange.choice = static_cast<api::ChoiceReason>(decision.choice);
    exchange.attempts.reserve(decision.attemptsKept());
    for (size_t i = 0; i < decision.attemptsKept(); ++i) {
        const observe::Attempt& attempt = decision.attempts[i];
        exchange.attempts.push_back({api::textOf(names.name(attempt.backend)), attempt.failure, attempt.status,
                                     attempt.reusedConnection, attempt.bytesSent, attempt.startedMicros,
                                     attempt.connectMicros, attempt.firstByteMicros});
    }
    exchange.attemptsTotal = decision.attemptsTotal;
    exchange.status = decision.status;
    exchange.failure = decision.failure;
    exchange.details = boundedText(decision.details);
    exchange.tunnel = decision.tunnel;
    exchange.responseFromBackend = decision.responseFromBackend;
    exchange.requestBodyBytes = decision.requestBodyBytes;
    exchange.responseBodyBytes = decision.responseBodyBytes;
    exchange.queuedMicros = decision.queuedMicros;
    exchange.firstByteMicros = decision.firstByteMicros;
    exchange.totalMicros = decision.totalMicros;
    return exchange;
}

} // namespace reverxy
