// SPDX-License-Identifier: MIT
#include "proxy/fake_port.h"

#include <cstdlib>

namespace reverxy::proxy {

namespace {

/// What no exchange may ever do, whatever its test is about.
void must(bool condition, const char* what) {
    if (condition)
        return;
    std::fprintf(stderr, "the exchange broke the port's contract: %s\n", what);
    std::abort();
}

SentResponse recorded(const ResponseOut& response) {
    SentResponse sent;
    sent.status = response.status;
    sent.reason = response.reason;
    sent.upgrade = response.upgrade;
    sent.fields = SentFields(response.fields, response.lines);
    sent.framing = response.framing;
    return sent;
}

} // namespace

SentFields::SentFields(const http::FieldList& fields, std::string_view serialized) {
    for (const http::Field& field : fields)
        lines.emplace_back(field.name, field.value);
    while (!serialized.empty()) {
        const size_t colon = serialized.find(": ");
        const size_t end = serialized.find("\r\n");
        must(colon < end && end != std::string_view::npos, "a line is a name, a value and its end");
        lines.emplace_back(serialized.substr(0, colon), serialized.substr(colon + 2, end - colon - 2));
        serialized.remove_prefix(end + 2);
    }
}

std::string SentFields::value(std::string_view name) const {
    std::string all;
    for (const auto& [lineName, value] : lines) {
        if (lineName == name)
            all += (all.empty() ? "" : " | ") + value;
    }
    return count(name) == 0 ? "-" : all;
}

size_t SentFields::count(std::string_view name) const {
    size_t found = 0;
    for (const auto& line : lines)
        found += line.first == name;
    return found;
}

bool FakeWorld::addIdle(uint32_t pool, uint32_t backend, int count) {
    for (int i = 0; i < count; ++i) {
        if (!state(pool, backend).takeSlot())
            return false;
        ++state(pool, backend).idle;
        ++idle[&state(pool, backend)];
    }
    return true;
}

void FakeWorld::releaseSlot(const std::shared_ptr<BackendState>& backend, uint64_t except) {
    if (backend->maxConnections() > 0) {
        for (const auto& pool : backend->pools()) {
            const auto next = pool->slotWaiters.takeFirst();
            if (next && next->token == except) {
                pool->slotWaiters.addFirst(*next); // it stands at the end, and so is alone
            } else if (next) {
                wakes.push_back({next->token, backend, true});
                return;
            }
        }
    }
    backend->dropSlot();
}

void FakePort::begin(uint32_t backend, bool reused) {
    SentRequest request;
    request.backend = backend;
    request.reused = reused;
    requests.push_back(std::move(request));
}

void FakePort::connectSucceeded() {
    must(m_backend && !m_open, "no connection is being opened");
    m_open = true;
}

void FakePort::connectFailed() {
    must(m_backend && !m_open, "no connection is being opened");
    m_world.releaseSlot(std::exchange(m_backend, nullptr));
}

bool FakePort::hasIdleConnection(uint32_t pool, uint32_t backend) const {
    const auto found = m_world.idle.find(&m_world.state(pool, backend));
    return found != m_world.idle.end() && found->second > 0;
}

Opened FakePort::openUpstream(uint32_t pool, uint32_t backend, bool slotHeld) {
    must(!m_backend, "one connection at a time");
    must(!m_waitList, "whoever opens a connection waits no more");
    opened += static_cast<char>('a' + backend);
    const auto& state = m_world.worker.runtime->pools[pool].backends[backend].state;
    if (hasIdleConnection(pool, backend)) {
        --m_world.idle[state.get()];
        --state->idle;
        if (slotHeld)
            m_world.releaseSlot(state);
        m_backend = state;
        m_open = true;
        if (onOpen)
            onOpen(backend, true);
        begin(backend, true);
        return {OpenResult::Ready, Failure::None, true};
    }
    if (!slotHeld && !state->takeSlot())
        return {OpenResult::NoSlot, Failure::None, false};
    Opened answer{OpenResult::Ready, Failure::None, false};
    if (auto& scripted = answers[backend]; !scripted.empty()) {
        answer = scripted.front();
        scripted.pop_front();
    } else if (onOpen) {
        answer = onOpen(backend, false);
    }
    if (answer.result == OpenResult::NoSlot)
        return answer; // somebody else took the slot just before
    if (answer.result == OpenResult::Failed) {
        m_world.releaseSlot(state);
        return answer;
    }
    m_backend = state;
    m_open = answer.result == OpenResult::Ready;
    begin(backend, answer.reused);
    return answer;
}

void FakePort::sendRequestHead(RequestOut& out) {
    must(m_open, "a head needs an open connection");
    must(!requests.back().headSent, "one head on a connection at a time");
    SentRequest& request = requests.back();
    request.headSent = true;
    request.method = out.method;
    request.target = out.target;
    request.upgrade = out.upgrade;
    request.fields = SentFields(out.fields, out.lines);
    request.framing = out.framing;
}

void FakePort::sendRequestBody(const Piece& piece) {
    must(m_open && requests.back().headSent && !requests.back().ended, "a body stands behind its head");
    requests.back().body += piece.bytes;
}

void FakePort::sendRequestEnd(const http::FieldList& trailers) {
    must(m_open && requests.back().headSent && !requests.back().ended, "a request ends once");
    requests.back().ended = true;
    requests.back().trailers = SentFields(trailers);
}

void FakePort::releaseUpstream(bool reusable) {
    if (!m_backend)
        return;
    const auto backend = std::exchange(m_backend, nullptr);
    if (m_open && reusable) {
        ++kept;
        ++backend->idle;
        ++m_world.idle[backend.get()];
    } else {
        ++closed;
        m_world.releaseSlot(backend);
    }
    m_open = false;
}

bool FakePort::waitForSlot(uint32_t pool, uint32_t limit) {
    must(!m_waitList, "nobody waits twice");
    m_waiter = {0, ++m_world.lastToken};
    WaitList& list = m_world.worker.runtime->pools[pool].state->slotWaiters;
    if (!list.add(m_waiter, limit))
        return false;
    m_waitList = &list;
    if (onWait)
        onWait();
    return true;
}

void FakePort::waitForRetry(uint32_t pool) {
    must(!m_waitList, "nobody waits twice");
    m_waiter = {0, ++m_world.lastToken};
    m_waitList = &m_world.worker.runtime->pools[pool].state->retryWaiters;
    m_waitList->add(m_waiter, SIZE_MAX);
    if (onWait)
        onWait();
}

void FakePort::stopWaiting() {
    if (m_waitList)
        m_waitList->remove(m_waiter);
    m_waitList = nullptr;
}

void FakePort::retryPlaceFreed(uint32_t pool) {
    if (const auto next = m_world.worker.runtime->pools[pool].state->retryWaiters.takeFirst())
        m_world.wakes.push_back({next->token, nullptr, false});
}

void FakePort::observeBackend(uint32_t, uint32_t backend, Failure failure) {
    observed += static_cast<char>('a' + backend);
    observed += failure == Failure::None ? '+' : '-';
}

void FakePort::sendInterim(ResponseOut& response) {
    must(responses.empty(), "interim responses come before the final one");
    must(response.status >= 100 && response.status < 200 && response.status != 101, "interim statuses");
    interims.push_back(recorded(response));
}

void FakePort::sendResponseHead(ResponseOut& response) {
    must(responses.empty(), "one final head");
    responses.push_back(recorded(response));
}

void FakePort::sendResponseBody(const Piece& piece) {
    must(!responses.empty() && !responses.back().ended, "a body stands behind its head");
    responses.back().body += piece.bytes;
}

void FakePort::sendResponseEnd(const http::FieldList& trailers) {
    must(!responses.empty() && !responses.back().ended && cuts == 0, "a response ends once");
    responses.back().ended = true;
    responses.back().trailers = SentFields(trailers);
}

void FakePort::cutResponse() {
    must(!responses.empty() && !responses.back().ended && cuts == 0, "only what has begun can be cut");
    ++cuts;
}

void FakePort::beginTunnel() {
    must(m_open && !responses.empty() && responses.back().status == 101, "a tunnel stands behind a 101");
    ++tunnels;
}

void FakePort::wakeFollowers(const std::vector<Waiter>& followers) {
    m_world.fillWakes.insert(m_world.fillWakes.end(), followers.begin(), followers.end());
}

void FakePort::setDeadline(TimePoint at) {
    deadline = at;
}

} // namespace reverxy::proxy
