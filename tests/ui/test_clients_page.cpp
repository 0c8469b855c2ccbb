// SPDX-License-Identifier: MIT
#include "support/fake_engine_control.h"
#include "ui/models/client_model.h"
#include "ui/models/format.h"
#include "ui/pages/clients_page.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/list_view.h"

#include <QAbstractItemModelTester>
#include <QPushButton>
#include <QTest>

#include <algorithm>
#include <random>
#include <variant>

using namespace reverxy;
using ui::ClientColumn;
using ui::ClientModel;

namespace {

api::LimitedClient client(const QString& key, uint32_t used, uint32_t limit) {
    api::LimitedClient values;
    values.key = key;
    values.used = used;
    values.limit = limit;
    values.throttled = used >= limit;
    values.resetMillis = 1500;
    return values;
}

api::EngineSnapshot limiting(std::vector<api::LimitedClient> clients) {
    api::EngineSnapshot snapshot;
    snapshot.state = api::EngineState::Running;
    api::LimiterSnapshot limiter;
    limiter.name = QStringLiteral("global");
    limiter.clientsKnown = clients.size();
    limiter.clients = std::move(clients);
    snapshot.limiters = {limiter};
    return snapshot;
}

} // namespace

class TestClientsPage : public QObject {
    Q_OBJECT

  private Q_SLOTS:

    void figuresAreShownAsPeopleReadThem() {
        ClientModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.show(
            limiting({client(QStringLiteral("192.0.2.7"), 1000, 1000), client(QStringLiteral("192.0.2.8"), 0, 9)}));
        const auto text = [&model](int row, int column) { return model.index(row, column).data().toString(); };
        QCOMPARE(model.rowCount(), 2);
        QCOMPARE(text(0, ClientColumn::Client), QStringLiteral("192.0.2.7"));
        QCOMPARE(text(0, ClientColumn::State), QStringLiteral("throttled"));
        QCOMPARE(text(0, ClientColumn::Used), QStringLiteral("1,000 of 1,000"));
        QCOMPARE(text(0, ClientColumn::Reset), ui::durationText(1'500'000));
        QCOMPARE(text(1, ClientColumn::State), QStringLiteral("within its quota"));
        QCOMPARE(text(1, ClientColumn::Reset), ui::nothing());
    }

    void anyChangeIsFollowed() {
        ClientModel model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        std::mt19937 random(7);
        for (int round = 0; round < 300; ++round) {
            std::vector<api::LimitedClient> clients;
            for (uint32_t i = 0; i < 12; ++i) {
                if (random() % 2 == 0)
                    clients.push_back(client(QString::number(i), static_cast<uint32_t>(random() % 5), 4));
            }
            std::shuffle(clients.begin(), clients.end(), random);
            model.show(limiting(clients));
            QCOMPARE(size_t(model.rowCount()), clients.size());
            for (int row = 0; row < model.rowCount(); ++row)
                QVERIFY(model.rowAt(row).client == clients[size_t(row)]);
        }
    }

    void whatIsSelectedStaysSelectedAndBeginsAnew() {
        test::FakeEngineControl control;
        ui::ClientsPage page(control);
        const auto snapshotOf = [](const QStringList& keys) {
            std::vector<api::LimitedClient> clients;
            for (const QString& key : keys)
                clients.push_back(client(key, 1, 4));
            return std::make_shared<const api::EngineSnapshot>(limiting(clients));
        };
        page.show(snapshotOf({QStringLiteral("a"), QStringLiteral("b")}));
        auto* list = page.findChild<ui::ListView*>();
        QVERIFY(list);
        list->setCurrentIndex(list->model()->index(1, 0));
        page.show(snapshotOf({QStringLiteral("b"), QStringLiteral("c"), QStringLiteral("a")}));
        QCOMPARE(list->currentIndex().row(), 0);
        for (QPushButton* button : page.findChildren<QPushButton*>()) {
            if (button->text() == QStringLiteral("&Reset client"))
                button->click();
        }
        QCOMPARE(control.sent().size(), size_t(1));
        const auto* reset = std::get_if<api::ResetClient>(&control.sent()[0].command);
        QVERIFY(reset);
        QCOMPARE(reset->key, QStringLiteral("b"));
        QCOMPARE(reset->limiter, QStringLiteral("global"));
    }

    void withoutALimiterItSaysHowToMakeOne() {
        test::FakeEngineControl control;
        ui::ClientsPage page(control);
        page.show(std::make_shared<const api::EngineSnapshot>());
        const auto* empty = page.findChild<ui::EmptyState*>();
        QVERIFY(empty->content().code.contains(QStringLiteral("rate_limiter")));
    }
};

QTEST_MAIN(TestClientsPage)
#include "test_clients_page.moc"
