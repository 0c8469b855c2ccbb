// SPDX-License-Identifier: MIT
#include "behaviour/purge_under_load.h"

#include "behaviour/cache_story.h"
#include "cache/cache_key.h"
#include "cache/stored_text.h"
#include "cache_operations.h"
#include "proxy/runtime.h"

namespace reverxy::test {

namespace {

constexpr unsigned clients = 8;
constexpr auto quietFor = 1s;
const QString host = QStringLiteral("many.localhost:8080");

/// Puts responses into the cache as if they had been fetched; over the wire a million of them would take minutes.
void fill(cache::Cache& cache, size_t entries) {
    const TimePoint now = std::chrono::steady_clock::now();
    cache::StoredFacts facts;
    facts.status = 200;
    facts.responseTime = std::chrono::system_clock::now();
    facts.lifetime = 3600;
    for (size_t i = 0; i < entries; ++i) {
        const std::string path = "/number/" + std::to_string(i);
        const cache::KeyParts parts{"http", "many.localhost:8080", path, "default"};
        std::string key(cache::keySize(parts), '\0');
        cache::writeKey(parts, key.data());
        const uint64_t hash = cache.store().hashOf(key);
        const auto response = stored(key, "a small body", "", {{"Content-Type", "text/plain"}}, facts);
        cache.insert(response, nullptr, hash, cache.generations().of(hash), now);
    }
}

/// The entries gone through until the end; none of them matches.
uint64_t listAll(const RunningEngine& proxy) {
    uint64_t looked = 0;
    api::CacheListing listing{QStringLiteral("nowhere"), 0, 500};
    for (;;) {
        std::promise<api::CachePage> promise;
        proxy.onEngine([&](Engine& engine) {
            engine.cacheOperations().list(listing, {},
                                          [&promise](api::CachePage page) { promise.set_value(std::move(page)); });
        });
        const api::CachePage page = promise.get_future().get();
        looked += page.looked;
        if (!page.next)
            return looked;
        listing.cursor = *page.next;
    }
}

using Change = void (CacheOperations::*)(const api::CacheScope&, CacheOperations::ResultReceiver);

QString carryOut(const RunningEngine& proxy, Change change, const api::CacheScope& scope) {
    std::promise<QString> promise;
    proxy.onEngine([&](Engine& engine) {
        (engine.cacheOperations().*
         change)(scope, [&promise](const api::CommandResult& result) { promise.set_value(result.message); });
    });
    return promise.get_future().get();
}

void check(const SteadyClients::Result& result) {
    QVERIFY2(result.errors.empty(), result.errors.empty() ? "" : result.errors.front().c_str());
}

void tell(PurgeFigures& figures, size_t entries) {
    Origin origin(counted("steady", {{"Cache-Control", "max-age=3600"}}));
    config::Config config = cachingConfig({origin.port()});
    config.cache.maxSize = uint64_t{1} << 30;
    RunningEngine proxy(config);
    cache::Cache* cache = nullptr;
    proxy.onEngine([&cache](Engine& engine) { cache = engine.runtime()->cache; });
    fill(*cache, entries);
    QCOMPARE(cache->store().entries(), uint64_t(entries));
    SteadyClients steady(proxy.port(), clients, "steady");
    const auto whenServed = [&steady] { return waitUntil([&] { return steady.result().answered >= clients; }); };
    QVERIFY(whenServed());
    // What is done lasts as long as it lasts; without it the clients are measured for a while.
    const auto during = [&](SteadyClients::Result& result, auto work) {
        steady.restart();
        work();
        QVERIFY(whenServed());
        result = steady.result();
        check(result);
    };
    during(figures.quiet, [] { std::this_thread::sleep_for(quietFor); });
    during(figures.listed, [&] { QVERIFY(listAll(proxy) >= entries); });
    during(figures.markedStale, [&] {
        const QString told = carryOut(proxy, &CacheOperations::markStale, {});
        // The clients' own is stored anew meanwhile, and may be met twice.
        QVERIFY2(told.section(QLatin1Char(' '), 0, 0).toULongLong() >= entries, qPrintable(told));
    });
    during(figures.purged, [&] {
        const QString told = carryOut(proxy, &CacheOperations::purge, {api::CacheScope::Kind::Host, host, 0});
        QVERIFY2(told.startsWith(QString::number(entries)), qPrintable(told));
    });
    QCOMPARE(cache->store().entries(), uint64_t(1));
}

} // namespace

std::optional<PurgeFigures> purgeUnderLoad(size_t entries) {
    PurgeFigures figures;
    tell(figures, entries);
    return QTest::currentTestFailed() ? std::nullopt : std::optional(figures);
}

} // namespace reverxy::test
