// SPDX-License-Identifier: MIT
#include "support/fake_engine_control.h"
#include "support/sample_cache.h"
#include "support/sample_engine.h"
#include "ui/models/cache_count_model.h"
#include "ui/models/cache_entry_model.h"
#include "ui/models/cache_reader.h"
#include "ui/models/format.h"
#include "ui/pages/cache_page.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/list_view.h"
#include "ui/widgets/meter.h"

#include <QAbstractItemModelTester>
#include <QApplication>
#include <QLineEdit>
#include <QMenu>
#include <QMessageBox>
#include <QPushButton>
#include <QSignalSpy>
#include <QTest>

#include <algorithm>
#include <random>
#include <set>
#include <variant>

using namespace reverxy;
using ui::CacheColumn;
using ui::CacheEntryModel;
using Kind = api::CacheScope::Kind;

namespace {

api::CacheEntry entry(uint64_t key, const QString& path, const QString& variant = {}) {
    api::CacheEntry values;
    values.key = key;
    values.url = QStringLiteral("http://h:1") + path;
    values.variant = variant;
    values.status = 200;
    values.bodyBytes = 2048;
    values.secondsLeft = 60;
    return values;
}

api::CachePage pageOf(std::vector<api::CacheEntry> entries, std::optional<uint64_t> next = std::nullopt) {
    api::CachePage page;
    page.taken = test::sampleTime();
    page.looked = entries.size();
    page.entries = std::move(entries);
    page.next = next;
    return page;
}

/// The page in a window of its own, over an engine with the sample's cache.
struct Scene {
    Scene() {
        page.resize(1000, 600);
        page.show();
        QApplication::setActiveWindow(&page);
        show(test::sampleSnapshot());
    }

    void show(const api::EngineSnapshot& snapshot) {
        control.show(snapshot);
        page.show(control.snapshot());
    }

    void list() { control.list(test::sampleCachePage()); }

    ui::ListView* list(const QString& name) const {
        for (auto* candidate : page.findChildren<ui::ListView*>()) {
            if (candidate->accessibleName() == name)
                return candidate;
        }
        return nullptr;
    }

    ui::ListView* entries() const { return list(QStringLiteral("Stored responses")); }

    QString texts() const {
        QStringList shown;
        for (const QLabel* label : page.findChildren<QLabel*>())
            shown << label->text();
        for (const auto* label : page.findChildren<ui::ElidedLabel*>())
            shown << label->text();
        return shown.join(QLatin1Char('\n'));
    }

    QPushButton* button(const QString& text) const {
        for (auto* candidate : page.findChildren<QPushButton*>()) {
            if (candidate->text().remove(QLatin1Char('&')) == text)
                return candidate;
        }
        return nullptr;
    }

    QAction* menuItem(const QString& text) const {
        for (QAction* action : button(QStringLiteral("More"))->menu()->actions()) {
            if (action->text().remove(QLatin1Char('&')).startsWith(text))
                return action;
        }
        return nullptr;
    }

    QModelIndex find(const QString& url) const {
        const auto found = entries()->model()->match(entries()->model()->index(0, 0), Qt::DisplayRole, url, 1,
                                                     Qt::MatchFixedString);
        return found.value(0);
    }

    template <typename Command>
    api::CacheScope sent() const {
        const auto* command = std::get_if<Command>(&control.sent().back().command);
        return command ? command->scope : api::CacheScope{Kind::Url, QStringLiteral("another command"), 0};
    }

    test::FakeEngineControl control;
    ui::CachePage page{control};
};

} // namespace

class TestCachePage : public QObject {
    Q_OBJECT

  private Q_SLOTS:

    void figuresAreShownAsPeopleReadThem() {
        CacheEntryModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        api::CacheEntry stale = entry(2, QStringLiteral("/b"), QStringLiteral("accept-language: de"));
        stale.secondsLeft = -5;
        stale.ageSeconds = 65;
        stale.hits = 1234;
        api::CacheEntry marked = entry(3, QStringLiteral("/c"));
        marked.markedStale = true;
        model.begin();
        model.add(pageOf({entry(1, QStringLiteral("/a")), stale, marked}));
        model.end();
        const auto text = [&model](int row, int column) { return model.index(row, column).data().toString(); };
        QCOMPARE(text(0, CacheColumn::Url), QStringLiteral("http://h:1/a"));
        QCOMPARE(text(0, CacheColumn::Size), ui::sizeText(2048));
        QCOMPARE(text(0, CacheColumn::Left), ui::spanText(60));
        QCOMPARE(text(1, CacheColumn::Variant), QStringLiteral("accept-language: de"));
        QCOMPARE(text(1, CacheColumn::Age), ui::spanText(65));
        QCOMPARE(text(1, CacheColumn::Left), QStringLiteral("stale ") + ui::spanText(5));
        QCOMPARE(text(1, CacheColumn::Hits), QStringLiteral("1,234"));
        QCOMPARE(text(2, CacheColumn::Left), QStringLiteral("validated next"));
        // Time goes on between two listings.
        model.setNow(test::sampleTime().addSecs(50));
        QCOMPARE(text(0, CacheColumn::Age), ui::spanText(50));
        QCOMPARE(text(0, CacheColumn::Left), ui::spanText(10));
        model.setNow(test::sampleTime().addSecs(70));
        QCOMPARE(text(0, CacheColumn::Left), QStringLiteral("stale ") + ui::spanText(10));
    }

    void anyListingIsFollowed() {
        CacheEntryModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        std::mt19937 random(7);
        for (int round = 0; round < 200; ++round) {
            model.begin();
            std::set<std::pair<uint64_t, QString>> expected;
            for (int part = 0; part < 3; ++part) {
                std::vector<api::CacheEntry> entries;
                for (uint64_t i = 0; i < 15; ++i) {
                    const QString variant = QString::number(random() % 2);
                    if (random() % 2 == 0) { // some are met in two parts
                        entries.push_back(entry(i, QString::number(i), variant));
                        expected.insert({i, variant});
                    }
                }
                std::shuffle(entries.begin(), entries.end(), random);
                model.add(pageOf(entries));
            }
            model.end();
            std::set<std::pair<uint64_t, QString>> held;
            for (int row = 0; row < model.rowCount(); ++row)
                held.insert({model.entryAt(row).key, model.entryAt(row).variant});
            QCOMPARE(size_t(model.rowCount()), expected.size());
            QCOMPARE(held, expected);
        }
    }

    void countsAreThoseThatWereMet() {
        ui::CacheCountModel model(QStringLiteral("Requests"));
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        auto counts = test::sampleCache().requests;
        model.show(counts);
        QCOMPARE(model.rowCount(), 5); // one never happened
        const auto text = [&model](int row, int column) { return model.index(row, column).data().toString(); };
        QCOMPARE(text(0, ui::CacheCountColumn::Verdict), QStringLiteral("hit"));
        QCOMPARE(text(0, ui::CacheCountColumn::Count), QStringLiteral("412,846"));
        QCOMPARE(text(0, ui::CacheCountColumn::Share), ui::percentText(412'846, 2'121'842));
        QCOMPARE(text(0, ui::CacheCountColumn::Meaning),
                 QStringLiteral("A stored response, still fresh, answered the request (RFC 9111 section 4)."));
        counts[1].count = 1;
        model.show(counts);
        QCOMPARE(text(1, ui::CacheCountColumn::Verdict), QStringLiteral("hit-while-down"));
        model.show({});
        QCOMPARE(model.rowCount(), 0);
    }

    void percentages_data() {
        QTest::addColumn<quint64>("part");
        QTest::addColumn<quint64>("whole");
        QTest::addColumn<QString>("text");
        QTest::newRow("none of none") << quint64(0) << quint64(0) << QStringLiteral("–");
        QTest::newRow("none") << quint64(0) << quint64(9) << QStringLiteral("0\u00a0%");
        QTest::newRow("hardly any") << quint64(1) << quint64(1000) << QStringLiteral("<1\u00a0%");
        QTest::newRow("rounded") << quint64(1) << quint64(3) << QStringLiteral("33\u00a0%");
        QTest::newRow("nearly all") << quint64(999) << quint64(1000) << QStringLiteral(">99\u00a0%");
        QTest::newRow("all") << quint64(9) << quint64(9) << QStringLiteral("100\u00a0%");
    }

    void percentages() {
        QFETCH(quint64, part);
        QFETCH(quint64, whole);
        QFETCH(QString, text);
        QCOMPARE(ui::percentText(part, whole), text);
    }

    void aListIsReadPartByPart() {
        test::FakeEngineControl control;
        ui::CacheReader reader(control);
        const QSignalSpy ended(&reader, &ui::CacheReader::ended);
        reader.read(QStringLiteral("x"));
        QCOMPARE(control.listings().back(), (api::CacheListing{QStringLiteral("x"), 0, 500}));
        control.list(pageOf({entry(1, {})}, 77));
        QCOMPARE(control.listings().back().cursor, uint64_t(77));
        QCOMPARE(ended.size(), 0);
        control.list(pageOf({}, 78)); // none of these matched
        control.list(pageOf({entry(2, {})}));
        QCOMPARE(ended.size(), 1);
        QCOMPARE(control.listings().size(), size_t(3));
        QVERIFY(!reader.isCut() && !reader.isReading());
        QCOMPARE(reader.looked(), uint64_t(2));
        // As many as a person can look through are enough.
        reader.read({});
        for (uint64_t cursor = 1; reader.isReading(); ++cursor)
            control.list(pageOf(std::vector<api::CacheEntry>(500), cursor));
        QVERIFY(reader.isCut());
        QCOMPARE(control.listings().size(), size_t(3 + ui::CacheReader::capacity / 500));
        // What comes of a list that is no longer wanted is not shown.
        const QSignalSpy listed(&reader, &ui::CacheReader::listed);
        reader.read({});
        reader.stop();
        control.list(pageOf({}));
        QCOMPARE(listed.size(), 0);
    }

    void whatIsHeldIsTold() {
        Scene scene;
        QCOMPARE(scene.control.listings().size(), size_t(1));
        scene.list();
        QCOMPARE(scene.entries()->model()->rowCount(), 16);
        QVERIFY(scene.page.findChild<ui::Meter*>()->share() > 0.16);
        const QString all = scene.texts();
        QVERIFY2(all.contains(ui::sizeText(43'800'000) + QStringLiteral(" of ") + ui::sizeText(256 << 20)),
                 qPrintable(all));
        QVERIFY(all.contains(QStringLiteral("19\u00a0% of requests answered by the cache")));
        api::EngineSnapshot scarce = test::sampleSnapshot();
        scarce.cache.bytesLimit = 50 << 20;
        scene.show(scarce);
        QVERIFY(scene.texts().contains(QStringLiteral("memory is scarce")));
    }

    void whyIsToldWithItsSection() {
        Scene scene;
        // Without a selection, what happens most.
        QVERIFY(scene.texts().contains(QStringLiteral("Nothing was stored for this URL (RFC 9211 section 2.2).")));
        QVERIFY(scene.texts().contains(
            QStringLiteral("Not stored: the response says no-store (RFC 9111 section 5.2.2.5).")));
        auto* counts = scene.list(QStringLiteral("Why responses were stored or not"));
        counts->setCurrentIndex(counts->model()->index(4, 0));
        QVERIFY(scene.texts().contains(QStringLiteral("meant for one user (RFC 9111 section 5.2.2.7).")));
        QVERIFY(!scene.texts().contains(QStringLiteral("no-store (RFC")));
        auto* requests = scene.list(QStringLiteral("What the cache did with requests"));
        requests->setCurrentIndex(requests->model()->index(0, 0));
        QVERIFY(scene.texts().contains(QStringLiteral("answered the request (RFC 9111 section 4).")));
        QVERIFY(!counts->selectionModel()->hasSelection());
        scene.show(test::emptySnapshot());
        QVERIFY(!scene.texts().contains(QStringLiteral("RFC")));
    }

    /// The list ends where nobody would look any more; that it does is told, and the filter asks for all there is.
    void moreThanIsListedIsTold() {
        Scene scene;
        api::EngineSnapshot snapshot = test::sampleSnapshot();
        snapshot.cache.entries = 80'000;
        scene.list();
        scene.show(snapshot);
        const auto listAll = [&scene] {
            for (uint64_t key = 0; key < ui::CacheReader::capacity;) {
                std::vector<api::CacheEntry> entries;
                for (int i = 0; i < 500; ++i, ++key)
                    entries.push_back(entry(key, QStringLiteral("/%1").arg(key)));
                scene.control.list(pageOf(std::move(entries), key));
            }
        };
        auto* field = scene.page.findChild<QLineEdit*>();
        QTest::keyClicks(field, QStringLiteral("h"));
        QTRY_COMPARE(scene.control.listings().back().filter, QStringLiteral("h"));
        listAll();
        QCOMPARE(scene.entries()->model()->rowCount(), int(ui::CacheReader::capacity));
        QVERIFY2(scene.texts().contains(QStringLiteral("the first 5,000 that match")), qPrintable(scene.texts()));
        QTest::keyClick(field, Qt::Key_Escape);
        QTRY_COMPARE(scene.control.listings().back().filter, QString());
        listAll();
        QVERIFY2(scene.texts().contains(QStringLiteral("the first 5,000 of 80,000")), qPrintable(scene.texts()));
        // One that is not among them is found all the same.
        QTest::keyClicks(field, QStringLiteral("70000"));
        QTRY_COMPARE(scene.control.listings().back().filter, QStringLiteral("70000"));
        scene.control.list(pageOf({entry(70'000, QStringLiteral("/70000"))}));
        QCOMPARE(scene.entries()->model()->rowCount(), 1);
        QVERIFY(!scene.texts().contains(QStringLiteral("the first")));
    }

    void theFilterIsTheEngines() {
        Scene scene;
        scene.list();
        auto* field = scene.page.findChild<QLineEdit*>();
        QTest::keyClicks(field, QStringLiteral("v1 stores"));
        QTRY_COMPARE(scene.control.listings().back().filter, QStringLiteral("v1 stores"));
        scene.control.list(pageOf({}));
        const auto* empty = scene.page.findChild<ui::EmptyState*>();
        QVERIFY(empty->isVisible());
        QCOMPARE(empty->content().title, QStringLiteral("No stored response matches the filter"));
        QTest::keyClick(field, Qt::Key_Escape);
        QTRY_COMPARE(scene.control.listings().back().filter, QString());
        scene.list();
        QVERIFY(scene.entries()->isVisible());
        QTest::keyClick(field, Qt::Key_Down);
        QVERIFY(scene.entries()->hasFocus());
    }

    void theSelectedArePurged() {
        Scene scene;
        scene.list();
        QVERIFY(!scene.button(QStringLiteral("Purge"))->isEnabled());
        const auto logo = test::sampleCachePage().entries[5];
        scene.entries()->setCurrentIndex(scene.find(logo.url));
        scene.button(QStringLiteral("Purge"))->click();
        QCOMPARE(scene.sent<api::PurgeCache>(), (api::CacheScope{Kind::Key, {}, logo.key}));
        scene.button(QStringLiteral("Soft purge"))->click();
        QCOMPARE(scene.sent<api::SoftPurgeCache>(), (api::CacheScope{Kind::Key, {}, logo.key}));
        scene.entries()->setFocus();
        QTest::keyClick(scene.entries(), Qt::Key_Delete);
        QCOMPARE(scene.control.sent().size(), size_t(3));
        QCOMPARE(scene.sent<api::PurgeCache>(), (api::CacheScope{Kind::Key, {}, logo.key}));
        QTest::keyClick(scene.entries(), Qt::Key_Delete, Qt::ShiftModifier);
        QCOMPARE(scene.sent<api::SoftPurgeCache>(), (api::CacheScope{Kind::Key, {}, logo.key}));
        // All answers together are told once, and the list is read again.
        const QSignalSpy told(&scene.page, &ui::CachePage::told);
        const size_t listings = scene.control.listings().size();
        for (quint64 number = 1; number <= 4; ++number)
            scene.control.answer(number, true, QStringLiteral("answer %1").arg(number));
        QCOMPARE(told.size(), 1);
        QCOMPARE(told[0][0].toString(), QStringLiteral("answer 4"));
        QCOMPARE(scene.control.listings().size(), listings + 1);
    }

    void aHostIsPurged() {
        Scene scene;
        scene.list();
        QVERIFY(!scene.menuItem(QStringLiteral("Purge the selected host"))->isEnabled());
        scene.entries()->setCurrentIndex(scene.find(QStringLiteral("http://api.localhost:8080/v1/stores")));
        QAction* hard = scene.menuItem(QStringLiteral("Purge api.localhost:8080"));
        QVERIFY(hard && hard->isEnabled());
        hard->trigger();
        QCOMPARE(scene.sent<api::PurgeCache>(),
                 (api::CacheScope{Kind::Host, QStringLiteral("api.localhost:8080"), 0}));
        scene.menuItem(QStringLiteral("Soft purge of api"))->trigger();
        QCOMPARE(scene.sent<api::SoftPurgeCache>(),
                 (api::CacheScope{Kind::Host, QStringLiteral("api.localhost:8080"), 0}));
    }

    void everythingIsPurgedOnlyWhenThatIsConfirmed() {
        Scene scene;
        scene.list();
        const auto choose = [&scene](const QString& text) {
            scene.menuItem(QStringLiteral("Purge everything"))->trigger();
            auto* box = scene.page.findChild<QMessageBox*>();
            QVERIFY(box);
            QVERIFY2(box->text().contains(QStringLiteral("16 stored responses")), qPrintable(box->text()));
            QCOMPARE(box->defaultButton()->text().remove(QLatin1Char('&')), QStringLiteral("Cancel"));
            for (QAbstractButton* button : box->buttons()) {
                if (button->text().remove(QLatin1Char('&')) == text)
                    button->click();
            }
            QTRY_VERIFY(!scene.page.findChild<QMessageBox*>());
        };
        choose(QStringLiteral("Cancel"));
        QVERIFY(scene.control.sent().empty());
        choose(QStringLiteral("Soft purge"));
        QCOMPARE(scene.sent<api::SoftPurgeCache>(), api::CacheScope{});
        choose(QStringLiteral("Purge everything"));
        QCOMPARE(scene.sent<api::PurgeCache>(), api::CacheScope{});
        QCOMPARE(scene.control.sent().size(), size_t(2));
    }

    void whatIsSelectedStaysSelected() {
        Scene scene;
        scene.list();
        const QString url = QStringLiteral("http://shop.localhost:8080/assets/logo.svg");
        scene.entries()->setCurrentIndex(scene.find(url));
        api::CachePage next = test::sampleCachePage();
        next.entries.erase(next.entries.begin(), next.entries.begin() + 3);
        std::reverse(next.entries.begin(), next.entries.end());
        api::EngineSnapshot changed = test::sampleSnapshot();
        changed.cache.entries = next.entries.size();
        QTRY_VERIFY([&] {
            scene.show(changed);
            return scene.control.listings().size() > 1;
        }());
        scene.control.list(next);
        QCOMPARE(scene.entries()->model()->rowCount(), 13);
        QCOMPARE(scene.entries()->currentIndex().siblingAtColumn(0).data().toString(), url);
        QVERIFY(scene.entries()->selectionModel()->isSelected(scene.find(url)));
    }

    void rowsAreSortedByWhatTheyMean() {
        Scene scene;
        scene.list();
        QAbstractItemModel* model = scene.entries()->model();
        QVERIFY(model->index(0, 0).data().toString().startsWith(QStringLiteral("http://api")));
        scene.entries()->sortByColumn(CacheColumn::Hits, Qt::DescendingOrder);
        QCOMPARE(model->index(0, CacheColumn::Hits).data().toString(), QStringLiteral("118,204"));
        QCOMPARE(model->index(15, CacheColumn::Hits).data().toString(), QStringLiteral("3"));
        scene.entries()->sortByColumn(CacheColumn::Size, Qt::AscendingOrder);
        QCOMPARE(model->index(15, CacheColumn::Size).data().toString(), ui::sizeText(1'604'120));
    }

    void nothingIsReadWhileNobodyLooks() {
        test::FakeEngineControl control;
        ui::CachePage page(control);
        control.show(test::sampleSnapshot());
        page.show(control.snapshot());
        QCOMPARE(control.listings().size(), size_t(0));
        page.show();
        QCOMPARE(control.listings().size(), size_t(1));
    }

    void whereThereIsNothingItSaysWhy() {
        Scene scene;
        scene.list();
        const auto* empty = scene.page.findChild<ui::EmptyState*>();
        scene.show(test::stoppedSnapshot());
        QVERIFY(empty->isVisible());
        QVERIFY(empty->content().text.contains(QStringLiteral("stopped")));
        api::EngineSnapshot off = test::emptySnapshot();
        off.cache.enabled = false;
        scene.show(off);
        QVERIFY(empty->content().code.contains(QStringLiteral("cache:")));
        scene.show(test::emptySnapshot());
        QCOMPARE(empty->content().title, QStringLiteral("Nothing is stored"));
        QVERIFY(!scene.button(QStringLiteral("More"))->isEnabled());
    }
};

QTEST_MAIN(TestCachePage)
#include "test_cache_page.moc"
