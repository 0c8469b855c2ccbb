// SPDX-License-Identifier: MIT
#include "proxy/retry.h"

#include <QTest>

using namespace reverxy;
using namespace reverxy::proxy;

namespace {

/// A request that may be repeated, cut off after bytes of it were sent, with everything in its favour.
RetrySituation repeatable() {
    RetrySituation situation;
    situation.failure = Failure::ConnectionClosed;
    situation.anyByteSent = true;
    situation.idempotent = true;
    situation.untriedLeft = true;
    situation.retriesAllowed = 2;
    situation.attempts = 1;
    return situation;
}

/// A request of which nothing was sent.
RetrySituation unsent() {
    RetrySituation situation;
    situation.failure = Failure::ConnectRefused;
    situation.untriedLeft = true;
    situation.attempts = 1;
    return situation;
}

template <typename Change>
RetryVerdict with(RetrySituation situation, Change change) {
    change(situation);
    return decideRetry(situation);
}

using S = RetrySituation;

} // namespace

class TestRetry : public QObject {
    Q_OBJECT
  private Q_SLOTS:

    void anIdempotentRequestIsRepeatedWithinBudget() {
        QVERIFY(decideRetry(repeatable()) == RetryVerdict::WithinBudget);
        // To the same backend, when there is no other: it may have restarted.
        QVERIFY(with(repeatable(), [](S& s) { s.untriedLeft = false; }) == RetryVerdict::WithinBudget);
    }

    void notPastTheNumberOfRetries() {
        for (uint32_t made = 0; made < 5; ++made) {
            const RetryVerdict verdict = with(repeatable(), [made](S& s) { s.retriesMade = made; });
            QVERIFY(verdict == (made < 2 ? RetryVerdict::WithinBudget : RetryVerdict::GiveUp));
        }
        QVERIFY(with(repeatable(), [](S& s) { s.retriesAllowed = 0; }) == RetryVerdict::GiveUp);
    }

    void aBodyThatIsGoneCannotBeRepeated() {
        QVERIFY(with(repeatable(), [](S& s) { s.bodyReplayable = false; }) == RetryVerdict::GiveUp);
    }

    void whatWasUnsentGoesToAnotherBackendAtOnce() {
        QVERIFY(decideRetry(unsent()) == RetryVerdict::AtOnce);
        // Whatever the method: it is no repetition. And outside the count.
        QVERIFY(with(unsent(), [](S& s) { s.idempotent = true; }) == RetryVerdict::AtOnce);
        QVERIFY(with(unsent(), [](S& s) { s.retriesMade = 9; }) == RetryVerdict::AtOnce);
        // But somewhere new.
        QVERIFY(with(unsent(), [](S& s) { s.untriedLeft = false; }) == RetryVerdict::GiveUp);
        QVERIFY(with(unsent(), [](S& s) { s.untriedLeft = false, s.idempotent = true, s.retriesAllowed = 2; }) ==
                RetryVerdict::GiveUp);
    }

    void whichFailuresMayPassElsewhere_data() {
        QTest::addColumn<int>("failure");
        QTest::addColumn<bool>("afterBytes");
        QTest::addColumn<bool>("beforeBytes");
        const auto row = [](Failure failure, bool afterBytes, bool beforeBytes) {
            QTest::newRow(infoOf(failure).name.data()) << static_cast<int>(failure) << afterBytes << beforeBytes;
        };
        row(Failure::ConnectionClosed, true, true);
        row(Failure::ResponseIncomplete, true, false);
        row(Failure::DnsError, false, true);
        row(Failure::ConnectRefused, false, true);
        row(Failure::ConnectTimeout, false, true);
        row(Failure::ConnectUnreachable, false, true);
        row(Failure::OutOfSockets, false, false);
        row(Failure::ResponseTimeout, true, false);
        row(Failure::ResponseMalformed, true, false);
        row(Failure::ResponseHeadTooLarge, true, false);
        row(Failure::ResponseBodyMalformed, false, false);
        row(Failure::UnexpectedUpgrade, true, false);
        row(Failure::None, false, false);
        row(Failure::ClientGone, false, false);
        row(Failure::ClientTooSlow, false, false);
        row(Failure::BadRequest, false, false);
        row(Failure::BodyTooLarge, false, false);
        row(Failure::RequestTimeout, false, false);
        row(Failure::QueueTimeout, false, false);
        row(Failure::Draining, false, false);
        row(Failure::Internal, false, false);
    }

    void whichFailuresMayPassElsewhere() {
        QFETCH(int, failure);
        QFETCH(bool, afterBytes);
        QFETCH(bool, beforeBytes);
        const auto set = [failure](S& s) { s.failure = static_cast<Failure>(failure); };
        QCOMPARE(with(repeatable(), set) == RetryVerdict::WithinBudget, afterBytes);
        QCOMPARE(with(unsent(), set) == RetryVerdict::AtOnce, beforeBytes);
    }

    /// Who answered with nonsense or not at all would do so again.
    void someFailuresAreRepeatedElsewhereOnly() {
        for (const Failure failure : {Failure::ResponseTimeout, Failure::ResponseMalformed,
                                      Failure::ResponseHeadTooLarge, Failure::UnexpectedUpgrade}) {
            QVERIFY(with(repeatable(), [failure](S& s) { s.failure = failure, s.untriedLeft = false; }) ==
                    RetryVerdict::GiveUp);
        }
    }

    /// The two rules that no combination may break: nothing once the client has a final response, and, by RFC 9110
    /// section 9.2.2, no second sending of what is not idempotent.
    void noCombinationBreaksTheRules() {
        int combinations = 0;
        for (int failure = 0; failure <= static_cast<int>(Failure::UnexpectedUpgrade); ++failure) {
            for (unsigned bits = 0; bits < 32; ++bits) {
                for (uint32_t made = 0; made < 4; ++made) {
                    RetrySituation situation;
                    situation.failure = static_cast<Failure>(failure);
                    situation.anyByteSent = bits & 1;
                    situation.idempotent = bits & 2;
                    situation.bodyReplayable = bits & 4;
                    situation.finalHeadForwarded = bits & 8;
                    situation.untriedLeft = bits & 16;
                    situation.retriesMade = made;
                    situation.retriesAllowed = 2;
                    const RetryVerdict verdict = decideRetry(situation);
                    ++combinations;
                    if (situation.finalHeadForwarded || !situation.bodyReplayable)
                        QVERIFY(verdict == RetryVerdict::GiveUp);
                    if (situation.anyByteSent && !situation.idempotent)
                        QVERIFY(verdict == RetryVerdict::GiveUp);
                    if (verdict == RetryVerdict::AtOnce)
                        QVERIFY(!situation.anyByteSent && situation.untriedLeft);
                    if (verdict == RetryVerdict::WithinBudget)
                        QVERIFY(situation.anyByteSent && made < 2);
                    if (infoOf(situation.failure).fault != Fault::Upstream)
                        QVERIFY(verdict == RetryVerdict::GiveUp);
                }
            }
        }
        QVERIFY(combinations > 3000);
    }

    void theBudgetIsAFifthOfTheRequestsAndAtLeastThree_data() {
        QTest::addColumn<uint>("requests");
        QTest::addColumn<uint>("room");
        QTest::newRow("none") << 0u << 3u;
        QTest::newRow("few") << 4u << 3u;
        QTest::newRow("where the fifth takes over") << 15u << 3u;
        QTest::newRow("twenty") << 20u << 4u;
        QTest::newRow("rounded down") << 24u << 4u;
        QTest::newRow("a thousand") << 1000u << 200u;
        QTest::newRow("all there can be") << UINT32_MAX << UINT32_MAX / 5;
    }

    void theBudgetIsAFifthOfTheRequestsAndAtLeastThree() {
        QFETCH(uint, requests);
        QFETCH(uint, room);
        QVERIFY(fitsRetryBudget(0, requests));
        QVERIFY(fitsRetryBudget(room - 1, requests));
        QVERIFY(!fitsRetryBudget(room, requests));
        QVERIFY(!fitsRetryBudget(UINT32_MAX, requests));
    }
};

QTEST_APPLESS_MAIN(TestRetry)
#include "test_retry.moc"
