// SPDX-License-Identifier: MIT
#include "support/sample_engine.h"

#include "support/sample_cache.h"

#include <cmath>

namespace reverxy::test {

namespace {

/// The same numbers at every run: a hash of its argument, from 0 to 1.
double noise(uint64_t seed) {
    seed += 0x9e3779b97f4a7c15;
    seed = (seed ^ (seed >> 30)) * 0xbf58476d1ce4e5b9;
    seed = (seed ^ (seed >> 27)) * 0x94d049bb133111eb;
    return static_cast<double>((seed ^ (seed >> 31)) >> 11) / 9007199254740992.0;
}

uint32_t whole(double value) {
    return value > 0 ? static_cast<uint32_t>(std::lround(value)) : 0;
}

api::SecondTotals second(int64_t at) {
    const double t = static_cast<double>(at);
    const auto seed = static_cast<uint64_t>(at) * 16;
    api::SecondTotals totals;
    totals.second = at;
    const double wave = 210 + 70 * std::sin(t / 95) + 30 * std::sin(t / 23) + 25 * noise(seed);
    const auto set = [&totals](api::Outcome outcome, double value) {
        totals.requests[static_cast<size_t>(outcome)] = whole(value);
    };
    set(api::Outcome::Success, wave);
    set(api::Outcome::CacheHit, 60 + 20 * std::sin(t / 140) + 12 * noise(seed + 1));
    set(api::Outcome::ClientError, 5 + 4 * noise(seed + 2));
    // A burst of one client, and some minutes with a backend gone.
    const int64_t phase = at % 900;
    set(api::Outcome::Throttled, phase > 300 && phase < 345 ? 45 + 25 * noise(seed + 3) : 0);
    const bool outage = phase > 560 && phase < 640;
    set(api::Outcome::UpstreamError, outage ? 30 + 20 * noise(seed + 4) : noise(seed + 4) > 0.96 ? 2 : 0);
    set(api::Outcome::ProxyError, outage && noise(seed + 5) > 0.7 ? 6 : 0);
    set(api::Outcome::ClientGone, noise(seed + 6) > 0.9 ? 1 : 0);
    totals.p50Micros = whole(2400 + 700 * std::sin(t / 60) + 500 * noise(seed + 7));
    totals.p95Micros = whole((outage ? 210'000 : 31'000) * (0.7 + 0.6 * noise(seed + 8)));
    return totals;
}

std::vector<api::ProbeResult> probes(const QDateTime& now, const char* pattern, uint64_t seed) {
    std::vector<api::ProbeResult> results;
    const int count = static_cast<int>(std::char_traits<char>::length(pattern));
    for (int i = 0; i < count; ++i) {
        const bool passed = pattern[i] == '+';
        results.push_back({now.addSecs(-10 * (count - i)), passed,
                           passed ? whole(900 + 1800 * noise(seed + static_cast<uint64_t>(i))) : 212,
                           passed ? QStringLiteral("200 OK") : QStringLiteral("connection refused")});
    }
    return results;
}

api::BackendSnapshot backend(const char* name, int port, double rate, uint32_t p50, uint32_t p95, uint32_t inFlight,
                             const QDateTime& now) {
    api::BackendSnapshot backend;
    backend.name = QString::fromLatin1(name);
    backend.url = QStringLiteral("http://localhost:%1").arg(port);
    backend.health = api::Health::Up;
    backend.healthReason = QStringLiteral("GET /health: the first probe that passed: status 200.");
    backend.healthSince = now.addSecs(-7260);
    backend.inFlight = inFlight;
    backend.connections = inFlight + 3;
    backend.traffic = {rate, 0, p50, p95, static_cast<uint64_t>(rate * 7000), 12};
    backend.probes = probes(now, "++++++++++", static_cast<uint64_t>(port));
    return backend;
}

void total(api::PoolSnapshot& pool) {
    for (const api::BackendSnapshot& backend : pool.backends) {
        pool.inFlight += backend.inFlight;
        pool.traffic.requestsPerSecond += backend.traffic.requestsPerSecond;
        pool.traffic.errorsPerSecond += backend.traffic.errorsPerSecond;
        pool.traffic.requests += backend.traffic.requests;
        pool.traffic.errors += backend.traffic.errors;
        pool.traffic.p50Micros = std::max(pool.traffic.p50Micros, backend.traffic.p50Micros);
        pool.traffic.p95Micros = std::max(pool.traffic.p95Micros, backend.traffic.p95Micros);
    }
}

api::PoolSnapshot webPool(const QDateTime& now) {
    api::PoolSnapshot pool;
    pool.name = QStringLiteral("web");
    pool.algorithm = QStringLiteral("round-robin");
    pool.routes = {QStringLiteral("shop"), QStringLiteral("assets")};
    pool.backends = {backend("web-1", 3000, 58.4, 1840, 9200, 1, now),
                     backend("web-2", 3001, 58.1, 1910, 9900, 2, now),
                     backend("web-3", 3002, 57.9, 1870, 9400, 0, now)};
    total(pool);
    return pool;
}

api::PoolSnapshot ordersPool(const QDateTime& now) {
    api::PoolSnapshot pool;
    pool.name = QStringLiteral("orders");
    pool.algorithm = QStringLiteral("least-connections");
    pool.routes = {QStringLiteral("orders-api")};
    pool.backends = {backend("orders-1", 9001, 31.2, 4200, 38'000, 3, now),
                     backend("orders-2", 9002, 0, 0, 0, 0, now),
                     backend("orders-3", 9003, 29.6, 4600, 41'000, 4, now)};
    api::BackendSnapshot& down = pool.backends[1];
    down.health = api::Health::Down;
    down.available = false;
    down.healthReason = QStringLiteral("GET /health: 3 probes in a row failed, the last: connection refused "
                                       "(127.0.0.1:9002: Connection refused).");
    down.downBecause = QStringLiteral("connection refused");
    down.healthSince = now.addSecs(-194);
    down.connections = 0;
    down.traffic.errors = 41;
    down.probes = probes(now, "++++++----", 9002);
    total(pool);
    pool.traffic.errorsPerSecond = 0.4;
    pool.backends[0].traffic.errorsPerSecond = 0.4;
    return pool;
}

api::PoolSnapshot paymentsPool(const QDateTime& now) {
    api::PoolSnapshot pool;
    pool.name = QStringLiteral("payments");
    pool.algorithm = QStringLiteral("weighted-round-robin");
    pool.routes = {QStringLiteral("payments")};
    pool.backends = {backend("payments-blue", 9100, 12.7, 11'800, 86'000, 1, now),
                     backend("payments-green", 9101, 0, 0, 0, 2, now)};
    pool.backends[0].weight = 9;
    api::BackendSnapshot& disabled = pool.backends[1];
    disabled.enabled = false;
    disabled.available = false;
    disabled.health = api::Health::Up;
    disabled.probes = probes(now, "+++++", 9101);
    total(pool);
    return pool;
}

api::Exchange plain(uint64_t id, const char* method, const char* host, const char* target, const char* pool,
                    const char* chosen, uint16_t status, uint32_t micros, uint64_t size) {
    api::Exchange exchange;
    exchange.id = id;
    exchange.method = QString::fromLatin1(method);
    exchange.host = QString::fromLatin1(host);
    exchange.target = QString::fromLatin1(target);
    exchange.client = QStringLiteral("127.0.0.1");
    exchange.peer = QStringLiteral("127.0.0.1:%1").arg(40'000 + id % 9000);
    exchange.pool = QString::fromLatin1(pool);
    exchange.route = exchange.pool == QLatin1String("web") ? QStringLiteral("shop") : exchange.pool;
    exchange.choice = api::ChoiceReason::Algorithm;
    const QString name = QString::fromLatin1(chosen);
    exchange.candidates = {name.chopped(1) + QLatin1Char('1'), name.chopped(1) + QLatin1Char('2')};
    exchange.candidatesTotal = 2;
    api::ExchangeAttempt attempt;
    attempt.backend = name;
    attempt.status = status;
    attempt.reusedConnection = id % 3 != 0;
    attempt.bytesSent = true;
    attempt.startedMicros = 38;
    attempt.connectMicros = attempt.reusedConnection ? 0 : 240;
    attempt.firstByteMicros = micros * 3 / 4;
    exchange.attempts = {attempt};
    exchange.attemptsTotal = 1;
    exchange.status = status;
    exchange.responseFromBackend = true;
    exchange.responseBodyBytes = size;
    exchange.firstByteMicros = 40 + micros * 3 / 4;
    exchange.totalMicros = micros;
    exchange.outcome = status >= 500   ? api::Outcome::UpstreamError
                       : status >= 400 ? api::Outcome::ClientError
                                       : api::Outcome::Success;
    return exchange;
}

api::Exchange throttled(uint64_t id) {
    api::Exchange exchange =
        plain(id, "GET", "shop.localhost:8080", "/search?q=shoes", "web", "web-1", 429, 52, 214);
    exchange.attempts.clear();
    exchange.attemptsTotal = 0;
    exchange.candidates.clear();
    exchange.candidatesTotal = 0;
    exchange.responseFromBackend = false;
    exchange.firstByteMicros = 48;
    exchange.failure = Failure::RateLimited;
    exchange.outcome = api::Outcome::Throttled;
    exchange.limit = {QStringLiteral("global"), api::LimitVerdict::Throttled, 100, 100, 21'400};
    return exchange;
}

} // namespace

QDateTime sampleTime() {
    return {QDate(2024, 5, 14), QTime(10, 24, 30)};
}

api::EngineSnapshot sampleSnapshot() {
    return sampleSnapshotAfter(0);
}

api::EngineSnapshot sampleSnapshotAfter(int seconds) {
    api::EngineSnapshot snapshot;
    snapshot.taken = sampleTime().addSecs(seconds);
    snapshot.state = api::EngineState::Running;
    snapshot.addresses = {QStringLiteral("http://localhost:8080")};
    snapshot.probeAddress = QStringLiteral("http://localhost:8085");
    snapshot.configurationPath = QStringLiteral("~/projects/shop/config.yaml");
    snapshot.startedAt = sampleTime().addSecs(-8040);
    snapshot.workers = 8;
    snapshot.clientConnections = 64;
    snapshot.runningExchanges = 13;
    snapshot.pools = {webPool(snapshot.taken), ordersPool(snapshot.taken), paymentsPool(snapshot.taken)};
    const int64_t end = snapshot.taken.toSecsSinceEpoch();
    for (int64_t at = end - 900; at < end; ++at)
        snapshot.seconds.push_back(second(at));
    snapshot.traffic = {318.6, 0.4, 2400, 34'200, 2'146'331, 1208};
    snapshot.running = {streamingExchange(900'001, 92'000 + 1000 * seconds)};
    snapshot.cache = sampleCache();
    return snapshot;
}

api::EngineSnapshot emptySnapshot() {
    api::EngineSnapshot snapshot = sampleSnapshot();
    snapshot.startedAt = snapshot.taken.addSecs(-42);
    snapshot.pools = {{}};
    snapshot.pools[0].name = QStringLiteral("default");
    snapshot.pools[0].algorithm = QStringLiteral("round-robin");
    for (api::SecondTotals& totals : snapshot.seconds)
        totals = {totals.second, {}, 0, 0, 0, 0};
    snapshot.traffic = {};
    snapshot.cache = {};
    snapshot.cache.enabled = true;
    snapshot.cache.bytesLimit = snapshot.cache.bytesConfigured = uint64_t(256) << 20;
    snapshot.clientConnections = 0;
    snapshot.runningExchanges = 0;
    snapshot.running.clear();
    return snapshot;
}

api::EngineSnapshot stoppedSnapshot() {
    api::EngineSnapshot snapshot;
    snapshot.taken = sampleTime();
    snapshot.configurationPath = QStringLiteral("~/projects/shop/config.yaml");
    return snapshot;
}

api::EngineSnapshot failedSnapshot() {
    api::EngineSnapshot snapshot;
    snapshot.taken = sampleTime();
    snapshot.configurationPath = QStringLiteral("~/projects/shop/config.yaml");
    snapshot.problem = QStringLiteral("Port 8080 is in use by “node” (process 4711). Stop that program, or choose "
                                      "another port: proxy.port in the configuration.");
    return snapshot;
}

api::EngineSnapshot largeSnapshot(int pools, int backends, int tick) {
    api::EngineSnapshot snapshot = sampleSnapshotAfter(tick / 4);
    snapshot.taken = sampleTime().addMSecs(tick * 250);
    snapshot.pools.clear();
    for (int p = 0; p < pools; ++p) {
        api::PoolSnapshot pool;
        pool.name = QStringLiteral("pool-%1").arg(p);
        pool.algorithm = QStringLiteral("round-robin");
        for (int i = 0; i < backends / pools; ++i) {
            const auto seed = static_cast<uint64_t>(tick) * 100'003 + static_cast<uint64_t>(p * 5003 + i);
            api::BackendSnapshot row =
                backend("backend", 10'000 + i, 40 * noise(seed), whole(900 + 4000 * noise(seed)),
                        whole(9000 + 40'000 * noise(seed)), whole(9 * noise(seed)), snapshot.taken);
            row.name = QStringLiteral("backend-%1-%2").arg(p).arg(i);
            pool.backends.push_back(row);
        }
        total(pool);
        snapshot.pools.push_back(pool);
    }
    return snapshot;
}

api::Exchange retriedExchange(uint64_t id) {
    api::Exchange exchange =
        plain(id, "GET", "shop.localhost:8080", "/api/orders/1042", "orders", "orders-3", 200, 18'400, 3120);
    exchange.choice = api::ChoiceReason::OthersTried;
    exchange.candidates = {QStringLiteral("orders-1"), QStringLiteral("orders-3")};
    api::ExchangeAttempt failed;
    failed.backend = QStringLiteral("orders-2");
    failed.failure = Failure::ConnectRefused;
    failed.startedMicros = 1450;
    api::ExchangeAttempt& used = exchange.attempts.front();
    used.startedMicros = 2310;
    used.reusedConnection = false;
    used.connectMicros = 1890;
    used.firstByteMicros = 11'800;
    exchange.attempts.insert(exchange.attempts.begin(), failed);
    exchange.attemptsTotal = 2;
    exchange.queuedMicros = 1400;
    exchange.firstByteMicros = 14'150;
    return exchange;
}

api::Exchange streamingExchange(uint64_t id, int runsForMs) {
    api::Exchange exchange = plain(id, "GET", "shop.localhost:8080", "/events", "web", "web-2", 200, 0, 48'320);
    exchange.started = sampleTime().addSecs(-92);
    exchange.totalMicros = static_cast<uint32_t>(runsForMs) * 1000;
    exchange.attempts.front().firstByteMicros = 2100;
    exchange.firstByteMicros = 2160;
    exchange.phase = api::ExchangePhase::Streaming;
    return exchange;
}

std::vector<api::Exchange> sampleExchanges(int count, uint64_t firstId) {
    std::vector<api::Exchange> exchanges;
    const char* shop = "shop.localhost:8080";
    const QDateTime end = sampleTime();
    for (int i = 0; i < count; ++i) {
        const uint64_t id = firstId + static_cast<uint64_t>(i);
        const double chance = noise(id * 7);
        const uint32_t quick = whole(900 + 3200 * noise(id * 7 + 1));
        api::Exchange exchange;
        if (chance < 0.24)
            exchange = plain(id, "GET", shop, "/", "web", "web-1", 200, quick, 18'204);
        else if (chance < 0.44)
            exchange = plain(id, "GET", shop, "/assets/app.3f9a1c.js", "web", "web-2", 304, quick / 2, 0);
        else if (chance < 0.6)
            exchange =
                plain(id, "GET", shop, "/products?category=boots&page=2", "web", "web-3", 200, quick * 2, 41'880);
        else if (chance < 0.72)
            exchange = plain(id, "POST", shop, "/api/orders", "orders", "orders-1", 201, quick * 6, 612);
        else if (chance < 0.78)
            exchange = retriedExchange(id);
        else if (chance < 0.86)
            exchange = plain(id, "POST", shop, "/api/payments/authorize", "payments", "payments-blue", 200,
                             quick * 20, 208);
        else if (chance < 0.91)
            exchange = plain(id, "GET", shop, "/favicon.ico", "web", "web-1", 404, quick / 2, 153);
        else if (chance < 0.95)
            exchange = throttled(id);
        else if (chance < 0.98)
            exchange = plain(id, "DELETE", shop, "/api/orders/977", "orders", "orders-1", 500, quick * 30, 88);
        else
            exchange = plain(id, "GET", shop, "/reports/2024-05.pdf", "web", "web-2", 200, 1'240'000, 6'814'222);
        // The last one ended a moment before the sample's.
        exchange.started = end.addMSecs(-40 - 137 * (count - 1 - i) - static_cast<int>(60 * noise(id)));
        exchanges.push_back(exchange);
    }
    return exchanges;
}

} // namespace reverxy::test
