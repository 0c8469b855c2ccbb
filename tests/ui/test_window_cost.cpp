// SPDX-License-Identifier: MIT
#include "support/fake_engine_control.h"
#include "support/sample_cache.h"
#include "support/sample_engine.h"
#include "ui/main_window.h"
#include "ui/models/cache_entry_model.h"
#include "ui/models/cache_reader.h"
#include "ui/pages/cache_page.h"

#include <QApplication>
#include <QLineEdit>
#include <QTemporaryDir>
#include <QTest>

#include <ctime>

using namespace reverxy;

/// What the window costs its thread while everything changes all the time: 1,000 backends, 200 clients of a rate
/// limiter that change places, a full list of exchanges and one of stored responses, four snapshots a second with
/// 500 ended exchanges each. Processor time is measured, so other work on the machine does not count.
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

/// As many clients as a snapshot holds; at each tick other ones are in front.
static api::LimiterSnapshot manyClients(int tick) {
    constexpr int count = 200;
    api::LimiterSnapshot limiter;
    limiter.name = QStringLiteral("global");
    limiter.clientsKnown = 100'000;
    for (int i = 0; i < count; ++i) {
        const int number = (i * 7 + tick * 13) % count;
        api::LimitedClient client;
        client.key = QStringLiteral("198.51.100.%1").arg(number);
        client.limit = 100;
        client.throttled = i < count / 2;
        client.used = client.throttled ? 100 : static_cast<uint32_t>(i % 100);
        client.resetMillis = static_cast<uint32_t>(1000 + tick * 250);
        client.requestsAllowed = uint64_t{1000} + static_cast<uint64_t>(tick) + static_cast<uint64_t>(number);
        client.requestsThrottled = static_cast<uint64_t>(tick) * 3 + static_cast<uint64_t>(number);
        client.firstSeen = test::sampleTime();
        client.lastSeen = test::sampleTime().addSecs(tick);
        limiter.clients.push_back(client);
    }
    return limiter;
}

/// Answers a listing of the cache to its end, with as many entries as the page lists.
static void listAll(test::FakeEngineControl& control) {
    static const std::vector<api::CacheEntry> samples = test::sampleCachePage().entries;
    uint64_t key = 0;
    for (size_t asked = 0; asked != control.listings().size() && key < ui::CacheReader::capacity;) {
        asked = control.listings().size();
        api::CachePage page;
        page.taken = test::sampleTime();
        for (int i = 0; i < 500; ++i, ++key) {
            page.entries.push_back(samples[key % samples.size()]);
            page.entries.back().key = key;
            page.entries.back().url += QString::number(key);
        }
        page.looked = page.entries.size();
        page.next = key;
        control.list(page);
    }
}

void TestWindowCost::itStaysUnderItsShareOfACore_data() {
    QTest::addColumn<int>("page");
    QTest::addColumn<QString>("filter");

    QTest::newRow("overview") << 0 << QString();
    QTest::newRow("traffic") << 1 << QString();
    QTest::newRow("traffic, filtered") << 1 << QStringLiteral("get -assets 2xx");
    QTest::newRow("clients") << 2 << QString();
    QTest::newRow("cache") << 3 << QString();
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
        snapshot->limiters = {manyClients(tick)};
        snapshot->cache = test::sampleCache();
        snapshot->cache.entries = 80'000;
        for (std::vector<api::CacheCount>* counts : {&snapshot->cache.requests, &snapshot->cache.responses}) {
            for (api::CacheCount& count : *counts)
                count.count += static_cast<uint64_t>(tick) * 100;
        }
        snapshots.push_back(snapshot);
        batches.push_back(test::sampleExchanges(500, static_cast<uint64_t>(tick) * 500 + 10'000));
    }
    control.finish(test::sampleExchanges(5000));
    control.show(snapshots.front());
    if (page == 3)
        listAll(control);
    QCoreApplication::processEvents();

    const double before = processorSeconds();
    for (size_t tick = 1; tick < snapshots.size(); ++tick) {
        control.show(snapshots[tick]);
        control.finish(batches[tick], 9500);
        QCoreApplication::processEvents();
    }
    if (page == 3) {
        // A long list is read once in such a time; another filter has it read without waiting for that.
        const size_t asked = control.listings().size();
        window.findChild<ui::CachePage*>()->findChild<QLineEdit*>()->setText(QStringLiteral(" "));
        QTRY_VERIFY(control.listings().size() > asked);
        listAll(control);
        QCoreApplication::processEvents();
        QCOMPARE(window.findChild<ui::CacheEntryModel*>()->rowCount(), int(ui::CacheReader::capacity));
    }
    const double share = (processorSeconds() - before) / seconds;
    qInfo("%.1f %% of a core", share * 100);
    QVERIFY2(share < 0.15, qPrintable(QStringLiteral("%1 %").arg(share * 100)));
}

QTEST_MAIN(TestWindowCost)
#include "test_window_cost.moc"
