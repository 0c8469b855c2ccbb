// SPDX-License-Identifier: MIT
#include "behaviour/story.h"

#include <memory>
#include <numeric>

using namespace reverxy;
using namespace reverxy::test;
using observe::Outcome;

namespace {

uint64_t requestsOf(const observe::Report& report, Outcome outcome) {
    uint64_t sum = 0;
    for (const auto& entry : report.counters.exchanges.entries()) {
        for (const auto& byOutcome : entry.series.requests)
            sum += byOutcome[static_cast<size_t>(outcome)];
    }
    return sum;
}

uint64_t requestsOf(const std::vector<observe::SecondTotals>& seconds) {
    uint64_t sum = 0;
    for (const observe::SecondTotals& totals : seconds)
        sum = std::accumulate(totals.requests.begin(), totals.requests.end(), sum);
    return sum;
}

observe::ReportRequest everything() {
    observe::ReportRequest request;
    request.counters = true;
    request.seconds = observe::History::length;
    request.running = 100;
    request.decisions = 1000;
    return request;
}

} // namespace

/// What the workers tell of themselves when they are asked.
class TestReports : public QObject {
    Q_OBJECT
  private Q_SLOTS:

    void allWorkersCountTogether() {
        Origin origin([](OriginExchange& exchange) {
            exchange.discardBody();
            exchange.respond(exchange.target() == "/bad" ? 500 : 200, "hello");
        });
        RunningEngine proxy(configFor({origin.port()}));
        for (int i = 0; i < 10; ++i)
            COMPARE_STATUS(proxy.get("/"), 200);
        COMPARE_STATUS(proxy.get("/bad"), 500);
        proxy.waitForDecisions(11);
        const observe::Report report = proxy.collect(everything());
        QVERIFY(report.complete);
        QCOMPARE(report.counters.connections, uint64_t(11));
        QCOMPARE(requestsOf(report, Outcome::Success), uint64_t(10));
        QCOMPARE(requestsOf(report, Outcome::UpstreamError), uint64_t(1));
        QCOMPARE(report.decisions.size(), size_t(11));
        QCOMPARE(report.positions.size(), size_t(2));
        QCOMPARE(report.positions[0] + report.positions[1], uint64_t(11));
        const auto& pools = report.counters.pools.entries();
        QCOMPARE(pools.size(), size_t(1));
        QCOMPARE(proxy.nameOf(pools[0].key.name), "default"s);
        const auto recent = pools[0].series.recent.totals(report.taken, 60s, report.countingSince);
        QCOMPARE(recent.requests, uint64_t(11));
        QCOMPARE(recent.errors, uint64_t(1));
        const auto& backends = report.counters.backends.entries();
        QCOMPARE(backends.size(), size_t(1));
        QCOMPARE(proxy.nameOf(backends[0].key.backend), "origin-1"s);
        QCOMPARE(backends[0].series.attempts, uint64_t(11));
        QCOMPARE(backends[0].series.firstByte.counts.total(), uint64_t(11));
    }

    void aBadMessageCounts() {
        RunningEngine proxy(configFor({}));
        COMPARE_STATUS(proxy.exchange("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"), 400);
        proxy.waitForDecisions(1);
        const observe::Report report = proxy.collect(everything());
        QCOMPARE(report.counters.failures[static_cast<size_t>(Failure::BadRequest)], uint64_t(1));
        QCOMPARE(requestsOf(report, Outcome::ClientError), uint64_t(1));
    }

    /// The running second is never told, so that what is told of a second is final.
    void theLastSecondsAreThere() {
        Origin origin(answer("hello"));
        RunningEngine proxy(configFor({origin.port()}));
        for (int i = 0; i < 5; ++i)
            COMPARE_STATUS(proxy.get("/"), 200);
        observe::Report report;
        QVERIFY(waitUntil([&] { return requestsOf((report = proxy.collect(everything())).seconds) == 5; }));
        const int64_t now =
            std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch())
                .count();
        QVERIFY(std::abs(report.seconds.back().second - now) <= 60);
        for (size_t i = 1; i < report.seconds.size(); ++i)
            QCOMPARE(report.seconds[i].second, report.seconds[i - 1].second + 1);
    }

    void onlyWhatIsNewIsTold() {
        Origin origin(answer("hello"));
        RunningEngine proxy(configFor({origin.port()}));
        for (int i = 0; i < 4; ++i)
            COMPARE_STATUS(proxy.get("/old"), 200);
        proxy.waitForDecisions(4);
        observe::ReportRequest request = everything();
        request.after = proxy.collect(request).positions;
        QVERIFY(proxy.collect(request).decisions.empty());
        COMPARE_STATUS(proxy.get("/new"), 200);
        proxy.waitForDecisions(5);
        const observe::Report report = proxy.collect(request);
        QCOMPARE(report.decisions.size(), size_t(1));
        QCOMPARE(std::string(report.decisions[0].target.view()), "/new"s);
        QCOMPARE(report.skipped, uint64_t(0));
        request.decisions = 0;
        QCOMPARE(proxy.collect(request).skipped, uint64_t(1));
    }

    void whatRunsIsTold() {
        Gate gate;
        Origin origin(heldBy(gate, answer("done")));
        RunningEngine proxy(configFor({origin.port()}));
        std::vector<Client> clients;
        for (int i = 0; i < 3; ++i) {
            clients.push_back(proxy.connect());
            QVERIFY(clients.back().send(request("GET", "/held/" + std::to_string(i))));
            QVERIFY(waitUntil([&] { return origin.requests().size() == size_t(i) + 1; }));
        }
        const Client idle = proxy.connect();
        const observe::Report report = proxy.collect(everything());
        QCOMPARE(report.running.size(), size_t(3));
        QVERIFY(report.decisions.empty());
        for (size_t i = 0; i < 3; ++i) {
            QCOMPARE(std::string(report.running[i].target.view()), "/held/" + std::to_string(i));
            QCOMPARE(int(report.running[i].phase), int(observe::Phase::AwaitingResponse));
            QCOMPARE(proxy.nameOf(report.running[i].lastAttempt().backend), "origin-1"s);
        }
        observe::ReportRequest one = everything();
        one.running = 1; // of each worker
        const observe::Report oldest = proxy.collect(one);
        QVERIFY(oldest.running.size() <= 2);
        QCOMPARE(std::string(oldest.running.front().target.view()), "/held/0"s);
        gate.open();
        for (Client& client : clients)
            COMPARE_STATUS(client.read(), 200);
        QVERIFY(waitUntil([&] { return proxy.collect(everything()).running.empty(); }));
    }

    void nothingUnaskedIsTold() {
        Origin origin(answer("hello"));
        RunningEngine proxy(configFor({origin.port()}));
        COMPARE_STATUS(proxy.get("/"), 200);
        proxy.waitForDecisions(1);
        const observe::Report report = proxy.collect({});
        QVERIFY(report.complete);
        QVERIFY(report.counters.exchanges.entries().empty());
        QVERIFY(report.seconds.empty());
        QVERIFY(report.decisions.empty());
    }

    void countsGoOnOverAReload() {
        Origin origin(answer("hello"));
        config::Config config = configFor({origin.port()});
        RunningEngine proxy(config);
        COMPARE_STATUS(proxy.get("/"), 200);
        config.pools[0].backends[0].name = "renamed";
        proxy.reload(config);
        COMPARE_STATUS(proxy.get("/"), 200);
        proxy.waitForDecisions(2);
        const observe::Report report = proxy.collect(everything());
        QCOMPARE(requestsOf(report, Outcome::Success), uint64_t(2));
        QCOMPARE(report.counters.backends.entries().size(), size_t(2));
    }

    /// Whoever asks is answered, even when the workers end meanwhile.
    void everyQuestionIsAnsweredAtTheEnd() {
        RunningEngine proxy(configFor({}));
        const auto answers = std::make_shared<std::atomic<int>>(0);
        proxy.onEngine([&](Engine& engine) {
            engine.collect(everything(), [answers](const observe::Report&) { ++*answers; });
            engine.drain();
            engine.collect(everything(), [answers](const observe::Report&) { ++*answers; });
        });
        QVERIFY(proxy.waitDrained());
        QVERIFY(waitUntil([&] { return answers->load() == 2; }));
        QVERIFY(!proxy.collect(everything()).complete);
    }

    void nobodyIsCalledOnceTheEngineIsGone() {
        int answers = 0;
        NameTable names;
        observe::Log log([](std::string_view) {}, names);
        {
            Engine engine(log, names, reactorUnderTest());
            QVERIFY(!engine.start(configFor({})));
            for (int i = 0; i < 10; ++i)
                engine.collect(everything(), [&](const observe::Report&) { ++answers; });
        }
        QCoreApplication::processEvents();
        QCOMPARE(answers, 0);
    }
};

QTEST_GUILESS_MAIN(TestReports)
#include "test_reports.moc"
