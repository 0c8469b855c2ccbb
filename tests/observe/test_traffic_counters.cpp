// SPDX-License-Identifier: MIT
#include "observe/traffic_counters.h"

#include <QTest>

using namespace reverxy;
using namespace reverxy::observe;
using std::chrono::seconds;

namespace {

const TimePoint now{seconds(100'000)};

constexpr NameId route = 1;
constexpr NameId pool = 2;
constexpr NameId first = 3;
constexpr NameId second = 4;

Decision answered(uint16_t status, NameId backend = first) {
    Decision decision{};
    decision.route = route;
    decision.pool = pool;
    decision.status = status;
    decision.responseFromBackend = true;
    decision.requestBodyBytes = 10;
    decision.responseBodyBytes = 1000;
    decision.totalMicros = 4000;
    Attempt& attempt = decision.beginAttempt();
    attempt.backend = backend;
    attempt.status = status;
    attempt.bytesSent = true;
    attempt.firstByteMicros = 700;
    return decision;
}

uint64_t requests(const TrafficCounters& counters, const ExchangeKey& key, size_t statusClass, Outcome outcome) {
    const ExchangeSeries* const series = counters.exchanges.seriesOf(key);
    return series ? series->requests[statusClass][static_cast<size_t>(outcome)] : 0;
}

uint64_t allRequests(const TrafficCounters& counters) {
    uint64_t sum = 0;
    for (const auto& entry : counters.exchanges.entries()) {
        for (const auto& byOutcome : entry.series.requests) {
            for (const uint64_t count : byOutcome)
                sum += count;
        }
    }
    return sum;
}

} // namespace

class TestTrafficCounters : public QObject {
    Q_OBJECT
  private Q_SLOTS:

    void requestsByRouteBackendStatusAndOutcome() {
        TrafficCounters counters;
        counters.add(answered(200), now);
        counters.add(answered(204), now);
        counters.add(answered(404), now);
        counters.add(answered(500, second), now);
        QCOMPARE(requests(counters, {route, pool, first}, 2, Outcome::Success), uint64_t(2));
        QCOMPARE(requests(counters, {route, pool, first}, 4, Outcome::ClientError), uint64_t(1));
        QCOMPARE(requests(counters, {route, pool, second}, 5, Outcome::UpstreamError), uint64_t(1));
        QCOMPARE(allRequests(counters), uint64_t(4));
    }

    void aRequestThatNoBackendWasAskedFor() {
        TrafficCounters counters;
        Decision decision{};
        decision.failure = Failure::NoRoute;
        decision.status = 404;
        counters.add(decision, now);
        QCOMPARE(requests(counters, {}, 4, Outcome::ClientError), uint64_t(1));
        QCOMPARE(counters.failures[size_t(Failure::NoRoute)], uint64_t(1));
        QVERIFY(counters.pools.entries().empty());
        QVERIFY(counters.backends.entries().empty());
    }

    void aClientThatGotNoStatus() {
        TrafficCounters counters;
        Decision decision = answered(0);
        decision.failure = Failure::ClientGone;
        counters.add(decision, now);
        QCOMPARE(requests(counters, {route, pool, first}, 0, Outcome::ClientGone), uint64_t(1));
        QCOMPARE(counters.backends.seriesOf({pool, first})->errors, uint64_t(0));
    }

    void timesAndBytesOfARoute() {
        TrafficCounters counters;
        counters.add(answered(200), now);
        counters.add(answered(404, second), now);
        const RouteSeries* const series = counters.routes.seriesOf({route});
        QVERIFY(series);
        QCOMPARE(series->duration.counts.total(), uint64_t(2));
        QCOMPARE(series->duration.sumMicros, uint64_t(8000));
        QCOMPARE(series->requestBodyBytes, uint64_t(20));
        QCOMPARE(series->responseBodyBytes, uint64_t(2000));
    }

    void timesOfABackend() {
        TrafficCounters counters;
        counters.add(answered(200), now);
        const BackendSeries* const series = counters.backends.seriesOf({pool, first});
        QVERIFY(series);
        QCOMPARE(series->firstByte.counts.total(), uint64_t(1));
        QCOMPARE(series->firstByte.sumMicros, uint64_t(700));
    }

    /// One backend refuses, the other answers: the client saw one good request, the backends one each.
    void aRetryIsCountedWhereItHappened() {
        Decision decision = answered(200);
        decision.attempts[0] = Attempt{};
        decision.attempts[0].backend = first;
        decision.attempts[0].failure = Failure::ConnectRefused;
        Attempt& attempt = decision.beginAttempt();
        attempt.backend = second;
        attempt.status = 200;
        attempt.firstByteMicros = 900;
        TrafficCounters counters;
        counters.add(decision, now);
        QCOMPARE(requests(counters, {route, pool, second}, 2, Outcome::Success), uint64_t(1));
        QCOMPARE(allRequests(counters), uint64_t(1));
        const PoolSeries& ofPool = *counters.pools.seriesOf({pool});
        QCOMPARE(ofPool.requests, uint64_t(1));
        QCOMPARE(ofPool.retries, uint64_t(1));
        QCOMPARE(ofPool.errors, uint64_t(0));
        const BackendSeries& refused = *counters.backends.seriesOf({pool, first});
        QCOMPARE(refused.attempts, uint64_t(1));
        QCOMPARE(refused.errors, uint64_t(1));
        QCOMPARE(refused.failures[size_t(Failure::ConnectRefused)], uint64_t(1));
        QCOMPARE(refused.firstByte.counts.total(), uint64_t(0));
        const BackendSeries& good = *counters.backends.seriesOf({pool, second});
        QCOMPARE(good.attempts, uint64_t(1));
        QCOMPARE(good.errors, uint64_t(0));
        QCOMPARE(counters.failures[size_t(Failure::ConnectRefused)], uint64_t(0)); // the exchange did not fail
    }

    void aConnectionThatWentStaleIsNoErrorOfItsBackend() {
        Decision decision = answered(200);
        decision.attempts[0] = Attempt{};
        decision.attempts[0].backend = first;
        decision.attempts[0].reusedConnection = true;
        decision.attempts[0].failure = Failure::ConnectionClosed;
        Attempt& attempt = decision.beginAttempt();
        attempt.backend = first;
        attempt.status = 200;
        TrafficCounters counters;
        counters.add(decision, now);
        const BackendSeries& series = *counters.backends.seriesOf({pool, first});
        QCOMPARE(series.attempts, uint64_t(1));
        QCOMPARE(series.errors, uint64_t(0));
        QCOMPARE(series.reusedConnections, uint64_t(0));
        QCOMPARE(series.failures[size_t(Failure::ConnectionClosed)], uint64_t(1));
    }

    void moreAttemptsThanARecordHolds() {
        Decision decision = answered(200);
        for (int i = 0; i < 9; ++i)
            decision.beginAttempt().backend = first;
        TrafficCounters counters;
        counters.add(decision, now);
        QCOMPARE(counters.pools.seriesOf({pool})->retries, uint64_t(9));
        QCOMPARE(counters.backends.seriesOf({pool, first})->attempts, uint64_t(Decision::maxAttempts));
    }

    void waitsUpgradesAndConnections() {
        TrafficCounters counters;
        counters.connectionAccepted();
        counters.connectionAccepted();
        Decision decision = answered(101);
        decision.tunnel = true;
        decision.queuedMicros = 2500;
        counters.add(decision, now);
        counters.add(answered(200), now);
        QCOMPARE(counters.connections, uint64_t(2));
        QCOMPARE(counters.upgrades, uint64_t(1));
        QCOMPARE(counters.pools.seriesOf({pool})->queueWait.counts.total(), uint64_t(1));
        QCOMPARE(counters.pools.seriesOf({pool})->queueWait.sumMicros, uint64_t(2500));
    }

    void whatTheProxyAsksByItselfIsTheBackendsAlone() {
        Decision own = answered(200);
        own.cache.background = true;
        TrafficCounters counters;
        counters.add(own, now);
        QCOMPARE(allRequests(counters), uint64_t(0));
        QVERIFY(!counters.routes.seriesOf({route}));
        QVERIFY(!counters.pools.seriesOf({pool}));
        QCOMPARE(counters.backends.seriesOf({pool, first})->attempts, uint64_t(1));
        own.failure = Failure::ConnectRefused;
        counters.add(own, now);
        QCOMPARE(counters.failures[static_cast<size_t>(Failure::ConnectRefused)], uint64_t(0));
        TrafficCounters merged;
        merged.merge(counters);
        QCOMPARE(merged.background[static_cast<size_t>(Outcome::Success)], uint64_t(1));
        QCOMPARE(merged.background[static_cast<size_t>(Outcome::UpstreamError)], uint64_t(1));
    }

    void theLastSecondsOfPoolsAndBackends() {
        TrafficCounters counters;
        counters.add(answered(200), now);
        counters.add(answered(503), now + seconds(1));
        for (const RecentFigures* figures :
             {&counters.pools.seriesOf({pool})->recent, &counters.backends.seriesOf({pool, first})->recent}) {
            const RecentTotals totals = figures->totals(now + seconds(1), seconds(10), now);
            QCOMPARE(totals.requests, uint64_t(2));
            QCOMPARE(totals.errors, uint64_t(1));
            QCOMPARE(totals.latency.total(), uint64_t(2));
        }
    }

    void namesBeyondTheLimitShareASeries() {
        TrafficCounters counters(2);
        for (NameId backend = 10; backend < 20; ++backend)
            counters.add(answered(200, backend), now);
        QCOMPARE(counters.exchanges.entries().size(), size_t(3));
        QCOMPARE(requests(counters, ExchangeKey::rest(), 2, Outcome::Success), uint64_t(8));
        QCOMPARE(counters.backends.seriesOf(BackendKey::rest())->attempts, uint64_t(8));
        QCOMPARE(allRequests(counters), uint64_t(10));
    }

    void workersAddUp() {
        TrafficCounters one;
        one.connectionAccepted();
        one.add(answered(200), now);
        TrafficCounters other;
        other.connectionAccepted();
        other.add(answered(200), now);
        other.add(answered(500, second), now);
        TrafficCounters all;
        all.merge(one);
        all.merge(other);
        QCOMPARE(requests(all, {route, pool, first}, 2, Outcome::Success), uint64_t(2));
        QCOMPARE(requests(all, {route, pool, second}, 5, Outcome::UpstreamError), uint64_t(1));
        QCOMPARE(all.connections, uint64_t(2));
        QCOMPARE(all.routes.seriesOf({route})->duration.counts.total(), uint64_t(3));
        QCOMPARE(all.pools.seriesOf({pool})->requests, uint64_t(3));
        QCOMPARE(all.pools.seriesOf({pool})->errors, uint64_t(1));
        QCOMPARE(all.backends.seriesOf({pool, first})->attempts, uint64_t(2));
    }
};

QTEST_APPLESS_MAIN(TestTrafficCounters)
#include "test_traffic_counters.moc"
