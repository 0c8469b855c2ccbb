// SPDX-License-Identifier: MIT
#include "proxy/crowd_scene.h"

#include <QTest>

using namespace reverxy;
using namespace reverxy::proxy;
using observe::Phase;

namespace {

constexpr size_t many = 10;
constexpr std::string_view chunkedForAll =
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nCache-Control: max-age=60\r\n\r\n";

constexpr std::string_view taggedForAll =
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nCache-Control: max-age=60\r\nETag: \"1\"\r\n\r\n";

struct Crowd : CrowdScene {
    using CrowdScene::CrowdScene;

    void askMany() {
        for (size_t i = 0; i < many; ++i)
            ask();
    }

    size_t count(auto matches) const {
        return static_cast<size_t>(std::count_if(people.begin(), people.end(), matches));
    }

    size_t waiting() const {
        return count([](const Person& person) { return person.decision().phase == Phase::AwaitingFill; });
    }

    size_t gotBody(std::string_view body) const {
        return count([&](const Person& person) {
            return !person.port.responses.empty() && person.got().ended && person.got().body == body;
        });
    }

    size_t gotStatus(uint16_t status) const {
        return count(
            [&](const Person& person) { return !person.port.responses.empty() && person.got().status == status; });
    }

    size_t wentAlone() const {
        return count([](const Person& person) { return person.decision().cache.collapseFailed; });
    }
};

} // namespace

/// Exchanges that want the same, as time goes by.
class TestExchangeCollapsing : public QObject {
    Q_OBJECT

  private Q_SLOTS:

    void aBackendThatIsSlowToAnswerIsAskedOnce() {
        Crowd crowd;
        crowd.askMany();
        QCOMPARE(crowd.waiting(), many - 1);
        crowd.pass(59s);
        crowd.ask();
        QCOMPARE(crowd.waiting(), many);
        QCOMPARE(crowd.requests(), size_t(1));
        crowd.answer(crowd.people.front(), chunkedForAll, "at last");
        QCOMPARE(crowd.gotBody("at last"), many + 1);
        QCOMPARE(crowd.requests(), size_t(1));
    }

    void interimResponsesAreSignsOfLife() {
        Crowd crowd;
        crowd.askMany();
        for (int i = 0; i < 4; ++i) {
            crowd.pass(50s);
            crowd.respond(crowd.people.front(), "HTTP/1.1 102 Processing\r\n\r\n");
        }
        QCOMPARE(crowd.waiting(), many - 1);
        QCOMPARE(crowd.requests(), size_t(1));
    }

    void aBackendThatNeverAnswersIsNotMetByAHerd() {
        Crowd crowd;
        crowd.askMany();
        crowd.pass(61s);
        QCOMPARE(crowd.gotStatus(504), size_t(1));
        QCOMPARE(crowd.requests(), size_t(2));
        QCOMPARE(crowd.waiting(), many - 2);
        crowd.pass(60s);
        QCOMPARE(crowd.gotStatus(504), many);
        QCOMPARE(crowd.requests(), size_t(2));
    }

    void aFillThatStallsReleasesItsFollowersToOneOfThem() {
        Crowd crowd;
        crowd.askMany();
        for (size_t stalled = 1; stalled <= 4; ++stalled) {
            crowd.leader()->frozen = true;
            crowd.pass(75s);
            QCOMPARE(crowd.requests(), stalled + 1);
            QCOMPARE(crowd.waiting(), many - stalled - 1);
        }
        QCOMPARE(crowd.wentAlone(), size_t(0));
        crowd.answer(*crowd.leader(), chunkedForAll, "at last");
        QCOMPARE(crowd.gotBody("at last"), many - 4);
        QCOMPARE(crowd.requests(), size_t(5));
    }

    void whoComesToItLateFindsWhatIsStored() {
        Crowd crowd;
        auto& first = crowd.ask("Accept-Language: de\r\n");
        auto& second = crowd.ask("Accept-Language: en\r\n");
        auto& third = crowd.ask("Accept-Language: en\r\n");
        QCOMPARE(crowd.waiting(), size_t(2));
        third.frozen = true;
        constexpr std::string_view head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n"
                                          "Cache-Control: max-age=60\r\nVary: Accept-Language\r\n\r\n";
        crowd.answer(first, head, "deutsch");
        QVERIFY2(second.asked(), "the response is another variant");
        crowd.answer(second, head, "english");
        crowd.thaw(third);
        QCOMPARE(third.got().body, std::string("english"));
        QVERIFY(!third.asked());
    }

    void whatOneWantsAPartOfIsItsOwn_data() {
        QTest::addColumn<QByteArray>("fields");
        QTest::newRow("a range") << QByteArray("Range: bytes=0-1\r\n");
        QTest::newRow("a condition") << QByteArray("If-None-Match: \"mine\"\r\n");
    }

    /// Stale, and nothing to ask about: the request goes out as the client sent it.
    void whatOneWantsAPartOfIsItsOwn() {
        QFETCH(QByteArray, fields);
        Crowd crowd;
        crowd.answer(crowd.ask(), chunkedForAll, "whole");
        crowd.pass(61s);
        QVERIFY(crowd.ask(fields.toStdString()).asked());
        auto& plain = crowd.ask();
        QVERIFY2(plain.asked(), "it does not wait for a part");
        QVERIFY(!crowd.ask().asked());
        crowd.answer(plain, chunkedForAll, "new");
        QCOMPARE(crowd.gotBody("new"), size_t(2));
    }

    /// The cache's own conditions take the place of what the client wants, so that what comes is whole.
    void whoseConditionsAreTheCachesOwnLeads() {
        Crowd crowd;
        crowd.answer(crowd.ask(), taggedForAll, "whole");
        crowd.pass(61s);
        auto& part = crowd.ask("Range: bytes=0-1\r\n");
        QCOMPARE(part.port.requests.back().fields.value("Range"), std::string("-"));
        QCOMPARE(part.port.requests.back().fields.value("If-None-Match"), std::string("\"1\""));
        QVERIFY(!crowd.ask().asked());
        crowd.answer(part, taggedForAll, "new");
        QCOMPARE(crowd.gotBody("new"), size_t(2));
    }

    void whoAsksOnceMoreForAPartLeadsNobody() {
        Crowd crowd;
        crowd.answer(crowd.ask(), taggedForAll, "whole");
        crowd.pass(61s);
        auto& part = crowd.ask("Range: bytes=0-1\r\n");
        auto& follower = crowd.ask();
        QVERIFY(!follower.asked());
        crowd.respond(part, "HTTP/1.1 304 Not Modified\r\nETag: \"unknown\"\r\n\r\n");
        QCOMPARE(part.port.requests.back().fields.value("Range"), std::string("bytes=0-1"));
        QVERIFY(follower.asked());
        QVERIFY2(!crowd.ask().asked(), "it follows that one");
        crowd.answer(follower, taggedForAll, "new");
        QCOMPARE(crowd.gotBody("new"), size_t(2));
    }

    void aBodyThatStallsIsNotJoined() {
        Crowd crowd;
        crowd.ask();
        crowd.ask();
        auto& leader = crowd.people.front();
        crowd.respond(leader, chunkedForAll);
        crowd.body(leader, "begun, ");
        crowd.pass(4s);
        crowd.ask();
        QCOMPARE(crowd.requests(), size_t(1));
        crowd.pass(1s);
        auto& late = crowd.ask();
        QVERIFY(late.asked());
        QVERIFY2(!crowd.ask().asked(), "it follows that one");
        crowd.body(leader, "ended");
        crowd.end(leader);
        QCOMPARE(crowd.gotBody("begun, ended"), size_t(3));
        crowd.answer(late, chunkedForAll, "another");
        QCOMPARE(crowd.gotBody("another"), size_t(2));
        QCOMPARE(crowd.requests(), size_t(2));
    }
};

QTEST_APPLESS_MAIN(TestExchangeCollapsing)
#include "test_exchange_collapsing.moc"
