// SPDX-License-Identifier: MIT
#include "behaviour/cache_story.h"
#include "behaviour/control_scene.h"

#include <algorithm>
#include <set>

using namespace reverxy;
using namespace reverxy::test;
using Kind = api::CacheScope::Kind;

namespace {

/// Every response may be stored, but for /private; /chosen depends on two request fields.
bool cacheable(OriginExchange& exchange) {
    exchange.readBody();
    if (!exchange.field("If-None-Match").empty())
        return exchange.respond(304, "", {{"ETag", "\"1\""}, {"Cache-Control", "max-age=600"}});
    if (exchange.target() == "/private")
        return exchange.respond(200, "mine", {{"Cache-Control", "no-store"}});
    Fields fields{{"Cache-Control", "max-age=600"}, {"ETag", "\"1\""}};
    if (exchange.target() == "/chosen")
        fields.push_back({"Vary", "Accept-Language, Cookie"});
    return exchange.respond(200, "body of " + exchange.target(), fields);
}

/// A control over an engine with its cache on.
struct CacheScene : ControlScene {
    explicit CacheScene(const Origin& origin) : ControlScene(cachingConfig({origin.port()})) {
        [this] {
            QVERIFY(send(api::StartEngine{}).done);
            control.watch();
            QVERIFY(waitFor(hasPools));
        }();
    }

    Response get(std::string_view host, std::string_view target, std::string_view fields = "") const {
        return exchangeOnce(port(), "GET " + std::string(target) + " HTTP/1.1\r\nHost: " + std::string(host) +
                                        "\r\n" + std::string(fields) + "Connection: close\r\n\r\n");
    }

    std::vector<api::CacheEntry> entries(const QString& filter = {}) {
        std::vector<api::CacheEntry> all;
        api::CacheListing listing{filter, 0, 7};
        for (;;) {
            const api::CachePage page = list(listing);
            all.insert(all.end(), page.entries.begin(), page.entries.end());
            if (!page.next)
                return all;
            listing.cursor = *page.next;
        }
    }
};

const api::CacheCount* countOf(const std::vector<api::CacheCount>& counts, const QString& name) {
    const auto found = std::find_if(counts.begin(), counts.end(),
                                    [&name](const api::CacheCount& count) { return count.name == name; });
    return found == counts.end() ? nullptr : &*found;
}

} // namespace

/// What people see of the cache, and what they do to it.
class TestCacheCommands : public QObject {
    Q_OBJECT

  private Q_SLOTS:

    void itsVerdictsAreCounted() {
        Origin origin(cacheable);
        CacheScene scene(origin);
        for (const char* target : {"/a", "/a", "/a", "/private"})
            COMPARE_STATUS(scene.get("h", target), 200);
        QVERIFY(scene.waitFor([](const api::EngineSnapshot& snapshot) { return snapshot.traffic.requests == 4; }));
        const api::CacheSnapshot cache = scene.control.snapshot()->cache;
        QVERIFY(cache.enabled);
        QCOMPARE(cache.bytesLimit, uint64_t(256) << 20);
        QCOMPARE(cache.bytesConfigured, cache.bytesLimit);
        QVERIFY(cache.bytes > 0 && cache.bytes < 1 << 20);
        QCOMPARE(cache.entries, uint64_t(1));
        QCOMPARE(cache.evictions, uint64_t(0));
        const api::CacheCount* const hits = countOf(cache.requests, QStringLiteral("hit"));
        QVERIFY(hits && hits->good);
        QCOMPARE(hits->count, uint64_t(2));
        QCOMPARE(countOf(cache.requests, QStringLiteral("uri-miss"))->count, uint64_t(2));
        QCOMPARE(countOf(cache.responses, QStringLiteral("stored"))->count, uint64_t(1));
        const api::CacheCount* const noStore = countOf(cache.responses, QStringLiteral("no-store"));
        QVERIFY(noStore && !noStore->good);
        QCOMPARE(noStore->count, uint64_t(1));
        QCOMPARE(noStore->sentence, QStringLiteral("Not stored: the response says no-store."));
        QCOMPARE(noStore->section, QStringLiteral("RFC 9111 section 5.2.2.5"));
        QVERIFY(!countOf(cache.requests, QStringLiteral("none")));
    }

    void entriesAreListedPartByPart() {
        Origin origin(cacheable);
        CacheScene scene(origin);
        for (int i = 0; i < 30; ++i)
            COMPARE_STATUS(scene.get("h:1", "/number/" + std::to_string(i)), 200);
        COMPARE_STATUS(scene.get("h:1", "/number/3"), 200);
        std::set<QString> urls;
        for (const api::CacheEntry& entry : scene.entries()) {
            urls.insert(entry.url);
            QCOMPARE(entry.status, uint16_t(200));
            QCOMPARE(entry.pool, QStringLiteral("default"));
            QCOMPARE(entry.bodyBytes, uint64_t(8 + entry.url.size() - 10)); // "body of " and the path
            QVERIFY(entry.bytes > entry.bodyBytes);
            QVERIFY(entry.secondsLeft > 500 && entry.secondsLeft <= 600);
            QVERIFY(entry.ageSeconds < 100);
            QCOMPARE(entry.hits, uint32_t(entry.url.endsWith(QStringLiteral("/3")) ? 1 : 0));
            QVERIFY(entry.variant.isEmpty() && !entry.markedStale && !entry.partial);
        }
        QCOMPARE(urls.size(), size_t(30));
        QCOMPARE(scene.entries(QStringLiteral("NUMBER /2")).size(), size_t(11));
        QCOMPARE(scene.entries(QStringLiteral("number nowhere")).size(), size_t(0));
    }

    void whatIsSecretIsNotListed() {
        Origin origin(cacheable);
        CacheScene scene(origin);
        COMPARE_STATUS(scene.get("h", "/chosen", "Accept-Language: de\r\nCookie: session=4711\r\n"), 200);
        COMPARE_STATUS(scene.get("h", "/open?token=4711&page=2"), 200);
        const auto chosen = scene.entries(QStringLiteral("chosen"));
        QCOMPARE(chosen.size(), size_t(1));
        QCOMPARE(chosen[0].variant, QStringLiteral("accept-language: de, cookie: ***"));
        const auto open = scene.entries(QStringLiteral("open"));
        QCOMPARE(open.size(), size_t(1));
        QCOMPARE(open[0].url, QStringLiteral("http://h/open?token=***&page=2"));
        QVERIFY(scene.entries(QStringLiteral("4711")).empty());
        // And yet it is the one that is meant.
        QVERIFY(scene.send(api::PurgeCache{{Kind::Key, {}, open[0].key}}).done);
        QCOMPARE(scene.entries().size(), size_t(1));
    }

    void purging_data() {
        QTest::addColumn<int>("kind");
        QTest::addColumn<QString>("text");
        QTest::addColumn<QByteArrayList>("gone");
        QTest::addColumn<QString>("told");
        QTest::newRow("a URL") << int(Kind::Url) << QStringLiteral("http://a:1/api/1")
                               << QByteArrayList{"a:1/api/1"} << QStringLiteral("1 stored response");
        QTest::newRow("a prefix") << int(Kind::Prefix) << QStringLiteral("a:1/api/")
                                  << QByteArrayList{"a:1/api/1", "a:1/api/2"}
                                  << QStringLiteral("2 stored responses");
        QTest::newRow("a host") << int(Kind::Host) << QStringLiteral("a")
                                << QByteArrayList{"a:1/api/1", "a:1/api/2", "a:1/"}
                                << QStringLiteral("3 stored responses");
        QTest::newRow("everything") << int(Kind::Everything) << QString()
                                    << QByteArrayList{"a:1/api/1", "a:1/api/2", "a:1/", "b/api/1"}
                                    << QStringLiteral("4 stored responses");
        QTest::newRow("nothing") << int(Kind::Host) << QStringLiteral("c") << QByteArrayList{}
                                 << QStringLiteral("Nothing like that is stored.");
    }

    void purging() {
        QFETCH(int, kind);
        QFETCH(QString, text);
        QFETCH(QByteArrayList, gone);
        QFETCH(QString, told);
        Origin origin(cacheable);
        CacheScene scene(origin);
        const QByteArrayList all{"a:1/api/1", "a:1/api/2", "a:1/", "b/api/1"};
        const auto get = [&scene](const QByteArray& url) {
            const qsizetype slash = url.indexOf('/');
            return scene.get(url.first(slash).toStdString(), url.sliced(slash).toStdString());
        };
        for (const QByteArray& url : all)
            COMPARE_STATUS(get(url), 200);
        const api::CacheScope scope{Kind(kind), text, 0};
        api::CommandResult result = scene.send(api::SoftPurgeCache{scope});
        QVERIFY2(result.done && result.message.startsWith(told), qPrintable(result.message));
        QCOMPARE(scene.entries().size(), size_t(4));
        for (const QByteArray& url : all) {
            const bool validated = QByteArray::fromStdString(get(url).field("Cache-Status")).contains("fwd=stale");
            QVERIFY2(validated == gone.contains(url), url.constData());
        }
        QCOMPARE(origin.requestCount(), size_t(4 + gone.size()));
        result = scene.send(api::PurgeCache{scope});
        QVERIFY2(result.done && result.message.startsWith(told), qPrintable(result.message));
        QCOMPARE(scene.entries().size(), size_t(4 - gone.size()));
        for (const QByteArray& url : all) {
            const bool hit = QByteArray::fromStdString(get(url).field("Cache-Status")).contains("hit");
            QVERIFY2(hit != gone.contains(url), url.constData());
        }
    }

    void whatIsMeantMustBeSaid() {
        Origin origin(cacheable);
        CacheScene scene(origin);
        for (const Kind kind : {Kind::Url, Kind::Prefix, Kind::Host}) {
            const api::CommandResult result = scene.send(api::PurgeCache{{kind, QStringLiteral("/api"), 0}});
            QVERIFY(!result.done);
            QVERIFY2(result.message.contains(QStringLiteral("shop.localhost:8080")), qPrintable(result.message));
        }
    }

    void whileTheEngineIsStoppedThereIsNothing() {
        ControlScene scene(configFor({}));
        QVERIFY(!scene.send(api::PurgeCache{}).done);
        QVERIFY(!scene.send(api::SoftPurgeCache{}).done);
        const api::CachePage page = scene.list({});
        QVERIFY(page.entries.empty() && !page.next);
        QVERIFY(!scene.control.snapshot()->cache.enabled);
    }
};

QTEST_GUILESS_MAIN(TestCacheCommands)
#include "test_cache_commands.moc"
