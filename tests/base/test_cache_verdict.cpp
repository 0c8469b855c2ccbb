// SPDX-License-Identifier: MIT
#include "base/cache_verdict.h"

#include <QTest>

#include <set>

using namespace reverxy;

namespace {

template <typename Verdict>
void checkTable() {
    std::set<std::string_view> names;
    std::set<std::string_view> sentences;
    for (int i = 0; i < static_cast<int>(Verdict::Count); ++i) {
        const VerdictInfo& info = infoOf(static_cast<Verdict>(i));
        QVERIFY2(names.insert(info.name).second, info.name.data());
        QVERIFY2(sentences.insert(info.sentence).second, info.name.data());
        QVERIFY2(info.sentence.ends_with('.'), info.name.data());
        QVERIFY2(info.section.empty() || info.section.starts_with("RFC "), info.name.data());
        QVERIFY2(info.name.find_first_not_of("abcdefghijklmnopqrstuvwxyz-") == std::string_view::npos,
                 info.name.data());
        QVERIFY(info.name != "unknown");
    }
    QCOMPARE(infoOf(Verdict::Count).name, std::string_view("unknown"));
}

} // namespace

class TestCacheVerdict : public QObject {
    Q_OBJECT
  private Q_SLOTS:

    void everyCacheVerdictIsExplained() { checkTable<CacheVerdict>(); }

    void everyStoreVerdictIsExplained() { checkTable<StoreVerdict>(); }

    void everyReuseVerdictIsExplained() { checkTable<ReuseVerdict>(); }

    /// RFC 9211 section 2.1: a hit did not go forward, so that StaleOnError, which did, is none.
    void hitsAreWhatDidNotGoForward() {
        std::set<std::string_view> hits;
        for (int i = 0; i < static_cast<int>(CacheVerdict::Count); ++i) {
            const auto verdict = static_cast<CacheVerdict>(i);
            if (isHit(verdict))
                hits.insert(infoOf(verdict).name);
        }
        QCOMPARE(hits, (std::set<std::string_view>{"hit", "hit-stale-while-revalidate", "hit-max-stale",
                                                   "hit-while-down"}));
    }

    void whatIsReusedNeedsNoValidation() {
        for (int i = 0; i < static_cast<int>(ReuseVerdict::Count); ++i) {
            const auto verdict = static_cast<ReuseVerdict>(i);
            QVERIFY(!(mayReuse(verdict) && mayValidate(verdict)));
        }
        QVERIFY(mayReuse(ReuseVerdict::Fresh));
        QVERIFY(mayReuse(ReuseVerdict::StaleIfDown));
        QVERIFY(mayValidate(ReuseVerdict::NoCache));
        QVERIFY(mayValidate(ReuseVerdict::MustRevalidate));
        QVERIFY(!mayValidate(ReuseVerdict::VaryMismatch));
    }
};

QTEST_APPLESS_MAIN(TestCacheVerdict)
#include "test_cache_verdict.moc"
