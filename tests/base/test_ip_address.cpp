// SPDX-License-Identifier: MIT
#include "base/ip_address.h"

#include <QTest>

#include <arpa/inet.h>

#include <random>

using namespace reverxy;

namespace {

IpAddress address(const char* text) {
    return IpAddress::parse(text).value();
}

IpAddress randomV6(std::mt19937& random) {
    std::array<uint8_t, 16> bytes{};
    for (size_t group = 0; group < 8; ++group) {
        if (random() % 2 == 0) // many zero groups, for the rules of the double colon
            continue;
        bytes[2 * group] = static_cast<uint8_t>(random() % 3 == 0 ? 0 : random());
        bytes[2 * group + 1] = static_cast<uint8_t>(random());
    }
    return IpAddress::v6(bytes);
}

} // namespace

class TestIpAddress : public QObject {
    Q_OBJECT
  private Q_SLOTS:

    void readsAndWritesCanonicalText_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("canonical");
        const auto row = [](const char* text, const char* canonical) {
            QTest::newRow(text) << QByteArray(text) << QByteArray(canonical);
        };
        row("0.0.0.0", "0.0.0.0");
        row("127.0.0.1", "127.0.0.1");
        row("255.255.255.255", "255.255.255.255");
        row("192.168.10.200", "192.168.10.200");
        row("::", "::");
        row("::1", "::1");
        row("1::", "1::");
        row("0:0:0:0:0:0:0:0", "::");
        row("0:0:0:0:0:0:0:1", "::1");
        row("fe80:0000:0000:0000:0204:61ff:fe9d:f156", "fe80::204:61ff:fe9d:f156");
        // RFC 5952 section 4.1: leading zeros go. Section 4.2.1: "::" takes as much as it can.
        row("2001:0db8::0001", "2001:db8::1");
        row("2001:db8:0:0:0:0:2:1", "2001:db8::2:1");
        // Section 4.2.2: a single zero group is no reason for "::".
        row("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1");
        row("2001:db8::1:1:1:1:1", "2001:db8:0:1:1:1:1:1");
        row("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0");
        // Section 4.2.3: the longest run, and the first of those as long.
        row("2001:0:0:1:0:0:0:1", "2001:0:0:1::1");
        row("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1");
        // Section 4.3: lower case.
        row("2001:DB8::ABCD", "2001:db8::abcd");
        row("1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:102:304");
        row("64:ff9b::192.0.2.33", "64:ff9b::c000:221");
        row("::1.2.3.4", "::102:304");
        // Mapped addresses are the IPv4 address.
        row("::ffff:10.1.2.3", "10.1.2.3");
        row("::FFFF:a01:203", "10.1.2.3");
        row("0:0:0:0:0:ffff:127.0.0.1", "127.0.0.1");
    }

    void readsAndWritesCanonicalText() {
        QFETCH(QByteArray, text);
        QFETCH(QByteArray, canonical);
        const std::optional<IpAddress> parsed = IpAddress::parse(text.toStdString());
        QVERIFY(parsed.has_value());
        QCOMPARE(QByteArray::fromStdString(parsed->toString()), canonical);
        QCOMPARE(IpAddress::parse(canonical.toStdString()), parsed);
    }

    void refusesAnythingElse_data() {
        QTest::addColumn<QByteArray>("text");
        for (const char* text : {"",
                                 " ",
                                 "1",
                                 "1.2.3",
                                 "1.2.3.",
                                 ".1.2.3",
                                 "1.2.3.4.",
                                 "1.2.3.4.5",
                                 "1..2.3",
                                 "256.0.0.1",
                                 "1.2.3.999",
                                 "01.2.3.4",
                                 "1.2.3.00",
                                 "0x7f.0.0.1",
                                 "1.2.3.4 ",
                                 " 1.2.3.4",
                                 "1.2.3.4:80",
                                 "1.2.3.-4",
                                 "1.2.3.+4",
                                 "1,2,3,4",
                                 "2130706433",
                                 "localhost",
                                 ":",
                                 ":::",
                                 "::::",
                                 "1",
                                 "1:",
                                 ":1",
                                 "1:2:3:4:5:6:7",
                                 "1:2:3:4:5:6:7:",
                                 ":1:2:3:4:5:6:7",
                                 "1:2:3:4:5:6:7:8:9",
                                 "1:2:3:4:5:6:7:8::",
                                 "::1:2:3:4:5:6:7:8",
                                 "1::2::3",
                                 "1:::2",
                                 "12345::",
                                 "g::",
                                 "::1%eth0",
                                 "[::1]",
                                 "::1/64",
                                 "::1.2.3",
                                 "::1.2.3.4.5",
                                 "::1.2.3.04",
                                 "1.2.3.4::",
                                 "::1.2.3.4:5",
                                 "1:2:3:4:5:6:7:1.2.3.4",
                                 "1:2:3:4:5:6::1.2.3.4",
                                 " ::1",
                                 "::1 ",
                                 "::-1",
                                 "::+1",
                                 "::0x1"})
            QTest::newRow(qPrintable(QLatin1String("'") + QLatin1String(text) + QLatin1String("'")))
                << QByteArray(text);
        QTest::newRow("NUL at the end") << QByteArray("127.0.0.1\0", 10);
        QTest::newRow("NUL in IPv6") << QByteArray("::1\0", 4);
        QTest::newRow("very long") << QByteArray(100000, ':');
    }

    void refusesAnythingElse() {
        QFETCH(QByteArray, text);
        QVERIFY(!IpAddress::parse(text.toStdString()));
    }

    void everyAddressSurvivesItsText() {
        std::mt19937 random(1);
        for (int i = 0; i < 20000; ++i) {
            const IpAddress before = randomV6(random);
            QCOMPARE(IpAddress::parse(before.toString()), std::optional(before));
        }
    }

    /// The system's reader must agree on every text that both know; it is more lenient nowhere in IPv6.
    void agreesWithTheSystem() {
        std::mt19937 random(2);
        constexpr char alphabet[] = "0001129af:::::.";
        int accepted = 0;
        for (int i = 0; i < 400000; ++i) {
            std::string text;
            const size_t size = 2 + random() % 14;
            while (text.size() < size)
                text += alphabet[random() % (sizeof alphabet - 1)];
            const bool isV6 = text.find(':') != std::string::npos;
            std::array<uint8_t, 16> bytes{};
            const bool system = inet_pton(isV6 ? AF_INET6 : AF_INET, text.c_str(), bytes.data()) == 1;
            const std::optional<IpAddress> parsed = IpAddress::parse(text);
            QVERIFY2(parsed.has_value() == system, text.c_str());
            if (!system)
                continue;
            ++accepted;
            QVERIFY2(*parsed ==
                         (isV6 ? IpAddress::v6(bytes) : IpAddress::v4({bytes[0], bytes[1], bytes[2], bytes[3]})),
                     text.c_str());
        }
        QVERIFY(accepted > 1000);
    }

    void writesIntoPlaceWithoutEnd() {
        char out[47];
        std::fill(std::begin(out), std::end(out), '#');
        const size_t size = address("1:2:3:4:5:6:7:8").write(out);
        QCOMPARE(size, size_t{15});
        QCOMPARE(out[size], '#');
        QCOMPARE(address("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff").write(out), size_t{39});
        QCOMPARE(IpAddress().write(out), size_t{0});
        QCOMPARE(IpAddress().toString(), std::string());
    }

    void knowsLoopback() {
        QVERIFY(address("127.0.0.1").isLoopback());
        QVERIFY(address("127.255.255.254").isLoopback());
        QVERIFY(address("::1").isLoopback());
        QVERIFY(address("::ffff:127.0.0.1").isLoopback());
        QVERIFY(!address("126.255.255.255").isLoopback());
        QVERIFY(!address("128.0.0.1").isLoopback());
        QVERIFY(!address("::").isLoopback());
        QVERIFY(!address("1::1").isLoopback());
        QVERIFY(!address("::2").isLoopback());
        QVERIFY(!IpAddress().isLoopback());
    }

    void prefixClearsTheRest() {
        const IpAddress v4 = address("203.0.113.255");
        QCOMPARE(v4.prefix(32), v4);
        QCOMPARE(v4.prefix(200), v4);
        QCOMPARE(v4.prefix(24), address("203.0.113.0"));
        QCOMPARE(v4.prefix(25), address("203.0.113.128"));
        QCOMPARE(v4.prefix(1), address("128.0.0.0"));
        QCOMPARE(v4.prefix(0), address("0.0.0.0"));
        const IpAddress v6 = address("2001:db8:ffff:ffff:ffff:ffff:ffff:ffff");
        QCOMPARE(v6.prefix(64), address("2001:db8:ffff:ffff::"));
        QCOMPARE(v6.prefix(49), address("2001:db8:ffff:8000::"));
        QCOMPARE(v6.prefix(0), address("::"));
        QCOMPARE(v6.prefix(128), v6);
    }

    void familiesNeverCompareEqual() {
        QVERIFY(address("0.0.0.0") != address("::"));
        QVERIFY(address("0.0.0.0") != IpAddress());
        QVERIFY(IpAddress() == IpAddress());
    }

    void cidrContains_data() {
        QTest::addColumn<QByteArray>("block");
        QTest::addColumn<QByteArray>("inside");
        QTest::addColumn<QByteArray>("outside");
        const auto row = [](const char* block, const char* inside, const char* outside) {
            QTest::newRow(block) << QByteArray(block) << QByteArray(inside) << QByteArray(outside);
        };
        row("10.0.0.0/8", "10.255.255.255", "11.0.0.0");
        row("192.168.1.128/25", "192.168.1.129", "192.168.1.127");
        row("0.0.0.0/0", "255.255.255.255", "::1");
        row("127.0.0.1", "127.0.0.1", "127.0.0.2");
        row("127.0.0.1/32", "::ffff:127.0.0.1", "127.0.0.0");
        row("fd00::/8", "fdff:ffff::1", "fe00::1");
        row("::/0", "ffff::", "1.2.3.4");
        row("2001:db8::/33", "2001:db8:7fff::", "2001:db8:8000::");
        row("::1", "::1", "::2");
        row("::ffff:10.0.0.0/104", "10.1.2.3", "11.1.2.3");
    }

    void cidrContains() {
        QFETCH(QByteArray, block);
        QFETCH(QByteArray, inside);
        QFETCH(QByteArray, outside);
        const std::optional<CidrBlock> parsed = CidrBlock::parse(block.toStdString());
        QVERIFY(parsed.has_value());
        QVERIFY(parsed->contains(address(inside.constData())));
        QVERIFY(!parsed->contains(address(outside.constData())));
        QVERIFY(!parsed->contains(IpAddress()));
        QCOMPARE(CidrBlock::parse(parsed->toString()), parsed);
    }

    void cidrRefuses_data() {
        QTest::addColumn<QByteArray>("text");
        for (const char* text : {"",
                                 "/",
                                 "/8",
                                 "10.0.0.0/",
                                 "10.0.0.0/33",
                                 "10.0.0.0/08",
                                 "10.0.0.0/+8",
                                 "10.0.0.0/-1",
                                 "10.0.0.0/8 ",
                                 "10.0.0.0/8/8",
                                 "10.0.0.1/8",
                                 "10.0.0/8",
                                 "::/129",
                                 "::1/127",
                                 "fd00::1/8",
                                 "::ffff:10.0.0.0/95",
                                 "::ffff:0:0/0",
                                 "::ffff:10.0.0.1/104",
                                 "10.0.0.0/255.0.0.0",
                                 "10.0.0.0/4294967304",
                                 "localhost/8"})
            QTest::newRow(qPrintable(QLatin1String("'") + QLatin1String(text) + QLatin1String("'")))
                << QByteArray(text);
    }

    void cidrRefuses() {
        QFETCH(QByteArray, text);
        QVERIFY(!CidrBlock::parse(text.toStdString()));
    }

    void defaultBlockContainsNothing() {
        QVERIFY(!CidrBlock().contains(address("0.0.0.0")));
        QVERIFY(!CidrBlock().contains(IpAddress()));
    }

    void endpointText() {
        QCOMPARE((Endpoint{address("127.0.0.1"), 80}.toString()), std::string("127.0.0.1:80"));
        QCOMPARE((Endpoint{address("::1"), 65535}.toString()), std::string("[::1]:65535"));
    }
};

QTEST_APPLESS_MAIN(TestIpAddress)
#include "test_ip_address.moc"
