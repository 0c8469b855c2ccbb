// SPDX-License-Identifier: MIT
#include "support/sample_engine.h"
#include "ui/models/exchange_cells.h"
#include "ui/models/exchange_filter.h"
#include "ui/models/exchange_model.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTest>

using namespace reverxy;
using ui::ExchangeColumn;
using ui::ExchangeModel;

/// The model and the filter upon it are held against the rules of item models while these run.
class TestExchangeModel : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void init();
    void theNewestIsLast();
    void cellsTellWhatHappened();
    void theListIsBounded();
    void aBatchLargerThanTheListLeavesTheNewest();
    void thePastIsNotListedTwice();
    void idsOfAnotherRunAreOthers();
    void aRunningExchangeHasARow();
    void aShortOneHasNoRowBeforeItEnds();
    void itsEndIsToldInItsRow();
    void anOlderViewDoesNotReviveIt();
    void anEndThatWasLeftOutIsToldAsSuch();
    void aLateRecordIsStillTaken();
    void whatStillRunsComesBackWhenItsRowLeft();
    void heldNoRowLeaves();
    void heldTooLongTheOldestWaitingAreDropped();
    void whatTheEngineLeftOutIsCounted();
    void clearForgetsAll();
    void filter_data();
    void filter();

  private:
    void add(const std::vector<api::Exchange>& exchanges, quint64 skipped = 0);
    void showRunning(const std::vector<api::Exchange>& running, int secondsLater = 0);
    QString text(int row, int column) const;

    std::unique_ptr<ExchangeModel> m_model;
    std::unique_ptr<ui::FilteredExchanges> m_filtered;
    std::unique_ptr<QAbstractItemModelTester> m_tester;
    std::unique_ptr<QAbstractItemModelTester> m_filterTester;
};

void TestExchangeModel::init() {
    const auto mode = QAbstractItemModelTester::FailureReportingMode::QtTest;
    m_filterTester.reset();
    m_tester.reset();
    m_filtered = std::make_unique<ui::FilteredExchanges>();
    m_model = std::make_unique<ExchangeModel>();
    m_filtered->setSourceModel(m_model.get());
    m_tester = std::make_unique<QAbstractItemModelTester>(m_model.get(), mode);
    m_filterTester = std::make_unique<QAbstractItemModelTester>(m_filtered.get(), mode);
}

void TestExchangeModel::add(const std::vector<api::Exchange>& exchanges, quint64 skipped) {
    m_model->add(std::make_shared<const std::vector<api::Exchange>>(exchanges), skipped);
}

void TestExchangeModel::showRunning(const std::vector<api::Exchange>& running, int secondsLater) {
    api::EngineSnapshot snapshot;
    snapshot.taken = test::sampleTime().addSecs(secondsLater);
    snapshot.state = api::EngineState::Running;
    snapshot.running = running;
    m_model->show(std::make_shared<const api::EngineSnapshot>(snapshot));
}

QString TestExchangeModel::text(int row, int column) const {
    return m_model->index(row, column).data().toString().replace(QChar(QChar::Nbsp), QLatin1Char(' '));
}

void TestExchangeModel::theNewestIsLast() {
    add(test::sampleExchanges(3, 1));
    add(test::sampleExchanges(2, 4));
    QCOMPARE(m_model->rowCount(), 5);
    for (int row = 0; row < 5; ++row)
        QCOMPARE(m_model->exchangeAt(row).id, uint64_t(row + 1));
}

void TestExchangeModel::cellsTellWhatHappened() {
    api::Exchange exchange = test::retriedExchange(7);
    exchange.started = test::sampleTime();
    add({exchange});
    QCOMPARE(text(0, ExchangeColumn::Time), QStringLiteral("10:24:30.000"));
    QCOMPARE(text(0, ExchangeColumn::Method), QStringLiteral("GET"));
    QCOMPARE(text(0, ExchangeColumn::Target), QStringLiteral("shop.localhost:8080/api/orders/1042"));
    QCOMPARE(text(0, ExchangeColumn::Status), QStringLiteral("200"));
    QCOMPARE(text(0, ExchangeColumn::Outcome), QStringLiteral("success"));
    QCOMPARE(text(0, ExchangeColumn::Backend), QStringLiteral("orders-3 · 2 attempts"));
    QCOMPARE(text(0, ExchangeColumn::Duration), QStringLiteral("18.4 ms"));
    QCOMPARE(text(0, ExchangeColumn::Size), QStringLiteral("3.0 KiB"));
}

void TestExchangeModel::theListIsBounded() {
    for (int i = 0; i < 7; ++i)
        add(test::sampleExchanges(1000, static_cast<uint64_t>(i) * 1000 + 1));
    QCOMPARE(m_model->rowCount(), ExchangeModel::capacity);
    QCOMPARE(m_model->exchangeAt(0).id, uint64_t(2001));
    QCOMPARE(m_model->exchangeAt(ExchangeModel::capacity - 1).id, uint64_t(7000));
    QCOMPARE(m_filtered->rowCount(), ExchangeModel::capacity);
}

void TestExchangeModel::aBatchLargerThanTheListLeavesTheNewest() {
    add(test::sampleExchanges(10, 1));
    add(test::sampleExchanges(ExchangeModel::capacity + 500, 100));
    QCOMPARE(m_model->rowCount(), ExchangeModel::capacity);
    QCOMPARE(m_model->exchangeAt(0).id, uint64_t(600));
}

void TestExchangeModel::thePastIsNotListedTwice() {
    const auto past = test::sampleExchanges(20);
    add(past);
    add(past); // as after a new watch()
    QCOMPARE(m_model->rowCount(), 20);
}

void TestExchangeModel::idsOfAnotherRunAreOthers() {
    auto exchanges = test::sampleExchanges(1);
    add(exchanges);
    exchanges[0].started = exchanges[0].started.addSecs(60);
    add(exchanges);
    QCOMPARE(m_model->rowCount(), 2);
}

void TestExchangeModel::aRunningExchangeHasARow() {
    showRunning({test::streamingExchange(5, 92'000)});
    QCOMPARE(m_model->rowCount(), 1);
    QCOMPARE(text(0, ExchangeColumn::Outcome), QStringLiteral("streaming"));
    QCOMPARE(text(0, ExchangeColumn::Duration), QStringLiteral("92.0 s"));
    QSignalSpy changed(m_model.get(), &QAbstractItemModel::dataChanged);
    showRunning({test::streamingExchange(5, 93'000)}, 1);
    QCOMPARE(m_model->rowCount(), 1);
    QCOMPARE(changed.size(), 1);
    QCOMPARE(text(0, ExchangeColumn::Duration), QStringLiteral("93.0 s"));
}

void TestExchangeModel::aShortOneHasNoRowBeforeItEnds() {
    api::Exchange exchange = test::streamingExchange(5, 100);
    exchange.started = test::sampleTime().addMSecs(-ExchangeModel::runningShownAfterMs + 1);
    showRunning({exchange});
    QCOMPARE(m_model->rowCount(), 0);
    showRunning({exchange}, 1);
    QCOMPARE(m_model->rowCount(), 1);
}

void TestExchangeModel::itsEndIsToldInItsRow() {
    api::Exchange exchange = test::streamingExchange(5, 92'000);
    showRunning({exchange});
    add(test::sampleExchanges(3, 10));
    exchange.phase = api::ExchangePhase::Finished;
    exchange.outcome = api::Outcome::ClientGone;
    add({exchange});
    QCOMPARE(m_model->rowCount(), 4);
    QCOMPARE(text(0, ExchangeColumn::Outcome), QStringLiteral("client gone"));
}

void TestExchangeModel::anOlderViewDoesNotReviveIt() {
    const api::Exchange running = test::streamingExchange(5, 92'000);
    api::Exchange ended = running;
    ended.phase = api::ExchangePhase::Finished;
    showRunning({running});
    add({ended});
    showRunning({running});
    QCOMPARE(m_model->rowCount(), 1);
    QCOMPARE(text(0, ExchangeColumn::Outcome), QStringLiteral("success"));
}

void TestExchangeModel::anEndThatWasLeftOutIsToldAsSuch() {
    showRunning({test::streamingExchange(5, 92'000)});
    showRunning({});
    QCOMPARE(text(0, ExchangeColumn::Outcome), QStringLiteral("streaming")); // its record may be on its way
    showRunning({});
    QCOMPARE(text(0, ExchangeColumn::Outcome), QStringLiteral("not recorded"));
}

void TestExchangeModel::aLateRecordIsStillTaken() {
    api::Exchange exchange = test::streamingExchange(5, 92'000);
    showRunning({exchange});
    showRunning({});
    showRunning({});
    exchange.phase = api::ExchangePhase::Finished;
    add({exchange});
    QCOMPARE(m_model->rowCount(), 1);
    QCOMPARE(text(0, ExchangeColumn::Outcome), QStringLiteral("success"));
}

void TestExchangeModel::whatStillRunsComesBackWhenItsRowLeft() {
    const api::Exchange exchange = test::streamingExchange(999'999, 92'000);
    showRunning({exchange});
    add(test::sampleExchanges(ExchangeModel::capacity));
    QCOMPARE(m_model->exchangeAt(0).id, uint64_t(1));
    showRunning({exchange});
    QCOMPARE(m_model->rowCount(), ExchangeModel::capacity);
    QCOMPARE(m_model->exchangeAt(ExchangeModel::capacity - 1).id, exchange.id);
}

void TestExchangeModel::heldNoRowLeaves() {
    add(test::sampleExchanges(ExchangeModel::capacity - 100));
    m_model->setHeld(true);
    add(test::sampleExchanges(300, 10'001));
    QCOMPARE(m_model->rowCount(), ExchangeModel::capacity);
    QCOMPARE(m_model->exchangeAt(0).id, uint64_t(1));
    QCOMPARE(m_model->exchangeAt(ExchangeModel::capacity - 1).id, uint64_t(10'100));
    QCOMPARE(m_model->cameSinceHold(), quint64(300));
    m_model->setHeld(false);
    QCOMPARE(m_model->rowCount(), ExchangeModel::capacity);
    QCOMPARE(m_model->exchangeAt(ExchangeModel::capacity - 1).id, uint64_t(10'300));
    QCOMPARE(m_model->cameSinceHold(), quint64(0));
    QCOMPARE(m_model->leftOut(), quint64(0));
}

void TestExchangeModel::heldTooLongTheOldestWaitingAreDropped() {
    add(test::sampleExchanges(ExchangeModel::capacity));
    m_model->setHeld(true);
    add(test::sampleExchanges(ExchangeModel::capacity, 10'001));
    add(test::sampleExchanges(10, 20'001));
    QCOMPARE(m_model->leftOut(), quint64(10));
    m_model->setHeld(false);
    QCOMPARE(m_model->exchangeAt(0).id, uint64_t(10'011));
    QCOMPARE(m_model->exchangeAt(ExchangeModel::capacity - 1).id, uint64_t(20'010));
}

void TestExchangeModel::whatTheEngineLeftOutIsCounted() {
    QSignalSpy counts(m_model.get(), &ExchangeModel::countsChanged);
    add(test::sampleExchanges(2), 40);
    add({}, 2);
    QCOMPARE(m_model->leftOut(), quint64(42));
    QCOMPARE(counts.size(), 2);
}

void TestExchangeModel::clearForgetsAll() {
    showRunning({test::streamingExchange(999, 92'000)});
    add(test::sampleExchanges(5), 3);
    m_model->clear();
    QCOMPARE(m_model->rowCount(), 0);
    QCOMPARE(m_model->leftOut(), quint64(0));
    add(test::sampleExchanges(5));
    QCOMPARE(m_model->rowCount(), 5);
}

void TestExchangeModel::filter_data() {
    QTest::addColumn<QString>("typed");
    QTest::addColumn<bool>("matches");

    // GET shop.localhost:8080/api/orders/1042, 200, success, orders-3, 127.0.0.1
    QTest::newRow("nothing typed") << QString() << true;
    QTest::newRow("blanks") << QStringLiteral("   ") << true;
    QTest::newRow("path") << QStringLiteral("/api/orders") << true;
    QTest::newRow("host") << QStringLiteral("shop.local") << true;
    QTest::newRow("method in any case") << QStringLiteral("get") << true;
    QTest::newRow("another method") << QStringLiteral("post") << false;
    QTest::newRow("status") << QStringLiteral("200") << true;
    QTest::newRow("class of statuses") << QStringLiteral("2xx") << true;
    QTest::newRow("another class") << QStringLiteral("5XX") << false;
    QTest::newRow("backend") << QStringLiteral("orders-3") << true;
    QTest::newRow("client") << QStringLiteral("127.0.0.1") << true;
    QTest::newRow("outcome") << QStringLiteral("success") << true;
    QTest::newRow("all words") << QStringLiteral("get orders 2xx") << true;
    QTest::newRow("one word of two") << QStringLiteral("get payments") << false;
    QTest::newRow("excluded and there") << QStringLiteral("-orders") << false;
    QTest::newRow("excluded and not there") << QStringLiteral("-payments") << true;
    QTest::newRow("excluded class") << QStringLiteral("-2xx") << false;
    QTest::newRow("a minus alone is in the middle of being typed") << QStringLiteral("-") << true;
    QTest::newRow("no word spans two cells") << QStringLiteral("GETshop") << false;
}

void TestExchangeModel::filter() {
    QFETCH(QString, typed);
    QFETCH(bool, matches);
    add({test::retriedExchange(1)});
    m_filtered->setFilter(ui::ExchangeFilter(typed));
    QCOMPARE(m_filtered->rowCount() == 1, matches);
    add({test::retriedExchange(2)});
    QCOMPARE(m_filtered->rowCount() == 2, matches);
}

QTEST_GUILESS_MAIN(TestExchangeModel)
#include "test_exchange_model.moc"
