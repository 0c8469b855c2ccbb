// SPDX-License-Identifier: MIT
#include "behaviour/health_story.h"
#include "support/load.h"
#include "support/loopback_port.h"

#include <algorithm>

using namespace reverxy;
using namespace reverxy::test;

namespace {

/// The value of the sample that begins with `series`, as text; "" when there is none.
std::string sampleIn(const std::string& metrics, std::string_view series) {
    const std::string begin = "\n" + std::string(series) + " ";
    const size_t at = metrics.find(begin);
    if (at == std::string::npos)
        return {};
    const size_t value = at + begin.size();
    return metrics.substr(value, metrics.find('\n', value) - value);
}

std::string sample(const RunningEngine& proxy, std::string_view series) {
    return sampleIn(proxy.probe("/metrics").body, series);
}

config::Config twoPools(uint16_t first, uint16_t second) {
    config::Config config = configFor({first});
    config.pools.push_back(pool("other", {backend("other-1", "127.0.0.1", second)}));
    config.routes = {route("other", 1, "/other"), route("default", 0)};
    return config;
}

} // namespace

/// The probe listener of a running engine.
class TestProbeEndpoints : public QObject {
    Q_OBJECT
  private Q_SLOTS:

    void liveAndReadyFromTheStart() {
        Origin origin(answer("hello"));
        RunningEngine proxy(configFor({origin.port()}));
        COMPARE_STATUS(proxy.probe("/live"), 200);
        const Response ready = proxy.probe("/ready");
        COMPARE_STATUS(ready, 200);
        QCOMPARE(ready.field("Content-Type"), "application/json"s);
        QVERIFY2(ready.body.find("1 available backend of 1") != std::string::npos, ready.body.c_str());
    }

    void aPoolWithoutABackendIsNotReady() {
        RunningEngine proxy(configFor({}));
        COMPARE_STATUS(proxy.probe("/live"), 200);
        const Response ready = proxy.probe("/ready");
        COMPARE_STATUS(ready, 503);
        QVERIFY2(ready.body.find("has no backend") != std::string::npos, ready.body.c_str());
    }

    void readyFollowsHealth() {
        Service service("one");
        RunningEngine proxy(probedConfig({service.port()}));
        COMPARE_STATUS(proxy.probe("/ready"), 200); // not yet probed counts as up
        service.answerProbes(500);
        QVERIFY(waitUntil([&] { return proxy.probe("/ready").status == 503; }));
        const std::string why = proxy.probe("/ready").body;
        QVERIFY2(why.find("\"health\":\"down\"") != std::string::npos, why.c_str());
        QVERIFY2(why.find("status 500") != std::string::npos, why.c_str());
        QCOMPARE(sample(proxy, "reverxy_backend_up{pool=\"default\",backend=\"origin-1\"}"), "0"s);
        QCOMPARE(sample(proxy, "reverxy_ready"), "0"s);
        service.answerProbes(200);
        QVERIFY(waitUntil([&] { return proxy.probe("/ready").status == 200; }));
        QCOMPARE(sample(proxy, "reverxy_backend_up{pool=\"default\",backend=\"origin-1\"}"), "1"s);
        QVERIFY(std::stoi(sample(
                    proxy, "reverxy_probes_total{pool=\"default\",backend=\"origin-1\",result=\"failed\"}")) >= 3);
    }

    void readyFollowsTheOperator() {
        Origin origin(answer("hello"));
        RunningEngine proxy(configFor({origin.port()}));
        QCOMPARE(setEnabled(proxy, "origin-1", false), ""s);
        COMPARE_STATUS(proxy.probe("/ready"), 503);
        QCOMPARE(sample(proxy, "reverxy_backend_enabled{pool=\"default\",backend=\"origin-1\"}"), "0"s);
        QCOMPARE(setEnabled(proxy, "origin-1", true), ""s);
        COMPARE_STATUS(proxy.probe("/ready"), 200);
    }

    void allPoolsOrAnyPool() {
        Origin origin(answer("hello"));
        config::Config config = twoPools(origin.port(), origin.port());
        config.pools[1].backends[0].enabled = false;
        RunningEngine proxy(config);
        COMPARE_STATUS(proxy.probe("/ready"), 503);
        config.proxy.readyWhen = config::ReadyWhen::AnyPool;
        proxy.reload(config);
        COMPARE_STATUS(proxy.probe("/ready"), 200);
        config.pools[0].backends[0].enabled = false;
        proxy.reload(config);
        COMPARE_STATUS(proxy.probe("/ready"), 503);
    }

    void namesOfItsOwn() {
        RunningEngine proxy(configFor({}));
        for (const char* host : {"localhost", "127.0.0.1:1", "[::1]"})
            COMPARE_STATUS(proxy.probe("/live", "Host: "s + host + "\r\n"), 200);
        COMPARE_STATUS(proxy.probe("/live", "Host: evil.example\r\n"), 421);
        COMPARE_STATUS(proxy.probe("/live", "Host: proxy.internal\r\n"), 421);
        config::Config config = configFor({});
        config.proxy.probeNames = {"proxy.internal"};
        proxy.reload(config);
        COMPARE_STATUS(proxy.probe("/live", "Host: proxy.internal:8085\r\n"), 200);
        COMPARE_STATUS(proxy.probe("/live", "Host: evil.example\r\n"), 421);
    }

    /// No other site may read what is here, or ask whether it may (no CORS).
    void nothingForOtherSites() {
        RunningEngine proxy(configFor({}));
        const std::string fields = "Host: localhost\r\nOrigin: http://evil.example\r\n";
        for (const char* page : {"/live", "/ready", "/metrics"}) {
            const Response response = proxy.probe(page, fields);
            for (const auto& [name, value] : response.head.fields)
                QVERIFY2(!name.starts_with("Access-Control"), name.c_str());
        }
        COMPARE_STATUS(exchangeOnce(proxy.probePort(), request("OPTIONS", "/ready",
                                                               fields + "Access-Control-Request-Method: POST\r\n")),
                       405);
    }

    void onlyGetAndHead() {
        RunningEngine proxy(configFor({}));
        const std::string host = "Host: localhost\r\n";
        COMPARE_STATUS(exchangeOnce(proxy.probePort(), request("HEAD", "/ready", host), "HEAD"), 503);
        for (const char* method : {"POST", "PUT", "DELETE", "OPTIONS"})
            COMPARE_STATUS(exchangeOnce(proxy.probePort(), request(method, "/ready", host)), 405);
    }

    void metricsTellWhatHappened() {
        Origin origin([](OriginExchange& exchange) {
            exchange.discardBody();
            exchange.respond(exchange.target() == "/bad" ? 500 : 200, "hello");
        });
        RunningEngine proxy(configFor({origin.port()}));
        for (int i = 0; i < 7; ++i)
            COMPARE_STATUS(proxy.get("/good?secret=xyzzy"), 200);
        COMPARE_STATUS(proxy.get("/bad"), 500);
        COMPARE_STATUS(proxy.exchange(request("POST", "/", "", "12345")), 200);
        proxy.waitForDecisions(9);
        QVERIFY(waitUntil([&] { return proxy.clientConnections() == 0; }));
        const Response response = proxy.probe("/metrics");
        COMPARE_STATUS(response, 200);
        const auto value = [&](std::string_view series) { return sampleIn(response.body, series); };
        const std::string labels = "{route=\"default\",pool=\"default\",backend=\"origin-1\",status=";
        QCOMPARE(value("reverxy_requests_total" + labels + "\"2xx\",outcome=\"success\"}"), "8"s);
        QCOMPARE(value("reverxy_requests_total" + labels + "\"5xx\",outcome=\"upstream_error\"}"), "1"s);
        QCOMPARE(value("reverxy_request_duration_seconds_count{route=\"default\"}"), "9"s);
        QCOMPARE(value("reverxy_request_body_bytes_total{route=\"default\"}"), "5"s);
        QCOMPARE(value("reverxy_response_body_bytes_total{route=\"default\"}"), "45"s);
        QCOMPARE(value("reverxy_client_connections_accepted_total"), "9"s);
        QCOMPARE(value("reverxy_client_connections"), "0"s);
        QCOMPARE(value("reverxy_backend_first_byte_seconds_count{pool=\"default\",backend=\"origin-1\"}"), "9"s);
        QCOMPARE(value("reverxy_backend_requests_in_flight{pool=\"default\",backend=\"origin-1\"}"), "0"s);
        QCOMPARE(value("reverxy_workers"), "2"s);
        QVERIFY(response.body.find("xyzzy") == std::string::npos);
        QVERIFY(response.body.find("127.0.0.1") == std::string::npos);
    }

    void metricsTellWhatRunsAndWhatWaits() {
        Gate gate;
        Origin origin(heldBy(gate, answer("done")));
        config::Config config = configFor({origin.port()});
        config.pools[0].backends[0].maxConnections = 1;
        RunningEngine proxy(config);
        std::vector<Client> clients;
        for (int i = 0; i < 3; ++i) {
            clients.push_back(proxy.connect());
            QVERIFY(clients.back().send(request("GET", "/")));
        }
        QVERIFY(waitUntil([&] {
            return sample(proxy, "reverxy_pool_requests_waiting{pool=\"default\"}") == "2" &&
                   sample(proxy, "reverxy_backend_requests_in_flight{pool=\"default\",backend=\"origin-1\"}") ==
                       "1";
        }));
        QCOMPARE(sample(proxy, "reverxy_requests_in_flight"), "3"s);
        QCOMPARE(sample(proxy, "reverxy_pool_requests_in_flight{pool=\"default\"}"), "3"s);
        QCOMPARE(sample(proxy, "reverxy_backend_connections{pool=\"default\",backend=\"origin-1\"}"), "1"s);
        QCOMPARE(sample(proxy, "reverxy_client_connections"), "3"s);
        gate.open();
        for (Client& client : clients)
            COMPARE_STATUS(client.read(), 200);
        QVERIFY(waitUntil([&] {
            return sample(proxy, "reverxy_pool_queue_wait_seconds_count{pool=\"default\"}") == "2" &&
                   sample(proxy, "reverxy_requests_in_flight") == "0";
        }));
    }

    void metricsTellOfRetries() {
        const LoopbackPort absent;
        Origin origin(answer("hello"));
        RunningEngine proxy(configFor({absent.number(), origin.port()}));
        for (int i = 0; i < 2; ++i)
            COMPARE_STATUS(proxy.get("/"), 200);
        proxy.waitForDecisions(2);
        QCOMPARE(sample(proxy, "reverxy_pool_retries_total{pool=\"default\"}"), "1"s);
        QCOMPARE(sample(proxy, "reverxy_backend_failures_total{pool=\"default\",backend=\"origin-1\",failure="
                               "\"connect-refused\"}"),
                 "1"s);
    }

    /// What was counted stays counted, under the names of its time.
    void countersNeverStepBackOverAReload() {
        Origin origin(answer("hello"));
        config::Config config = configFor({origin.port()});
        RunningEngine proxy(config);
        COMPARE_STATUS(proxy.get("/"), 200);
        config.pools[0].backends[0].name = "renamed";
        proxy.reload(config);
        COMPARE_STATUS(proxy.get("/"), 200);
        proxy.waitForDecisions(2);
        const std::string metrics = proxy.probe("/metrics").body;
        for (const char* name : {"origin-1", "renamed"})
            QCOMPARE(
                sampleIn(metrics, "reverxy_backend_attempts_total{pool=\"default\",backend=\""s + name + "\"}"),
                "1"s);
        QVERIFY(
            sampleIn(metrics, "reverxy_backend_up{pool=\"default\",backend=\"origin-1\"}").empty()); // is no more
        QCOMPARE(sampleIn(metrics, "reverxy_backend_up{pool=\"default\",backend=\"renamed\"}"), "1"s);
    }

    /// 503 during the drain, and the listener closes last: whoever sends traffic learns of it in time.
    void itAnswersUntilTheEndOfTheDrain() {
        Gate gate;
        Origin origin(heldBy(gate, answer("done")));
        RunningEngine proxy(configFor({origin.port()}));
        Client running = proxy.connect();
        QVERIFY(running.send(request("GET", "/")));
        QVERIFY(waitUntil([&] { return origin.requestCount() == 1; }));
        Client kept(proxy.probePort());
        COMPARE_STATUS(kept.get("/ready", "Host: localhost\r\n"), 200);
        proxy.drain();
        COMPARE_STATUS(kept.get("/ready", "Host: localhost\r\n"), 503);
        const Response ready = proxy.probe("/ready"); // new connections too
        COMPARE_STATUS(ready, 503);
        QVERIFY2(ready.body.find("\"state\":\"draining\"") != std::string::npos, ready.body.c_str());
        COMPARE_STATUS(proxy.probe("/live"), 200);
        QCOMPARE(sample(proxy, "reverxy_draining"), "1"s);
        QCOMPARE(sample(proxy, "reverxy_requests_in_flight"), "1"s);
        QVERIFY(waitUntil([&] { return !proxy.connect().connected(); }));
        COMPARE_STATUS(proxy.probe("/live"), 200);
        QVERIFY(!proxy.isDrained());
        gate.open();
        COMPARE_STATUS(running.read(), 200);
        QVERIFY(proxy.waitDrained());
        QVERIFY(kept.expectEof());
        QVERIFY(!Client(proxy.probePort()).connected());
    }

    void itAnswersWhileTrafficIsSaturated() {
        Origin origin(loadOrigin(), {.record = false});
        config::Config config = configFor({origin.port()});
        config.log.access = false;
        RunningEngine proxy(config);
        Load::Options options;
        options.port = proxy.port();
        options.plain = 40;
        options.pipelined = 20;
        Load load(options);
        load.start();
        QVERIFY(waitUntil([&] { return load.answered() > 500; }));
        std::vector<int64_t> micros;
        for (int i = 0; i < 50; ++i) {
            for (const char* page : {"/live", "/ready", "/metrics"}) {
                const auto begun = std::chrono::steady_clock::now();
                COMPARE_STATUS(proxy.probe(page), 200);
                micros.push_back(
                    std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - begun)
                        .count());
            }
        }
        load.stop();
        const Load::Result result = load.wait();
        QVERIFY2(result.failed == 0, result.text().c_str());
        std::sort(micros.begin(), micros.end());
        qInfo("150 probes during %llu requests: half within %lld us, the slowest %lld us",
              static_cast<unsigned long long>(result.answered), static_cast<long long>(micros[micros.size() / 2]),
              static_cast<long long>(micros.back()));
    }

    void tellsWhereItListens() {
        RunningEngine proxy(configFor({}));
        QVERIFY(proxy.waitForLog("/live, /ready and /metrics are on localhost port " +
                                 std::to_string(proxy.probePort())));
    }

    void aProbePortInUseStopsTheStart() {
        Origin other(answer(""));
        config::Config config = configFor({});
        config.proxy.probePort = other.port();
        RunningEngine proxy(config);
        QVERIFY2(proxy.startError().find("--probe-port or proxy.probe_port") != std::string::npos,
                 proxy.startError().c_str());
        QVERIFY2(proxy.startError().find("in use by process") != std::string::npos, proxy.startError().c_str());
        QCOMPARE(proxy.port(), uint16_t(0));
    }
};

QTEST_GUILESS_MAIN(TestProbeEndpoints)
#include "test_probe_endpoints.moc"
