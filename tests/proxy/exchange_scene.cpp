// SPDX-License-Identifier: MIT
#include "proxy/exchange_scene.h"

#include <QTest>

namespace reverxy::proxy {

namespace {
constexpr std::string_view date = "Sun, 06 Nov 1994 08:49:37 GMT";
}

config::Config configOf(std::string_view names) {
    config::Config config;
    config.cache.enabled = false;
    config::Pool pool;
    pool.name = "default";
    uint16_t port = 9001;
    for (const char name : names) {
        config::Backend backend;
        backend.name = name;
        backend.url.host = "127.0.0.1";
        backend.url.port = port++;
        pool.backends.push_back(backend);
    }
    config.pools.push_back(pool);
    config::Route route;
    route.name = "all";
    config.routes.push_back(route);
    return config;
}

ExchangeScene::ExchangeScene(const config::Config& config)
    : runtime(compileRuntime(config, shared, names)), world(runtime), port(world), exchange(port) {
    client.peer = {IpAddress::v4({192, 0, 2, 7}), 40000};
    client.identity.address = client.peer.address;
    client.exchangeId = 77;
}

void ExchangeScene::request(std::string_view text) {
    requestOf(text, client);
}

void ExchangeScene::requestOf(std::string_view text, const ClientFacts& facts) {
    m_requestText = text;
    http::RequestParser parser;
    if (parser.parse(m_requestText, {}, head) != http::ParseStatus::Done)
        qFatal("the test's request is malformed: %s", m_requestText.c_str());
    exchange.begin(world.worker, head, facts, now, WallTime{} + 24h, date);
}

bool ExchangeScene::body(std::string_view bytes) {
    if (!exchange.wantsRequestBody())
        return false;
    exchange.requestBody({bytes, nullptr}, now);
    return true;
}

http::FieldList ExchangeScene::parseTrailers(std::string_view text, std::string& storage) {
    storage = "HTTP/1.1 200 OK\r\n" + std::string(text) + "\r\n";
    http::ResponseParser parser;
    http::ResponseHead parsed;
    if (parser.parse(storage, {}, http::Method::Head, parsed) != http::ParseStatus::Done)
        qFatal("the test's trailers are malformed: %s", storage.c_str());
    return parsed.fields;
}

void ExchangeScene::endRequest(std::string_view trailers) {
    std::string storage;
    exchange.requestEnd(parseTrailers(trailers, storage), now);
}

void ExchangeScene::connected(uint32_t micros) {
    port.connectSucceeded();
    exchange.upstreamReady(micros, now);
}

void ExchangeScene::connectFails(Failure failure, std::string_view details) {
    port.connectFailed();
    exchange.upstreamFailed(failure, details, now);
}

void ExchangeScene::response(std::string_view text) {
    const std::string storage(text);
    http::ResponseParser parser;
    http::ResponseHead parsed;
    if (parser.parse(storage, {}, head.method, parsed) != http::ParseStatus::Done)
        qFatal("the test's response is malformed: %s", storage.c_str());
    exchange.responseHead(parsed, date, now);
}

void ExchangeScene::responseBody(std::string_view bytes) {
    exchange.responseBody({bytes, nullptr});
}

void ExchangeScene::endResponse(bool reusable, std::string_view trailers) {
    std::string storage;
    exchange.responseEnd(parseTrailers(trailers, storage), reusable, now);
}

void ExchangeScene::lose(Failure failure, bool anyByteSent) {
    exchange.upstreamLost(failure, {}, anyByteSent, now);
}

void ExchangeScene::answer(std::string_view text) {
    response(text);
    endResponse();
}

bool ExchangeScene::deadlinePasses() {
    if (port.deadline == TimePoint::max())
        return false;
    now = std::max(now, std::exchange(port.deadline, TimePoint::max()));
    exchange.timeout(now);
    return true;
}

bool ExchangeScene::wake() {
    while (!world.wakes.empty()) {
        const FakeWorld::Wake next = world.wakes.front();
        world.wakes.pop_front();
        if (!port.waiting() || port.waiter().token != next.token) {
            if (next.slotHeld)
                world.releaseSlot(next.backend);
            continue;
        }
        port.woken();
        if (!next.backend)
            exchange.retryAllowed(now);
        else if (!exchange.slotGranted(*next.backend, next.slotHeld, now) && next.slotHeld)
            next.backend->dropSlot();
        return true;
    }
    return false;
}

void ExchangeScene::finish() {
    port.stopWaiting();
    exchange.finish(now);
}

bool ExchangeScene::countersAreZero() const {
    for (const RuntimePool& compiled : runtime->pools) {
        const PoolState& state = *compiled.state;
        if (state.inFlight != 0 || state.retriesInFlight != 0 || !state.slotWaiters.empty() ||
            !state.retryWaiters.empty())
            return false;
        for (const RuntimeBackend& backend : compiled.backends) {
            if (backend.state->inFlight != 0 || backend.state->connections() != backend.state->idle)
                return false;
        }
    }
    return true;
}

std::string problemOf(const ExchangeScene& scene) {
    return std::to_string(scene.got().status) + " " + std::string(infoOf(scene.decision().failure).name);
}

} // namespace reverxy::proxy
