// SPDX-License-Identifier: MIT
#include "support/fake_engine_control.h"
#include "support/sample_cache.h"
#include "support/sample_engine.h"
#include "ui/main_window.h"
#include "ui/models/backend_cells.h"
#include "ui/models/exchange_model.h"
#include "ui/pages/cache_page.h"
#include "ui/pages/traffic_page.h"
#include "ui/widgets/copy_button.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/exchange_detail.h"
#include "ui/widgets/figure.h"
#include "ui/widgets/following_list.h"
#include "ui/widgets/header_bar.h"
#include "ui/widgets/message_strip.h"

#include <QAbstractButton>
#include <QApplication>
#include <QClipboard>
#include <QHeaderView>
#include <QLineEdit>
#include <QMenuBar>
#include <QPushButton>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

using namespace reverxy;
using ui::BackendColumn;

/// The whole window, used with mouse and keys as its user would, over an engine that is the test.
class TestMainWindow : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void init();
    void cleanup();

    void itWatchesWhileItIsSeen();
    void beforeTheFirstSnapshotNothingIsClaimed();
    void theHeaderTellsTheEngine();
    void theAddressIsCopied();
    void theButtonStopsAndCutsAndStarts();
    void aFailedCommandIsToldUntilPutAway();
    void aStandingProblemStaysAsLongAsItIs();
    void aStoppedEngineOffersToStart();
    void withoutBackendsItSaysHowToAddOne();
    void aBackendIsSwitchedByMouseAndByKey();
    void newSnapshotsKeepSelectionExpansionAndScroll();
    void requestsAreListedAndExplained();
    void theListFollowsUntilTheUserLooksBack();
    void aSelectedRequestStaysInViewUnderTraffic();
    void theFilterNarrowsTheList();
    void aRunningRequestIsToldFurther();
    void theKeyboardReachesEverything();
    void figuresDoNotMoveTheHeader();
    void itFitsASmallScreen();
    void aNarrowListScrollsAndStaysReadable();
    void statesAreReadableInASmallWindow();
    void whereItWasIsRemembered();
    void itRepaintsForAnotherPalette();

  private:
    template <typename Widget>
    Widget* find() const {
        return m_window->findChild<Widget*>();
    }

    QPushButton* button(const QString& text) const;
    ui::Figure* figure(const QString& name) const;
    ui::EmptyState* emptyState() const;
    bool shows(const QString& labelText) const;
    QTreeView* backends() const;
    ui::FollowingList* requests() const;
    void open();

    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<QSettings> m_settings;
    std::unique_ptr<test::FakeEngineControl> m_control;
    std::unique_ptr<ui::MainWindow> m_window;
};

void TestMainWindow::init() {
    m_folder = std::make_unique<QTemporaryDir>();
    m_settings =
        std::make_unique<QSettings>(m_folder->filePath(QStringLiteral("settings.ini")), QSettings::IniFormat);
    m_control = std::make_unique<test::FakeEngineControl>();
    open();
}

void TestMainWindow::cleanup() {
    m_window.reset();
    m_control.reset();
}

void TestMainWindow::open() {
    m_window = std::make_unique<ui::MainWindow>(*m_control, *m_settings);
    m_window->show();
    QVERIFY(QTest::qWaitForWindowExposed(m_window.get()));
}

QPushButton* TestMainWindow::button(const QString& text) const {
    for (QPushButton* candidate : m_window->findChildren<QPushButton*>()) {
        if (candidate->isVisible() && candidate->text() == text)
            return candidate;
    }
    return nullptr;
}

ui::Figure* TestMainWindow::figure(const QString& name) const {
    for (ui::Figure* candidate : m_window->findChildren<ui::Figure*>()) {
        if (candidate->accessibleName().startsWith(name))
            return candidate;
    }
    return nullptr;
}

ui::EmptyState* TestMainWindow::emptyState() const {
    for (ui::EmptyState* candidate : m_window->findChildren<ui::EmptyState*>()) {
        if (candidate->isVisible())
            return candidate;
    }
    return nullptr;
}

bool TestMainWindow::shows(const QString& labelText) const {
    const auto labels = m_window->findChildren<ui::ElidedLabel*>();
    return std::any_of(labels.begin(), labels.end(), [&](const ui::ElidedLabel* label) {
        return label->isVisible() &&
               QString(label->text()).replace(QChar(QChar::Nbsp), QLatin1Char(' ')) == labelText;
    });
}

QTreeView* TestMainWindow::backends() const {
    for (QTreeView* view : m_window->findChildren<QTreeView*>()) {
        if (view->accessibleName() == QLatin1String("Pools and backends"))
            return view;
    }
    return nullptr;
}

ui::FollowingList* TestMainWindow::requests() const {
    return find<ui::FollowingList>();
}

void TestMainWindow::itWatchesWhileItIsSeen() {
    QVERIFY(m_control->isWatched());
    m_window->hide();
    QVERIFY(!m_control->isWatched());
    m_window->show();
    QVERIFY(m_control->isWatched());
    m_window->showMinimized();
    QTRY_VERIFY(!m_control->isWatched());
    m_window->showNormal();
    QTRY_VERIFY(m_control->isWatched());
    m_window.reset();
    QVERIFY(!m_control->isWatched());
}

void TestMainWindow::beforeTheFirstSnapshotNothingIsClaimed() {
    QVERIFY(shows(QStringLiteral("Connecting…")));
    QVERIFY(!button(QStringLiteral("Start"))->isEnabled());
    QCOMPARE(emptyState()->content().title, QStringLiteral("Waiting for the engine"));
    m_control->show(test::sampleSnapshot());
    QVERIFY(shows(QStringLiteral("Running")));
}

void TestMainWindow::theHeaderTellsTheEngine() {
    m_control->show(test::sampleSnapshot());
    QVERIFY(shows(QStringLiteral("Running")));
    QVERIFY(shows(QStringLiteral("for 2 h 14 min")));
    QVERIFY(shows(QStringLiteral("http://localhost:8080")));
    QCOMPARE(figure(QStringLiteral("requests/s"))->value(), QStringLiteral("319"));
    QCOMPARE(figure(QStringLiteral("errors/s"))->value(), QStringLiteral("0.4"));
    QVERIFY(figure(QStringLiteral("errors/s"))->isAlarming());
    QCOMPARE(figure(QStringLiteral("connections"))->value(), QStringLiteral("64"));
    api::EngineSnapshot draining = test::sampleSnapshot();
    draining.state = api::EngineState::Draining;
    m_control->show(draining);
    QVERIFY(shows(QStringLiteral("Draining")));
    QVERIFY(shows(QStringLiteral("13 requests to finish")));
    m_control->show(test::stoppedSnapshot());
    QVERIFY(shows(QStringLiteral("Stopped")));
    QCOMPARE(figure(QStringLiteral("requests/s"))->value(), QStringLiteral("–"));
    QVERIFY(!figure(QStringLiteral("errors/s"))->isAlarming());
}

void TestMainWindow::theAddressIsCopied() {
    m_control->show(test::sampleSnapshot());
    auto* copy = m_window->findChild<ui::HeaderBar*>()->findChild<ui::CopyButton*>();
    const int width = copy->width();
    QTest::mouseClick(copy, Qt::LeftButton);
    QCOMPARE(QGuiApplication::clipboard()->text(), QStringLiteral("http://localhost:8080"));
    QCOMPARE(copy->text(), QStringLiteral("Copied"));
    QCoreApplication::processEvents();
    QCOMPARE(copy->width(), width);
    QTRY_COMPARE(copy->text(), QStringLiteral("Copy"));
    m_control->show(test::stoppedSnapshot());
    QVERIFY(!copy->isEnabled());
}

void TestMainWindow::theButtonStopsAndCutsAndStarts() {
    m_control->show(test::sampleSnapshot());
    QTest::mouseClick(button(QStringLiteral("Stop")), Qt::LeftButton);
    QVERIFY(m_control->sent().back().command == api::Command(api::StopEngine{false}));
    QVERIFY(!button(QStringLiteral("Stopping…"))->isEnabled());
    api::EngineSnapshot draining = test::sampleSnapshotAfter(1);
    draining.state = api::EngineState::Draining;
    m_control->show(draining);
    QTest::mouseClick(button(QStringLiteral("Stop now")), Qt::LeftButton);
    QCOMPARE(m_control->sent().size(), size_t(2));
    QVERIFY(m_control->sent().back().command == api::Command(api::StopEngine{true}));
    QVERIFY(!button(QStringLiteral("Stopping…"))->isEnabled());
    m_control->show(test::stoppedSnapshot());
    m_control->answer(1, true, {});
    m_control->answer(2, true, {});
    QTest::keyClick(m_window.get(), Qt::Key_E, Qt::ControlModifier);
    QVERIFY(m_control->sent().back().command == api::Command(api::StartEngine{}));
    QVERIFY(!button(QStringLiteral("Starting…"))->isEnabled());
}

void TestMainWindow::aFailedCommandIsToldUntilPutAway() {
    auto* strip = find<ui::MessageStrip>();
    m_control->show(test::sampleSnapshot());
    QVERIFY(!strip->isVisible());
    QTest::keyClick(m_window.get(), Qt::Key_F5);
    QVERIFY(m_control->sent().back().command == api::Command(api::ReloadConfiguration{}));
    m_control->answer(false, QStringLiteral("config.yaml, line 3: unknown key “prot”; did you mean “port”?"));
    QVERIFY(strip->isVisible());
    QVERIFY(strip->message().contains(QStringLiteral("did you mean")));
    m_control->show(test::sampleSnapshotAfter(1));
    QVERIFY(strip->isVisible());
    QTest::mouseClick(strip->findChild<QToolButton*>(), Qt::LeftButton);
    QVERIFY(!strip->isVisible());
}

void TestMainWindow::aStandingProblemStaysAsLongAsItIs() {
    auto* strip = find<ui::MessageStrip>();
    m_control->show(test::failedSnapshot());
    QVERIFY(strip->isVisible());
    QVERIFY(strip->message().startsWith(QStringLiteral("Port 8080 is in use")));
    QVERIFY(!strip->findChild<QToolButton*>()->isVisible());
    QVERIFY(shows(QStringLiteral("Not running")));
    m_control->show(test::sampleSnapshot());
    QVERIFY(!strip->isVisible());
}

void TestMainWindow::aStoppedEngineOffersToStart() {
    m_control->show(test::stoppedSnapshot());
    ui::EmptyState* empty = emptyState();
    QCOMPARE(empty->content().title, QStringLiteral("The engine is stopped"));
    QTest::mouseClick(empty->findChild<QPushButton*>(), Qt::LeftButton);
    QVERIFY(m_control->sent().back().command == api::Command(api::StartEngine{}));
}

void TestMainWindow::withoutBackendsItSaysHowToAddOne() {
    m_control->show(test::emptySnapshot());
    ui::EmptyState* empty = emptyState();
    QVERIFY(empty->isVisible());
    QVERIFY(empty->content().text.contains(QStringLiteral("~/projects/shop/config.yaml")));
    QVERIFY(empty->content().code.contains(QStringLiteral("url: http://localhost:8081")));
    QTest::mouseClick(empty->findChild<QPushButton*>(), Qt::LeftButton);
    QVERIFY(m_control->sent().back().command == api::Command(api::ReloadConfiguration{}));
    m_control->show(test::sampleSnapshot());
    QVERIFY(!empty->isVisible());
    QVERIFY(backends()->isVisible());
}

void TestMainWindow::aBackendIsSwitchedByMouseAndByKey() {
    m_control->show(test::sampleSnapshot());
    QTreeView* view = backends();
    const QModelIndex web = view->model()->index(0, BackendColumn::Name);
    const QModelIndex first = view->model()->index(0, BackendColumn::Name, web);
    // The box is the first thing after the indentation.
    const QRect cell = view->visualRect(first);
    QTest::mouseClick(view->viewport(), Qt::LeftButton, {}, QPoint(cell.left() + 12, cell.center().y()));
    QCOMPARE(m_control->sent().size(), size_t(1));
    const QModelIndex second = view->model()->index(1, BackendColumn::Name, web);
    view->setCurrentIndex(second);
    view->setFocus();
    QTest::keyClick(view, Qt::Key_Space);
    QCOMPARE(m_control->sent().size(), size_t(2));
    QVERIFY(m_control->sent()[1].command ==
            api::Command(api::SetBackendEnabled{QStringLiteral("web"), QStringLiteral("web-2"), false}));
    QCOMPARE(second.siblingAtColumn(BackendColumn::State).data().toString(), QStringLiteral("disabling…"));
    m_control->answer(false, QStringLiteral("the engine is stopping"));
    QCOMPARE(second.siblingAtColumn(BackendColumn::State).data().toString(),
             QStringLiteral("could not be disabled: the engine is stopping"));
}

void TestMainWindow::newSnapshotsKeepSelectionExpansionAndScroll() {
    m_control->show(test::largeSnapshot(4, 200, 0));
    QTreeView* view = backends();
    const QModelIndex collapsed = view->model()->index(1, 0);
    view->collapse(collapsed);
    const QModelIndex chosen = view->model()->index(40, 0, view->model()->index(2, 0));
    view->setCurrentIndex(chosen);
    view->scrollTo(chosen, QAbstractItemView::PositionAtCenter);
    QCoreApplication::processEvents();
    const int scrolled = view->verticalScrollBar()->value();
    QVERIFY(scrolled > 0);
    for (int tick = 1; tick < 4; ++tick)
        m_control->show(test::largeSnapshot(4, 200, tick));
    QCoreApplication::processEvents();
    QCOMPARE(view->verticalScrollBar()->value(), scrolled);
    QVERIFY(!view->isExpanded(collapsed));
    QVERIFY(view->isExpanded(view->model()->index(3, 0)));
    QCOMPARE(view->currentIndex().data().toString(), QStringLiteral("backend-2-40"));
}

void TestMainWindow::requestsAreListedAndExplained() {
    m_control->show(test::sampleSnapshot());
    m_window->setPage(1);
    api::Exchange retried = test::retriedExchange(3);
    m_control->finish(test::sampleExchanges(2));
    m_control->finish({retried});
    QCoreApplication::processEvents();
    auto* list = requests();
    const QModelIndex row = list->model()->index(list->model()->rowCount() - 1, 2);
    QTest::mouseClick(list->viewport(), Qt::LeftButton, {}, list->visualRect(row).center());
    auto* detail = find<ui::ExchangeDetail>();
    QVERIFY(detail->exchange());
    QCOMPARE(detail->exchange()->id, retried.id);
    for (const api::Explanation& paragraph : api::explain(retried))
        QVERIFY2(detail->text().contains(paragraph.text), qPrintable(detail->text()));
}

void TestMainWindow::theListFollowsUntilTheUserLooksBack() {
    m_control->show(test::sampleSnapshot());
    m_window->setPage(1);
    m_control->finish(test::sampleExchanges(300));
    auto* list = requests();
    QScrollBar* bar = list->verticalScrollBar();
    QTRY_VERIFY(bar->maximum() > 0);
    QCOMPARE(bar->value(), bar->maximum());
    m_control->finish(test::sampleExchanges(50, 1000));
    QCOMPARE(bar->value(), bar->maximum());

    QTest::keyClick(bar, Qt::Key_PageUp);
    QVERIFY(!list->isFollowing());
    const int place = bar->value();
    m_control->finish(test::sampleExchanges(50, 2000));
    QCOMPARE(bar->value(), place);
    QPushButton* follow = button(QStringLiteral("Follow · 50 newer"));
    QVERIFY(follow);
    QTest::mouseClick(follow, Qt::LeftButton);
    QVERIFY(list->isFollowing());
    QCOMPARE(bar->value(), bar->maximum());

    QTest::keyClick(bar, Qt::Key_PageUp);
    QTest::keyClick(list, Qt::Key_End);
    QVERIFY(list->isFollowing());
}

void TestMainWindow::aSelectedRequestStaysInViewUnderTraffic() {
    m_control->show(test::sampleSnapshot());
    m_window->setPage(1);
    m_control->finish(test::sampleExchanges(ui::ExchangeModel::capacity));
    auto* list = requests();
    QCoreApplication::processEvents();
    const QModelIndex chosen = list->indexAt(QPoint(300, 60));
    QVERIFY(chosen.isValid());
    const int row = chosen.row();
    const QPersistentModelIndex kept(chosen);
    QTest::mouseClick(list->viewport(), Qt::LeftButton, {}, QPoint(300, 60));
    for (uint64_t batch = 0; batch < 4; ++batch)
        m_control->finish(test::sampleExchanges(1000, 100'000 + batch * 1000));
    QCoreApplication::processEvents();
    QCOMPARE(kept.row(), row);
    QVERIFY(list->viewport()->rect().contains(list->visualRect(kept).center()));
    QVERIFY(list->selectionModel()->isRowSelected(row, {}));
    // Once the list goes on, the row leaves, and what was read of it stays.
    auto* detail = find<ui::ExchangeDetail>();
    const uint64_t id = detail->exchange()->id;
    list->setFollowing(true);
    m_control->finish(test::sampleExchanges(ui::ExchangeModel::capacity, 200'000));
    QVERIFY(list->isFollowing());
    QVERIFY(!list->selectionModel()->hasSelection());
    QCOMPARE(detail->exchange()->id, id);
}

void TestMainWindow::theFilterNarrowsTheList() {
    m_control->show(test::sampleSnapshot());
    m_control->finish(test::sampleExchanges(200));
    QTest::keyClick(m_window.get(), Qt::Key_F, Qt::ControlModifier);
    QCOMPARE(m_window->page(), 1);
    auto* field = find<ui::TrafficPage>()->findChild<QLineEdit*>();
    QVERIFY(field->hasFocus());
    QTest::keyClicks(field, QStringLiteral("post orders"));
    auto* list = requests();
    const int shown = list->model()->rowCount();
    QVERIFY(shown > 0 && shown < 200);
    for (int row = 0; row < shown; ++row)
        QCOMPARE(list->model()->index(row, 1).data().toString(), QStringLiteral("POST"));
    QTest::keyClicks(field, QStringLiteral(" nowhere"));
    QPushButton* clear = button(QStringLiteral("Clear the filter"));
    QVERIFY(clear);
    QTest::mouseClick(clear, Qt::LeftButton);
    QCOMPARE(list->model()->rowCount(), 201); // and the one that runs
    QTest::keyClicks(field, QStringLiteral("x"));
    QTest::keyClick(field, Qt::Key_Escape);
    QVERIFY(field->text().isEmpty());
}

void TestMainWindow::aRunningRequestIsToldFurther() {
    m_window->setPage(1);
    m_control->show(test::sampleSnapshot());
    auto* list = requests();
    QCoreApplication::processEvents();
    list->setCurrentIndex(list->model()->index(0, 0));
    auto* detail = find<ui::ExchangeDetail>();
    QVERIFY(detail->text().contains(QStringLiteral("streaming")));
    QCOMPARE(detail->exchange()->totalMicros, 92'000'000U);
    m_control->show(test::sampleSnapshotAfter(2));
    QCOMPARE(detail->exchange()->totalMicros, 94'000'000U);
}

void TestMainWindow::theKeyboardReachesEverything() {
    m_control->show(test::sampleSnapshot());
    m_control->finish(test::sampleExchanges(20));
    m_control->list(test::sampleCachePage());
    for (const int page : {0, 1, 3}) {
        m_window->setPage(page);
        QSet<QWidget*> reached;
        QApplication::setActiveWindow(m_window.get());
        for (int i = 0; i < 60; ++i) {
            QTest::keyClick(m_window.get(), Qt::Key_Tab);
            if (QWidget* focus = QApplication::focusWidget())
                reached.insert(focus);
        }
        QList<QWidget*> expected{button(QStringLiteral("Stop"))};
        if (page == 0)
            expected << backends();
        else if (page == 1)
            expected << requests() << find<ui::TrafficPage>()->findChild<QLineEdit*>();
        else
            expected << find<ui::CachePage>()->findChild<QLineEdit*>() << button(QStringLiteral("&More"));
        for (QWidget* widget : expected)
            QVERIFY2(reached.contains(widget), widget->metaObject()->className());
        for (QWidget* widget : reached) {
            const auto* asButton = qobject_cast<QAbstractButton*>(widget);
            const bool named = !widget->accessibleName().isEmpty() || (asButton && !asButton->text().isEmpty());
            QVERIFY2(named, widget->metaObject()->className());
        }
    }
    QTest::keyClick(m_window.get(), Qt::Key_1, Qt::ControlModifier);
    QCOMPARE(m_window->page(), 0);
    QTest::keyClick(m_window.get(), Qt::Key_2, Qt::ControlModifier);
    QCOMPARE(m_window->page(), 1);
    QTest::keyClick(m_window.get(), Qt::Key_4, Qt::ControlModifier);
    QCOMPARE(m_window->page(), 3);
    QTest::keyClick(m_window.get(), Qt::Key_F, Qt::ControlModifier);
    QCOMPARE(m_window->page(), 3);
    QVERIFY(find<ui::CachePage>()->findChild<QLineEdit*>()->hasFocus());
}

void TestMainWindow::figuresDoNotMoveTheHeader() {
    m_control->show(test::sampleSnapshot());
    QCoreApplication::processEvents();
    const auto places = [this] {
        QList<QRect> all;
        for (const QWidget* child : m_window->findChild<ui::HeaderBar*>()->findChildren<QWidget*>())
            all << child->geometry();
        return all;
    };
    const QList<QRect> before = places();
    api::EngineSnapshot busy = test::sampleSnapshotAfter(1);
    busy.traffic = {123'456.7, 98'765.4, 1, 99'900, 1, 1};
    busy.clientConnections = 9'999;
    busy.startedAt = busy.taken.addSecs(-2);
    m_control->show(busy);
    QCoreApplication::processEvents();
    QCOMPARE(places(), before);
}

void TestMainWindow::itFitsASmallScreen() {
    m_control->show(test::sampleSnapshot());
    m_control->finish(test::sampleExchanges(20));
    for (const int page : {0, 1, 3}) {
        m_window->setPage(page);
        m_window->resize(1024, 640);
        QCoreApplication::processEvents();
        QCOMPARE(m_window->size(), QSize(1024, 640));
    }
}

/// What room is left goes to one column; where there is none it is as wide as it must be, however wide it was
/// before.
void TestMainWindow::aNarrowListScrollsAndStaysReadable() {
    m_control->show(test::sampleSnapshot());
    QTreeView* list = backends();
    const int state = ui::BackendColumn::State;
    const auto widthIn = [&](int width) {
        m_window->resize(width, 640);
        QCoreApplication::processEvents();
        return list->columnWidth(state);
    };
    const int narrow = widthIn(820);
    QVERIFY(narrow >= list->fontMetrics().horizontalAdvance(QStringLiteral("down · connection")));
    QVERIFY(list->header()->length() > list->viewport()->width());
    const int wide = widthIn(1600);
    QVERIFY(wide > narrow);
    QCOMPARE(list->header()->length(), list->viewport()->width());
    QCOMPARE(widthIn(820), narrow);
    widthIn(1600);
    list->setColumnWidth(ui::BackendColumn::Address, list->columnWidth(ui::BackendColumn::Address) + 60);
    QCOMPARE(list->columnWidth(state), wide - 60);
    list->setColumnHidden(ui::BackendColumn::Weight, true);
    QCOMPARE(list->header()->length(), list->viewport()->width());
}

/// Why a backend is out can be read whole: the address, which may be cut, gives way.
void TestMainWindow::statesAreReadableInASmallWindow() {
    api::EngineSnapshot snapshot = test::sampleSnapshot();
    snapshot.pools[1].backends[1].downBecause = QStringLiteral("connection refused"); // as long as reasons get
    snapshot.pools[2].backends[1].inFlight = 888;
    m_control->show(snapshot);
    m_window->resize(1024, 640);
    QCoreApplication::processEvents();
    QTreeView* list = backends();
    const QAbstractItemView* view = list; // where the hint is public
    const int usual = list->columnWidth(BackendColumn::Address);
    QVERIFY(list->columnWidth(BackendColumn::State) >= view->sizeHintForColumn(BackendColumn::State));
    QCOMPARE(list->header()->length(), list->viewport()->width());
    m_window->resize(1180, 760);
    QCoreApplication::processEvents();
    const int address = list->columnWidth(BackendColumn::Address);
    QVERIFY(address > usual);
    QVERIFY(address >= view->sizeHintForColumn(BackendColumn::Address));
    // What is remembered is the width that the user chose, not what a small window left of it.
    list->setColumnWidth(BackendColumn::Address, address + 7);
    m_window->resize(1024, 640);
    QCoreApplication::processEvents();
    QVERIFY(list->columnWidth(BackendColumn::Address) < address);
    m_window->close();
    open();
    m_control->show(snapshot);
    m_window->resize(1180, 760);
    QCoreApplication::processEvents();
    QCOMPARE(backends()->columnWidth(BackendColumn::Address), address + 7);
}

void TestMainWindow::whereItWasIsRemembered() {
    m_window->resize(900, 600);
    m_window->setPage(1);
    requests()->setColumnWidth(0, 133);
    backends()->setColumnHidden(BackendColumn::Weight, true);
    QSignalSpy closed(m_window.get(), &ui::MainWindow::closed);
    m_window->close();
    QCOMPARE(closed.size(), 1);
    open();
    QCOMPARE(m_window->size(), QSize(900, 600));
    QCOMPARE(m_window->page(), 1);
    QCOMPARE(requests()->columnWidth(0), 133);
    QVERIFY(backends()->isColumnHidden(BackendColumn::Weight));
    QVERIFY(!backends()->isColumnHidden(BackendColumn::State));
}

void TestMainWindow::itRepaintsForAnotherPalette() {
    m_control->show(test::sampleSnapshot());
    QCoreApplication::processEvents();
    const QImage light = m_window->grab().toImage();
    const QPalette before = QApplication::palette();
    QApplication::setPalette(QPalette(QColor(0x34, 0x37, 0x3c), QColor(0x26, 0x28, 0x2c)));
    QCoreApplication::processEvents();
    const QImage dark = m_window->grab().toImage();
    QApplication::setPalette(before);
    // The middle of the list, of the rail and of the header: no part keeps the colours it had.
    for (const QPoint& place : {QPoint(500, 700), QPoint(40, 400), QPoint(560, 30)}) {
        QVERIFY(light.pixelColor(place).lightness() > 180);
        QVERIFY2(dark.pixelColor(place).lightness() < 80,
                 qPrintable(QStringLiteral("%1,%2").arg(place.x()).arg(place.y())));
    }
}

QTEST_MAIN(TestMainWindow)
#include "test_main_window.moc"
