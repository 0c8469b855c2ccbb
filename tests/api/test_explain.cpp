// SPDX-License-Identifier: MIT
#include "api/exchange.h"

#include <QTest>

#include <algorithm>

using namespace reverxy;
using namespace reverxy::api;

namespace {

/// A request that went well on the first try.
Exchange plain() {
    Exchange exchange;
    exchange.id = 1;
    exchange.peer = QStringLiteral("127.0.0.1:50000");
    exchange.client = QStringLiteral("127.0.0.1");
    exchange.method = QStringLiteral("GET");
    exchange.host = QStringLiteral("shop.localhost");
    exchange.target = QStringLiteral("/cart");
    exchange.route = QStringLiteral("shop");
    exchange.pool = QStringLiteral("orders");
    exchange.candidates = {QStringLiteral("orders-1"), QStringLiteral("orders-2")};
    exchange.candidatesTotal = 2;
    exchange.choice = ChoiceReason::Algorithm;
    ExchangeAttempt attempt;
    attempt.backend = QStringLiteral("orders-1");
    attempt.status = 200;
    attempt.bytesSent = true;
    attempt.startedMicros = 40;
    attempt.connectMicros = 210;
    attempt.firstByteMicros = 1800;
    exchange.attempts = {attempt};
    exchange.attemptsTotal = 1;
    exchange.status = 200;
    exchange.responseFromBackend = true;
    exchange.responseBodyBytes = 849;
    exchange.firstByteMicros = 2100;
    exchange.totalMicros = 2300;
    return exchange;
}

QString under(const Exchange& exchange, const QString& title) {
    const auto story = explain(exchange);
    const auto found =
        std::find_if(story.begin(), story.end(), [&](const Explanation& part) { return part.title == title; });
    return found == story.end() ? QString() : found->text;
}

} // namespace

class TestExplain : public QObject {
    Q_OBJECT
  private Q_SLOTS:

    void aPlainRequestIsToldInOrder() {
        const auto story = explain(plain());
        QStringList titles;
        for (const Explanation& part : story)
            titles << part.title;
        QCOMPARE(titles,
                 QStringList({QStringLiteral("Client"), QStringLiteral("Route"), QStringLiteral("Backend"),
                              QStringLiteral("Attempt 1"), QStringLiteral("Response"), QStringLiteral("Time")}));
        QCOMPARE(under(plain(), QStringLiteral("Backend")),
                 QStringLiteral("The pool's algorithm chose “orders-1” out of 2 (orders-1, orders-2)."));
        QCOMPARE(
            under(plain(), QStringLiteral("Attempt 1")),
            QStringLiteral("After 40 µs it went to “orders-1”, on a new connection, open in 210 µs. It answered "
                           "with 200 after 1.80 ms."));
        QCOMPARE(under(plain(), QStringLiteral("Response")),
                 QStringLiteral("The client got the backend's 200, 849 bytes of body."));
        QCOMPARE(under(plain(), QStringLiteral("Time")),
                 QStringLiteral("2.10 ms until the response began, 2.30 ms in all."));
    }

    /// The clock of a worker stands while it deals with what came at once.
    void whatTookNoTimeThatCanBeTold() {
        Exchange exchange = plain();
        exchange.attempts[0].startedMicros = 0;
        exchange.firstByteMicros = exchange.totalMicros = 0;
        QVERIFY(under(exchange, QStringLiteral("Attempt 1")).startsWith(QStringLiteral("At once it went to ")));
        QCOMPARE(under(exchange, QStringLiteral("Time")), QStringLiteral("less than 1 ms in all."));
    }

    void howLongItRunsIsTold() {
        Exchange exchange = plain();
        exchange.phase = ExchangePhase::Streaming;
        QCOMPARE(under(exchange, QStringLiteral("Time")),
                 QStringLiteral("2.10 ms until the response began, running for 2.30 ms: streaming."));
    }

    void theSourceOfTheClientsAddressIsTold_data() {
        QTest::addColumn<int>("source");
        QTest::addColumn<QString>("said");
        QTest::newRow("peer") << int(ClientSource::Peer) << "its connection comes from 127.0.0.1:50000";
        QTest::newRow("X-Forwarded-For") << int(ClientSource::XForwardedFor) << "tells in X-Forwarded-For";
        QTest::newRow("Forwarded") << int(ClientSource::Forwarded) << "tells in Forwarded";
        QTest::newRow("all trusted") << int(ClientSource::AllTrusted) << "the leftmost counts";
        QTest::newRow("malformed") << int(ClientSource::Malformed) << "nothing to its left is believed";
    }

    void theSourceOfTheClientsAddressIsTold() {
        QFETCH(int, source);
        QFETCH(QString, said);
        Exchange exchange = plain();
        exchange.clientSource = static_cast<ClientSource>(source);
        QVERIFY2(under(exchange, QStringLiteral("Client")).contains(said),
                 qPrintable(under(exchange, QStringLiteral("Client"))));
    }

    void aHitNamesItsAge() {
        Exchange exchange = plain();
        exchange.attempts.clear();
        exchange.attemptsTotal = 0;
        exchange.responseFromBackend = false;
        exchange.cache.verdict = QStringLiteral("hit");
        exchange.cache.sentence = QStringLiteral("A fresh stored response answers.");
        exchange.cache.hit = true;
        exchange.cache.ageSeconds = 3;
        exchange.cache.lifetimeSeconds = 60;
        QCOMPARE(under(exchange, QStringLiteral("Cache")),
                 QStringLiteral("A fresh stored response answers. It was 3 s old, of a lifetime of 60 s."));
        QCOMPARE(under(exchange, QStringLiteral("Response")),
                 QStringLiteral("The client got 200 from the cache, 849 bytes of body."));
    }

    void whatReverxyAsksByItselfIsToldAsThat() {
        Exchange exchange = plain();
        exchange.cache.background = true;
        QVERIFY2(under(exchange, QStringLiteral("Client")).startsWith(QStringLiteral("Reverxy itself asked")),
                 qPrintable(under(exchange, QStringLiteral("Client"))));
        QCOMPARE(under(exchange, QStringLiteral("Response")), QStringLiteral("No client waited for it."));
    }

    void theLimiterTellsHowTheClientStands_data() {
        QTest::addColumn<int>("verdict");
        QTest::addColumn<QString>("told");
        QTest::newRow("none") << int(LimitVerdict::None) << "";
        QTest::newRow("exempt") << int(LimitVerdict::Exempt)
                                << "The client's address is exempt from the limiter “global”.";
        QTest::newRow("allowed")
            << int(LimitVerdict::Allowed)
            << "The limiter “global” let it pass: 7 of 100 requests are used, fewer in 1.50 s.";
        QTest::newRow("throttled")
            << int(LimitVerdict::Throttled)
            << "The limiter “global” refused it: 7 of 100 requests are used, fewer in 1.50 s.";
    }

    void theLimiterTellsHowTheClientStands() {
        QFETCH(int, verdict);
        QFETCH(QString, told);
        Exchange exchange = plain();
        exchange.limit = {QStringLiteral("global"), static_cast<LimitVerdict>(verdict), 100, 7, 1500};
        QCOMPARE(under(exchange, QStringLiteral("Limit")), told);
    }

    void theReasonOfTheChoiceIsTold_data() {
        QTest::addColumn<int>("choice");
        QTest::addColumn<QString>("said");
        QTest::newRow("only one") << int(ChoiceReason::OnlyOne) << "the only backend there is";
        QTest::newRow("others tried") << int(ChoiceReason::OthersTried) << "out of those not tried yet";
        QTest::newRow("others full") << int(ChoiceReason::OthersFull) << "max_connections";
        QTest::newRow("others out") << int(ChoiceReason::OthersOut) << "up and enabled";
        QTest::newRow("all down") << int(ChoiceReason::AllDownTryAll) << "Every backend of the pool is down";
    }

    void theReasonOfTheChoiceIsTold() {
        QFETCH(int, choice);
        QFETCH(QString, said);
        Exchange exchange = plain();
        exchange.choice = static_cast<ChoiceReason>(choice);
        QVERIFY2(under(exchange, QStringLiteral("Backend")).contains(said),
                 qPrintable(under(exchange, QStringLiteral("Backend"))));
    }

    void aFailureNamesItsCauseAndTheRemedy() {
        Exchange exchange = plain();
        exchange.attempts[0].status = 0;
        exchange.attempts[0].bytesSent = false;
        exchange.attempts[0].failure = Failure::ConnectRefused;
        exchange.status = 502;
        exchange.failure = Failure::ConnectRefused;
        exchange.responseFromBackend = false;
        const FailureInfo& info = infoOf(Failure::ConnectRefused);
        const QString told = under(exchange, QStringLiteral("Response"));
        QVERIFY(told.startsWith(QStringLiteral("The proxy itself answered with 502.")));
        QVERIFY(told.contains(QString::fromUtf8(info.sentence.data(), qsizetype(info.sentence.size()))));
        QVERIFY(told.contains(QString::fromUtf8(info.remedy.data(), qsizetype(info.remedy.size()))));
        QVERIFY(under(exchange, QStringLiteral("Attempt 1")).contains(QStringLiteral("Nothing of the request")));
    }

    void theLastOfManyAttemptsKeepsItsNumber() {
        Exchange exchange = plain();
        exchange.attempts = std::vector<ExchangeAttempt>(6, exchange.attempts[0]);
        exchange.attemptsTotal = 9;
        QVERIFY(!under(exchange, QStringLiteral("Attempt 5")).isEmpty());
        QVERIFY(under(exchange, QStringLiteral("Attempt 6")).isEmpty());
        QVERIFY(!under(exchange, QStringLiteral("Attempt 9")).isEmpty());
    }

    void aRunningExchangeTellsItsPhase() {
        Exchange exchange = plain();
        exchange.phase = ExchangePhase::AwaitingResponse;
        exchange.attempts[0].status = 0;
        QVERIFY(under(exchange, QStringLiteral("Response")).isEmpty());
        QVERIFY(under(exchange, QStringLiteral("Time")).contains(nameOf(ExchangePhase::AwaitingResponse)));
        QVERIFY(under(exchange, QStringLiteral("Attempt 1")).endsWith(QStringLiteral("Its answer is awaited.")));
    }

    void aRequestThatReachedNoBackendSaysSo() {
        Exchange exchange = plain();
        exchange.attempts.clear();
        exchange.attemptsTotal = 0;
        exchange.status = 503;
        exchange.failure = Failure::NoBackend;
        QCOMPARE(under(exchange, QStringLiteral("Backend")), QStringLiteral("No backend was asked."));
        exchange.route.clear();
        exchange.failure = Failure::NoRoute;
        QVERIFY(under(exchange, QStringLiteral("Route")).contains(QStringLiteral("No route matches")));
    }

    void everyValueHasAName() {
        for (const Outcome outcome : allOutcomes) {
            QVERIFY(!nameOf(outcome).isEmpty());
            QVERIFY(sentenceOf(outcome).endsWith(QLatin1Char('.')));
        }
        for (int phase = 0; phase <= int(ExchangePhase::Finished); ++phase)
            QVERIFY(!nameOf(static_cast<ExchangePhase>(phase)).isEmpty());
    }
};

QTEST_APPLESS_MAIN(TestExplain)
#include "test_explain.moc"
