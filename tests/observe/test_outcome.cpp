// SPDX-License-Identifier: MIT
#include "observe/outcome.h"

#include <QTest>

#include <set>
#include <string>

using namespace reverxy;
using namespace reverxy::observe;

class TestOutcome : public QObject {
    Q_OBJECT
  private Q_SLOTS:

    void followsFromTheDecision_data() {
        QTest::addColumn<int>("status");
        QTest::addColumn<Failure>("failure");
        QTest::addColumn<bool>("fromBackend");
        QTest::addColumn<Outcome>("expected");
        const auto row = [](const char* name, int status, Failure failure, bool fromBackend, Outcome expected) {
            QTest::newRow(name) << status << failure << fromBackend << expected;
        };
        row("200", 200, Failure::None, true, Outcome::Success);
        row("304", 304, Failure::None, true, Outcome::Success);
        row("OPTIONS answered here", 200, Failure::None, false, Outcome::Success);
        row("404 of the backend", 404, Failure::None, true, Outcome::ClientError);
        row("429 of the backend", 429, Failure::None, true, Outcome::ClientError);
        row("500 of the backend", 500, Failure::None, true, Outcome::UpstreamError);
        row("599 of the backend", 599, Failure::None, true, Outcome::UpstreamError);
        row("a malformed request", 400, Failure::BadRequest, false, Outcome::ClientError);
        row("429 of the proxy itself", 429, Failure::RateLimited, false, Outcome::Throttled);
        row("no route", 404, Failure::NoRoute, false, Outcome::ClientError);
        row("CONNECT", 501, Failure::NotImplemented, false, Outcome::ClientError);
        row("a refused connection", 502, Failure::ConnectRefused, false, Outcome::UpstreamError);
        row("a body that broke off", 200, Failure::ResponseIncomplete, true, Outcome::UpstreamError);
        row("all backends down", 503, Failure::AllBackendsDown, false, Outcome::UpstreamError);
        row("a full queue", 503, Failure::QueueFull, false, Outcome::UpstreamError);
        row("no backend configured", 503, Failure::NoBackend, false, Outcome::ProxyError);
        row("a loop", 502, Failure::ProxyLoop, false, Outcome::ProxyError);
        row("cut at the end of a drain", 200, Failure::Draining, true, Outcome::ProxyError);
        row("the client left before the response", 0, Failure::ClientGone, false, Outcome::ClientGone);
        row("the client left within the response", 200, Failure::ClientGone, true, Outcome::ClientGone);
        row("the client was too slow", 200, Failure::ClientTooSlow, true, Outcome::ClientGone);
    }

    void followsFromTheDecision() {
        QFETCH(int, status);
        QFETCH(Failure, failure);
        QFETCH(bool, fromBackend);
        QFETCH(Outcome, expected);
        Decision decision{};
        decision.status = static_cast<uint16_t>(status);
        decision.failure = failure;
        decision.responseFromBackend = fromBackend;
        QCOMPARE(int(outcomeOf(decision)), int(expected));
    }

    /// What stays open until the client has enough of it has done its work.
    void whatIsMeantToStayOpenEndsWell() {
        for (const bool tunnel : {true, false}) {
            Decision decision{};
            decision.status = tunnel ? 101 : 200;
            decision.tunnel = tunnel;
            decision.eventStream = !tunnel;
            decision.responseFromBackend = true;
            decision.failure = Failure::ClientGone;
            QCOMPARE(int(outcomeOf(decision)), int(Outcome::Success));
            decision.failure = Failure::ResponseIncomplete;
            QCOMPARE(int(outcomeOf(decision)), int(Outcome::UpstreamError));
        }
    }

    /// Every failure has an outcome that is no success, so that none goes unseen in totals.
    void noFailureIsASuccess() {
        for (size_t kind = 1; kind < failureKinds; ++kind) {
            Decision decision{};
            decision.failure = static_cast<Failure>(kind);
            decision.status = infoOf(decision.failure).status;
            const Outcome outcome = outcomeOf(decision);
            QVERIFY2(outcome != Outcome::Success && outcome != Outcome::CacheHit,
                     infoOf(decision.failure).name.data());
        }
    }

    void namesDiffer() {
        std::set<std::string> names;
        for (size_t i = 0; i < outcomes; ++i)
            names.emplace(nameOf(static_cast<Outcome>(i)));
        QCOMPARE(names.size(), outcomes);
        QVERIFY(names.count("unknown") == 0);
    }

    void latencyIsTheWholeTimeExceptOfWhatStaysOpen() {
        Decision decision{};
        decision.firstByteMicros = 20;
        decision.totalMicros = 3000;
        QCOMPARE(latencyOf(decision), 3000u);
        decision.eventStream = true;
        QCOMPARE(latencyOf(decision), 20u);
        decision.eventStream = false;
        decision.tunnel = true;
        QCOMPARE(latencyOf(decision), 20u);
        decision.firstByteMicros = 0; // ended before it had begun
        QCOMPARE(latencyOf(decision), 3000u);
    }
};

QTEST_APPLESS_MAIN(TestOutcome)
#include "test_outcome.moc"
