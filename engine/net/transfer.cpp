// SPDX-License-Identifier: MIT
#include "net/transfer.h"

#include "net/client_connection.h"
#include "proxy/identify.h"
#include "proxy/validation_request.h"

namespace reverxy::net {

Transfer::Transfer(Services& services)
    : m_services(services), m_exchange(*this), m_connector(services.loop, services.waiting, *this) {}

Transfer::~Transfer() {
    m_services.loop.cancel(*this);
}

void Transfer::begin(ClientConnection& client, const Endpoint& peer, const BufferRef& keeps) {
    m_client = &client;
    m_headBuffer = keeps;
    m_runtime = m_services.runtime;
    count();
    const config::Config& config = m_runtime->worker.runtime->config;
    const proxy::ClientFacts facts{peer, proxy::identifyRequest(m_head, peer.address, config.proxy.trustedProxies),
                                   m_services.journal.nextExchangeId()};
    m_exchange.begin(m_runtime->worker, m_head, facts, m_services.loop.now(), m_services.loop.wall(),
                     m_services.loop.date());
}

void Transfer::count() {
    ++m_runtime->worker.exchanges;
    m_services.switchboard.worker(m_services.workerIndex).exchanges.fetch_add(1, std::memory_order_relaxed);
    m_badMessageKind = 0;
    m_clientTunnelEnded = m_upstreamTunnelEnded = false;
}

void Transfer::beginAlone(const Transfer& asked) {
    m_client = nullptr;
    m_runtime = asked.m_runtime; // the route's pool is found where it was
    count();
    m_headCopy.clear();
    proxy::composeValidationRequest(asked.m_head, asked.m_exchange.chosenPart(), m_headCopy, m_head);
    const observe::Decision& decision = asked.m_exchange.decision();
    proxy::ClientFacts facts;
    facts.peer = decision.peer;
    facts.identity = asked.m_exchange.identity();
    facts.exchangeId = m_services.journal.nextExchangeId();
    m_exchange.beginAlone(m_runtime->worker, m_head, facts, m_services.loop.now(), m_services.loop.wall(),
                          m_services.loop.date());
    settle();
}

void Transfer::reject(ClientConnection& client, const Endpoint& peer, Failure failure, std::string_view details,
                      uint32_t kind) {
    m_client = &client;
    m_head.clear();
    m_runtime = m_services.runtime;
    count();
    m_badMessageKind = kind;
    proxy::ClientFacts facts;
    facts.peer = peer;
    facts.identity.address = peer.address;
    facts.exchangeId = m_services.journal.nextExchangeId();
    m_exchange.reject(m_runtime->worker, m_head, facts, failure, details, m_services.loop.now(),
                      m_services.loop.wall(), m_services.loop.date());
}

void Transfer::end() {
    stopWaiting();
    m_connector.abandon();
    m_services.loop.cancel(*this);
    m_exchange.finish(m_services.loop.now());
    releaseUpstream(false);
    stopFollowing();
    if (m_badMessageKind != 0)
        m_services.journal.addBadMessage(m_exchange.decision(), m_badMessageKind);
    else if (!m_exchange.madeNoRequest())
        m_services.journal.add(m_exchange.decision());
    --m_runtime->worker.exchanges;
    m_services.switchboard.worker(m_services.workerIndex).exchanges.fetch_sub(1, std::memory_order_relaxed);
    m_runtime = nullptr;
    m_client = nullptr;
    m_headBuffer.reset();
    m_services.host.give(*this);
}

// From the client's connection.

bool Transfer::takesRequestBody() const {
    return m_exchange.wantsRequestBody() && (!m_upstream || !m_upstream->outputPending());
}

void Transfer::requestBody(const Piece& piece) {
    m_exchange.requestBody(piece, m_services.loop.now());
}

void Transfer::requestEnd(const http::FieldList& trailers) {
    m_exchange.requestEnd(trailers, m_services.loop.now());
}

bool Transfer::flushUpstream() {
    if (!m_upstream || !m_upstream->outputPending())
        return false;
    m_upstream->flush();
    if (m_upstream->outputPending())
        return false;
    m_exchange.upstreamActive(m_services.loop.now());
    return true;
}

void Transfer::leave(Failure failure) {
    m_exchange.clientLost(failure, m_services.loop.now());
    m_client = nullptr;
    if (m_exchange.responseOver())
        return end();
    m_services.host.goesOnAlone(*this);
}

void Transfer::abandon() {
    m_exchange.abandon();
    end();
}

bool Transfer::feedClient() {
    return m_exchange.feedClient();
}

void Transfer::clientDrained() {
    m_exchange.upstreamActive(m_services.loop.now()); // the silence was not the backend's
    if (m_upstream)
        m_services.loop.resumeSoon(*m_upstream); // in its own turn: a fast reader must not keep the loop
    if (m_exchange.readsFill())
        m_services.loop.resumeSoon(*m_client);
}

void Transfer::tunnelFromClient(const Piece& piece) {
    m_exchange.decision().requestBodyBytes += piece.bytes.size();
    if (m_upstream)
        m_upstream->sendBody(piece);
}

void Transfer::tunnelClientEnded() {
    m_clientTunnelEnded = true;
    if (m_upstream)
        m_upstream->endSending();
    checkTunnelOver();
}

void Transfer::checkTunnelOver() {
    const bool allGiven = !m_upstream || !m_upstream->outputPending();
    if (m_clientTunnelEnded && m_upstreamTunnelEnded && allGiven)
        m_exchange.tunnelOver();
}

// The exchange's port.

bool Transfer::hasIdleConnection(uint32_t pool, uint32_t backend) const {
    return !m_runtime->backends[pool][backend]->idle.empty();
}

/// Whether the request would be sent again if the first attempt found its connection closed.
bool Transfer::mayRepeat() const {
    const http::Framing& framing = m_head.framing;
    const bool bodyless =
        framing.kind == http::BodyKind::None || (framing.kind == http::BodyKind::Length && framing.length == 0);
    return bodyless && http::isIdempotent(m_head.method) && m_exchange.decision().attemptsTotal == 0 &&
           m_runtime->worker.runtime->config.proxy.retries > 0;
}

proxy::Opened Transfer::openUpstream(uint32_t poolIndex, uint32_t backendIndex, bool slotHeld) {
    WorkerBackend& backend = *m_runtime->backends[poolIndex][backendIndex];
    if (auto idle = m_services.upstreams.takeIdle(backend, mayRepeat())) {
        if (slotHeld)
            m_services.switchboard.releaseSlot(backend.state);
        adopt(std::move(idle));
        return {proxy::OpenResult::Ready, Failure::None, true};
    }
    if (!slotHeld && !backend.state->takeSlot())
        return {proxy::OpenResult::NoSlot, Failure::None, false};
    m_connecting = &backend;
    const Duration timeout = m_runtime->worker.runtime->config.proxy.connectTimeout;
    Connector::Result result = m_connector.start(backend, timeout);
    // An idle connection to whichever backend is worth less than one for a request that is here.
    if (result == Connector::Result::Failed && m_connector.localFault() && m_services.upstreams.closeOneIdle())
        result = m_connector.start(backend, timeout);
    switch (result) {
    case Connector::Result::Connected:
        m_connecting = nullptr;
        adopt(m_connector.takeConnection());
        return {proxy::OpenResult::Ready, Failure::None, false};
    case Connector::Result::Pending:
        return {proxy::OpenResult::Pending, Failure::None, false};
    case Connector::Result::Failed:
        break;
    }
    m_connecting = nullptr;
    m_services.switchboard.releaseSlot(backend.state);
    m_exchange.decision().details.assign(m_connector.details());
    return {proxy::OpenResult::Failed, m_connector.failure(), false};
}

void Transfer::adopt(std::unique_ptr<UpstreamConnection> connection) {
    m_upstream = std::move(connection);
    m_upstream->attach(*this, m_head.method, m_runtime->worker.runtime->headLimits, m_responseHead);
}

void Transfer::sendRequestHead(proxy::RequestOut& request) {
    m_upstream->sendHead(request);
}

void Transfer::sendRequestBody(const Piece& piece) {
    m_upstream->sendBody(piece);
}

void Transfer::sendRequestEnd(const http::FieldList& trailers) {
    m_upstream->sendEnd(trailers);
}

void Transfer::releaseUpstream(bool reusable) {
    if (m_connecting) {
        m_connector.abandon();
        m_services.switchboard.releaseSlot(std::exchange(m_connecting, nullptr)->state);
    }
    if (!m_upstream)
        return;
    auto connection = std::move(m_upstream);
    const bool fit = connection->detach();
    if (reusable && fit && !m_services.draining)
        m_services.upstreams.keep(std::move(connection));
    else
        m_services.upstreams.close(std::move(connection));
}

bool Transfer::waitForSlot(uint32_t poolIndex, uint32_t limit) {
    const auto& compiled = pool(poolIndex);
    m_waiter = m_services.waiting.enter(*this);
    m_waitList = &compiled.state->slotWaiters;
    if (!m_waitList->add(m_waiter, limit)) {
        m_services.waiting.leave(m_waiter);
        m_waitList = nullptr;
        return false;
    }
    for (const proxy::RuntimeBackend& backend : compiled.backends) {
        if (backend.state->idle.load() > 0)
            m_services.switchboard.reclaimIdle(m_services.workerIndex, backend.state);
    }
    return true;
}

void Transfer::waitForRetry(uint32_t poolIndex) {
    m_waiter = m_services.waiting.enter(*this);
    m_waitList = &pool(poolIndex).state->retryWaiters;
    m_waitList->add(m_waiter, SIZE_MAX); // bounded by the requests in flight
}

void Transfer::stopWaiting() {
    if (!m_waitList)
        return;
    // Where it is not in the list any more, a wake-up is on its way; the worker passes on what nobody waits for.
    m_waitList->remove(m_waiter);
    m_services.waiting.leave(m_waiter);
    m_waitList = nullptr;
}

void Transfer::retryPlaceFreed(uint32_t poolIndex) {
    m_services.switchboard.freeRetryPlace(*pool(poolIndex).state);
}

void Transfer::observeBackend(uint32_t poolIndex, uint32_t backend, Failure failure) {
    m_services.health.add(pool(poolIndex).backends[backend].health, failure);
}

// Without a client nothing is sent.

void Transfer::sendInterim(proxy::ResponseOut& response) {
    if (m_client)
        m_client->sendInterim(response);
}

void Transfer::sendResponseHead(proxy::ResponseOut& response) {
    if (m_client)
        m_client->sendHead(response);
}

void Transfer::sendResponseBody(const Piece& piece) {
    if (m_client)
        m_client->sendBody(piece);
}

void Transfer::sendResponseEnd(const http::FieldList& trailers) {
    if (m_client)
        m_client->sendEnd(trailers);
}

void Transfer::cutResponse() {
    if (m_client)
        m_client->cut();
}

Waiter Transfer::follower() {
    if (m_follower.token == 0)
        m_follower = m_services.waiting.enter(*this);
    return m_follower;
}

void Transfer::stopFollowing() {
    if (m_follower.token != 0)
        m_services.waiting.leave(std::exchange(m_follower, {}));
}

void Transfer::wakeFollowers(const std::vector<Waiter>& followers) {
    for (const Waiter& waiter : followers)
        m_services.switchboard.post(waiter.worker, FillProgressed{waiter.token});
}

void Transfer::validateInBackground() {
    if (!m_services.draining && m_services.host.mayBeginAlone()) {
        Transfer& transfer = m_services.host.take();
        m_services.host.goesOnAlone(transfer);
        transfer.beginAlone(*this);
    }
}

void Transfer::beginTunnel() {
    m_upstream->beginTunnel();
    m_client->beginTunnel();
}

void Transfer::setDeadline(TimePoint deadline) {
    m_services.loop.arm(*this, deadline);
}

// From the backend's connection.

void Transfer::upstreamHead(const http::ResponseHead& head) {
    m_services.journal.expect(m_exchange.decision());
    m_exchange.responseHead(head, m_services.loop.date(), m_services.loop.now());
}

void Transfer::upstreamBody(const Piece& piece) {
    m_exchange.responseBody(piece);
}

void Transfer::upstreamEnd(const http::FieldList& trailers, bool reusable) {
    m_exchange.responseEnd(trailers, reusable, m_services.loop.now());
}

void Transfer::upstreamLost(Failure failure, std::string_view details) {
    m_exchange.upstreamLost(failure, details, m_upstream->anyByteSent(), m_services.loop.now());
}

void Transfer::upstreamTunnelEnded() {
    m_upstreamTunnelEnded = true;
    // A backend that does not read any more either has nothing left to be told.
    m_clientTunnelEnded = m_clientTunnelEnded || m_upstream->sendingBroken();
    m_client->endSending();
    checkTunnelOver();
}

void Transfer::upstreamPaused() {
    if (m_client)
        m_client->flush();
}

bool Transfer::takesResponse() {
    return m_exchange.takesResponse(m_client && m_client->outputPending());
}

void Transfer::upstreamDrained() {
    checkTunnelOver();
    settle();
}

void Transfer::upstreamActive() {
    m_exchange.upstreamActive(m_services.loop.now());
}

void Transfer::upstreamHandled() {
    settle();
}

void Transfer::settle() {
    flushUpstream();
    if (m_client)
        m_client->settle();
    else if (m_runtime && m_exchange.responseOver())
        end();
}

// From those it waits for.

void Transfer::onTimer(TimePoint now) {
    // A backend owes nothing while the client holds things up, in either direction.
    const bool bodyOwed = m_upstream && !m_exchange.requestEnded() && !m_upstream->outputPending();
    const bool clientSlow = !takesResponse() || (bodyOwed && !m_client->awaitsContinue());
    if (clientSlow)
        m_exchange.upstreamActive(now);
    m_exchange.timeout(now);
    settle();
}

void Transfer::connectorEnded(bool connected) {
    const TimePoint now = m_services.loop.now();
    WorkerBackend& backend = *std::exchange(m_connecting, nullptr);
    if (connected) {
        adopt(m_connector.takeConnection());
        m_exchange.upstreamReady(m_connector.connectMicros(), now);
    } else {
        m_services.switchboard.releaseSlot(backend.state);
        m_exchange.upstreamFailed(m_connector.failure(), m_connector.details(), now);
    }
    settle();
}

void Transfer::wokenBySlot(const std::shared_ptr<proxy::BackendState>& backend, bool slotHeld, size_t refusals) {
    m_waitList = nullptr;
    if (!m_exchange.slotGranted(*backend, slotHeld, m_services.loop.now())) {
        if (slotHeld)
            m_services.switchboard.releaseSlot(backend, refusals + 1);
        else
            m_services.upstreams.offerIdle(*backend, refusals + 1);
    }
    settle();
}

void Transfer::wokenByAvailability() {
    m_exchange.availabilityChanged(m_services.loop.now());
    settle();
}

void Transfer::wokenByRetry() {
    m_waitList = nullptr;
    m_exchange.retryAllowed(m_services.loop.now());
    settle();
}

void Transfer::wokenByFill() {
    m_exchange.fillProgressed(m_services.loop.now());
    if (m_upstream)
        m_services.loop.resumeSoon(*m_upstream); // it may have waited for the fill's readers
    settle();
}

} // namespace reverxy::net
