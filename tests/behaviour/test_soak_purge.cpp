// SPDX-License-Identifier: MIT
#include "behaviour/purge_under_load.h"

#include <QTest>

using namespace reverxy::test;

/// A million stored responses are listed and purged, and clients do not notice.
class TestSoakPurge : public QObject {
    Q_OBJECT

  private Q_SLOTS:

    void aMillionEntries() {
        const auto figures = purgeUnderLoad(1'000'000);
        QVERIFY(figures);
        const auto& quiet = figures->quiet;
        const auto check = [&quiet](const char* name, const SteadyClients::Result& result) {
            qInfo("%-12s %7llu answered, p50 %5lld us, p99 %6lld us", name,
                  static_cast<unsigned long long>(result.answered), static_cast<long long>(result.p50.count()),
                  static_cast<long long>(result.p99.count()));
            // The one that goes through it takes its share of the processors.
            QVERIFY2(result.p99 <= 3 * quiet.p99 + std::chrono::milliseconds(50), name);
        };
        check("quiet", quiet);
        check("listing", figures->listed);
        check("soft purge", figures->markedStale);
        check("purge", figures->purged);
    }
};

QTEST_GUILESS_MAIN(TestSoakPurge)
#include "test_soak_purge.moc"
