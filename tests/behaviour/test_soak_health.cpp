// SPDX-License-Identifier: MIT
#include "behaviour/health_story.h"

#include <algorithm>
#include <cstdio>
#include <ctime>

using namespace reverxy;
using namespace reverxy::test;
using health::State;

/// A thousand backends, probed every five seconds.
class TestSoakHealth : public QObject {
    Q_OBJECT

    static double engineSeconds(const RunningEngine& proxy) {
        timespec used{};
        proxy.onEngine([&](Engine&) { ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used); });
        return static_cast<double>(used.tv_sec) + static_cast<double>(used.tv_nsec) / 1e9;
    }

    static uint64_t probesOf(const std::vector<health::PoolSnapshot>& pools) {
        uint64_t probes = 0;
        for (const health::BackendSnapshot& backend : pools[0].backends)
            probes += backend.target->probesPassed + backend.target->probesFailed;
        return probes;
    }

  private Q_SLOTS:

    /// Under 3 % of a core, every backend in every interval, and requests pass beside it as if nothing were.
    void aThousandBackends() {
        constexpr size_t count = 1000;
        Origin::Options unrecorded;
        unrecorded.record = false;
        std::atomic<int> running{0}, most{0}; // probes
        Origin origin(
            [&](OriginExchange& exchange) {
                if (!exchange.target().starts_with("/health")) {
                    exchange.respond(200, "");
                    return;
                }
                const int now = ++running;
                for (int seen = most; now > seen && !most.compare_exchange_weak(seen, now);) {
                }
                --running; // the prober cannot know before that it is over
                exchange.respond(200, "");
            },
            unrecorded);
        config::Config config = configFor(std::vector<uint16_t>(count, origin.port()));
        config.log.access = false;
        config.pools[0].healthChecker = {};
        config.pools[0].healthChecker.interval = 5s;
        for (size_t i = 0; i < count; ++i) // one server, a thousand questions
            config.pools[0].backends[i].healthUrl = "/health/" + std::to_string(i);
        RunningEngine proxy(config);
        QVERIFY(waitUntil([&] {
            const auto pools = healthOf(proxy);
            return std::all_of(pools[0].backends.begin(), pools[0].backends.end(),
                               [](const auto& backend) { return backend.target->state == State::Up; });
        }));

        const double usedBefore = engineSeconds(proxy);
        const uint64_t probesBefore = probesOf(healthOf(proxy));
        const auto begun = std::chrono::steady_clock::now();
        Client client = proxy.connect();
        std::vector<double> latencies;
        while (std::chrono::steady_clock::now() - begun < 30s) {
            const auto asked = std::chrono::steady_clock::now();
            COMPARE_STATUS(client.get("/"), 200);
            latencies.push_back(
                std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - asked).count());
            std::this_thread::sleep_for(5ms);
        }
        const auto pools = healthOf(proxy);
        const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
        const double used = engineSeconds(proxy) - usedBefore;
        const uint64_t probes = probesOf(pools) - probesBefore;
        std::sort(latencies.begin(), latencies.end());
        std::fprintf(stderr,
                     "%.1f probes/s, engine's thread %.2f %% of a core, %.0f us a probe; requests: median %.2f ms, "
                     "99 %% %.2f ms\n",
                     static_cast<double>(probes) / seconds, 100 * used / seconds,
                     1e6 * used / static_cast<double>(probes), latencies[latencies.size() / 2],
                     latencies[latencies.size() * 99 / 100]);
        QCOMPARE(pools[0].available, uint32_t(count));
        QVERIFY(most.load() <= int(config.pools[0].healthChecker.concurrency));
        const auto decisions = proxy.waitForDecisions(1);
        for (const observe::Decision& decision : decisions) {
            QCOMPARE(decision.attemptsTotal, uint16_t(1));
            QCOMPARE(decision.queuedMicros, uint32_t(0));
        }
        for (const health::BackendSnapshot& backend : pools[0].backends) {
            QVERIFY(backend.target->probesPassed >= 6); // six whole intervals
            QCOMPARE(backend.target->probesFailed, uint64_t(0));
        }
        QVERIFY2(used / seconds < 0.03, QByteArray::number(100 * used / seconds));
    }
};

QTEST_GUILESS_MAIN(TestSoakHealth)
#include "test_soak_health.moc"
