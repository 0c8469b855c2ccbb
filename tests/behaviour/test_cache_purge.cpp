// SPDX-License-Identifier: MIT
#include "behaviour/cache_story.h"
#include "behaviour/purge_under_load.h"
#include "cache_operations.h"

using namespace reverxy;
using namespace reverxy::test;

/// To purge the cache and to list it holds nobody up.
class TestCachePurge : public QObject {
    Q_OBJECT

  private Q_SLOTS:

    void clientsSeeNothingOfIt() {
        const auto figures = purgeUnderLoad(20'000);
        QVERIFY(figures);
        QVERIFY(figures->listed.answered > 0 && figures->markedStale.answered > 0 && figures->purged.answered > 0);
    }

    /// However long it takes: here it does not end before clients and probes have been answered.
    void neitherWorkersNorTheEnginesThreadWaitForIt() {
        Origin origin(counted("body", {{"Cache-Control", "max-age=600"}}));
        std::promise<void> ended;
        RunningEngine proxy(cachingConfig({origin.port()}));
        std::promise<void> mayEnd; // goes first: then nobody waits for it any more
        COMPARE_STATUS(proxy.get("/"), 200);
        proxy.onEngine([&](Engine& engine) {
            engine.cacheOperations().list(
                {}, {}, [held = mayEnd.get_future().share()](const api::CachePage&) { held.wait(); });
            engine.cacheOperations().purge({}, [&ended](const api::CommandResult&) { ended.set_value(); });
        });
        for (int i = 0; i < 20; ++i)
            QCOMPARE(countOf(proxy.get("/")), "1"s);
        COMPARE_STATUS(proxy.probe("/live"), 200);
        proxy.reload(cachingConfig({origin.port()}));
        QCOMPARE(countOf(proxy.get("/")), "1"s); // one request after the other: it is not purged yet
        mayEnd.set_value();
        ended.get_future().wait();
        QCOMPARE(countOf(proxy.get("/")), "2"s);
    }

    /// Whoever asked gets an answer, even if the engine goes meanwhile.
    void anEngineThatGoesAnswersFirst() {
        std::atomic<int> answers{0};
        {
            Origin origin(answer("body"));
            RunningEngine proxy(cachingConfig({origin.port()}));
            proxy.onEngine([&](Engine& engine) {
                for (int i = 0; i < 20; ++i)
                    engine.cacheOperations().purge({}, [&answers](const api::CommandResult&) { ++answers; });
            });
        }
        QCOMPARE(answers.load(), 20);
    }
};

QTEST_GUILESS_MAIN(TestCachePurge)
#include "test_cache_purge.moc"
