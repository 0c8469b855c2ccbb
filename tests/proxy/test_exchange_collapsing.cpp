// SPDX-License-Identifier: MIT
#include "proxy/crowd_scene.h"

#include <QTest>

using namespace reverxy;
using namespace reverxy::proxy;
using observe::Phase;

namespace {

constexpr size_t many = 10;
constexpr size_t crowdSize = 30;
constexpr size_t atOnce = cache::Fill::turnsAtOnce;
constexpr std::string_view plainError = "HTTP/1.1 500 No\r\nTransfer-Encoding: chunked\r\n\r\n";
constexpr std::string_view ofOneRequest = "HTTP/1.1 412 No\r\nTransfer-Encoding: chunked\r\n\r\n";
constexpr std::string_view chunkedForAll =
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nCache-Control: max-age=60\r\n\r\n";

constexpr std::string_view taggedForAll =
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nCache-Control: max-age=60\r\nETag: \"1\"\r\n\r\n";

struct Crowd : CrowdScene {
    using CrowdScene::CrowdScene;

    void askMany(size_t size = many) {
        for (size_t i = 0; i < size; ++i)
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

    /// At the backend now.
    static bool isAsking(const Person& person) {
        return person.decision().phase == Phase::AwaitingResponse && !person.exchange.responseOver();
    }

    size_t asking() const { return count(isAsking); }

    Person& oneAsking() { return *std::find_if(people.begin(), people.end(), isAsking); }

    size_t wentAlone() const {
        return count([](const Person& person) { return person.decision().cache.collapseFailed; });
    }
};

config::Config withDefaultTtl() {
    config::Config config = cachingConfigOf("a");
    config.cache.defaultTtl = 60s;
    return config;
}

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

    void anErrorIsNotMetByAHerd_data() {
        QTest::addColumn<QByteArray>("head");
        QTest::newRow("plain") << QByteArray("HTTP/1.1 500 No\r\n");
        QTest::newRow("no-store") << QByteArray("HTTP/1.1 503 No\r\nCache-Control: no-store\r\n");
        QTest::newRow("private") << QByteArray("HTTP/1.1 502 No\r\nCache-Control: private, max-age=60\r\n");
        QTest::newRow("Set-Cookie") << QByteArray("HTTP/1.1 501 No\r\nSet-Cookie: a=b\r\n");
    }

    /// Each gets its own, but only some of them are at the backend at once.
    void anErrorIsNotMetByAHerd() {
        QFETCH(QByteArray, head);
        const std::string error = head.toStdString() + "Transfer-Encoding: chunked\r\n\r\n";
        Crowd crowd;
        crowd.askMany(crowdSize);
        crowd.answer(crowd.people.front(), error, "error");
        for (size_t answered = 1; answered < crowdSize; ++answered) {
            QCOMPARE(crowd.asking(), std::min(atOnce, crowdSize - answered));
            QCOMPARE(crowd.requests(), std::min(atOnce + answered, crowdSize));
            crowd.answer(crowd.oneAsking(), error, "error");
        }
        QCOMPARE(crowd.gotBody("error"), crowdSize);
        QCOMPARE(crowd.wentAlone(), crowdSize - 1);
    }

    /// A small crowd is no herd.
    void anErrorDelaysFewNotAtAll() {
        Crowd crowd;
        crowd.askMany(1 + atOnce);
        crowd.answer(crowd.people.front(), plainError, "");
        QCOMPARE(crowd.waiting(), size_t(0));
        QCOMPARE(crowd.requests(), 1 + atOnce);
    }

    /// RFC 9111 section 4: what is stored meanwhile is for all who wait, what may not be stored is for nobody else.
    void whatComesAfterAnErrorIsForAllWhoWait() {
        Crowd crowd;
        crowd.askMany(crowdSize);
        crowd.answer(crowd.people.front(), plainError, "error");
        crowd.answer(crowd.oneAsking(), chunkedForAll, "at last");
        QCOMPARE(crowd.requests(), 1 + atOnce);
        QCOMPARE(crowd.waiting(), size_t(0));
        QCOMPARE(crowd.gotBody("at last"), crowdSize - atOnce);
        QCOMPARE(crowd.asking(), atOnce - 1);
    }

    void errorsThatComeSlowlyCostNobodyMoreThanTheLimit() {
        Crowd crowd;
        crowd.askMany(crowdSize);
        crowd.pass(50s);
        crowd.answer(crowd.people.front(), plainError, "error");
        crowd.pass(4s);
        QCOMPARE(crowd.asking(), atOnce);
        crowd.answer(crowd.oneAsking(), plainError, "error");
        crowd.pass(900ms);
        QCOMPARE(crowd.asking(), atOnce);
        crowd.pass(100ms);
        QCOMPARE(crowd.asking(), crowdSize - 2);
        QCOMPARE(crowd.waiting(), size_t(0));
    }

    void aTurnEndsInWhicheverWay_data() {
        QTest::addColumn<int>("way");
        QTest::newRow("the client leaves") << 0;
        QTest::newRow("the backend is lost") << 1;
        QTest::newRow("the body is lost") << 2;
        QTest::newRow("for one request alone") << 3;
    }

    void aTurnEndsInWhicheverWay() {
        QFETCH(int, way);
        Crowd crowd;
        crowd.askMany(crowdSize);
        crowd.answer(crowd.people.front(), plainError, "error");
        for (size_t left = crowdSize - 1; left > 0; --left) {
            QCOMPARE(crowd.asking(), std::min(atOnce, left));
            auto& next = crowd.oneAsking();
            if (way == 0)
                next.exchange.clientLost(Failure::ClientGone, crowd.now);
            else if (way == 1)
                next.exchange.upstreamLost(Failure::ResponseIncomplete, {}, true, crowd.now);
            else
                crowd.respond(next, way == 2 ? chunkedForAll : ofOneRequest);
            if (way == 2)
                next.exchange.upstreamLost(Failure::ResponseIncomplete, {}, true, crowd.now);
            crowd.settle();
        }
        QCOMPARE(crowd.requests(), crowdSize);
    }

    void whoWaitsForATurnInVainGoesAtOnce_data() {
        QTest::addColumn<QByteArray>("head");
        const QByteArray ok = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n";
        QTest::newRow("private") << ok + "Cache-Control: private\r\n";
        QTest::newRow("no-store") << ok + "Cache-Control: no-store\r\n";
        QTest::newRow("no lifetime") << ok;
        QTest::newRow("to be validated") << ok + "Cache-Control: no-cache\r\nETag: \"1\"\r\n";
        QTest::newRow("too large") << QByteArray("HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n"
                                                 "Cache-Control: max-age=60\r\n");
        QTest::newRow("credentials wanted") << QByteArray("HTTP/1.1 401 No\r\nTransfer-Encoding: chunked\r\n");
    }

    /// What comes after the error proves to be of use to one alone: nobody waits for it any longer, whether it is
    /// complete or not.
    void whoWaitsForATurnInVainGoesAtOnce() {
        QFETCH(QByteArray, head);
        Crowd crowd;
        crowd.askMany(crowdSize);
        crowd.answer(crowd.people.front(), plainError, "error");
        QCOMPARE(crowd.waiting(), crowdSize - 1 - atOnce);
        auto& next = crowd.oneAsking();
        crowd.respond(next, head.toStdString() + "\r\n");
        QCOMPARE(crowd.waiting(), size_t(0));
        QCOMPARE(crowd.requests(), crowdSize);
        QVERIFY(crowd.ask().asked());
        QVERIFY(crowd.ask().asked());
        // Theirs are their own, and what is left of the turns disturbs nobody.
        while (crowd.asking() > 0)
            crowd.answer(crowd.oneAsking(), plainError, "error");
        QCOMPARE(crowd.requests(), crowdSize + 2);
    }

    /// Among themselves: nobody of those who wait for a turn answers for longer than the limit.
    void whoComesMeanwhileFollowsAnotherOne() {
        Crowd crowd;
        crowd.askMany(crowdSize);
        crowd.answer(crowd.people.front(), plainError, "error");
        auto& next = crowd.ask();
        QVERIFY(next.asked());
        QVERIFY(!crowd.ask().asked());
        crowd.answer(next, chunkedForAll, "at last");
        QCOMPARE(crowd.gotBody("at last"), size_t(2));
        crowd.answer(crowd.oneAsking(), plainError, "error");
        QCOMPARE(crowd.waiting(), size_t(0)); // whose turn comes finds it
        QCOMPARE(crowd.gotBody("at last"), crowdSize - atOnce + 1);
    }

    void forWhatIsOfUseToOneAloneNobodyWaits_data() {
        QTest::addColumn<QByteArray>("fields");
        QTest::addColumn<QByteArray>("head");
        const QByteArray ok = "HTTP/1.1 200 OK\r\n";
        QTest::newRow("no-store") << QByteArray() << ok + "Cache-Control: no-store\r\n";
        QTest::newRow("no lifetime") << QByteArray() << ok;
        QTest::newRow("cookies") << QByteArray("Cookie: a=b\r\n") << ok;
        QTest::newRow("to be validated") << QByteArray() << ok + "Cache-Control: no-cache\r\nETag: \"1\"\r\n";
        QTest::newRow("stale at once") << QByteArray() << ok + "Cache-Control: max-age=0\r\nETag: \"1\"\r\n";
        QTest::newRow("credentials wanted") << QByteArray() << QByteArray("HTTP/1.1 401 No\r\n");
    }

    /// Whoever asks while it is known does not wait for another one in vain.
    void forWhatIsOfUseToOneAloneNobodyWaits() {
        QFETCH(QByteArray, fields);
        QFETCH(QByteArray, head);
        Crowd crowd;
        crowd.answer(crowd.ask(fields.toStdString()), head.toStdString() + "Transfer-Encoding: chunked\r\n\r\n",
                     "mine");
        for (size_t i = 0; i < many; ++i)
            QVERIFY(crowd.ask(fields.toStdString()).asked());
    }

    void whoHasNoCookieSharesWhateverOthersHave_data() {
        QTest::addColumn<QByteArray>("fields");
        QTest::addColumn<QByteArray>("cookied");
        QTest::addColumn<bool>("shares");
        const QByteArray cookie = "Cookie: a=b\r\n";
        QTest::newRow("Cookie") << cookie << QByteArray() << true;
        QTest::newRow("Cookie, public") << cookie << QByteArray("Cache-Control: public\r\n") << true;
        QTest::newRow("Cookie, public and a validator")
            << cookie << QByteArray("Cache-Control: public\r\nETag: \"1\"\r\n") << true;
        QTest::newRow("Authorization") << QByteArray("Authorization: a b\r\n") << QByteArray() << true;
        QTest::newRow("Cookie, Set-Cookie") << cookie << QByteArray("Set-Cookie: a=c\r\n") << false;
        QTest::newRow("Set-Cookie") << QByteArray() << QByteArray("Set-Cookie: a=c\r\n") << false;
        QTest::newRow("Cookie, private") << cookie << QByteArray("Cache-Control: private\r\n") << false;
        QTest::newRow("Cookie, too large")
            << cookie << QByteArray("Content-Length: 99999999999\r\nCache-Control: max-age=60\r\n") << false;
    }

    /// What the request made personal tells nothing of requests that have no credentials; what the response says of
    /// itself holds for all.
    void whoHasNoCookieSharesWhateverOthersHave() {
        QFETCH(QByteArray, fields);
        QFETCH(QByteArray, cookied);
        QFETCH(bool, shares);
        Crowd crowd(withDefaultTtl());
        const std::string response = "HTTP/1.1 200 OK\r\n" + cookied.toStdString();
        crowd.respond(crowd.ask(fields.toStdString()), response + "\r\n");
        QVERIFY(crowd.ask(fields.toStdString()).asked());
        const size_t before = crowd.requests();
        crowd.askMany();
        QCOMPARE(crowd.requests() - before, shares ? size_t(1) : many);
    }

    void whoValidatesWithACookieSpoilsNothingForOthers() {
        Crowd crowd(withDefaultTtl());
        constexpr std::string_view fields = "Cache-Control: public\r\nETag: \"1\"\r\n\r\n";
        crowd.answer(crowd.ask(), "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n" + std::string(fields), "x");
        crowd.pass(61s);
        auto& validates = crowd.ask("Cookie: a=b\r\n");
        crowd.respond(validates, "HTTP/1.1 304 Not Modified\r\n" + std::string(fields));
        crowd.end(validates);
        QCOMPARE(validates.got().body, std::string("x"));
        QVERIFY(crowd.ask().asked());
        QVERIFY(!crowd.ask().asked());
        QVERIFY(crowd.ask("Cookie: a=b\r\n").asked());
    }

    /// They wait for one who has a cookie, and what that one gets is not for them.
    void whoHasNoCookieWaitsAgainForOneWithout_data() {
        QTest::addColumn<QByteArray>("policy");
        QTest::newRow("not stored") << QByteArray();
        QTest::newRow("stale at once") << QByteArray("Cache-Control: public\r\nETag: \"1\"\r\n");
    }

    void whoHasNoCookieWaitsAgainForOneWithout() {
        QFETCH(QByteArray, policy);
        Crowd crowd(withDefaultTtl());
        auto& leader = crowd.ask("Cookie: a=b\r\n");
        crowd.askMany();
        auto& likewise = crowd.ask("Cookie: c=d\r\n");
        QCOMPARE(crowd.waiting(), many + 1);
        const std::string response =
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n" + policy.toStdString() + "\r\n";
        crowd.answer(leader, response, "personal");
        QVERIFY(likewise.asked());
        QCOMPARE(crowd.waiting(), many - 1);
        crowd.answer(likewise, response, "personal");
        crowd.answer(crowd.oneAsking(), response, "for all");
        QCOMPARE(crowd.gotBody("for all"), many);
        QCOMPARE(crowd.requests(), size_t(3));
    }

    /// Where a turn brings what one's cookie makes personal, those who wait go on waiting for theirs.
    void aTurnOfOneWithACookieEndsNoOthers() {
        Crowd crowd(withDefaultTtl());
        crowd.ask();
        crowd.ask("Cookie: a=b\r\n");
        crowd.askMany(crowdSize);
        constexpr std::string_view ok = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
        crowd.answer(crowd.people.front(), plainError, "error");
        const size_t waiting = crowd.waiting();
        QVERIFY(crowd.people[1].asked());
        crowd.answer(crowd.people[1], ok, "personal");
        QCOMPARE(crowd.waiting(), waiting - 1);
        crowd.answer(crowd.oneAsking(), ok, "for all");
        QCOMPARE(crowd.waiting(), size_t(0));
        QCOMPARE(crowd.gotBody("for all"), waiting);
    }

    void forWhatIsOfUseOnlyWhenValidatedNobodyWaits() {
        Crowd crowd;
        constexpr std::string_view fields = "Cache-Control: no-cache\r\nETag: \"1\"\r\n\r\n";
        crowd.answer(crowd.ask(), "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n" + std::string(fields), "x");
        crowd.pass(61s);
        auto& validates = crowd.ask();
        QVERIFY(!crowd.ask().asked());
        crowd.respond(validates, "HTTP/1.1 304 Not Modified\r\n" + std::string(fields));
        crowd.end(validates);
        QVERIFY(crowd.ask().asked());
        QVERIFY(crowd.ask().asked());
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
