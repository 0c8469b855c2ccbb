// SPDX-License-Identifier: MIT
#include "observe/packed_decision.h"

#include <QTest>

using namespace reverxy;
using namespace reverxy::observe;

namespace {

Decision unpacked(const Decision& decision) {
    std::vector<char> bytes(packedSizeOf(decision));
    const char* const end = packDecision(decision, bytes.data());
    return end == bytes.data() + bytes.size() ? unpackDecision(bytes.data()) : Decision{};
}

} // namespace

class TestPackedDecision : public QObject {
    Q_OBJECT
  private Q_SLOTS:

    void comesBackAsItWas() {
        Decision decision{};
        decision.id = 7;
        decision.peer = {IpAddress::v4({127, 0, 0, 1}), 80};
        decision.client = IpAddress::v4({192, 0, 2, 1});
        decision.clientHops = 2;
        decision.clientWalk = {IpAddress::v4({10, 0, 0, 1}), IpAddress::v4({10, 0, 0, 2})};
        decision.candidatesTotal = 3;
        decision.candidates = {11, 12, 13};
        decision.beginAttempt().status = 503;
        decision.beginAttempt().status = 200;
        decision.status = 200;
        decision.method.assign("GET");
        decision.host.assign("shop.localhost");
        decision.target.assign(std::string(1000, 't'));
        decision.details.assign("because");
        decision.cache.age = 17;
        decision.limit.used = 3;
        decision.responseBodyBytes = 1'000'000'000'000;

        const Decision back = unpacked(decision);
        QCOMPARE(back.id, decision.id);
        QVERIFY(back.peer == decision.peer);
        QVERIFY(back.client == decision.client);
        QCOMPARE(back.clientHops, decision.clientHops);
        QVERIFY(back.clientWalk == decision.clientWalk);
        QCOMPARE(back.candidatesTotal, decision.candidatesTotal);
        QVERIFY(back.candidates == decision.candidates);
        QCOMPARE(back.attemptsTotal, decision.attemptsTotal);
        QCOMPARE(back.attempts[0].status, uint16_t(503));
        QCOMPARE(back.lastAttempt().status, uint16_t(200));
        QCOMPARE(back.status, decision.status);
        QCOMPARE(back.method.view(), decision.method.view());
        QCOMPARE(back.host.view(), decision.host.view());
        QCOMPARE(back.target.view(), decision.target.view());
        QCOMPARE(back.target.totalSize(), uint32_t(1000));
        QVERIFY(back.target.truncated());
        QCOMPARE(back.details.view(), decision.details.view());
        QCOMPARE(back.cache.age, decision.cache.age);
        QCOMPARE(back.limit.used, decision.limit.used);
        QCOMPARE(back.responseBodyBytes, decision.responseBodyBytes);
    }

    void moreThanIsKeptIsNotPacked() {
        Decision decision{};
        decision.clientHops = 200;
        decision.candidatesTotal = 1000;
        for (int i = 0; i < 20; ++i)
            decision.beginAttempt().status = 500;
        QVERIFY(packedSizeOf(decision) <= maxPackedSize());
        const Decision back = unpacked(decision);
        QCOMPARE(back.clientHops, uint8_t(200));
        QCOMPARE(back.candidatesTotal, uint16_t(1000));
        QCOMPARE(back.attemptsTotal, uint16_t(20));
        QCOMPARE(back.lastAttempt().status, uint16_t(500));
    }

    /// What a request leaves behind must not push what the next ones need out of the processor's caches.
    void ofAnOrdinaryExchangeIsSmall() {
        Decision decision{};
        decision.candidatesTotal = 2;
        decision.beginAttempt();
        decision.method.assign("GET");
        decision.host.assign("shop.localhost:8080");
        decision.target.assign("/api/products/17?page=2");
        QVERIFY2(packedSizeOf(decision) <= 320, std::to_string(packedSizeOf(decision)).c_str());
    }
};

QTEST_APPLESS_MAIN(TestPackedDecision)
#include "test_packed_decision.moc"
