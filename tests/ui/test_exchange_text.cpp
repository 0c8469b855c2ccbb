// SPDX-License-Identifier: MIT
#include "support/sample_engine.h"
#include "ui/models/exchange_text.h"

#include <QTest>

#include <numeric>

using namespace reverxy;
using On = ui::TimeSpent::On;

class TestExchangeText : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void curl_data();
    void curl();
    void theAccountHasEveryParagraph();
    void timeIsDividedWithoutGaps();
    void timeOfAnExchangeThatWasNotForwarded();
    void timeOfAnExchangeWhoseOnlyBackendFailed();
    void timesThatContradictEachOtherStayWithinTheWhole();
};

void TestExchangeText::curl_data() {
    QTest::addColumn<QString>("method");
    QTest::addColumn<QString>("target");
    QTest::addColumn<QString>("command");

    QTest::newRow("get") << QStringLiteral("GET") << QStringLiteral("/a?b=1&c=2")
                         << QStringLiteral("curl -i --globoff 'http://localhost:8080/a?b=1&c=2'");
    QTest::newRow("head") << QStringLiteral("HEAD") << QStringLiteral("/")
                          << QStringLiteral("curl -I --globoff 'http://localhost:8080/'");
    QTest::newRow("another method") << QStringLiteral("DELETE") << QStringLiteral("/x")
                                    << QStringLiteral("curl -i -X 'DELETE' --globoff 'http://localhost:8080/x'");
    QTest::newRow("a quote ends no argument")
        << QStringLiteral("GET") << QStringLiteral("/';reboot;'")
        << QStringLiteral("curl -i --globoff 'http://localhost:8080/'\\'';reboot;'\\'''");
}

void TestExchangeText::curl() {
    QFETCH(QString, method);
    QFETCH(QString, target);
    QFETCH(QString, command);
    api::Exchange exchange;
    exchange.method = method;
    exchange.host = QStringLiteral("localhost:8080");
    exchange.target = target;
    QCOMPARE(ui::curlCommand(exchange), command);
}

void TestExchangeText::theAccountHasEveryParagraph() {
    const api::Exchange exchange = test::retriedExchange(1);
    const QString account = ui::plainAccount(exchange);
    QVERIFY(account.startsWith(QStringLiteral("GET shop.localhost:8080/api/orders/1042\n")));
    for (const api::Explanation& paragraph : api::explain(exchange))
        QVERIFY(account.contains(paragraph.title + QStringLiteral(": ") + paragraph.text));
}

static uint64_t sum(const std::vector<ui::TimeSpent>& parts) {
    return std::accumulate(parts.begin(), parts.end(), uint64_t(0),
                           [](uint64_t total, const ui::TimeSpent& part) { return total + part.micros; });
}

void TestExchangeText::timeIsDividedWithoutGaps() {
    const std::vector<ui::TimeSpent> expected{{On::Queue, 1400},   {On::Proxy, 50},     {On::Failed, 860},
                                              {On::Connect, 1890}, {On::Backend, 9910}, {On::Response, 4290}};
    const auto parts = ui::timeSpent(test::retriedExchange(1));
    QVERIFY(parts == expected);
    QCOMPARE(sum(parts), uint64_t(18'400));
}

void TestExchangeText::timeOfAnExchangeThatWasNotForwarded() {
    api::Exchange exchange;
    exchange.totalMicros = 52;
    const std::vector<ui::TimeSpent> expected{{On::Proxy, 52}};
    QVERIFY(ui::timeSpent(exchange) == expected);
    exchange.totalMicros = 0;
    QVERIFY(ui::timeSpent(exchange).empty());
}

void TestExchangeText::timeOfAnExchangeWhoseOnlyBackendFailed() {
    api::Exchange exchange;
    api::ExchangeAttempt attempt;
    attempt.startedMicros = 40;
    attempt.failure = Failure::ConnectTimeout;
    exchange.attempts = {attempt};
    exchange.totalMicros = 2'000'040;
    const std::vector<ui::TimeSpent> expected{{On::Proxy, 40}, {On::Failed, 2'000'000}};
    QVERIFY(ui::timeSpent(exchange) == expected);
}

void TestExchangeText::timesThatContradictEachOtherStayWithinTheWhole() {
    api::Exchange exchange = test::retriedExchange(1);
    exchange.attempts[1].connectMicros = 4'000'000'000U;
    exchange.attempts[1].startedMicros = 10; // before the first one ended
    const auto parts = ui::timeSpent(exchange);
    QCOMPARE(sum(parts), uint64_t(exchange.totalMicros));
}

QTEST_APPLESS_MAIN(TestExchangeText)
#include "test_exchange_text.moc"
