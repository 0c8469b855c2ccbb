// SPDX-License-Identifier: MIT
#include "net/port_owner.h"
#include "support/loopback_port.h"

#include <QCoreApplication>
#include <QFileInfo>
#include <QProcess>
#include <QTest>

#include <unistd.h>

using namespace reverxy::net;
using namespace reverxy::test;

class TestPortOwner : public QObject {
    Q_OBJECT
  private Q_SLOTS:

    void init() {
        if (!QFileInfo::exists(QStringLiteral("/proc/net/tcp")))
            QSKIP("this system does not tell");
    }

    void namesTheProcessThatListens_data() {
        QTest::addColumn<bool>("v6");
        QTest::newRow("IPv4") << false;
        if (hasIpv6())
            QTest::newRow("IPv6") << true;
    }

    void namesTheProcessThatListens() {
        QFETCH(bool, v6);
        LoopbackPort port;
        QVERIFY(!findPortOwner(port.number())); // held, and nobody listens
        const int socket = port.listen(v6 ? Family::V6 : Family::V4);
        QVERIFY(socket >= 0);
        const auto owner = findPortOwner(port.number());
        ::close(socket);
        QVERIFY(owner);
        QCOMPARE(owner->pid, QCoreApplication::applicationPid());
        // The system keeps 15 letters of a name.
        QCOMPARE(owner->name, QFileInfo(QCoreApplication::applicationFilePath()).fileName().left(15));
        QVERIFY(!findPortOwner(port.number()));
    }

    void aConnectionFromThatPortDoesNotCount() {
        LoopbackPort port;
        const int listener = port.listen(Family::V4);
        QVERIFY(listener >= 0);
        Stream client = Stream::connectTo(port.number());
        QVERIFY(client.connected());
        QVERIFY(!findPortOwner(client.localPort()));
        ::close(listener);
        QVERIFY(!findPortOwner(port.number())); // what it accepted is not listening
    }
};

QTEST_GUILESS_MAIN(TestPortOwner)
#include "test_port_owner.moc"
