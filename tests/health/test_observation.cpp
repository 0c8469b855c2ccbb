// SPDX-License-Identifier: MIT
#include "health/observation.h"

#include <QTest>

using namespace reverxy;
using namespace reverxy::health;

class TestObservation : public QObject {
    Q_OBJECT
  private Q_SLOTS:

    void connectionsSpeakAgainstABackend_data() {
        QTest::addColumn<int>("failure");
        QTest::addColumn<bool>("fresh");
        QTest::addColumn<bool>("reused");
        const auto row = [](Failure failure, bool fresh, bool reused) {
            const std::string_view name = infoOf(failure).name;
            QTest::newRow(std::string(name).c_str()) << static_cast<int>(failure) << fresh << reused;
        };
        row(Failure::DnsError, true, true);
        row(Failure::ConnectRefused, true, true);
        row(Failure::ConnectTimeout, true, true);
        row(Failure::ConnectUnreachable, true, true);
        row(Failure::ConnectionClosed, true, false);
        row(Failure::ResponseTimeout, false, false);
        row(Failure::ResponseMalformed, false, false);
        row(Failure::ResponseHeadTooLarge, false, false);
        row(Failure::ResponseIncomplete, false, false);
        row(Failure::ResponseBodyMalformed, false, false);
        row(Failure::UnexpectedUpgrade, false, false);
        row(Failure::ClientGone, false, false);
        row(Failure::QueueTimeout, false, false);
        row(Failure::None, false, false);
    }

    void connectionsSpeakAgainstABackend() {
        QFETCH(int, failure);
        QFETCH(bool, fresh);
        QFETCH(bool, reused);
        QCOMPARE(speaksAgainstBackend(static_cast<Failure>(failure), false), fresh);
        QCOMPARE(speaksAgainstBackend(static_cast<Failure>(failure), true), reused);
    }

    void reasons_data() {
        QTest::addColumn<bool>("passed");
        QTest::addColumn<int>("status");
        QTest::addColumn<int>("failure");
        QTest::addColumn<QString>("details");
        QTest::addColumn<int>("last");
        QTest::addColumn<QString>("reason");
        const auto row = [](const char* reason, bool passed, int status, Failure failure, const char* details = "",
                            int last = 399) {
            QTest::newRow(reason) << passed << status << static_cast<int>(failure) << QString::fromLatin1(details)
                                  << last << QString::fromLatin1(reason);
        };
        row("status 204", true, 204, Failure::None);
        row("status 503 instead of 200-399", false, 503, Failure::None);
        row("status 204 instead of 200", false, 204, Failure::None, "", 200);
        row("connected", true, 0, Failure::None);
        row("connection refused", false, 0, Failure::ConnectRefused);
        row("connection refused (127.0.0.1:81: no)", false, 0, Failure::ConnectRefused, "127.0.0.1:81: no");
        row("no connection in time", false, 0, Failure::ConnectTimeout);
        row("not reachable", false, 0, Failure::ConnectUnreachable);
        row("its name does not resolve", false, 0, Failure::DnsError);
        row("no response in time", false, 0, Failure::ResponseTimeout);
        row("connection closed without a response", false, 0, Failure::ConnectionClosed);
        row("no valid HTTP response", false, 0, Failure::ResponseMalformed);
        row("response-head-too-large", false, 0, Failure::ResponseHeadTooLarge);
    }

    void reasons() {
        QFETCH(bool, passed);
        QFETCH(int, status);
        QFETCH(int, failure);
        QFETCH(QString, details);
        QFETCH(int, last);
        QFETCH(QString, reason);
        const ProbeResult result{passed, static_cast<uint16_t>(status), static_cast<Failure>(failure), 0,
                                 details.toStdString()};
        QCOMPARE(QString::fromStdString(reasonOf(result, 200, static_cast<uint16_t>(last))), reason);
    }

    void briefly() {
        const auto brief = [](bool passed, uint16_t status, Failure failure) {
            return QString::fromStdString(briefOf({passed, status, failure, 0, "127.0.0.1:81: no"}));
        };
        QCOMPARE(brief(false, 503, Failure::None), QStringLiteral("status 503"));
        QCOMPARE(brief(true, 204, Failure::None), QStringLiteral("status 204"));
        QCOMPARE(brief(true, 0, Failure::None), QStringLiteral("connected"));
        QCOMPARE(brief(false, 0, Failure::ConnectRefused), QStringLiteral("connection refused"));
        QCOMPARE(brief(false, 0, Failure::ResponseTimeout), QStringLiteral("no response"));
        // What a probe or a request may meet has room in a list.
        for (const Failure failure :
             {Failure::DnsError, Failure::ConnectRefused, Failure::ConnectTimeout, Failure::ConnectUnreachable,
              Failure::ConnectionClosed, Failure::ResponseTimeout, Failure::ResponseMalformed}) {
            const std::string words = briefOf(failure);
            QVERIFY2(words.size() <= std::string_view("connection refused").size(), words.c_str());
            QCOMPARE(brief(false, 0, failure), QString::fromStdString(words));
        }
    }
};

QTEST_GUILESS_MAIN(TestObservation)
#include "test_observation.moc"
