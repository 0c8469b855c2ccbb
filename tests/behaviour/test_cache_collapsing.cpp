// SPDX-License-Identifier: MIT
#include "behaviour/crowd.h"

#include <set>

using namespace reverxy;
using namespace reverxy::test;

namespace {

constexpr size_t many = 12;

/// Reads the body, as far as it comes.
void readInto(Client& client, Response& response) {
    client.readBody(response, [&](std::string_view bytes) {
        response.body += bytes;
        return true;
    });
}

void sendHeadAnd(OriginExchange& exchange, std::string_view fields, std::string_view start) {
    exchange.readBody();
    exchange.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n" + std::string(fields) + "\r\n" +
                  chunk(start));
}

} // namespace

/// Many clients that want the same at once.
class TestCacheCollapsing : public QObject {
    Q_OBJECT

  private Q_SLOTS:

    void oneRequestGoesToTheBackend() {
        Gate gate;
        Origin origin(heldBy(gate, counted("the same", {{"Cache-Control", "max-age=60"}})));
        RunningEngine proxy(cachingConfig({origin.port()}));
        Crowd crowd(proxy, many);
        QVERIFY(waitForExchanges(proxy, many));
        gate.open();
        size_t collapsed = 0;
        for (const auto& client : crowd.clients) {
            const Response response = client->read();
            COMPARE_STATUS(response, 200);
            QCOMPARE(response.body, "the same"s);
            QCOMPARE(countOf(response), "1"s);
            collapsed += response.field("Cache-Status").find("collapsed") != std::string::npos;
        }
        QCOMPARE(collapsed, many - 1);
        QCOMPARE(origin.requestCount(), size_t(1));
        size_t recorded = 0;
        for (const auto& decision : proxy.waitForDecisions(many))
            recorded += decision.cache.collapsed;
        QCOMPARE(recorded, many - 1);
    }

    void itIsTheLastForThoseWhoCloseAfterIt() {
        Gate gate;
        const std::string body = pattern(300'000);
        Origin origin(heldBy(gate, counted(body, {{"Cache-Control", "max-age=60"}})));
        RunningEngine proxy(cachingConfig({origin.port()}));
        Crowd crowd(proxy, many, "Connection: close\r\n");
        QVERIFY(waitForFollowers(proxy, many));
        gate.open();
        for (const auto& client : crowd.clients) {
            const Response response = client->read();
            COMPARE_STATUS(response, 200);
            QVERIFY(response.body == body);
            QVERIFY(client->expectEof());
        }
        QCOMPARE(origin.requestCount(), size_t(1));
    }

    void eachGetsTheBodyAsItArrives() {
        Gate gate;
        Origin origin([&](OriginExchange& exchange) {
            sendHeadAnd(exchange, "Cache-Control: max-age=60\r\n", "first half, ");
            exchange.waitFor(gate);
            exchange.send(chunk("second half") + chunk(""));
        });
        RunningEngine proxy(cachingConfig({origin.port()}));
        Crowd crowd(proxy, 4);
        std::vector<BodyReader> bodies;
        for (const auto& client : crowd.clients) {
            const Response response = client->readHead();
            QCOMPARE(response.status, 200);
            bodies.push_back(client->body(response));
            std::string first;
            while (first.size() < 12)
                first += bodies.back().next();
            QCOMPARE(first, "first half, "s);
        }
        gate.open();
        for (BodyReader& body : bodies) {
            QCOMPARE(body.rest(), "second half"s);
            QVERIFY2(body.complete(), body.problem().c_str());
        }
        QCOMPARE(origin.requestCount(), size_t(1));
        QCOMPARE(proxy.get("/same").body, "first half, second half"s);
        QCOMPARE(origin.requestCount(), size_t(1));
    }

    void theOneWhoAskedMayLeave_data() {
        QTest::addColumn<bool>("withinBody");
        QTest::newRow("before the response") << false;
        QTest::newRow("within the body") << true;
    }

    void theOneWhoAskedMayLeave() {
        QFETCH(bool, withinBody);
        Gate headGate, bodyGate;
        Origin origin([&](OriginExchange& exchange) {
            exchange.waitFor(headGate);
            sendHeadAnd(exchange, "Cache-Control: max-age=60\r\n", "begun, ");
            exchange.waitFor(bodyGate);
            exchange.send(chunk("ended") + chunk(""));
        });
        RunningEngine proxy(cachingConfig({origin.port()}));
        Crowd crowd(proxy, 1);
        QVERIFY(waitUntil([&] { return origin.requestCount() == 1; }));
        crowd.add(proxy);
        crowd.add(proxy);
        QVERIFY(waitForExchanges(proxy, 3));
        if (withinBody) {
            headGate.open();
            QCOMPARE(crowd.clients[0]->readHead().status, 200);
        }
        crowd.clients[0]->reset();
        QVERIFY(waitUntil([&] { return proxy.clientConnections() == 2; }));
        headGate.open();
        bodyGate.open();
        for (size_t i = 1; i < 3; ++i) {
            const Response response = crowd.clients[i]->read();
            COMPARE_STATUS(response, 200);
            QCOMPARE(response.body, "begun, ended"s);
        }
        QCOMPARE(origin.requestCount(), size_t(1));
        QVERIFY(waitForExchanges(proxy, 0));
    }

    void whatIsSmallIsReceivedForTheStoreThoughAllHaveLeft() {
        Gate gate;
        Origin origin([&](OriginExchange& exchange) {
            exchange.readBody();
            exchange.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\nCache-Control: max-age=60\r\n\r\n01234");
            exchange.waitFor(gate);
            exchange.send("56789");
        });
        RunningEngine proxy(cachingConfig({origin.port()}));
        {
            Client client = proxy.connect();
            client.send(request("GET", "/same"));
            QCOMPARE(client.readHead().status, 200);
            client.reset();
        }
        QVERIFY(waitUntil([&] { return proxy.clientConnections() == 0; }));
        gate.open();
        QVERIFY(waitForExchanges(proxy, 0));
        QCOMPARE(proxy.get("/same").body, "0123456789"s);
        QCOMPARE(origin.requestCount(), size_t(1));
    }

    void whenAllHaveLeftBeforeTheResponseTheBackendIsLetGo() {
        Gate gate;
        Origin origin(heldBy(gate, counted("x", {{"Cache-Control", "max-age=60"}})));
        RunningEngine proxy(cachingConfig({origin.port()}));
        Crowd crowd(proxy, 3);
        QVERIFY(waitForExchanges(proxy, 3));
        for (const auto& client : crowd.clients)
            client->reset();
        QVERIFY(waitForExchanges(proxy, 0));
        gate.open();
    }

    void aPrivateResponseGoesToNobodyElse() {
        Gate gate;
        Origin origin(heldBy(gate, counted("mine", {{"Cache-Control", "private, max-age=60"}})));
        RunningEngine proxy(cachingConfig({origin.port()}));
        Crowd crowd(proxy, many);
        QVERIFY(waitForFollowers(proxy, many));
        QVERIFY(waitUntil([&] { return origin.requestCount() == 1; }));
        gate.open();
        std::set<std::string> counts;
        for (const auto& client : crowd.clients) {
            const Response response = client->read();
            COMPARE_STATUS(response, 200);
            counts.insert(countOf(response));
        }
        QCOMPARE(counts.size(), many);
        QCOMPARE(origin.requestCount(), many);
    }

    void anEventStreamIsEachListenersOwn_data() {
        QTest::addColumn<bool>("askedFor");
        QTest::newRow("known when its head comes") << false;
        QTest::newRow("asked for") << true;
    }

    void anEventStreamIsEachListenersOwn() {
        QFETCH(bool, askedFor);
        Gate headGate, endGate;
        std::atomic<int> count{0};
        Origin origin([&](OriginExchange& exchange) {
            exchange.readBody();
            exchange.waitFor(headGate);
            sendHeadAnd(exchange, "Content-Type: text/event-stream\r\nCache-Control: max-age=60\r\n",
                        "for " + std::to_string(++count));
            exchange.waitFor(endGate);
            exchange.send(chunk(""));
        });
        RunningEngine proxy(cachingConfig({origin.port()}));
        Crowd crowd(proxy, many, askedFor ? "Accept: text/event-stream\r\n" : "");
        QVERIFY(waitForExchanges(proxy, many));
        if (askedFor) // its head may come with the first event only
            QVERIFY(waitUntil([&] { return origin.requestCount() == many; }));
        headGate.open();
        std::set<std::string> streams;
        for (const auto& client : crowd.clients) {
            const Response response = client->readHead();
            QCOMPARE(response.status, 200);
            QVERIFY(response.field("Cache-Status").find("stored") == std::string::npos);
            streams.insert(std::string(client->body(response).next()));
        }
        QCOMPARE(streams.size(), many);
        endGate.open();
        QVERIFY(waitForExchanges(proxy, 0));
        for (const auto& decision : proxy.waitForDecisions(many))
            QCOMPARE(verdictsOf(decision), "uri-miss/endless-stream"s);
    }

    void whatMayNeverEndIsNotReceivedForNobody() {
        Gate gate;
        Origin origin([&](OriginExchange& exchange) {
            sendHeadAnd(exchange, "Cache-Control: max-age=60\r\n", "a line");
            exchange.waitFor(gate);
        });
        RunningEngine proxy(cachingConfig({origin.port()}));
        Crowd crowd(proxy, 1);
        QCOMPARE(crowd.clients[0]->readHead().status, 200);
        crowd.clients[0]->reset();
        QVERIFY(waitForExchanges(proxy, 0));
        gate.open();
    }

    void forWhatCannotBeSharedNobodyWaits() {
        Gate gate;
        std::atomic<bool> hold{false};
        Origin origin([&](OriginExchange& exchange) {
            exchange.readBody();
            if (hold)
                exchange.waitFor(gate);
            exchange.respond(200, "mine", {{"Cache-Control", "no-store"}});
        });
        RunningEngine proxy(cachingConfig({origin.port()}));
        COMPARE_STATUS(proxy.get("/same"), 200);
        hold = true;
        Crowd crowd(proxy, many);
        QVERIFY2(waitUntil([&] { return origin.requestCount() == 1 + many; }),
                 "all of them are at the origin at once");
        gate.open();
        for (const auto& client : crowd.clients)
            COMPARE_STATUS(client->read(), 200);
    }

    void eachVariantIsFetchedOnce() {
        Gate gate;
        Origin origin([&](OriginExchange& exchange) {
            exchange.readBody();
            exchange.waitFor(gate);
            exchange.respond(200, exchange.field("Accept-Language"),
                             {{"Cache-Control", "max-age=60"}, {"Vary", "Accept-Language"}});
        });
        RunningEngine proxy(cachingConfig({origin.port()}));
        Crowd crowd(proxy, 1, "Accept-Language: de\r\n");
        QVERIFY(waitUntil([&] { return origin.requestCount() == 1; }));
        const std::vector<std::string> languages{"de", "en", "fr", "de", "en", "fr"};
        for (size_t i = 1; i < languages.size(); ++i)
            crowd.add(proxy, "Accept-Language: " + languages[i] + "\r\n");
        QVERIFY(waitForExchanges(proxy, static_cast<uint32_t>(languages.size())));
        gate.open();
        for (size_t i = 0; i < languages.size(); ++i)
            QCOMPARE(crowd.clients[i]->read().body, languages[i]);
        QCOMPARE(origin.requestCount(), size_t(3));
    }

    void aFailureIsNotMetByAll() {
        Gate gate;
        std::atomic<int> asked{0};
        Origin origin([&](OriginExchange& exchange) {
            exchange.readBody();
            if (++asked == 1) {
                exchange.waitFor(gate);
                exchange.close();
                return;
            }
            exchange.respond(200, "at last", {{"Cache-Control", "max-age=60"}});
        });
        config::Config config = cachingConfig({origin.port()});
        config.proxy.retries = 0;
        RunningEngine proxy(config);
        Crowd crowd(proxy, many);
        QVERIFY(waitForExchanges(proxy, many));
        gate.open();
        size_t failed = 0;
        for (const auto& client : crowd.clients) {
            const Response response = client->read();
            failed += response.status == 502;
            if (response.status != 502)
                QCOMPARE(response.body, "at last"s);
        }
        QCOMPARE(failed, size_t(1));
        QCOMPARE(origin.requestCount(), size_t(2));
    }

    void aBackendInTroubleIsNotAskedByAll() {
        Gate gate;
        Origin origin([&](OriginExchange& exchange) {
            exchange.readBody();
            exchange.waitFor(gate);
            exchange.close();
        });
        config::Config config = cachingConfig({origin.port()});
        config.proxy.retries = 0;
        RunningEngine proxy(config);
        Crowd crowd(proxy, many);
        QVERIFY(waitForFollowers(proxy, many));
        gate.open();
        for (const auto& client : crowd.clients)
            COMPARE_STATUS(client->read(), 502);
        // Two where all learn of the first failure at once; whoever learns of it later than the second asks once
        // more.
        QVERIFY2(origin.requestCount() <= many / 2, std::to_string(origin.requestCount()).c_str());
    }

    /// Counted at the origin, over all workers. Where a whole crowd does not get through within the time that
    /// anybody waits for a turn, a machine is too slow to tell.
    void anErrorIsNotMetByAHerd() {
        constexpr size_t size = 40;
        constexpr size_t atOnce = cache::Fill::turnsAtOnce;
        Gate first, others;
        std::atomic<size_t> asked{0}, inside{0}, most{0};
        Origin origin([&](OriginExchange& exchange) {
            exchange.readBody();
            const bool leads = ++asked == 1;
            const size_t now = ++inside;
            for (size_t seen = most; now > seen && !most.compare_exchange_weak(seen, now);) {
            }
            exchange.waitFor(leads ? first : others);
            --inside;
            exchange.respond(500, "an error", {{"X-Count", std::to_string(asked)}});
        });
        config::Config config = cachingConfig({origin.port()});
        config.proxy.workers = 4;
        RunningEngine proxy(config);
        Crowd crowd(proxy, size);
        QVERIFY(waitForFollowers(proxy, size));
        const auto begun = std::chrono::steady_clock::now();
        first.open();
        QVERIFY(waitUntil([&] { return asked >= 1 + atOnce; }));
        others.open();
        for (const auto& client : crowd.clients) {
            const Response response = client->read();
            COMPARE_STATUS(response, 500);
            QCOMPARE(response.body, "an error"s);
        }
        const auto took = std::chrono::steady_clock::now() - begun;
        QCOMPARE(origin.requestCount(), size); // each its own
        if (took < cache::Fill::turnsLimit)
            QCOMPARE(most.load(), atOnce);
        VERIFY_NO_VIOLATIONS(origin);
    }

    void whatComesAfterAnErrorIsForAllWhoWait() {
        constexpr size_t size = 40;
        constexpr size_t atOnce = cache::Fill::turnsAtOnce;
        Gate first, others;
        std::atomic<size_t> asked{0};
        Origin origin([&](OriginExchange& exchange) {
            exchange.readBody();
            const bool leads = ++asked == 1;
            exchange.waitFor(leads ? first : others);
            if (leads)
                exchange.respond(503, "an error");
            else
                exchange.respond(200, "at last", {{"Cache-Control", "max-age=60"}});
        });
        RunningEngine proxy(cachingConfig({origin.port()}));
        Crowd crowd(proxy, size);
        QVERIFY(waitForFollowers(proxy, size));
        const auto begun = std::chrono::steady_clock::now();
        first.open();
        QVERIFY(waitUntil([&] { return asked >= 1 + atOnce; }));
        others.open();
        size_t good = 0;
        for (const auto& client : crowd.clients) {
            const Response response = client->read();
            good += response.status == 200 && response.body == "at last";
        }
        QCOMPARE(good, size - 1);
        if (std::chrono::steady_clock::now() - begun < cache::Fill::turnsLimit)
            QCOMPARE(origin.requestCount(), 1 + atOnce);
    }

    void whatBreaksOffIsCutForAllAndNotStored() {
        Gate gate;
        std::atomic<int> asked{0};
        Origin origin([&](OriginExchange& exchange) {
            exchange.readBody();
            exchange.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\nCache-Control: max-age=60\r\n\r\n01234");
            if (++asked == 1) {
                exchange.waitFor(gate);
                exchange.close();
            } else {
                exchange.send("56789");
            }
        });
        RunningEngine proxy(cachingConfig({origin.port()}));
        Crowd crowd(proxy, 3);
        std::vector<Response> responses;
        for (const auto& client : crowd.clients)
            responses.push_back(client->readHead());
        gate.open();
        for (size_t i = 0; i < 3; ++i) {
            readInto(*crowd.clients[i], responses[i]);
            QVERIFY(!responses[i].complete);
            QCOMPARE(responses[i].body, "01234"s);
        }
        const Response again = proxy.get("/same");
        QVERIFY(again.complete);
        QCOMPARE(origin.requestCount(), size_t(2));
        QCOMPARE(verdictsOf(proxy.waitForDecisions(4)[0]).substr(0, 8), "uri-miss"s);
    }

    void whatIsTooLargeToBeStoredGoesToAllThatWait() {
        constexpr uint64_t size = 8 << 20;
        Gate gate;
        Origin origin([&](OriginExchange& exchange) {
            exchange.readBody();
            exchange.waitFor(gate);
            exchange.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nCache-Control: max-age=60\r\n\r\n");
            for (uint64_t at = 0; at < size; at += 1 << 16)
                exchange.send(chunk(pattern(size).substr(at, 1 << 16)));
            exchange.send(chunk(""));
        });
        config::Config config = cachingConfig({origin.port()});
        config.cache.maxEntrySize = 1 << 20;
        RunningEngine proxy(config);
        Crowd crowd(proxy, 4);
        QVERIFY(waitForExchanges(proxy, 4));
        gate.open();
        std::vector<std::future<bool>> reading;
        for (const auto& client : crowd.clients) {
            reading.push_back(std::async(std::launch::async, [&client] {
                Response response = client->readHead();
                PatternCheck check;
                client->readBody(response, [&](std::string_view bytes) { return check.add(bytes); });
                return response.complete && check.good() && check.offset() == size;
            }));
        }
        for (auto& whole : reading)
            QVERIFY(whole.get());
        QCOMPARE(origin.requestCount(), size_t(1));
        QVERIFY(waitForExchanges(proxy, 0));
        for (const auto& decision : proxy.waitForDecisions(4)) {
            if (!decision.cache.collapsed)
                QCOMPARE(verdictsOf(decision), "uri-miss/too-large"s);
        }
    }

    void withoutCollapsingEachAsksForItself() {
        Gate gate;
        Origin origin(heldBy(gate, counted("x", {{"Cache-Control", "max-age=60"}})));
        config::Config config = cachingConfig({origin.port()});
        config.cache.collapse = false;
        RunningEngine proxy(config);
        Crowd crowd(proxy, many);
        QVERIFY(waitUntil([&] { return origin.requestCount() == many; }));
        gate.open();
        for (const auto& client : crowd.clients)
            COMPARE_STATUS(client->read(), 200);
    }
};

QTEST_GUILESS_MAIN(TestCacheCollapsing)
#include "test_cache_collapsing.moc"
