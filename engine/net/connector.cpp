// SPDX-License-Identifier: MIT
#include "net/connector.h"

#include <algorithm>

namespace reverxy::net {

namespace {
constexpr std::chrono::milliseconds attemptDelay{250}; // RFC 8305 section 5
} // namespace

Connector::Connector(Loop& loop, WaitingTable& waiting, Owner& owner)
    : m_loop(loop), m_waiting(waiting), m_owner(owner) {}

Connector::~Connector() {
    abandon();
}

Connector::Result Connector::start(WorkerBackend& backend, Duration timeout) {
    m_backend = &backend;
    m_begun = m_loop.now();
    m_deadline = m_begun + timeout;
    m_tried = 0;
    m_failure = Failure::None;
    m_details.clear();
    return begin();
}

Connector::Result Connector::begin() {
    proxy::BackendState& state = *m_backend->state;
    m_addresses = state.addresses();
    if (m_addresses && !m_addresses->addresses.empty()) {
        m_first = state.preferredAddress.load(std::memory_order_relaxed) % m_addresses->addresses.size();
        return tryNext();
    }
    if (state.resolvingFailed)
        return fail(Failure::DnsError, "the name " + state.host() + " does not resolve");
    m_resolving = true;
    m_waiter = m_waiting.enter(*this);
    state.resolveWaiters.add(m_waiter, SIZE_MAX);
    if (state.addresses() || state.resolvingFailed) { // the answer came in between
        stopResolving();
        return begin();
    }
    m_loop.arm(*this, m_deadline);
    return Result::Pending;
}

void Connector::wokenByName() {
    if (!m_resolving)
        return;
    m_resolving = false;
    tell(begin());
}

Connector::Result Connector::tryNext() {
    const auto& addresses = m_addresses->addresses;
    while (m_tried < addresses.size()) {
        const size_t index = (m_first + m_tried++) % addresses.size();
        auto attempt = std::make_unique<UpstreamConnection>(
            m_loop, *m_backend, Endpoint{addresses[index], m_backend->state->port()}, static_cast<uint32_t>(index));
        if (attempt->connected()) {
            win(std::move(attempt));
            return Result::Connected;
        }
        if (attempt->socketError() != 0) {
            m_failure = failureOfConnectError(attempt->socketError());
            m_details = attempt->endpoint().toString() + ": " + errorText(attempt->socketError());
            continue;
        }
        attempt->setListener(this);
        m_attempts.push_back(std::move(attempt));
        scheduleNext();
        return Result::Pending;
    }
    if (!m_attempts.empty())
        return Result::Pending;
    return fail(m_failure, std::move(m_details));
}

void Connector::scheduleNext() {
    const bool more = m_tried < m_addresses->addresses.size();
    m_loop.cancel(*this);
    m_loop.arm(*this, more ? std::min(m_deadline, m_loop.now() + attemptDelay) : m_deadline);
}

void Connector::onTimer(TimePoint now) {
    if (m_resolving) {
        tell(fail(Failure::DnsError, "the name " + m_backend->state->host() + " was not resolved in time"));
        return;
    }
    if (now >= m_deadline) {
        std::string details =
            m_attempts.empty() ? std::string() : m_attempts.back()->endpoint().toString() + ": no answer";
        tell(fail(Failure::ConnectTimeout, std::move(details)));
        return;
    }
    const Result result = tryNext();
    if (result == Result::Pending)
        scheduleNext();
    else
        tell(result);
}

void Connector::connectEnded(UpstreamConnection& connection, int error) {
    const auto found = std::find_if(m_attempts.begin(), m_attempts.end(),
                                    [&](const auto& attempt) { return attempt.get() == &connection; });
    auto ended = std::move(*found);
    m_attempts.erase(found);
    if (error == 0) {
        win(std::move(ended));
        tell(Result::Connected);
        return;
    }
    m_failure = failureOfConnectError(error);
    m_details = ended->endpoint().toString() + ": " + errorText(error);
    ended->close();
    m_loop.discard(std::move(ended));
    const Result result = tryNext();
    if (result != Result::Pending)
        tell(result);
}

void Connector::win(std::unique_ptr<UpstreamConnection> connection) {
    m_connectMicros = microsBetween(m_begun, m_loop.now());
    m_backend->state->preferredAddress.store(connection->addressIndex(), std::memory_order_relaxed);
    m_winner = std::move(connection);
    m_winner->setListener(nullptr);
    abandon();
}

Connector::Result Connector::fail(Failure failure, std::string details) {
    abandon();
    m_failure = failure;
    m_details = std::move(details);
    if (failure != Failure::OutOfSockets)
        m_backend->state->refreshWanted = true;
    return Result::Failed;
}

void Connector::stopResolving() {
    m_resolving = false;
    m_backend->state->resolveWaiters.remove(m_waiter);
    m_waiting.leave(m_waiter);
}

void Connector::abandon() {
    m_loop.cancel(*this);
    if (m_resolving)
        stopResolving();
    for (auto& attempt : m_attempts) {
        attempt->close();
        m_loop.discard(std::move(attempt));
    }
    m_attempts.clear();
}

void Connector::tell(Result result) {
    if (result != Result::Pending)
        m_owner.connectorEnded(result == Result::Connected);
}

} // namespace reverxy::net
