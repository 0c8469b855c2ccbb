// SPDX-License-Identifier: MIT
#include "cache/verdicts.h"
#include "exchange_values.h"

#include <QTest>

using namespace reverxy;

class TestExchangeValues : public QObject {
    Q_OBJECT
  private Q_SLOTS:

    void everyPartOfTheDecisionIsThere() {
        NameTable names;
        observe::Decision decision;
        decision.id = 77;
        decision.started = WallTime(std::chrono::milliseconds(1'700'000'000'123));
        decision.phase = observe::Phase::Finished;
        decision.peer = {*IpAddress::parse("127.0.0.1"), 50'000};
        decision.client = *IpAddress::parse("2001:db8::1");
        decision.clientSource = 1;
        decision.clientHops = 2;
        decision.method.assign("GET");
        decision.host.assign("shop.localhost");
        decision.target.assign("/cart?x=1");
        decision.limit = {names.intern("global"), observe::LimitVerdict::Allowed, 1, 100, 7, 1500};
        decision.route = names.intern("shop");
        decision.pool = names.intern("orders");
        decision.candidates[0] = names.intern("orders-1");
        decision.candidatesTotal = 1;
        decision.choice = observe::ChoiceReason::OthersTried;
        observe::Attempt& attempt = decision.beginAttempt();
        attempt.backend = names.intern("orders-1");
        attempt.status = 503;
        attempt.bytesSent = true;
        attempt.connectMicros = 11;
        attempt.firstByteMicros = 22;
        decision.status = 503;
        decision.responseFromBackend = true;
        decision.requestBodyBytes = 5;
        decision.responseBodyBytes = 6;
        decision.queuedMicros = 7;
        decision.firstByteMicros = 8;
        decision.totalMicros = 9;

        const api::Exchange exchange = valuesOf(decision, names);
        QCOMPARE(exchange.id, uint64_t(77));
        QCOMPARE(exchange.started.toMSecsSinceEpoch(), qint64(1'700'000'000'123));
        QCOMPARE(int(exchange.phase), int(api::ExchangePhase::Finished));
        QCOMPARE(int(exchange.outcome), int(api::Outcome::UpstreamError));
        QCOMPARE(exchange.peer, QStringLiteral("127.0.0.1:50000"));
        QCOMPARE(exchange.client, QStringLiteral("2001:db8::1"));
        QCOMPARE(int(exchange.clientSource), int(api::ClientSource::XForwardedFor));
        QCOMPARE(int(exchange.clientHops), 2);
        QCOMPARE(exchange.method, QStringLiteral("GET"));
        QCOMPARE(exchange.host, QStringLiteral("shop.localhost"));
        QCOMPARE(exchange.target, QStringLiteral("/cart?x=1"));
        QVERIFY(exchange.limit ==
                (api::LimitNote{QStringLiteral("global"), api::LimitVerdict::Allowed, 100, 7, 1500}));
        QCOMPARE(exchange.route, QStringLiteral("shop"));
        QCOMPARE(exchange.pool, QStringLiteral("orders"));
        QCOMPARE(exchange.candidates, QStringList{QStringLiteral("orders-1")});
        QCOMPARE(int(exchange.candidatesTotal), 1);
        QCOMPARE(int(exchange.choice), int(api::ChoiceReason::OthersTried));
        QCOMPARE(exchange.attempts.size(), size_t(1));
        QCOMPARE(exchange.backend(), QStringLiteral("orders-1"));
        QCOMPARE(int(exchange.attempts[0].status), 503);
        QVERIFY(exchange.attempts[0].bytesSent);
        QCOMPARE(exchange.attempts[0].connectMicros, uint32_t(11));
        QCOMPARE(exchange.attempts[0].firstByteMicros, uint32_t(22));
        QCOMPARE(int(exchange.status), 503);
        QVERIFY(exchange.responseFromBackend);
        QCOMPARE(exchange.requestBodyBytes, uint64_t(5));
        QCOMPARE(exchange.responseBodyBytes, uint64_t(6));
        QCOMPARE(exchange.queuedMicros, uint32_t(7));
        QCOMPARE(exchange.firstByteMicros, uint32_t(8));
        QCOMPARE(exchange.totalMicros, uint32_t(9));
    }

    void theCacheTellsWhatItDidAndWhy() {
        const NameTable names;
        observe::Decision decision;
        decision.cache.verdict = static_cast<uint8_t>(cache::CacheVerdict::UriMiss);
        decision.cache.store = static_cast<uint8_t>(cache::StoreVerdict::NoStore);
        api::CacheNote note = valuesOf(decision, names).cache;
        QCOMPARE(note.verdict, QStringLiteral("uri-miss"));
        QCOMPARE(note.storing, QStringLiteral("no-store"));
        QVERIFY2(note.storingSentence.endsWith(QStringLiteral("(RFC 9111 section 5.2.2.5).")),
                 qPrintable(note.storingSentence));
        decision.cache = {};
        decision.cache.verdict = static_cast<uint8_t>(cache::CacheVerdict::Hit);
        decision.cache.hit = true;
        decision.cache.age = 3;
        decision.cache.lifetime = 60;
        note = valuesOf(decision, names).cache;
        QCOMPARE(note.verdict, QStringLiteral("hit"));
        QVERIFY(note.hit);
        QCOMPARE(note.ageSeconds, uint32_t(3));
        QCOMPARE(note.lifetimeSeconds, uint32_t(60));
        QVERIFY(note.storing.isEmpty());
        QVERIFY(!note.background);
        decision.cache.background = true;
        QVERIFY(valuesOf(decision, names).cache.background);
        QVERIFY(valuesOf(observe::Decision(), names).cache.verdict.isEmpty());
    }

    void whatWasNotDecidedHasNoName() {
        const NameTable names;
        const api::Exchange exchange = valuesOf(observe::Decision(), names);
        QVERIFY(exchange.route.isEmpty());
        QVERIFY(exchange.pool.isEmpty());
        QVERIFY(exchange.backend().isEmpty());
    }

    void cutTextsEndInAnEllipsis() {
        const NameTable names;
        observe::Decision decision;
        decision.target.assign(std::string(1000, 'x'));
        const api::Exchange exchange = valuesOf(decision, names);
        QVERIFY(exchange.target.endsWith(QChar(0x2026)));
        QVERIFY(exchange.target.size() < 300);
    }

    void moreAttemptsThanAreHeldAreCounted() {
        NameTable names;
        observe::Decision decision;
        for (int i = 0; i < 9; ++i)
            decision.beginAttempt().backend = names.intern("b" + std::to_string(i));
        const api::Exchange exchange = valuesOf(decision, names);
        QCOMPARE(exchange.attempts.size(), size_t(observe::Decision::maxAttempts));
        QCOMPARE(int(exchange.attemptsTotal), 9);
        QCOMPARE(exchange.backend(), QStringLiteral("b8"));
    }

    /// What a client sends may be no UTF-8 at all.
    void oddBytesAreShownAsSuch() {
        const NameTable names;
        observe::Decision decision;
        decision.target.assign("/\xff\xfe");
        QCOMPARE(valuesOf(decision, names).target, QStringLiteral("/\uFFFD\uFFFD"));
    }
};

QTEST_APPLESS_MAIN(TestExchangeValues)
#include "test_exchange_values.moc"
