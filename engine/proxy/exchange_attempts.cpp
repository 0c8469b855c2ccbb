// SPDX-License-Identifier: MIT
// The part of an exchange that finds a backend: choosing, waiting for a slot, trying, trying again.
#include "proxy/exchange.h"
#include "proxy/forward.h"

#include <algorithm>
#include <utility>

namespace reverxy::proxy {

using observe::ChoiceReason;
using observe::Phase;

/// The pool filters, the policy chooses.
struct Exchange::PoolLoad final : balance::LoadView {
    explicit PoolLoad(const Exchange& owner) : exchange(owner) {}

    bool eligible(size_t backend) const override {
        const auto index = static_cast<uint32_t>(backend);
        return !exchange.tried(index) && exchange.hasRoom(index);
    }

    uint32_t inFlight(size_t backend) const override {
        return exchange.pool().backends[backend].state->inFlight.load(std::memory_order_relaxed);
    }

    const Exchange& exchange;
};

bool Exchange::tried(uint32_t backend) const {
    return std::find(m_tried.begin(), m_tried.end(), backend) != m_tried.end();
}

bool Exchange::untriedLeft() const {
    const auto& available = choices().available;
    return std::any_of(available.begin(), available.end(), [this](uint32_t backend) { return !tried(backend); });
}

bool Exchange::hasRoom(uint32_t backend) const {
    const BackendState& state = *pool().backends[backend].state;
    const uint32_t max = state.maxConnections();
    return max == 0 || state.connections() < max || m_port.hasIdleConnection(m_pool, backend);
}

/// Why nobody is left to try. Without any attempt: the last one who could have been has gone just now.
Failure Exchange::nobodyLeft() {
    return m_lastFailure == Failure::None ? poolIsOut() : m_lastFailure;
}

void Exchange::tryBackends(TimePoint now) {
    for (;;) {
        // What is free here is free because nobody who waits has a use for it: slots go from hand to hand.
        const auto chosen = m_runtime->current(m_pool).balancer->choose(m_ticket, PoolLoad(*this));
        if (!chosen) {
            if (untriedLeft())
                return waitForSlot(now);
            return answerFailure(nobodyLeft(), now);
        }
        if (openTo(static_cast<uint32_t>(*chosen), false, now))
            return;
    }
}

/// True when the request is on its way to the backend or ended; false when another backend is to be chosen.
bool Exchange::openTo(uint32_t backendIndex, bool slotHeld, TimePoint now) {
    m_backend = backendIndex;
    noteCandidates();
    const Opened opened = m_port.openUpstream(m_pool, m_backend, slotHeld);
    if (opened.result == OpenResult::NoSlot)
        return false;
    endWaiting(now);
    m_decision.phase = Phase::Connecting;
    goOnLeading(now);
    m_attemptBegun = now;
    m_interims = 0;
    observe::Attempt& attempt = m_decision.beginAttempt();
    attempt.backend = backend().name;
    attempt.startedMicros = microsBetween(m_begun, now);
    attempt.reusedConnection = opened.reused;
    m_signal = backend().health ? backend().health->signal().read() : health::Signal::Reading();
    ++backend().state->inFlight;
    m_backendCounted = true;
    switch (opened.result) {
    case OpenResult::Ready:
        sendRequest(now);
        return true;
    case OpenResult::Pending:
        return true;
    default:
        attempt.failure = opened.failure;
        m_lastFailure = opened.failure;
        observeFailure(opened.failure, opened.reused);
        m_tried.push_back(m_backend);
        leaveBackend();
        // What the proxy itself lacks, it lacks for every backend.
        if (infoOf(opened.failure).fault != Fault::Proxy)
            return false;
        answerFailure(opened.failure, now);
        return true;
    }
}

void Exchange::noteCandidates() {
    const auto& available = choices().available;
    m_decision.candidatesTotal = 0;
    size_t untried = 0;
    const auto note = [this](uint32_t index) {
        if (m_decision.candidatesTotal < observe::Decision::maxCandidates)
            m_decision.candidates[m_decision.candidatesTotal] = pool().backends[index].name;
        ++m_decision.candidatesTotal;
    };
    if (m_tried.empty() && !choices().limited) {
        // Everyone could have been chosen: there is no need to look at each of perhaps a thousand.
        untried = available.size();
        for (size_t i = 0; i < std::min(untried, observe::Decision::maxCandidates); ++i)
            note(available[i]);
        m_decision.candidatesTotal = static_cast<uint16_t>(std::min<size_t>(untried, UINT16_MAX));
    } else {
        for (const uint32_t index : available) {
            if (tried(index))
                continue;
            ++untried;
            if (index == m_backend || hasRoom(index)) // the chosen one's last slot may be taken for this exchange
                note(index);
        }
    }
    if (choices().allDown)
        m_decision.choice = ChoiceReason::AllDownTryAll;
    else if (available.size() == 1)
        m_decision.choice = pool().backends.size() == 1 ? ChoiceReason::OnlyOne : ChoiceReason::OthersOut;
    else if (m_decision.candidatesTotal == 1 && untried > 1)
        m_decision.choice = ChoiceReason::OthersFull;
    else
        m_decision.choice = m_tried.empty() ? ChoiceReason::Algorithm : ChoiceReason::OthersTried;
}

void Exchange::waitForSlot(TimePoint now) {
    if (m_decision.phase != Phase::Queued) {
        m_decision.phase = Phase::Queued;
        m_waitBegun = now;
    }
    const config::Queue& queue = configuration().proxy.queue;
    if (!m_port.waitForSlot(m_pool, queue.size))
        return answerFailure(Failure::QueueFull, now);
    m_port.setDeadline(m_waitBegun + queue.timeout);
    // A slot may have become free, or a backend come back or gone, between the choice and the entry into the list,
    // when nobody was there to be told.
    lookForSlot(now);
}

/// While it stands in the list: goes on where there is room by now, gives up where nobody is left to wait for.
void Exchange::lookForSlot(TimePoint now) {
    const auto& available = m_runtime->current(m_pool).available;
    if (!untriedLeft()) {
        m_port.stopWaiting();
        return answerFailure(nobodyLeft(), now);
    }
    for (const uint32_t index : available) {
        if (tried(index))
            continue;
        const bool idleHere = m_port.hasIdleConnection(m_pool, index);
        if (!idleHere && !pool().backends[index].state->takeSlot())
            continue;
        m_port.stopWaiting();
        m_port.setDeadline(TimePoint::max());
        if (!openTo(index, !idleHere, now))
            tryBackends(now);
        return;
    }
}

/// The time spent in a queue goes into the record when that is over, however it ends.
void Exchange::endWaiting(TimePoint now) {
    if (m_decision.phase == Phase::Queued || m_decision.phase == Phase::AwaitingRetry ||
        m_decision.phase == Phase::AwaitingFill)
        m_decision.queuedMicros += microsBetween(std::exchange(m_waitBegun, now), now);
}

bool Exchange::slotGranted(const BackendState& granted, bool slotHeld, TimePoint now) {
    if (m_decision.phase != Phase::Queued || m_responseOver)
        return false;
    const auto& available = m_runtime->current(m_pool).available;
    const auto found = std::find_if(available.begin(), available.end(), [&](uint32_t index) {
        return pool().backends[index].state.get() == &granted && !tried(index);
    });
    if (found == available.end()) {
        // Not for this exchange. It stands at the end again, so that the slot finds others first.
        waitForSlot(now);
        return false;
    }
    m_port.setDeadline(TimePoint::max());
    if (!openTo(*found, slotHeld, now))
        tryBackends(now);
    return true;
}

void Exchange::availabilityChanged(TimePoint now) {
    if (m_decision.phase == Phase::Queued && !m_responseOver)
        lookForSlot(now);
}

void Exchange::upstreamReady(uint32_t connectMicros, TimePoint now) {
    m_decision.lastAttempt().connectMicros = connectMicros;
    sendRequest(now);
}

void Exchange::upstreamFailed(Failure failure, std::string_view details, TimePoint now) {
    attemptFailed(failure, details, false, now);
}

void Exchange::sendRequest(TimePoint now) {
    m_decision.phase = Phase::AwaitingResponse;
    m_upstreamOpen = true;
    m_lastActivity = now;
    m_arena.clear();
    m_fields.clear();
    const RuntimeBackend& to = backend();
    const auto maxForwards = maxForwardsOf(*m_head);
    ForwardFacts facts;
    facts.peer = m_decision.peer.address;
    facts.peerTrusted = m_identity.peerTrusted;
    facts.hostHeader = configuration().proxy.hostHeader;
    if (hostIsBackends(*m_head, facts.hostHeader))
        facts.backendAuthority = to.authority;
    if (maxForwards && *maxForwards > 0)
        facts.maxForwards = *maxForwards - 1;
    facts.ownConditions = nominate(now);
    facts.aboutPart = m_cache.chosePart();
    if (m_cache.role == CacheUse::Role::Leads && wantsLess() && (!facts.ownConditions || facts.aboutPart) &&
        !renewsPart())
        releaseFill(cache::Release::LookAgain, Failure::None); // what comes is this client's alone
    const std::string_view lines = composeRequestFields(*m_head, facts, m_arena, m_fields, &m_forwardingLines);
    if (facts.ownConditions) {
        for (const http::Field& condition : m_conditions)
            m_fields.add(condition.name, condition.value, condition.id);
    }
    m_cache.requestSent = wallAt(now);
    const std::string_view upgrade = offeredUpgrade(*m_head, m_arena);
    m_upgradeOffered = !upgrade.empty();
    std::string_view target = m_target;
    if (!to.basePath.empty() && m_target != "*")
        target = m_arena.join({to.basePath, m_target});
    RequestOut out{m_head->methodToken, target, m_fields, m_head->framing, upgrade, takesTrailers(*m_head), lines};
    m_port.sendRequestHead(out);
    m_port.setDeadline(now + configuration().proxy.responseTimeout);
    if (!m_held.empty())
        m_port.sendRequestBody({m_held, nullptr});
    if (m_requestEnded)
        m_port.sendRequestEnd(m_heldTrailers);
}

/// Whether an attempt before the last one has spoken against the backend of the last one.
bool Exchange::spokeAgainstBackend() const {
    const auto& attempts = m_decision.attempts;
    return std::any_of(attempts.begin(),
                       attempts.begin() + static_cast<std::ptrdiff_t>(m_decision.attemptsKept() - 1),
                       [this](const observe::Attempt& attempt) {
                           return attempt.backend == backend().name &&
                                  health::speaksAgainstBackend(attempt.failure, attempt.reusedConnection);
                       });
}

/// Only what a backend has done since its state last flipped counts, and only while it is up: who is out comes back
/// by probes. A request counts once, however often it was tried: what fails may be that one request.
void Exchange::observeFailure(Failure failure, bool reusedConnection) {
    if (!backend().health || !health::speaksAgainstBackend(failure, reusedConnection) || spokeAgainstBackend())
        return;
    const health::Signal::Reading now = backend().health->signal().read();
    if (!now.down() && now.sameStateAs(m_signal))
        m_port.observeBackend(m_pool, m_backend, failure);
}

/// An answer is worth telling only where failures came before it.
void Exchange::observeAnswer() {
    if (backend().health && backend().health->signal().read().suspected())
        m_port.observeBackend(m_pool, m_backend, Failure::None);
}

/// Lets go of the backend, if one is held: its connection is closed unless it was released before.
void Exchange::leaveBackend() {
    m_upstreamOpen = false;
    if (!m_backendCounted)
        return;
    m_backendCounted = false;
    --backend().state->inFlight;
    m_port.releaseUpstream(false);
}

void Exchange::giveUpRetryPlace() {
    if (!m_retrying)
        return;
    m_retrying = false;
    --pool().state->retriesInFlight;
    m_port.retryPlaceFreed(m_pool);
}

void Exchange::attemptFailed(Failure failure, std::string_view details, bool anyByteSent, TimePoint now) {
    observe::Attempt& attempt = m_decision.lastAttempt();
    attempt.failure = failure;
    attempt.bytesSent = anyByteSent;
    m_decision.details.assign(details);
    m_lastFailure = failure;
    observeFailure(failure, attempt.reusedConnection);
    // A connection that was closed while it lay idle says nothing about its backend, which may well be the only
    // one. The count keeps a pool full of such connections from being gone through one by one.
    const bool wentStale = attempt.wentStale() && m_decision.attemptsTotal < observe::Decision::maxAttempts;
    if (!wentStale)
        m_tried.push_back(m_backend);
    leaveBackend();

    RetrySituation situation;
    situation.failure = failure;
    situation.anyByteSent = anyByteSent;
    situation.idempotent = m_repeatable;
    situation.bodyReplayable = !m_bodyStarted || m_holding;
    situation.finalHeadForwarded = m_headForwarded;
    situation.untriedLeft = untriedLeft();
    situation.retriesMade = m_retries;
    situation.retriesAllowed = configuration().proxy.retries;
    situation.attempts = m_decision.attemptsTotal;
    switch (decideRetry(situation)) {
    case RetryVerdict::GiveUp:
        return answerFailure(failure, now);
    case RetryVerdict::AtOnce:
        return tryBackends(now);
    case RetryVerdict::WithinBudget:
        ++m_retries;
        if (!situation.untriedLeft)
            m_tried.clear();
        giveUpRetryPlace(); // a further retry asks anew
        m_decision.phase = Phase::AwaitingRetry;
        m_waitBegun = now;
        return retryAllowed(now);
    }
}

void Exchange::retryAllowed(TimePoint now) {
    if (m_decision.phase != Phase::AwaitingRetry || m_responseOver)
        return;
    PoolState& state = *pool().state;
    const auto takePlace = [&state] {
        uint32_t retrying = state.retriesInFlight.load();
        while (fitsRetryBudget(retrying, state.inFlight.load())) {
            if (state.retriesInFlight.compare_exchange_weak(retrying, retrying + 1))
                return true;
        }
        return false;
    };
    if (!takePlace()) {
        m_port.waitForRetry(m_pool);
        m_port.setDeadline(m_waitBegun + configuration().proxy.queue.timeout);
        if (!takePlace()) // once more, now that whoever frees a place would see this exchange wait
            return;
        m_port.stopWaiting();
    }
    m_retrying = true;
    endWaiting(now);
    m_decision.phase = Phase::Connecting;
    m_port.setDeadline(TimePoint::max());
    tryBackends(now);
}

} // namespace reverxy::proxy
