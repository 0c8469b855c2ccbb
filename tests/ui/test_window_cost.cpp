// SPDX-License-Identifier: MIT
#include "support/fake_engine_control.h"
#include "support/sample_engine.h"
#include "ui/main_window.h"

#include <QApplication>
#include <QTemporaryDir>
#include <QTest>

#include <ctime>

using namespace reverxy;

/// What the window costs its thread while everything changes all the time: 1,000 backends, a full list, four
/// snapshots a second with 500 ended exchanges each. Processor time is measured, so other work on the machine does
/// not count.
class TestWindowCost : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void itStaysUnderItsShareOfACore_data();
    void itStaysUnderItsShareOfACore();
};

static double processorSeconds() {
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

void TestWindowCost::itStaysUnderItsShareOfACore_data() {
    QTest::addColumn<int>("page");
    QTest::addColumn<QString>("filter");

    QTest::newRow("overview") << 0 << QString();
    QTest::newRow("traffic") << 1 << QString();
    QTest::newRow("traffic, filtered") << 1 << QStringLiteral("get -assets 2xx");
}

void TestWindowCost::itStaysUnderItsShareOfACore() {
    QFETCH(int, page);
    QFETCH(QString, filter);
    constexpr int perSecond = 4;
    constexpr int seconds = 5;
    QTemporaryDir folder;
    QSettings settings(folder.filePath(QStringLiteral("settings.ini")), QSettings::IniFormat);
    test::FakeEngineControl control;
    ui::MainWindow window(control, settings);
    window.resize(1600, 1000);
    window.setPage(page);
    window.show();
    QVERIFY(QTest::qWaitForWindowExposed(&window));
    if (page == 1) {
        QTest::keyClick(&window, Qt::Key_F, Qt::ControlModifier);
        QTest::keyClicks(QApplication::focusWidget(), filter);
    }

    std::vector<api::SnapshotPointer> snapshots;
    std::vector<std::vector<api::Exchange>> batches;
    for (int tick = 0; tick <= perSecond * seconds; ++tick) {
        auto snapshot = std::make_shared<api::EngineSnapshot>(test::largeSnapshot(10, 1000, tick));
        for (uint64_t i = 0; i < 200; ++i)
            snapshot->running.push_back(test::streamingExchange(1'000'000 + i, 92'000 + 250 * tick));
        snapshots.push_back(snapshot);
        batches.push_back(test::sampleExchanges(500, static_cast<uint64_t>(tick) * 500 + 10'000));
    }
    control.finish(test::sampleExchanges(5000));
    control.show(snapshots.front());
    QCoreApplication::processEvents();

    const double before = processorSeconds();
    for (size_t tick = 1; tick < snapshots.size(); ++tick) {
        control.show(snapshots[tick]);
        control.finish(batches[tick], 9500);
        QCoreApplication::processEvents();
    }
    const double share = (processorSeconds() - before) / seconds;
    qInfo("%.1f %% of a core", share * 100);
    QVERIFY2(share < 0.15, qPrintable(QStringLiteral("%1 %").arg(share * 100)));
}

QTEST_MAIN(TestWindowCost)
#include "test_window_cost.moc"
