// SPDX-License-Identifier: MIT
#include "support/fake_engine_control.h"
#include "support/sample_engine.h"
#include "ui/models/backend_cells.h"
#include "ui/models/backend_model.h"
#include "ui/models/backend_row.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTest>

#include <algorithm>
#include <random>

using namespace reverxy;
using ui::BackendColumn;
using ui::BackendModel;

/// Every signal and every answer of the model is held against the rules of item models while these run.
class TestBackendModel : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void init();
    void poolsAndBackendsAreATree();
    void figuresAreShownAsPeopleReadThem();
    void aSnapshotWithTheSameNamesChangesNoRow();
    void onePaintingAPool();
    void whatKeepsItsNameKeepsItsIndex();
    void anyChangeOfPoolsAndBackendsIsFollowed();
    void namesMayRepeat();
    void clearingTheBoxDisables();
    void thePendingStateIsShown();
    void aFailureIsToldInTheRow();
    void anAnswerHoldsUntilASnapshotShowsIt();
    void anAnswerIsNotBelievedForEver();
    void onlyTheNewestRequestCounts();
    void poolsCannotBeSwitched();

  private:
    void show(const api::EngineSnapshot& snapshot);
    QModelIndex at(int pool, int backend, int column = BackendColumn::Name) const;
    QString text(int pool, int backend, int column) const;

    std::unique_ptr<test::FakeEngineControl> m_control;
    std::unique_ptr<ui::BackendSwitches> m_switches;
    std::unique_ptr<BackendModel> m_model;
    std::unique_ptr<QAbstractItemModelTester> m_tester;
};

void TestBackendModel::init() {
    m_tester.reset();
    m_model.reset();
    m_control = std::make_unique<test::FakeEngineControl>();
    m_switches = std::make_unique<ui::BackendSwitches>(*m_control);
    m_model = std::make_unique<BackendModel>(*m_switches);
    m_tester = std::make_unique<QAbstractItemModelTester>(m_model.get(),
                                                          QAbstractItemModelTester::FailureReportingMode::QtTest);
}

void TestBackendModel::show(const api::EngineSnapshot& snapshot) {
    m_switches->settle(snapshot);
    m_model->show(std::make_shared<const api::EngineSnapshot>(snapshot));
}

QModelIndex TestBackendModel::at(int pool, int backend, int column) const {
    return m_model->index(backend, column, m_model->index(pool, 0));
}

QString TestBackendModel::text(int pool, int backend, int column) const {
    return at(pool, backend, column).data().toString().replace(QChar(QChar::Nbsp), QLatin1Char(' '));
}

void TestBackendModel::poolsAndBackendsAreATree() {
    show(test::sampleSnapshot());
    QCOMPARE(m_model->rowCount(), 3);
    const QModelIndex orders = m_model->index(1, 0);
    QCOMPARE(orders.data().toString(), QStringLiteral("orders"));
    QCOMPARE(m_model->rowCount(orders), 3);
    QCOMPARE(m_model->rowCount(at(1, 0)), 0);
    QCOMPARE(at(1, 2).parent(), orders);
    QCOMPARE(m_model->backendAt(at(1, 2))->name, QStringLiteral("orders-3"));
    QCOMPARE(m_model->poolAt(at(1, 2))->name, QStringLiteral("orders"));
    QVERIFY(!m_model->backendAt(orders));
    QCOMPARE(m_model->index(1, BackendColumn::State).data().toString(), QStringLiteral("2 of 3 available"));
}

void TestBackendModel::figuresAreShownAsPeopleReadThem() {
    show(test::sampleSnapshot());
    QCOMPARE(text(1, 0, BackendColumn::Rate), QStringLiteral("31.2"));
    QCOMPARE(text(1, 0, BackendColumn::Errors), QStringLiteral("0.4"));
    QCOMPARE(text(1, 0, BackendColumn::P95), QStringLiteral("38.0 ms"));
    QCOMPARE(text(1, 1, BackendColumn::P95), QStringLiteral("–"));
    QCOMPARE(text(1, 1, BackendColumn::State), QStringLiteral("down · connection refused"));
    QCOMPARE(text(2, 1, BackendColumn::State), QStringLiteral("disabled · 2 to finish"));
    QVERIFY(at(1, 1, BackendColumn::State).data(ui::AlarmRole).toBool());
    const auto alignment = at(1, 0, BackendColumn::Rate).data(Qt::TextAlignmentRole).value<Qt::Alignment>();
    QVERIFY(alignment.testFlag(Qt::AlignRight));
    const auto probes = at(1, 1, BackendColumn::Probes).data(ui::ProbesRole).value<QList<ui::ProbeMark>>();
    QCOMPARE(probes.size(), 10);
    QVERIFY(probes.front().passed);
    QVERIFY(!probes.back().passed);
    QVERIFY(probes.back().tooltip.contains(QStringLiteral("connection refused")));
}

void TestBackendModel::aSnapshotWithTheSameNamesChangesNoRow() {
    show(test::sampleSnapshot());
    QSignalSpy inserted(m_model.get(), &QAbstractItemModel::rowsInserted);
    QSignalSpy removed(m_model.get(), &QAbstractItemModel::rowsRemoved);
    QSignalSpy moved(m_model.get(), &QAbstractItemModel::rowsMoved);
    QSignalSpy reset(m_model.get(), &QAbstractItemModel::modelReset);
    api::EngineSnapshot next = test::sampleSnapshotAfter(1);
    next.pools[0].backends[0].traffic.requestsPerSecond = 77.7;
    show(next);
    QCOMPARE(inserted.size() + removed.size() + moved.size() + reset.size(), 0);
    QCOMPARE(text(0, 0, BackendColumn::Rate), QStringLiteral("77.7"));
}

void TestBackendModel::onePaintingAPool() {
    show(test::sampleSnapshot());
    QSignalSpy changed(m_model.get(), &QAbstractItemModel::dataChanged);
    show(test::sampleSnapshotAfter(1));
    QCOMPARE(changed.size(), 6); // the pool's row and its backends, three times
}

void TestBackendModel::whatKeepsItsNameKeepsItsIndex() {
    show(test::sampleSnapshot());
    const QPersistentModelIndex blue(at(2, 0));
    const QPersistentModelIndex gone(at(1, 0));
    api::EngineSnapshot next = test::sampleSnapshot();
    next.pools[1].backends.erase(next.pools[1].backends.begin());
    std::swap(next.pools[0], next.pools[2]);
    std::swap(next.pools[0].backends[0], next.pools[0].backends[1]);
    show(next);
    QVERIFY(!gone.isValid());
    QVERIFY(blue.isValid());
    QCOMPARE(blue.data().toString(), QStringLiteral("payments-blue"));
    QCOMPARE(QModelIndex(blue), at(0, 1));
}

void TestBackendModel::anyChangeOfPoolsAndBackendsIsFollowed() {
    std::mt19937 random(20'240'514);
    const auto upTo = [&random](size_t most) { return std::uniform_int_distribution<size_t>(0, most)(random); };
    for (int round = 0; round < 60; ++round) {
        api::EngineSnapshot snapshot = test::sampleSnapshot();
        std::shuffle(snapshot.pools.begin(), snapshot.pools.end(), random);
        snapshot.pools.resize(upTo(snapshot.pools.size()));
        for (api::PoolSnapshot& pool : snapshot.pools) {
            std::shuffle(pool.backends.begin(), pool.backends.end(), random);
            pool.backends.resize(upTo(pool.backends.size()));
        }
        show(snapshot);
        QCOMPARE(m_model->rowCount(), static_cast<int>(snapshot.pools.size()));
        for (int p = 0; p < m_model->rowCount(); ++p) {
            const api::PoolSnapshot& pool = snapshot.pools[static_cast<size_t>(p)];
            QCOMPARE(m_model->index(p, 0).data().toString(), pool.name);
            QCOMPARE(m_model->rowCount(m_model->index(p, 0)), static_cast<int>(pool.backends.size()));
            for (size_t b = 0; b < pool.backends.size(); ++b)
                QCOMPARE(at(p, static_cast<int>(b)).data().toString(), pool.backends[b].name);
        }
    }
}

void TestBackendModel::namesMayRepeat() {
    api::EngineSnapshot snapshot = test::sampleSnapshot();
    for (api::BackendSnapshot& backend : snapshot.pools[0].backends)
        backend.name = QStringLiteral("same");
    show(snapshot);
    snapshot.pools[0].backends.pop_back();
    show(snapshot);
    QCOMPARE(m_model->rowCount(m_model->index(0, 0)), 2);
}

void TestBackendModel::clearingTheBoxDisables() {
    show(test::sampleSnapshot());
    QVERIFY(m_model->flags(at(0, 0)).testFlag(Qt::ItemIsUserCheckable));
    QCOMPARE(at(0, 0).data(Qt::CheckStateRole).toInt(), int(Qt::Checked));
    QVERIFY(m_model->setData(at(0, 0), Qt::Unchecked, Qt::CheckStateRole));
    QCOMPARE(m_control->sent().size(), size_t(1));
    const auto wanted = api::Command(api::SetBackendEnabled{QStringLiteral("web"), QStringLiteral("web-1"), false});
    QVERIFY(m_control->sent()[0].command == wanted);
}

void TestBackendModel::thePendingStateIsShown() {
    show(test::sampleSnapshot());
    QSignalSpy changed(m_model.get(), &QAbstractItemModel::dataChanged);
    m_model->setData(at(0, 0), Qt::Unchecked, Qt::CheckStateRole);
    QCOMPARE(changed.size(), 1);
    QCOMPARE(at(0, 0).data(Qt::CheckStateRole).toInt(), int(Qt::Unchecked));
    QCOMPARE(text(0, 0, BackendColumn::State), QStringLiteral("disabling…"));
    show(test::sampleSnapshotAfter(60));
    QCOMPARE(text(0, 0, BackendColumn::State), QStringLiteral("disabling…"));
    m_control->answer(true);
    QCOMPARE(text(0, 0, BackendColumn::State), QStringLiteral("disabled · 1 to finish"));
}

void TestBackendModel::aFailureIsToldInTheRow() {
    show(test::sampleSnapshot());
    m_model->setData(at(0, 0), Qt::Unchecked, Qt::CheckStateRole);
    m_control->answer(false, QStringLiteral("the pool has no such backend any more"));
    QCOMPARE(at(0, 0).data(Qt::CheckStateRole).toInt(), int(Qt::Checked));
    const QString told = QStringLiteral("could not be disabled: the pool has no such backend any more");
    QCOMPARE(text(0, 0, BackendColumn::State), told);
    show(test::sampleSnapshotAfter(5));
    QCOMPARE(text(0, 0, BackendColumn::State), told);
    m_model->setData(at(0, 0), Qt::Unchecked, Qt::CheckStateRole);
    QCOMPARE(text(0, 0, BackendColumn::State), QStringLiteral("disabling…"));
}

void TestBackendModel::anAnswerHoldsUntilASnapshotShowsIt() {
    show(test::sampleSnapshot());
    m_model->setData(at(0, 0), Qt::Unchecked, Qt::CheckStateRole);
    m_control->answer(true);
    show(test::sampleSnapshot()); // taken before the command was done
    QCOMPARE(at(0, 0).data(Qt::CheckStateRole).toInt(), int(Qt::Unchecked));
    api::EngineSnapshot done = test::sampleSnapshotAfter(1);
    done.pools[0].backends[0].enabled = false;
    show(done);
    QCOMPARE(at(0, 0).data(Qt::CheckStateRole).toInt(), int(Qt::Unchecked));
    show(test::sampleSnapshotAfter(2)); // somebody else enabled it again
    QCOMPARE(at(0, 0).data(Qt::CheckStateRole).toInt(), int(Qt::Checked));
}

void TestBackendModel::anAnswerIsNotBelievedForEver() {
    show(test::sampleSnapshot());
    m_model->setData(at(0, 0), Qt::Unchecked, Qt::CheckStateRole);
    m_control->answer(true);
    for (int i = 0; i < 3; ++i)
        show(test::sampleSnapshotAfter(i));
    QCOMPARE(at(0, 0).data(Qt::CheckStateRole).toInt(), int(Qt::Checked));
}

void TestBackendModel::onlyTheNewestRequestCounts() {
    show(test::sampleSnapshot());
    m_model->setData(at(0, 0), Qt::Unchecked, Qt::CheckStateRole);
    m_model->setData(at(0, 0), Qt::Checked, Qt::CheckStateRole);
    m_control->answer(1, false, QStringLiteral("late"));
    QCOMPARE(text(0, 0, BackendColumn::State), QStringLiteral("enabling…"));
    m_control->answer(2, true, {});
    QCOMPARE(text(0, 0, BackendColumn::State), QStringLiteral("up"));
}

void TestBackendModel::poolsCannotBeSwitched() {
    show(test::sampleSnapshot());
    QVERIFY(!m_model->flags(m_model->index(0, 0)).testFlag(Qt::ItemIsUserCheckable));
    QVERIFY(!m_model->setData(m_model->index(0, 0), Qt::Unchecked, Qt::CheckStateRole));
    QVERIFY(m_control->sent().empty());
}

QTEST_GUILESS_MAIN(TestBackendModel)
#include "test_backend_model.moc"
