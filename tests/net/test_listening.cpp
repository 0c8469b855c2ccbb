// SPDX-License-Identifier: MIT
#include "net/listening.h"
#include "support/loopback_port.h"

#include <QCoreApplication>
#include <QTest>

#include <algorithm>
#include <poll.h>
#include <unistd.h>

using namespace reverxy::net;
using namespace reverxy::test;

namespace {

bool reachable(quint16 port, Family family) {
    return Stream::connectTo(port, family).connected();
}

/// What a problem must say, so that whoever reads it knows what to do.
bool says(const std::optional<QString>& problem, const QString& text) {
    return problem && problem->contains(text);
}

} // namespace

class TestListening : public QObject {
    Q_OBJECT
  private Q_SLOTS:

    void portZeroIsTheSameOnBothFamilies() {
        for (int i = 0; i < 20; ++i) {
            ListeningSockets sockets;
            QCOMPARE(sockets.open(QStringLiteral("localhost"), 0), std::nullopt);
            QVERIFY(sockets.port() != 0);
            QVERIFY(reachable(sockets.port(), Family::V4));
            QCOMPARE(reachable(sockets.port(), Family::V6), hasIpv6());
        }
    }

    void hosts_data() {
        QTest::addColumn<QString>("host");
        QTest::addColumn<bool>("v4");
        QTest::addColumn<bool>("v6");
        QTest::newRow("localhost") << "localhost" << true << true;
        QTest::newRow("every interface, as IPv4 says it") << "0.0.0.0" << true << true;
        QTest::newRow("every interface, as IPv6 says it") << "::" << true << true;
        QTest::newRow("one IPv4 address") << "127.0.0.1" << true << false;
        QTest::newRow("one IPv6 address") << "::1" << false << true;
    }

    void hosts() {
        QFETCH(QString, host);
        QFETCH(bool, v4);
        QFETCH(bool, v6);
        if (!hasIpv6())
            QSKIP("this machine has no ::1");
        const LoopbackPort port;
        const quint16 number = port.number();
        ListeningSockets sockets;
        QCOMPARE(sockets.open(host, number), std::nullopt);
        QCOMPARE(sockets.port(), number);
        QCOMPARE(reachable(number, Family::V4), v4);
        QCOMPARE(reachable(number, Family::V6), v6);
    }

    /// Exclusively bound: with a shared port it would start silently beside the first.
    void aSecondInstanceIsRefused_data() {
        QTest::addColumn<QString>("first");
        QTest::addColumn<QString>("second");
        for (const char* first : {"localhost", "0.0.0.0"}) {
            for (const char* second : {"localhost", "0.0.0.0", "127.0.0.1"})
                QTest::addRow("%s on %s", second, first) << first << second;
        }
    }

    void aSecondInstanceIsRefused() {
        QFETCH(QString, first);
        QFETCH(QString, second);
        ListeningSockets sockets;
        QCOMPARE(sockets.open(first, 0), std::nullopt);
        ListeningSockets others;
        const auto problem = others.open(second, sockets.port());
        QVERIFY(problem);
        QVERIFY2(says(problem, QString::number(sockets.port())), qPrintable(*problem));
        QVERIFY2(says(problem, QStringLiteral("process %1 (test_net_").arg(QCoreApplication::applicationPid())),
                 qPrintable(*problem));
        QVERIFY2(says(problem, QStringLiteral("proxy.port")), qPrintable(*problem));
        QCOMPARE(others.port(), quint16(0));
        QVERIFY(others.duplicates().empty());
        QVERIFY(reachable(sockets.port(), Family::V4)); // the first one goes on
        sockets.close();
        QVERIFY(!reachable(sockets.port(), Family::V4));
    }

    void oneFamilyInUseIsEnough() {
        if (!hasIpv6())
            QSKIP("this machine has no ::1");
        const LoopbackPort port;
        const int holder = port.listen(Family::V6);
        QVERIFY(holder >= 0);
        ListeningSockets sockets;
        const auto problem = sockets.open(QStringLiteral("localhost"), port.number());
        QVERIFY(problem);
        QVERIFY2(says(problem, QStringLiteral("[::1]:%1").arg(port.number())), qPrintable(*problem));
        QVERIFY(!reachable(port.number(), Family::V4)); // nothing is left open
        ::close(holder);
        QCOMPARE(sockets.open(QStringLiteral("localhost"), port.number()), std::nullopt);
    }

    void theSamePortCanBeListenedOnAgainAtOnce() {
        ListeningSockets sockets;
        QCOMPARE(sockets.open(QStringLiteral("localhost"), 0), std::nullopt);
        const quint16 port = sockets.port();
        std::vector<Stream> clients;
        for (int i = 0; i < 3; ++i)
            clients.push_back(Stream::connectTo(port));
        sockets.close();
        QCOMPARE(sockets.open(QStringLiteral("localhost"), port), std::nullopt);
    }

    void whatCannotBeListenedOnIsSaid_data() {
        QTest::addColumn<QString>("host");
        QTest::addColumn<QString>("expected");
        QTest::newRow("no address") << "proxy.example"
                                    << "neither an address nor localhost";
        QTest::newRow("nothing") << ""
                                 << "proxy.host";
        QTest::newRow("another machine's, IPv4") << "192.0.2.1"
                                                 << "no network interface has this address";
        QTest::newRow("another machine's, IPv6") << "2001:db8::1"
                                                 << "no network interface has this address";
    }

    void whatCannotBeListenedOnIsSaid() {
        QFETCH(QString, host);
        QFETCH(QString, expected);
        ListeningSockets sockets;
        const auto problem = sockets.open(host, 0);
        QVERIFY(problem);
        QVERIFY2(says(problem, expected), qPrintable(*problem));
        QCOMPARE(sockets.port(), quint16(0));
    }

    void duplicatesAcceptByThemselves() {
        ListeningSockets sockets;
        QCOMPARE(sockets.open(QStringLiteral("127.0.0.1"), 0), std::nullopt);
        const quint16 port = sockets.port();
        const std::vector<int> first = sockets.duplicates();
        const std::vector<int> second = sockets.duplicates();
        QCOMPARE(first.size(), size_t(1));
        QCOMPARE(second.size(), size_t(1));
        QVERIFY(first[0] != second[0]);
        sockets.close(); // as at the end: whoever has a duplicate goes on
        const Stream client = Stream::connectTo(port);
        QVERIFY(client.connected());
        pollfd waiting{second[0], POLLIN, 0};
        QCOMPARE(::poll(&waiting, 1, 10'000), 1);
        const int accepted = ::accept(second[0], nullptr, nullptr);
        QVERIFY(accepted >= 0);
        ::close(accepted);
        ::close(first[0]);
        ::close(second[0]);
        QVERIFY(!reachable(port, Family::V4));
    }
};

QTEST_GUILESS_MAIN(TestListening)
#include "test_listening.moc"
