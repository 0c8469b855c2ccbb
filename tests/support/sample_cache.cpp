// SPDX-License-Identifier: MIT
#include "support/sample_cache.h"

#include "support/sample_engine.h"

namespace reverxy::test {

api::CacheSnapshot sampleCache() {
    const QString missed = QStringLiteral("Nothing was stored for this URL.");
    api::CacheSnapshot cache;
    cache.enabled = true;
    cache.bytes = 43'800'000;
    cache.bytesLimit = cache.bytesConfigured = uint64_t(256) << 20;
    cache.entries = sampleCachePage().entries.size();
    cache.evictions = 0;
    cache.fills = 2;
    cache.requests = {
        {QStringLiteral("hit"), QStringLiteral("A stored response, still fresh, answered the request."),
         QStringLiteral("RFC 9111 section 4"), 412'846, true},
        {QStringLiteral("hit-while-down"),
         QStringLiteral("A stored response answered, though stale, because every backend is out."),
         QStringLiteral("RFC 9111 section 4.2.4"), 0, true},
        {QStringLiteral("method"), QStringLiteral("Requests with this method always go to a backend."),
         QStringLiteral("RFC 9111 section 4"), 98'412, false},
        {QStringLiteral("uri-miss"), missed, QStringLiteral("RFC 9211 section 2.2"), 1'602'377, false},
        {QStringLiteral("stale"),
         QStringLiteral("A response was stored, but it had to be validated or fetched anew."),
         QStringLiteral("RFC 9111 section 4.2"), 8'204, false},
        {QStringLiteral("partial"),
         QStringLiteral("Only a part of the response was stored, and not the one asked for."),
         QStringLiteral("RFC 9111 section 3.3"), 3, false}};
    cache.responses = {
        {QStringLiteral("stored"), QStringLiteral("The response was stored."), QStringLiteral("RFC 9111 section 3"),
         1'947, true},
        {QStringLiteral("freshened"), QStringLiteral("The response renewed what is stored."),
         QStringLiteral("RFC 9111 section 4.3.4"), 7'911, true},
        {QStringLiteral("method-not-cacheable"), QStringLiteral("Not stored: only responses to GET are."),
         QStringLiteral("RFC 9111 section 3"), 98'412, false},
        {QStringLiteral("no-store"), QStringLiteral("Not stored: the response says no-store."),
         QStringLiteral("RFC 9111 section 5.2.2.5"), 1'204'518, false},
        {QStringLiteral("private"),
         QStringLiteral("Not stored: the response says private, it is meant for one user."),
         QStringLiteral("RFC 9111 section 5.2.2.7"), 391'026, false},
        {QStringLiteral("too-large"),
         QStringLiteral("Not stored: the response is larger than the cache takes (cache.max_entry_size)."),
         {},
         2,
         false}};
    return cache;
}

api::CachePage sampleCachePage() {
    struct Sample {
        const char* host;
        const char* path;
        const char* variant;
        uint16_t status;
        uint64_t size;
        uint32_t age;
        int64_t left;
        uint32_t hits;
        bool markedStale;
    };

    static constexpr Sample samples[] = {
        {"shop.localhost:8080", "/", "accept-encoding: gzip", 200, 18'204, 12, 48, 91'204, false},
        {"shop.localhost:8080", "/assets/app.4f1c09.js", "accept-encoding: br;q=1, gzip;q=1", 200, 412'882, 6'904,
         31'529'096, 48'112, false},
        {"shop.localhost:8080", "/assets/app.4f1c09.js", "no accept-encoding", 200, 1'604'120, 512, 31'535'488, 3,
         false},
        {"shop.localhost:8080", "/assets/app.css", "accept-encoding: br;q=1, gzip;q=1", 200, 61'440, 301, 3'299,
         47'902, false},
        {"shop.localhost:8080", "/assets/hero.avif", "", 200, 284'007, 4'021, -421, 20'118, false},
        {"shop.localhost:8080", "/assets/logo.svg", "", 200, 4'096, 6'904, 79'496, 61'377, false},
        {"shop.localhost:8080", "/favicon.ico", "", 404, 214, 40, 20, 1'840, false},
        {"shop.localhost:8080", "/help/returns", "accept-language: de", 200, 22'981, 1'280, 2'320, 318, false},
        {"shop.localhost:8080", "/help/returns", "accept-language: en", 200, 21'440, 1'301, 2'299, 2'014, true},
        {"shop.localhost:8080", "/products?category=shoes&page=1", "", 200, 88'311, 7, 23, 9'120, false},
        {"shop.localhost:8080", "/products?category=shoes&page=2", "", 200, 86'902, 26, 4, 3'377, false},
        {"api.localhost:8080", "/v1/currencies", "", 200, 1'722, 3'010, 590, 118'204, false},
        {"api.localhost:8080", "/v1/feed?token=***", "", 200, 30'112, 2, 8, 41, false},
        {"api.localhost:8080", "/v1/products/1180", "", 200, 2'840, 55, 5, 602, false},
        {"api.localhost:8080", "/v1/products/1181", "", 200, 2'902, 58, 2, 588, false},
        {"api.localhost:8080", "/v1/stores", "", 301, 0, 86'400, 0, 77, true},
    };
    api::CachePage page;
    page.taken = sampleTime();
    for (const Sample& sample : samples) {
        api::CacheEntry entry;
        entry.key = 1 + page.entries.size();
        entry.url = QStringLiteral("http://%1%2").arg(QLatin1String(sample.host), QLatin1String(sample.path));
        entry.variant = QLatin1String(sample.variant);
        entry.pool = QStringLiteral("web");
        entry.status = sample.status;
        entry.bodyBytes = sample.size;
        entry.bytes = sample.size + 640;
        entry.ageSeconds = sample.age;
        entry.secondsLeft = sample.left;
        entry.hits = sample.hits;
        entry.markedStale = sample.markedStale;
        page.entries.push_back(entry);
    }
    page.looked = page.entries.size();
    return page;
}

} // namespace reverxy::test
