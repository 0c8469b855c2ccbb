// SPDX-License-Identifier: MIT
#include "cache/cache_key.h"
#include "cache/cache_status.h"
#include "cache/conditional.h"
#include "cache/parsed_heads.h"
#include "cache/ranges.h"
#include "cache/reuse.h"
#include "cache/stored_at_noon.h"
#include "cache/storing.h"
#include "cache/vary.h"
#include "support/counted_new.h"

#include <string>

using namespace reverxy;
using namespace reverxy::cache;
using namespace reverxy::test;

/// What is decided for each request, and for each response's head, takes no memory.
class TestDecisionAllocation : public QObject {
    Q_OBJECT
  private Q_SLOTS:

    void counterCounts() {
        allocations = 0;
        delete new std::string(100, 'x');
        QCOMPARE(allocations, size_t(2));
    }

    void requests() {
        const RequestOf request({"Accept-Encoding: gzip, br;q=0.9, deflate;q=0.5", "Accept-Language: de, en;q=0.5",
                                 "Accept: text/html, */*;q=0.1", "Cache-Control: max-age=3600, max-stale=60",
                                 "If-None-Match: \"x\", \"y\"", "Range: bytes=0-1,500-501"});
        std::string selecting;
        const ResponseOf nominating({"Vary: Accept-Encoding, Accept-Language, Accept, X-Absent"});
        appendSelecting(readVary(nominating->fields), *request, selecting);
        const std::array variants{storedAtNoon({"Date: Sun, 06 Nov 1994 12:00:00 GMT", "ETag: \"a\""}, "x:1\n"),
                                  storedAtNoon({"Date: Sun, 06 Nov 1994 12:00:00 GMT", "ETag: \"a\""}, selecting)};
        StoredFacts facts;
        facts.responseTime = at(0);
        facts.lifetime = 60;
        const config::Cache config;
        std::array<char, 512> buffer;

        allocations = 0;
        const KeyParts parts{"http", "service.localhost", "/a?b", "default"};
        const bool keyFits = keySize(parts) <= buffer.size();
        writeKey(parts, buffer.data());
        const bool engaged = cacheable(requestFactsOf(*request)) == CacheVerdict::None;
        const auto chosen = chooseVariant(variants, *request, at(5));
        const ReuseAnswer answer =
            decideReuse(facts, false, reuseRequestOf(*request), Situation::Normal, at(5), config);
        const Validators validators = readValidators(variants[1]->fields(), at(5));
        const bool notModified = isNotModified(request->fields, 200, validators, at(0), at(5));
        const size_t ranges = selectRanges(request->fields, validators, 1000, at(5)).count;
        const CacheStatus status{
            cacheVerdictOf(answer), StoreVerdict::None, answer.timeToLive, 0, false, false, "http://a/b"};
        const bool told = writeCacheStatus(status, buffer.data()) > buffer.data();
        writeAge(answer.age, buffer.data());
        const size_t taken = allocations;

        QCOMPARE(taken, size_t(0));
        QVERIFY(keyFits && engaged && told && !notModified);
        QCOMPARE(chosen, std::optional<size_t>(1));
        QCOMPARE(answer.verdict, ReuseVerdict::Fresh);
        QCOMPARE(ranges, size_t(2));
    }

    void responses() {
        const ResponseOf response({"Date: Sun, 06 Nov 1994 12:00:00 GMT", "ETag: \"a\"", "Vary: Accept",
                                   "Cache-Control: max-age=60, no-cache=\"x, y\"", "X: 1",
                                   "Last-Modified: Sun, 06 Nov 1994 11:00:00 GMT", "Age: 5",
                                   "CDN-Cache-Control: max-age=30, stale-if-error=5"});
        const config::Cache config;
        allocations = 0;
        const CachingPolicy policy = readCachingPolicy(response->fields);
        const StoreDecision decision = decideStoring({}, *response, policy, {at(0), at(0)}, config);
        const size_t taken = allocations;
        QCOMPARE(taken, size_t(0));
        QVERIFY(decision.stored());
        QCOMPARE(decision.facts.lifetime, 30u);
    }
};

QTEST_APPLESS_MAIN(TestDecisionAllocation)
#include "test_decision_allocation.moc"
