// SPDX-License-Identifier: MIT
#include "support/sample_engine.h"
#include "ui/plots/axis.h"
#include "ui/plots/latency_plot.h"
#include "ui/plots/rate_plot.h"
#include "ui/plots/series.h"

#include <QSignalSpy>
#include <QTest>

using namespace reverxy;

class TestPlots : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void rateAxisIsRound_data();
    void rateAxisIsRound();
    void latencyAxisIsRound_data();
    void latencyAxisIsRound();
    void positionsOnALogarithmicAxis();
    void timesOfDayAreRound_data();
    void timesOfDayAreRound();
    void aYoungEngineFillsItsPlots();
    void columnsHoldTheMean();
    void columnsAreWeightedByRequests();
    void columnsStandStillWhileTimePasses();
    void columnsFitThePixels_data();
    void columnsFitThePixels();
    void theMomentUnderThePointerIsRead();
    void arrowKeysMoveThroughTime();
    void aRepaintOnlyWithANewSecond();
    void aSingleErrorIsSeen();
    void nothingIsToldAsNothing();
};

static QStringList texts(const std::vector<ui::Tick>& ticks) {
    QStringList all;
    for (const ui::Tick& tick : ticks)
        all << QString(tick.text).replace(QChar(QChar::Nbsp), QLatin1Char(' '));
    return all;
}

static api::SecondTotals second(int64_t at, uint32_t successes, uint32_t p50 = 0, uint32_t p95 = 0) {
    api::SecondTotals totals;
    totals.second = at;
    totals.requests[0] = successes;
    totals.p50Micros = p50;
    totals.p95Micros = p95;
    return totals;
}

void TestPlots::rateAxisIsRound_data() {
    QTest::addColumn<double>("highest");
    QTest::addColumn<int>("most");
    QTest::addColumn<QString>("expected");

    QTest::newRow("nothing") << 0.0 << 5 << QStringLiteral("0 1 2 3 4 5");
    QTest::newRow("one request does not fill the plot") << 1.0 << 5 << QStringLiteral("0 1 2 3 4 5");
    QTest::newRow("no fractions of requests") << 6.0 << 20 << QStringLiteral("0 1 2 3 4 5 6");
    QTest::newRow("exactly a tick") << 400.0 << 4 << QStringLiteral("0 100 200 300 400");
    QTest::newRow("just above a tick") << 401.0 << 4 << QStringLiteral("0 200 400 600");
    QTest::newRow("thousands") << 3300.0 << 4 << QStringLiteral("0 1,000 2,000 3,000 4,000");
    QTest::newRow("tens of thousands") << 43'000.0 << 5 << QStringLiteral("0 10k 20k 30k 40k 50k");
    QTest::newRow("room for one only") << 90.0 << 0 << QStringLiteral("0 100");
}

void TestPlots::rateAxisIsRound() {
    QFETCH(double, highest);
    QFETCH(int, most);
    QFETCH(QString, expected);
    const ui::Axis axis = ui::rateAxis(highest, most);
    QCOMPARE(texts(axis.ticks).join(QLatin1Char(' ')), expected);
    QVERIFY(axis.high >= highest);
    QCOMPARE(axis.position(0), 0.0);
    QCOMPARE(axis.position(axis.high * 2), 1.0);
}

void TestPlots::latencyAxisIsRound_data() {
    QTest::addColumn<double>("lowest");
    QTest::addColumn<double>("highest");
    QTest::addColumn<int>("most");
    QTest::addColumn<QString>("expected");

    QTest::newRow("less than a decade is widened")
        << 1200.0 << 1900.0 << 6 << QStringLiteral("1 ms, 2 ms, 5 ms, 10 ms");
    QTest::newRow("two decades") << 600.0 << 42'000.0 << 7
                                 << QStringLiteral("500 µs, 1 ms, 2 ms, 5 ms, 10 ms, 20 ms, 50 ms");
    QTest::newRow("fewer when there is little room")
        << 600.0 << 42'000.0 << 4 << QStringLiteral("1 ms, 3 ms, 10 ms, 30 ms");
    QTest::newRow("decades only") << 600.0 << 420'000.0 << 3 << QStringLiteral("1 ms, 10 ms, 100 ms");
    QTest::newRow("seconds") << 100'000.0 << 9'000'000.0 << 3 << QStringLiteral("100 ms, 1 s, 10 s");
    QTest::newRow("quicker than is told apart") << 1.0 << 3.0 << 4 << QStringLiteral("10 µs, 20 µs, 50 µs, 100 µs");
}

void TestPlots::latencyAxisIsRound() {
    QFETCH(double, lowest);
    QFETCH(double, highest);
    QFETCH(int, most);
    QFETCH(QString, expected);
    const ui::Axis axis = ui::latencyAxis(lowest, highest, most);
    QCOMPARE(texts(axis.ticks).join(QStringLiteral(", ")), expected);
    QVERIFY(axis.high >= highest);
}

void TestPlots::positionsOnALogarithmicAxis() {
    const ui::Axis axis = ui::latencyAxis(1000, 100'000, 3);
    QCOMPARE(axis.position(1000), 0.0);
    QCOMPARE(axis.position(10'000), 0.5);
    QCOMPARE(axis.position(100'000), 1.0);
    QCOMPARE(axis.position(1), 0.0);
    QCOMPARE(axis.position(0), 0.0);
}

void TestPlots::timesOfDayAreRound_data() {
    QTest::addColumn<qint64>("from");
    QTest::addColumn<qint64>("to");
    QTest::addColumn<int>("offset");
    QTest::addColumn<int>("most");
    QTest::addColumn<QString>("expected");

    const qint64 tenOClock = 20'000LL * 86'400 + 10LL * 3600;
    QTest::newRow("every 5 minutes") << tenOClock + 30 << tenOClock + 930 << 0 << 3
                                     << QStringLiteral("10:05 10:10 10:15");
    QTest::newRow("every 3 minutes") << tenOClock << tenOClock + 900 << 0 << 5
                                     << QStringLiteral("10:00 10:03 10:06 10:09 10:12 10:15");
    QTest::newRow("a zone ahead of UTC by a half hour more")
        << tenOClock << tenOClock + 900 << 5 * 3600 + 1800 << 2 << QStringLiteral("15:30 15:40");
    QTest::newRow("midnight") << tenOClock + 13 * 3600 + 3300 << tenOClock + 14 * 3600 + 600 << 0 << 3
                              << QStringLiteral("23:55 00:00 00:05 00:10");
    QTest::newRow("seconds") << tenOClock - 3 << tenOClock + 57 << 0 << 3
                             << QStringLiteral("10:00:00 10:00:20 10:00:40");
    QTest::newRow("no time") << tenOClock << tenOClock << 0 << 5 << QString();
    QTest::newRow("no room") << tenOClock << tenOClock + 900 << 0 << 0 << QString();
}

void TestPlots::timesOfDayAreRound() {
    QFETCH(qint64, from);
    QFETCH(qint64, to);
    QFETCH(int, offset);
    QFETCH(int, most);
    QFETCH(QString, expected);
    QCOMPARE(texts(ui::timeTicks(from, to, offset, most)).join(QLatin1Char(' ')), expected);
}

void TestPlots::aYoungEngineFillsItsPlots() {
    QCOMPARE(ui::spanFor(0), 60);
    QCOMPARE(ui::spanFor(60), 60);
    QCOMPARE(ui::spanFor(61), 120);
    QCOMPARE(ui::spanFor(250), 300);
    QCOMPARE(ui::spanFor(301), 900);
    QCOMPARE(ui::spanFor(900), 900);
}

void TestPlots::columnsHoldTheMean() {
    const auto columns = ui::columnsOf({second(10, 4), second(11, 8), second(12, 3)}, 2);
    QCOMPARE(columns.size(), size_t(2));
    QCOMPARE(columns[0].totalPerSecond(), 6.0);
    QCOMPARE(columns[0].seconds, 2);
    // The last column is not over yet: its mean is that of the seconds it has.
    QCOMPARE(columns[1].totalPerSecond(), 3.0);
    QCOMPARE(columns[1].seconds, 1);
}

void TestPlots::columnsAreWeightedByRequests() {
    const auto columns =
        ui::columnsOf({second(10, 1, 9000, 9000), second(11, 9, 1000, 2000), second(12, 0), second(13, 0)}, 2);
    QCOMPARE(columns[0].p50Micros, 1800.0);
    QCOMPARE(columns[0].p95Micros, 9000.0);
    QCOMPARE(columns[1].p95Micros, 0.0);
}

void TestPlots::columnsStandStillWhileTimePasses() {
    std::vector<api::SecondTotals> seconds;
    for (int64_t at = 1000; at < 1030; ++at)
        seconds.push_back(second(at, static_cast<uint32_t>(at % 7)));
    const auto before = ui::columnsOf(seconds, 3);
    seconds.erase(seconds.begin());
    seconds.push_back(second(1030, 5));
    const auto after = ui::columnsOf(seconds, 3);
    // All but the first, which lost a second, and the last, which grew.
    for (size_t i = 1; i + 1 < before.size(); ++i)
        QVERIFY(before[i] == after[i]);
}

void TestPlots::columnsFitThePixels_data() {
    QTest::addColumn<int>("pixels");
    QTest::addColumn<int>("seconds");

    QTest::newRow("as many pixels as seconds") << 900 << 1;
    QTest::newRow("one less") << 899 << 2;
    QTest::newRow("more pixels") << 2000 << 1;
    QTest::newRow("few") << 100 << 9;
    QTest::newRow("none") << 0 << 900;
}

void TestPlots::columnsFitThePixels() {
    QFETCH(int, pixels);
    QFETCH(int, seconds);
    QCOMPARE(ui::secondsPerColumn(900, pixels), seconds);
}

void TestPlots::theMomentUnderThePointerIsRead() {
    ui::RatePlot plot;
    plot.resize(1100, 260);
    plot.show(std::make_shared<const api::EngineSnapshot>(test::sampleSnapshot()));
    plot.show();
    QSignalSpy pointed(&plot, &ui::TimePlot::pointed);
    QTest::mouseMove(&plot, QPoint(600, 120));
    QTRY_COMPARE(pointed.size(), 1);
    QVERIFY(plot.pointedAt());
    const QStringList told = plot.readout();
    QCOMPARE(told.front(), QDateTime::fromSecsSinceEpoch(*plot.pointedAt()).toString(QStringLiteral("HH:mm:ss")));
    QVERIFY(told.last().startsWith(QStringLiteral("success ")));
    QTest::mouseMove(&plot, QPoint(2, 120)); // on the axis
    QTRY_VERIFY(!plot.pointedAt());
    QVERIFY(plot.readout().isEmpty());
}

void TestPlots::arrowKeysMoveThroughTime() {
    ui::LatencyPlot plot;
    plot.resize(1100, 260);
    const auto snapshot = std::make_shared<const api::EngineSnapshot>(test::sampleSnapshot());
    plot.show(snapshot);
    const int64_t last = snapshot->seconds.back().second;
    QTest::keyClick(&plot, Qt::Key_Left);
    QCOMPARE(plot.pointedAt(), std::optional<int64_t>(last));
    QTest::keyClick(&plot, Qt::Key_Left);
    QCOMPARE(plot.pointedAt(), std::optional<int64_t>(last - 1));
    QTest::keyClick(&plot, Qt::Key_Left, Qt::ControlModifier);
    QCOMPARE(plot.pointedAt(), std::optional<int64_t>(last - 61));
    QTest::keyClick(&plot, Qt::Key_Home);
    QCOMPARE(plot.pointedAt(), std::optional<int64_t>(snapshot->seconds.front().second));
    QTest::keyClick(&plot, Qt::Key_Left);
    QCOMPARE(plot.pointedAt(), std::optional<int64_t>(snapshot->seconds.front().second));
    QTest::keyClick(&plot, Qt::Key_End);
    QCOMPARE(plot.readout().size(), 3);
    QTest::keyClick(&plot, Qt::Key_Escape);
    QVERIFY(!plot.pointedAt());
}

/// Counts how often it was painted.
class CountingPlot : public ui::TimePlot {
  public:
    CountingPlot() : TimePlot(QStringLiteral("Test"), {}, nullptr) {}

    mutable int painted = 0;

  protected:
    ui::Axis axisFor(const std::vector<ui::Column>&, int most) const override { return ui::rateAxis(10, most); }

    void paintSeries(QPainter&, const Frame&, const std::vector<ui::Column>&, const ui::Tones&) const override {
        ++painted;
    }

    std::vector<ui::LegendEntry> legend(const std::vector<ui::Column>&, const ui::Tones&) const override {
        return {};
    }

    std::vector<ui::LegendEntry> entriesAt(const ui::Column&, const ui::Tones&) const override { return {}; }

    QString summary(const std::vector<ui::Column>&) const override { return {}; }
};

void TestPlots::aRepaintOnlyWithANewSecond() {
    CountingPlot plot;
    plot.resize(600, 200);
    plot.show(std::make_shared<const api::EngineSnapshot>(test::sampleSnapshot()));
    plot.show();
    QVERIFY(QTest::qWaitForWindowExposed(&plot));
    QCoreApplication::processEvents();
    plot.painted = 0;
    api::EngineSnapshot same = test::sampleSnapshot();
    same.taken = same.taken.addMSecs(250);
    plot.show(std::make_shared<const api::EngineSnapshot>(same));
    QCoreApplication::processEvents();
    QCOMPARE(plot.painted, 0);
    plot.show(std::make_shared<const api::EngineSnapshot>(test::sampleSnapshotAfter(1)));
    QTRY_COMPARE(plot.painted, 1);
}

void TestPlots::aSingleErrorIsSeen() {
    api::EngineSnapshot snapshot = test::sampleSnapshot();
    for (api::SecondTotals& totals : snapshot.seconds)
        totals = second(totals.second, 20'000, 1000, 2000);
    const auto marked = static_cast<size_t>(api::Outcome::UpstreamError);
    snapshot.seconds[450].requests[marked] = 1;
    ui::RatePlot plot;
    plot.resize(1100, 260);
    plot.show(std::make_shared<const api::EngineSnapshot>(snapshot));
    const QImage image = plot.grab().toImage();
    const QRgb wanted = ui::tonesOf(plot.palette()).of(api::Outcome::UpstreamError).rgb();
    int found = 0;
    // Below the legend, where the same colour stands in its sign.
    for (int y = 60; y < image.height(); ++y) {
        for (int x = 0; x < image.width(); ++x)
            found += image.pixel(x, y) == wanted ? 1 : 0;
    }
    QVERIFY2(found >= 2, qPrintable(QString::number(found)));
}

void TestPlots::nothingIsToldAsNothing() {
    ui::RatePlot plot;
    plot.resize(600, 200);
    plot.show(std::make_shared<const api::EngineSnapshot>(test::emptySnapshot()));
    QCOMPARE(plot.accessibleDescription(), QStringLiteral("No request in the last 15 minutes."));
    plot.show(std::make_shared<const api::EngineSnapshot>(test::sampleSnapshotAfter(1)));
    QVERIFY(plot.accessibleDescription().contains(QStringLiteral("requests a second on average")));
    plot.resize(4, 4);
    plot.grab(); // too small for anything, and nothing breaks
}

QTEST_MAIN(TestPlots)
#include "test_plots.moc"
