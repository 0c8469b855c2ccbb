// SPDX-License-Identifier: MIT
#include "http/head_parser.h"
#include "proxy/identify.h"

#include <QTest>

#include <string>
#include <vector>

using namespace reverxy;
using namespace reverxy::proxy;
using limit::IdentitySource;

namespace {

limit::ClientIdentity identify(const QString& lines, const char* peer = "10.0.0.1",
                               const std::vector<std::string>& trusted = {"10.0.0.0/8", "fd00::/8"}) {
    const std::string text = "GET / HTTP/1.1\r\nHost: x\r\n" + lines.toStdString() + "\r\n";
    http::RequestParser parser;
    http::RequestHead head;
    if (parser.parse(text, {}, head) != http::ParseStatus::Done)
        qFatal("the test's request is malformed: %s", text.c_str());
    std::vector<CidrBlock> blocks;
    for (const std::string& block : trusted)
        blocks.push_back(*CidrBlock::parse(block));
    return identifyRequest(head, *IpAddress::parse(peer), blocks);
}

} // namespace

/// Who sent a request: the walk along forwarding fields, through all their lines, from the last hop to the first
/// that is not trusted.
class TestIdentify : public QObject {
    Q_OBJECT
  private Q_SLOTS:

    void walks_data() {
        QTest::addColumn<QString>("lines");
        QTest::addColumn<QString>("client");
        QTest::addColumn<int>("source");
        QTest::addColumn<int>("hops");
        const auto row = [](const char* what, const char* lines, const char* client, IdentitySource source,
                            int hops) {
            QTest::newRow(what) << QString::fromUtf8(lines) << QString::fromUtf8(client) << static_cast<int>(source)
                                << hops;
        };
        row("nothing forwarded", "", "10.0.0.1", IdentitySource::Peer, 0);
        row("one hop", "X-Forwarded-For: 1.2.3.4\r\n", "1.2.3.4", IdentitySource::XForwardedFor, 1);
        row("the last that is not trusted", "X-Forwarded-For: 6.6.6.6, 1.2.3.4, 10.0.0.2\r\n", "1.2.3.4",
            IdentitySource::XForwardedFor, 2);
        row("all trusted: the farthest", "X-Forwarded-For: 10.0.0.3, 10.0.0.2\r\n", "10.0.0.3",
            IdentitySource::AllTrusted, 2);
        row("the last line comes first", "X-Forwarded-For: 1.2.3.4\r\nX-Forwarded-For: 10.0.0.2\r\n", "1.2.3.4",
            IdentitySource::XForwardedFor, 2);
        row("other lines between them",
            "X-Forwarded-For: 1.2.3.4\r\nX-Other: 9.9.9.9\r\nX-Forwarded-For: 10.0.0.2\r\n", "1.2.3.4",
            IdentitySource::XForwardedFor, 2);
        row("a stranger in the last line ends it", "X-Forwarded-For: 6.6.6.6\r\nX-Forwarded-For: 1.2.3.4\r\n",
            "1.2.3.4", IdentitySource::XForwardedFor, 1);
        row("an empty line says nothing", "X-Forwarded-For: 1.2.3.4\r\nX-Forwarded-For:\r\n", "1.2.3.4",
            IdentitySource::XForwardedFor, 1);
        row("IPv6", "X-Forwarded-For: 2001:db8::1, fd00::2\r\n", "2001:db8::1", IdentitySource::XForwardedFor, 2);
        row("nonsense", "X-Forwarded-For: 1.2.3.4, junk\r\n", "10.0.0.1", IdentitySource::Malformed, 1);
        row("nonsense behind a good hop", "X-Forwarded-For: junk, 10.0.0.2\r\n", "10.0.0.2",
            IdentitySource::Malformed, 2);
        row("an element without text vouches for none", "X-Forwarded-For: 6.6.6.6, , 10.0.0.2\r\n", "10.0.0.2",
            IdentitySource::Malformed, 2);
        row("Forwarded (RFC 7239 section 4)", "Forwarded: for=1.2.3.4;proto=https\r\n", "1.2.3.4",
            IdentitySource::Forwarded, 1);
        row("Forwarded, IPv6 (section 6)", "Forwarded: for=\"[2001:db8::1]:4711\", for=10.0.0.2\r\n", "2001:db8::1",
            IdentitySource::Forwarded, 2);
        row("Forwarded in several lines", "Forwarded: for=1.2.3.4\r\nForwarded: for=10.0.0.2\r\n", "1.2.3.4",
            IdentitySource::Forwarded, 2);
        row("Forwarded, hidden", "Forwarded: for=1.2.3.4, for=_hidden\r\n", "10.0.0.1", IdentitySource::Malformed,
            1);
        row("Forwarded, malformed", "Forwarded: for=1.2.3.4, for=\"10.0.0.2\r\n", "10.0.0.1",
            IdentitySource::Malformed, 1);
        row("Forwarded, malformed behind a good hop", "Forwarded: (, for=10.0.0.2\r\n", "10.0.0.2",
            IdentitySource::Malformed, 2);
        // A proxy that writes one of the two passes the other on as its client made it up.
        row("both agree", "Forwarded: for=1.2.3.4, for=10.0.0.2\r\nX-Forwarded-For: 1.2.3.4, 10.0.0.2\r\n",
            "1.2.3.4", IdentitySource::XForwardedFor, 2);
        row("both, and they differ", "Forwarded: for=5.5.5.5\r\nX-Forwarded-For: 1.2.3.4\r\n", "10.0.0.1",
            IdentitySource::Contradiction, 1);
        row("both, and they differ behind a good hop",
            "Forwarded: for=5.5.5.5, for=10.0.0.2\r\nX-Forwarded-For: 1.2.3.4, 10.0.0.2\r\n", "10.0.0.2",
            IdentitySource::Contradiction, 2);
        row("both, one of them hidden", "Forwarded: for=_hidden\r\nX-Forwarded-For: 1.2.3.4\r\n", "10.0.0.1",
            IdentitySource::Contradiction, 1);
        row("both, made up beyond the client",
            "Forwarded: for=6.6.6.6, for=1.2.3.4\r\nX-Forwarded-For: 1.2.3.4\r\n", "1.2.3.4",
            IdentitySource::XForwardedFor, 1);
        row("both, a hop on the way knows only one",
            "Forwarded: for=10.0.0.2\r\nX-Forwarded-For: 1.2.3.4, 10.0.0.2\r\n", "1.2.3.4",
            IdentitySource::XForwardedFor, 2);
        row("both, one of them empty", "Forwarded:\r\nX-Forwarded-For: 1.2.3.4\r\n", "1.2.3.4",
            IdentitySource::XForwardedFor, 1);
    }

    void walks() {
        QFETCH(QString, lines);
        QFETCH(QString, client);
        QFETCH(int, source);
        QFETCH(int, hops);
        const auto identity = identify(lines);
        QCOMPARE(QString::fromStdString(identity.address.toString()), client);
        QCOMPARE(static_cast<int>(identity.source), source);
        QCOMPARE(int(identity.hops), hops);
        QVERIFY(identity.peerTrusted);
    }

    void aStrangerIsNotBelieved_data() {
        QTest::addColumn<QString>("trusted");
        QTest::newRow("nobody is trusted") << "";
        QTest::newRow("others are") << "172.16.0.0/12";
    }

    void aStrangerIsNotBelieved() {
        QFETCH(QString, trusted);
        std::vector<std::string> blocks;
        if (!trusted.isEmpty())
            blocks.push_back(trusted.toStdString());
        const auto identity =
            identify(QStringLiteral("X-Forwarded-For: 1.2.3.4\r\nForwarded: for=1.2.3.4\r\n"), "10.0.0.1", blocks);
        QCOMPARE(identity.address.toString(), std::string("10.0.0.1"));
        QVERIFY(identity.source == IdentitySource::Peer);
        QVERIFY(!identity.peerTrusted);
        QCOMPARE(int(identity.hops), 0);
    }

    /// As many hops as a head can hold are walked without harm.
    void longChainsEnd() {
        QString line = QStringLiteral("X-Forwarded-For: 10.0.0.2");
        for (int i = 0; i < 60; ++i)
            line += QStringLiteral(",10.0.0.2");
        QString lines;
        for (int i = 0; i < 60; ++i)
            lines += line + QStringLiteral("\r\n");
        const auto identity = identify(lines);
        QVERIFY(identity.source == IdentitySource::AllTrusted);
        QCOMPARE(int(identity.hops), 255);
    }
};

QTEST_APPLESS_MAIN(TestIdentify)
#include "test_identify.moc"
