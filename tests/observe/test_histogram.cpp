// SPDX-License-Identifier: MIT
#include "observe/histogram.h"

#include <QTest>

#include <algorithm>

using namespace reverxy::observe;

class TestHistogram : public QObject {
    Q_OBJECT
  private Q_SLOTS:

    /// The semantic conventions' advice for http.server.request.duration is 5 ms to 10 s.
    void theBoundsHoldThoseOfTheSemanticConventions() {
        for (const uint32_t millis : {5, 10, 25, 50, 75, 100, 250, 500, 750, 1000, 2500, 5000, 7500, 10000})
            QVERIFY(std::find(latencyBounds.begin(), latencyBounds.end(), millis * 1000) != latencyBounds.end());
        QVERIFY(std::is_sorted(latencyBounds.begin(), latencyBounds.end()));
    }

    void bucketsIncludeTheirUpperBound_data() {
        QTest::addColumn<uint32_t>("micros");
        QTest::addColumn<size_t>("bucket");
        QTest::newRow("nothing") << 0u << size_t(0);
        QTest::newRow("below the first bound") << 99u << size_t(0);
        QTest::newRow("at the first bound") << 100u << size_t(0);
        QTest::newRow("just above it") << 101u << size_t(1);
        QTest::newRow("1 ms") << 1'000u << size_t(3);
        QTest::newRow("at the last bound") << 10'000'000u << size_t(18);
        QTest::newRow("above the last bound") << 10'000'001u << size_t(19);
        QTest::newRow("as long as can be") << UINT32_MAX << size_t(19);
    }

    void bucketsIncludeTheirUpperBound() {
        QFETCH(uint32_t, micros);
        QFETCH(size_t, bucket);
        QCOMPARE(latencyBucketOf(micros), bucket);
    }

    void quantilesAreInterpolated_data() {
        QTest::addColumn<QList<uint32_t>>("micros");
        QTest::addColumn<double>("q");
        QTest::addColumn<uint32_t>("expected");
        using List = QList<uint32_t>;
        QTest::newRow("of nothing") << List{} << 0.5 << 0u;
        QTest::newRow("half of one bucket is its middle") << List{300, 300} << 0.5 << 375u;
        QTest::newRow("all of one bucket is its bound") << List{300, 300} << 1.0 << 500u;
        QTest::newRow("half of two buckets is the bound between them") << List{200, 300} << 0.5 << 250u;
        QTest::newRow("three quarters of two buckets") << List{200, 300} << 0.75 << 375u;
        QTest::newRow("an empty bucket between is passed over") << List{200, 900} << 0.75 << 750u;
        QTest::newRow("the first bucket begins at 0") << List{7} << 0.5 << 50u;
        QTest::newRow("the least of all") << List{300, 300} << 0.0 << 250u;
        QTest::newRow("beyond the last bound") << List{20'000'000} << 0.5 << 10'000'000u;
        QTest::newRow("no share above all") << List{300} << 7.0 << 500u;
        QTest::newRow("no share below none") << List{300} << -1.0 << 250u;
    }

    void quantilesAreInterpolated() {
        QFETCH(QList<uint32_t>, micros);
        QFETCH(double, q);
        QFETCH(uint32_t, expected);
        Histogram histogram;
        for (const uint32_t value : micros)
            histogram.add(value);
        QCOMPARE(quantile(histogram.counts, q), expected);
    }

    void mergingAddsBucketsAndSums() {
        Histogram one;
        one.add(50);
        one.add(3'000'000'000);
        Histogram other;
        other.add(60);
        other.add(2'000'000'000);
        one.merge(other);
        QCOMPARE(one.counts.buckets.front(), uint64_t(2));
        QCOMPARE(one.counts.buckets.back(), uint64_t(2));
        QCOMPARE(one.counts.total(), uint64_t(4));
        QCOMPARE(one.sumMicros, uint64_t(5'000'000'110));
    }

    void narrowCountsAddUpInWideOnes() {
        LatencyCounts<uint32_t> narrow;
        narrow.buckets[4] = UINT32_MAX;
        LatencyCounts<uint64_t> wide;
        wide.merge(narrow);
        wide.merge(narrow);
        QCOMPARE(wide.buckets[4], uint64_t(UINT32_MAX) * 2);
    }
};

QTEST_APPLESS_MAIN(TestHistogram)
#include "test_histogram.moc"
