// SPDX-License-Identifier: MIT
#include "behaviour/story.h"
#include "support/cached_resources.h"

using namespace reverxy;
using namespace reverxy::test;

namespace {

/// Stale when it arrives, by this many seconds.
QByteArrayList staleBy(int seconds, const QByteArray& directives = {}) {
    return {"Cache-Control: max-age=100" + directives, "Age: " + QByteArray::number(100 + seconds), "ETag: \"a\""};
}

} // namespace

/// Stale responses while the backends fail (RFC 9111 section 4.2.4, RFC 5861 section 4).
class TestCacheOutage : public QObject {
    Q_OBJECT

  private Q_SLOTS:

    void nobodyCanBeReached_data() {
        QTest::addColumn<QByteArrayList>("stored");
        QTest::addColumn<QByteArrayList>("request");
        QTest::addColumn<bool>("served");
        const auto row = [](const char* name, const QByteArrayList& stored, const QByteArrayList& request,
                            bool served) { QTest::newRow(name) << stored << request << served; };
        row("stale", staleBy(60), {}, true);
        row("stale for longer than stale_if_down", staleBy(7200), {}, false);
        row("a plain reload", staleBy(60), {"Cache-Control: max-age=0"}, true);
        row("no-cache in the request", staleBy(60), {"Cache-Control: no-cache"}, false);
        row("section 5.2.2.2: must-revalidate", staleBy(60, ", must-revalidate"), {}, false);
        row("section 5.2.2.8: proxy-revalidate", staleBy(60, ", proxy-revalidate"), {}, false);
        row("section 5.2.2.10: s-maxage", staleBy(60, ", s-maxage=100"), {}, false);
        row("section 5.2.2.4: no-cache", staleBy(60, ", no-cache"), {}, false);
        row("stale-if-error=0", staleBy(60, ", stale-if-error=0"), {}, false);
    }

    void nobodyCanBeReached() {
        QFETCH(QByteArrayList, stored);
        QFETCH(QByteArrayList, request);
        QFETCH(bool, served);
        CachedResources resources;
        const std::string target = resources.resource({{200, stored}});
        COMPARE_STATUS(resources.ask(target), 200);
        resources.origin().stop();
        const Response response = resources.ask(target, request);
        if (!served) {
            QVERIFY(response.status == 502 || response.status == 503 || response.status == 504);
            return;
        }
        COMPARE_STATUS(response, 200);
        QCOMPARE(response.body, "body"s);
        QVERIFY(std::stoi(response.field("Age")) >= 160);
        QVERIFY(response.field("Cache-Status").find("ttl=-") != std::string::npos);
        // Once it is back, it is asked again.
        resources.origin().start();
        COMPARE_STATUS(resources.ask(target), 200);
        QCOMPARE(resources.asked(target), size_t(2));
    }

    void theBackendAnswersWithAnError_data() {
        QTest::addColumn<QByteArrayList>("stored");
        QTest::addColumn<QByteArrayList>("request");
        QTest::addColumn<int>("error");
        QTest::addColumn<bool>("served");
        const auto row = [](const char* name, const QByteArrayList& stored, const QByteArrayList& request,
                            int error,
                            bool served) { QTest::newRow(name) << stored << request << error << served; };
        row("nobody allows it", staleBy(60), {}, 503, false);
        row("the response", staleBy(60, ", stale-if-error=1000"), {}, 503, true);
        row("the response: 500", staleBy(60, ", stale-if-error=1000"), {}, 500, true);
        row("the response: too late", staleBy(60, ", stale-if-error=30"), {}, 503, false);
        row("the request", staleBy(60), {"Cache-Control: stale-if-error=1000"}, 502, true);
        row("a 404 is no such error", staleBy(60, ", stale-if-error=1000"), {}, 404, false);
        row("a 501 is none either", staleBy(60, ", stale-if-error=1000"), {}, 501, false);
        row("must-revalidate", staleBy(60, ", stale-if-error=1000, must-revalidate"), {}, 504, false);
    }

    void theBackendAnswersWithAnError() {
        QFETCH(QByteArrayList, stored);
        QFETCH(QByteArrayList, request);
        QFETCH(int, error);
        QFETCH(bool, served);
        CachedResources resources;
        const std::string target = resources.resource({{200, stored}, {error, {}, "error"}});
        COMPARE_STATUS(resources.ask(target), 200);
        const Response response = resources.ask(target, request);
        COMPARE_STATUS(response, served ? 200 : error);
        QCOMPARE(response.body, served ? "body"s : "error"s);
        if (served)
            QVERIFY2(response.field("Cache-Status").find("fwd-status=" + std::to_string(error)) !=
                         std::string::npos,
                     response.field("Cache-Status").c_str());
    }

    void staleIfErrorOfTheConfiguration() {
        config::Cache cache;
        cache.staleIfError = config::Milliseconds(1000000);
        CachedResources resources(cache);
        const std::string target = resources.resource({{200, staleBy(60)}, {503, {}, "error"}});
        COMPARE_STATUS(resources.ask(target), 200);
        COMPARE_STATUS(resources.ask(target), 200);
        QCOMPARE(resources.asked(target), size_t(2));
    }

    /// RFC 5861 section 3: the client does not wait, and the response is fresh for the next one.
    void staleWhileRevalidate() {
        CachedResources resources;
        const std::string target =
            resources.resource({{200, staleBy(60, ", stale-while-revalidate=1000")},
                                {200, {"Cache-Control: max-age=100", "ETag: \"b\""}, "new"}});
        COMPARE_STATUS(resources.ask(target), 200);
        const Response stale = resources.ask(target);
        COMPARE_STATUS(stale, 200);
        QCOMPARE(stale.body, "body"s);
        QVERIFY(waitUntil([&] { return resources.ask(target).body == "new"; }));
        QCOMPARE(resources.asked(target), size_t(2));
    }
};

QTEST_GUILESS_MAIN(TestCacheOutage)
#include "test_cache_outage.moc"
