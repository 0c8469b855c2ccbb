// SPDX-License-Identifier: MIT
#include "admin/host_guard.h"

#include <QTest>

using namespace reverxy;
using namespace reverxy::admin;

namespace {

config::Proxy settings(const char* host) {
    config::Proxy proxy;
    proxy.probeHost = host;
    proxy.probeNames = {"reverxy", "proxy.internal"};
    return proxy;
}

const std::vector<std::string> machine{"Desk.", "desk.example"};

} // namespace

/// DNS rebinding: a page whose name was made to resolve to this machine must learn nothing here.
class TestHostGuard : public QObject {
    Q_OBJECT
  private Q_SLOTS:

    void hosts_data() {
        QTest::addColumn<QByteArray>("bound");
        QTest::addColumn<QByteArray>("authority");
        QTest::addColumn<bool>("own");
        const auto row = [](const char* bound, const char* authority, bool own) {
            QTest::addRow("bound to %s, asked as \"%s\"", bound, authority)
                << QByteArray(bound) << QByteArray(authority) << own;
        };
        row("localhost", "localhost", true);
        row("localhost", "localhost:8085", true);
        row("localhost", "LOCALHOST.:9999", true); // somebody passes the port on
        row("localhost", "127.0.0.1:8085", true);
        row("localhost", "127.8.8.8", true);
        row("localhost", "[::1]:8085", true);
        row("localhost", "[::ffff:127.0.0.1]", true);
        row("localhost", "desk", true);
        row("localhost", "DESK.:8085", true);
        row("localhost", "desk.example", true);
        row("localhost", "reverxy:8085", true);
        row("localhost", "proxy.internal", true);
        row("localhost", "", true); // HTTP/1.0 without a Host
        row("localhost", "evil.example", false);
        row("localhost", "evil.example:8085", false);
        row("localhost", "localhost.evil.example", false);
        row("localhost", "evil-localhost", false);
        row("localhost", "127.0.0.1.evil.example", false);
        row("localhost", "xdesk", false);
        row("localhost", "192.0.2.7", false);
        row("localhost", "[2001:db8::1]", false);
        row("localhost", "2130706433", false); // 127.0.0.1 as some resolvers read it
        row("localhost", "0x7f.1", false);
        row("localhost", "localhost@evil.example", false);
        row("localhost", "a b", false);
        row("localhost", ":8085", false);
        row("192.0.2.5", "192.0.2.5:8085", true);
        row("192.0.2.5", "192.0.2.6:8085", false);
        row("0.0.0.0", "192.0.2.7:8085", true); // an address of this machine, or of one that passes on to it
        row("0.0.0.0", "[2001:db8::1]", true);
        row("0.0.0.0", "evil.example", false);
        row("::", "192.0.2.7", true);
        row("::", "evil.example", false);
    }

    void hosts() {
        QFETCH(QByteArray, bound);
        QFETCH(QByteArray, authority);
        QFETCH(bool, own);
        const OwnHosts hosts = ownHosts(settings(bound.constData()), machine);
        QCOMPARE(isOwn(hosts, authority.toStdString(), *IpAddress::parse("127.0.0.1")), own);
    }

    void theAddressThatWasReachedIsOwn() {
        const OwnHosts hosts = ownHosts(settings("localhost"), {});
        const IpAddress reached = *IpAddress::parse("192.0.2.7");
        QVERIFY(isOwn(hosts, "192.0.2.7:8085", reached));
        QVERIFY(!isOwn(hosts, "192.0.2.8:8085", reached));
    }

    void aMachineWithoutANameHasNone() {
        const OwnHosts hosts = ownHosts(config::Proxy{}, {"", ""});
        QVERIFY(!isOwn(hosts, ".", IpAddress()));
        QVERIFY(isOwn(hosts, "localhost", IpAddress()));
    }
};

QTEST_APPLESS_MAIN(TestHostGuard)
#include "test_host_guard.moc"
