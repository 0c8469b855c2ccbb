// SPDX-License-Identifier: MIT
#include "behaviour/nothing_lost.h"

#include "behaviour/story.h"
#include "support/load.h"

namespace reverxy::test {

namespace {

constexpr int reloads = 10;

/// Tunnels that echo, and an event stream that emits as many events as the counter says.
Origin::Script longLived(std::atomic<int>& events) {
    return [&events](OriginExchange& exchange) {
        if (exchange.target() == "/events") {
            exchange.send(
                "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n");
            for (int sent = 0; !exchange.stopping(); ++sent) {
                while (events <= sent && !exchange.stopping())
                    std::this_thread::sleep_for(1ms);
                exchange.send(chunk("data: " + std::to_string(sent) + "\n\n"));
            }
            return exchange.close();
        }
        exchange.send("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n");
        Stream& stream = exchange.stream();
        do {
            if (!exchange.send(stream.buffered()))
                break;
            stream.consume(stream.buffered().size());
        } while (!exchange.stopping() && stream.fill());
        exchange.close();
    };
}

config::Config withLongLived(std::vector<uint16_t> ports, uint16_t longLivedPort) {
    config::Config config = configFor(ports);
    config.log.access = false;
    config.pools.push_back(pool("long", {backend("long", "127.0.0.1", longLivedPort)}));
    config.routes = {route("socket", 1, "/socket"), route("events", 1, "/events"), route("default", 0)};
    return config;
}

Origin::Options unrecorded() {
    Origin::Options options;
    options.record = false;
    return options;
}

Load::Options mixedLoad(uint16_t port, uint64_t requests) {
    Load::Options options;
    options.port = port;
    options.plain = 40;
    options.pipelined = 12;
    options.uploads = 12;
    options.requests = requests;
    return options;
}

/// As long as load is being answered, waiting goes on.
bool waitForAnswers(const Load& load, uint64_t count) {
    for (uint64_t seen = load.answered(); seen < count; seen = load.answered()) {
        if (!waitUntil([&] { return load.answered() > seen; }))
            return false;
    }
    return true;
}

} // namespace

void reloadUnderLoad(uint64_t requests) {
    std::atomic<int> events{0};
    Origin one(loadOrigin(), unrecorded());
    Origin two(loadOrigin(), unrecorded());
    Origin coming(loadOrigin(), unrecorded());
    Origin lasting(longLived(events), unrecorded());
    const config::Config without = withLongLived({one.port(), two.port()}, lasting.port());
    config::Config with = withLongLived({one.port(), two.port(), coming.port()}, lasting.port());
    with.proxy.retries = 3;
    with.proxy.idleTimeout = 50s;
    RunningEngine proxy(without);

    Client socket = proxy.connect();
    COMPARE_STATUS(socket.exchange(request("GET", "/socket", "Connection: Upgrade\r\nUpgrade: websocket\r\n")),
                   101);
    Client listener = proxy.connect();
    listener.send(request("GET", "/events"));
    const Response stream = listener.readHead();
    QCOMPARE(stream.status, 200);
    BodyReader body = listener.body(stream);

    Load load(mixedLoad(proxy.port(), requests));
    load.start();
    for (int i = 0; i < reloads; ++i) {
        QVERIFY(waitForAnswers(load, requests * static_cast<uint64_t>(i + 1) / (reloads + 2)));
        QVERIFY(proxy.reload(i % 2 == 0 ? with : without).empty());
        const std::string message = "message " + std::to_string(i);
        QVERIFY(socket.send(message));
        QVERIFY(socket.stream().readExactly(message.size()) == message);
        ++events;
        const std::string event = "data: " + std::to_string(i) + "\n\n";
        std::string received;
        while (received.size() < event.size()) {
            const std::string_view piece = body.next();
            QVERIFY2(!piece.empty(), body.problem().c_str());
            received += piece;
        }
        QCOMPARE(received, event);
    }
    const Load::Result result = load.wait();
    QVERIFY2(result.failed == 0 && result.unanswered == 0, result.text().c_str());
    QCOMPARE(result.answered, requests);
    QVERIFY(coming.requestCount() > 0);
    for (Origin* origin : {&one, &two, &coming})
        VERIFY_NO_VIOLATIONS(*origin);
}

void backendDiesUnderLoad(uint64_t requests) {
    Origin one(loadOrigin(), unrecorded());
    Origin dying(loadOrigin(), unrecorded());
    Origin three(loadOrigin(), unrecorded());
    config::Config config = configFor({one.port(), dying.port(), three.port()});
    config.log.access = false;
    config.proxy.queue.timeout =
        60s; // time enough for a place in the retry budget, whatever the machine does besides
    RunningEngine proxy(config);
    Load load(mixedLoad(proxy.port(), requests));
    load.start();
    for (uint64_t i = 0; i < 3; ++i) {
        QVERIFY(waitForAnswers(load, requests * (2 * i + 1) / 7));
        dying.stop();
        QVERIFY(waitForAnswers(load, requests * (2 * i + 2) / 7));
        dying.start();
    }
    const Load::Result result = load.wait();
    QVERIFY2(result.failed == result.broken && result.unanswered == 0, result.text().c_str());
    QCOMPARE(result.answered + result.broken, requests);
}

void drainUnderLoad(uint64_t requests) {
    Origin one(loadOrigin(), unrecorded());
    Origin two(loadOrigin(), unrecorded());
    config::Config config = configFor({one.port(), two.port()});
    config.log.access = false;
    config.proxy.drainTimeout = 60s;
    RunningEngine proxy(config);
    Load::Options options = mixedLoad(proxy.port(), 0);
    options.reconnect = false;
    Load load(options);
    load.start();
    QVERIFY(waitForAnswers(load, requests));
    proxy.drain();
    QVERIFY(proxy.waitDrained());
    const Load::Result result = load.wait();
    QVERIFY2(result.failed == 0, result.text().c_str());
    QCOMPARE(one.requestCount() + two.requestCount(), size_t(result.answered));
}

} // namespace reverxy::test
