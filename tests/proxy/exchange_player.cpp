// SPDX-License-Identifier: MIT
#include "proxy/exchange_player.h"

namespace reverxy::proxy {

using observe::Phase;

namespace {

constexpr std::string_view date = "Sun, 06 Nov 1994 08:49:37 GMT";

std::string randomRequest(Dice& dice) {
    static constexpr std::string_view methods[] = {"GET", "PUT", "POST", "DELETE", "PATCH", "OPTIONS", "HEAD"};
    const std::string_view method = methods[dice.below(std::size(methods))];
    std::string text = std::string(method) + " /x HTTP/1." + (dice.oneIn(8) ? "0" : "1") + "\r\nHost: h\r\n";
    const bool old = text.find("HTTP/1.0") != std::string::npos;
    switch (dice.below(4)) {
    case 0:
        text += "Content-Length: 70000\r\n";
        break;
    case 1:
        if (!old)
            text += "Transfer-Encoding: chunked\r\n";
        break;
    default:
        break;
    }
    if (!old && dice.oneIn(5))
        text += "Connection: upgrade\r\nUpgrade: websocket\r\n";
    return text + "\r\n";
}

} // namespace

ExchangePlayer::ExchangePlayer(FakeWorld& world, Dice& dice, const char*& fault)
    : m_world(world), m_dice(dice), m_fault(fault), m_port(world), m_exchange(m_port) {
    m_port.onOpen = [this](uint32_t backend, bool reused) { return open(backend, reused); };
}

void ExchangePlayer::claim(bool holds, const char* what) {
    if (!holds && !m_fault)
        m_fault = what;
}

bool ExchangePlayer::someUntried() const {
    for (const uint32_t backend : m_world.worker.pool(0).available) {
        if (!m_tried.contains(backend))
            return true;
    }
    return false;
}

Opened ExchangePlayer::open(uint32_t backend, bool reused) {
    claim(!m_tried.contains(backend) || !someUntried(), "a backend was tried again while another was left");
    claim(m_world.worker.runtime->pools[0].backends[backend].enabled(), "a backend that is switched off was tried");
    if (m_tried.contains(backend))
        m_tried.clear();
    if (reused)
        return {};
    switch (m_dice.below(6)) {
    case 0:
        m_tried.insert(backend);
        return {OpenResult::Failed, Failure::ConnectRefused, false};
    case 1:
    case 2:
        return {OpenResult::Pending, Failure::None, false};
    default:
        return {OpenResult::Ready, Failure::None, false};
    }
}

void ExchangePlayer::begin(TimePoint now) {
    m_now = now;
    m_begun = true;
    m_text = randomRequest(m_dice);
    http::RequestParser parser;
    claim(parser.parse(m_text, {}, m_head) == http::ParseStatus::Done, "the test's request is malformed");
    m_clientDone = m_head.framing.kind == http::BodyKind::None;
    ClientFacts client;
    client.peer = {IpAddress::v4({127, 0, 0, 1}), 1};
    client.identity.address = client.peer.address;
    m_exchange.begin(m_world.worker, m_head, client, now, WallTime{}, date);
    check();
}

void ExchangePlayer::play(TimePoint now) {
    m_now = now;
    if (m_dice.oneIn(40)) {
        m_exchange.clientLost(Failure::ClientGone, now);
        m_clientGone = true;
    } else if (m_dice.oneIn(12) && m_port.deadline != TimePoint::max() && m_port.deadline <= now) {
        m_port.deadline = TimePoint::max();
        m_exchange.timeout(now);
    } else if (m_dice.oneIn(2)) {
        clientActs(now);
    } else {
        backendActs(now);
    }
    check();
    if (!over() && !m_dice.oneIn(3))
        flush(now);
    check();
}

/// What waits to be sent goes out; sometimes it has to wait longer.
void ExchangePlayer::flush(TimePoint now) {
    if (!m_port.connectionOpen() || !m_port.requests.back().headSent)
        return;
    m_flushed.insert(m_port.requests.size() - 1);
    m_exchange.upstreamActive(now);
}

void ExchangePlayer::clientActs(TimePoint now) {
    if (m_clientDone || !m_exchange.wantsRequestBody())
        return;
    const bool byLength = m_head.framing.kind == http::BodyKind::Length;
    const size_t left = byLength ? m_head.framing.length - m_clientBody.size() : SIZE_MAX;
    if (left == 0 || (!byLength && m_dice.oneIn(3))) {
        m_clientDone = true;
        http::FieldList trailers;
        if (!byLength && m_dice.oneIn(3)) {
            trailers.add("X-Sum", "1");
            m_trailers = true;
        }
        return m_exchange.requestEnd(trailers, now);
    }
    if (m_dice.oneIn(30)) {
        m_clientDone = true;
        return m_exchange.requestFailed(Failure::BadRequest, "bad chunk", now);
    }
    const std::string piece(std::min<size_t>(left, 1 + m_dice.below(30000)),
                            static_cast<char>('a' + m_dice.below(26)));
    m_clientBody += piece;
    m_exchange.requestBody({piece, nullptr}, now);
}

void ExchangePlayer::lose(TimePoint now) {
    const SentRequest& request = m_port.requests.back();
    const bool sent = m_flushed.contains(m_port.requests.size() - 1);
    static constexpr Failure causes[] = {Failure::ConnectionClosed, Failure::ConnectionClosed,
                                         Failure::ResponseIncomplete, Failure::ResponseMalformed};
    const Failure cause = sent ? causes[m_dice.below(std::size(causes))] : Failure::ConnectionClosed;
    if (!request.reused || sent)
        m_tried.insert(request.backend);
    else
        m_tried.erase(request.backend);
    m_exchange.upstreamLost(cause, {}, sent, now);
}

void ExchangePlayer::backendActs(TimePoint now) {
    if (m_exchange.phase() == Phase::Connecting) {
        if (m_dice.oneIn(3)) {
            m_tried.insert(m_port.requests.back().backend);
            m_port.connectFailed();
            m_exchange.upstreamFailed(m_dice.oneIn(2) ? Failure::ConnectTimeout : Failure::ConnectRefused, {}, now);
        } else {
            m_port.connectSucceeded();
            m_exchange.upstreamReady(100, now);
        }
        return;
    }
    if (!m_port.connectionOpen() || over())
        return;
    if (m_exchange.phase() == Phase::Tunnel) {
        if (m_dice.oneIn(4))
            return lose(now);
        if (m_dice.oneIn(4)) {
            m_tunnelOver = true;
            return m_exchange.tunnelOver();
        }
        return m_exchange.responseBody({"tunnel", nullptr});
    }
    if (m_dice.oneIn(4))
        return lose(now);
    if (m_flushed.contains(m_port.requests.size() - 1))
        backendAnswers(now);
}

void ExchangePlayer::backendAnswers(TimePoint now) {
    if (m_exchange.headForwarded()) {
        if (m_dice.oneIn(2))
            return m_exchange.responseBody({"body", nullptr});
        return m_exchange.responseEnd({}, !m_dice.oneIn(3), now);
    }
    static constexpr std::string_view heads[] = {
        "HTTP/1.1 103 Early Hints\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n",
        "HTTP/1.1 500 Oh\r\nTransfer-Encoding: chunked\r\n\r\n",
        "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n",
    };
    http::ResponseParser parser;
    http::ResponseHead head;
    const bool switches = !m_port.requests.back().upgrade.empty() && m_dice.oneIn(3);
    const std::string text(switches ? heads[4] : heads[m_dice.below(std::size(heads))]);
    claim(parser.parse(text, {}, m_head.method, head) == http::ParseStatus::Done,
          "the test's response is malformed");
    if (head.status == 101)
        m_tried.insert(m_port.requests.back().backend); // if it is refused
    m_exchange.responseHead(head, date, now);
}

bool ExchangePlayer::wake(const FakeWorld::Wake& wake, TimePoint now) {
    if (!m_begun || !m_port.waiting() || m_port.waiter().token != wake.token)
        return false;
    m_now = now;
    m_port.woken();
    if (!wake.backend)
        m_exchange.retryAllowed(now);
    else if (!m_exchange.slotGranted(*wake.backend, wake.slotHeld, now))
        m_world.releaseSlot(wake.backend, m_port.waiting() ? m_port.waiter().token : 0);
    check();
    return true;
}

void ExchangePlayer::windUp(TimePoint& now) {
    m_now = now;
    if (m_exchange.phase() == Phase::Connecting) {
        m_tried.insert(m_port.requests.back().backend);
        m_port.connectFailed();
        m_exchange.upstreamFailed(Failure::ConnectTimeout, {}, now);
    } else if (m_port.deadline != TimePoint::max()) {
        now = std::max(now, std::exchange(m_port.deadline, TimePoint::max()));
        m_now = now;
        m_exchange.timeout(now);
    } else if (m_exchange.phase() == Phase::Tunnel) {
        m_tunnelOver = true;
        m_exchange.tunnelOver();
    } else if (m_exchange.isEventStream()) {
        lose(now);
    } else {
        claim(false, "an exchange hangs without a time limit");
    }
    check();
}

void ExchangePlayer::check() {
    const bool waits = m_exchange.phase() == Phase::Queued || m_exchange.phase() == Phase::AwaitingRetry;
    if (!over()) {
        claim(m_port.waiting() == waits, "it waits when, and only when, its phase says so");
        const bool timed = waits || m_exchange.phase() == Phase::AwaitingResponse ||
                           (m_exchange.phase() == Phase::Streaming && !m_exchange.isEventStream());
        claim(!timed || m_port.deadline != TimePoint::max(), "whoever waits has a time limit");
        const bool connected = m_exchange.phase() == Phase::AwaitingResponse ||
                               m_exchange.phase() == Phase::Streaming || m_exchange.phase() == Phase::Tunnel;
        claim(m_port.connectionOpen() == connected, "it holds a connection when, and only when, its phase says so");
    } else {
        claim(!m_port.connectionOpen() || m_tunnelOver, "whoever is done lets go of the backend");
        claim(!m_port.waiting(), "whoever is done waits no more");
    }
    claim(m_exchange.headForwarded() == !m_port.responses.empty(), "it knows whether the client has a final head");
    claim(http::isIdempotent(m_head.method) || m_flushed.size() <= 1,
          "what is not idempotent is sent at most once");
    for (const SentRequest& request : m_port.requests) {
        claim(m_clientBody.starts_with(request.body), "what is sent is what the client sent");
        claim(!request.ended || request.body == m_clientBody, "a complete request has its whole body");
        claim(!request.ended || m_clientDone, "a request ends when the client's does");
        claim(!request.ended || !m_trailers || request.trailers.lines.size() == 1, "no trailers get lost");
        claim(request.target.empty() || request.target == "/x", "each attempt has its target");
    }
    const observe::Decision& decision = m_exchange.decision();
    claim(decision.attemptsTotal >= m_port.requests.size(), "each attempt is counted");
}

bool ExchangePlayer::endedWell() const {
    const bool head = m_port.responses.size() == 1;
    if (m_clientGone)
        return m_port.responses.size() <= 1;
    if (!head || m_port.responses.back().status != m_exchange.decision().status)
        return false;
    const int endings = (m_port.responses.back().ended ? 1 : 0) + m_port.cuts + (m_tunnelOver ? 1 : 0);
    return endings == 1;
}

void ExchangePlayer::finish(TimePoint now) {
    m_port.stopWaiting();
    m_exchange.finish(now);
}

} // namespace reverxy::proxy
