// SPDX-License-Identifier: MIT
#include "http/forwarded.h"

#include <QTest>

#include <string>

using namespace reverxy;
using namespace reverxy::http;

namespace {

struct Walk {
    QByteArrayList nodes;
    bool malformed;
};

Walk walk(std::string_view value, ForwardedReader::Syntax syntax) {
    Walk result{{}, false};
    ForwardedReader reader(value, syntax);
    std::string_view node;
    while (reader.next(node))
        result.nodes += QByteArray(node.data(), static_cast<qsizetype>(node.size()));
    result.malformed = reader.malformed();
    return result;
}

std::string repeated(std::string_view element, int count) {
    std::string result;
    for (int i = 0; i < count; ++i)
        result += element;
    return result;
}

} // namespace

class TestForwarded : public QObject {
    Q_OBJECT

  private Q_SLOTS:

    void nodesWithAddress_data() {
        QTest::addColumn<QByteArray>("node");
        QTest::addColumn<QString>("address");

        QTest::newRow("IPv4") << QByteArray("192.0.2.43") << "192.0.2.43";
        QTest::newRow("IPv4 and port") << QByteArray("192.0.2.43:47011") << "192.0.2.43";
        QTest::newRow("IPv4 and obfuscated port") << QByteArray("192.0.2.43:_p-1.x") << "192.0.2.43";
        QTest::newRow("IPv6") << QByteArray("2001:db8:cafe::17") << "2001:db8:cafe::17";
        QTest::newRow("IPv6 in brackets") << QByteArray("[2001:db8:cafe::17]") << "2001:db8:cafe::17";
        QTest::newRow("IPv6 and port") << QByteArray("[2001:db8:cafe::17]:4711") << "2001:db8:cafe::17";
        QTest::newRow("IPv6 and obfuscated port") << QByteArray("[::1]:_x") << "::1";
        QTest::newRow("mapped") << QByteArray("::ffff:192.0.2.1") << "192.0.2.1";
        QTest::newRow("mapped in brackets") << QByteArray("[::ffff:192.0.2.1]:80") << "192.0.2.1";
        QTest::newRow("highest port") << QByteArray("192.0.2.43:65535") << "192.0.2.43";
    }

    void nodesWithAddress() {
        QFETCH(QByteArray, node);
        const std::optional<IpAddress> address = parseForwardedNode(node.toStdString());
        QVERIFY(address);
        QTEST(QString::fromStdString(address->toString()), "address");
    }

    void nodesWithoutAddress_data() {
        QTest::addColumn<QByteArray>("node");

        QTest::newRow("empty") << QByteArray();
        QTest::newRow("unknown") << QByteArray("unknown");
        QTest::newRow("unknown with port") << QByteArray("unknown:80");
        QTest::newRow("obfuscated") << QByteArray("_hidden");
        QTest::newRow("obfuscated like an address") << QByteArray("_127.0.0.1");
        QTest::newRow("name") << QByteArray("localhost");
        QTest::newRow("unix socket") << QByteArray("unix:");
        QTest::newRow("empty port") << QByteArray("192.0.2.43:");
        QTest::newRow("port past 65535") << QByteArray("192.0.2.43:65536");
        QTest::newRow("six digits") << QByteArray("192.0.2.43:000080");
        QTest::newRow("letters for a port") << QByteArray("192.0.2.43:http");
        QTest::newRow("obfuscated port without a name") << QByteArray("192.0.2.43:_");
        QTest::newRow("obfuscated port with another sign") << QByteArray("192.0.2.43:_a+b");
        QTest::newRow("three bytes") << QByteArray("192.0.2");
        QTest::newRow("leading zero") << QByteArray("192.0.2.043");
        QTest::newRow("space") << QByteArray("192.0.2.43 ");
        QTest::newRow("quotes") << QByteArray("\"192.0.2.43\"");
        QTest::newRow("backslash") << QByteArray("\\192.0.2.43");
        QTest::newRow("IPv4 in brackets") << QByteArray("[192.0.2.43]");
        QTest::newRow("open bracket") << QByteArray("[::1");
        QTest::newRow("closing bracket alone") << QByteArray("::1]");
        QTest::newRow("text after the bracket") << QByteArray("[::1]x");
        QTest::newRow("empty port after the bracket") << QByteArray("[::1]:");
        QTest::newRow("two ports") << QByteArray("[::1]:1:2");
        QTest::newRow("zone") << QByteArray("fe80::1%eth0");
        QTest::newRow("block") << QByteArray("10.0.0.0/8");
        QTest::newRow("two addresses") << QByteArray("10.0.0.1 10.0.0.2");
    }

    void nodesWithoutAddress() {
        QFETCH(QByteArray, node);
        QVERIFY(!parseForwardedNode(node.toStdString()));
    }

    void xForwardedFor_data() {
        QTest::addColumn<QByteArray>("value");
        QTest::addColumn<QByteArrayList>("nodes");

        QTest::newRow("empty") << QByteArray() << QByteArrayList();
        QTest::newRow("blank") << QByteArray(" \t ") << QByteArrayList();
        QTest::newRow("one") << QByteArray(" 192.0.2.43 ") << QByteArrayList{"192.0.2.43"};
        QTest::newRow("nearest first") << QByteArray("10.0.0.1, 10.0.0.2,10.0.0.3:80")
                                       << QByteArrayList{"10.0.0.3:80", "10.0.0.2", "10.0.0.1"};
        QTest::newRow("IPv6 in all ways")
            << QByteArray("::1, [::2], [::3]:4") << QByteArrayList{"[::3]:4", "[::2]", "::1"};
        // A hop that wrote nothing must not let the next element pass for what it saw.
        QTest::newRow("empty element") << QByteArray("10.0.0.1, , 10.0.0.2")
                                       << QByteArrayList{"10.0.0.2", "", "10.0.0.1"};
        QTest::newRow("empty last element") << QByteArray("10.0.0.1,") << QByteArrayList{"", "10.0.0.1"};
        QTest::newRow("quotes do not hide commas")
            << QByteArray("\"10.0.0.1, 10.0.0.2") << QByteArrayList{"10.0.0.2", "\"10.0.0.1"};
        QTest::newRow("nonsense is an element")
            << QByteArray("<script>, 10.0.0.2") << QByteArrayList{"10.0.0.2", "<script>"};
    }

    void xForwardedFor() {
        QFETCH(QByteArray, value);
        const Walk result = walk(value.toStdString(), ForwardedReader::Syntax::XForwardedFor);
        QTEST(result.nodes, "nodes");
        QVERIFY(!result.malformed);
    }

    /// RFC 7239 section 4.
    void forwarded_data() {
        QTest::addColumn<QByteArray>("value");
        QTest::addColumn<QByteArrayList>("nodes");

        QTest::newRow("empty") << QByteArray() << QByteArrayList();
        QTest::newRow("the section's first example") << QByteArray("for=\"_gazonk\"") << QByteArrayList{"_gazonk"};
        QTest::newRow("the section's second example")
            << QByteArray("For=\"[2001:db8:cafe::17]:4711\"") << QByteArrayList{"[2001:db8:cafe::17]:4711"};
        QTest::newRow("the section's third example")
            << QByteArray("for=192.0.2.60;proto=http;by=203.0.113.43") << QByteArrayList{"192.0.2.60"};
        QTest::newRow("the section's fourth example")
            << QByteArray("for=192.0.2.43, for=198.51.100.17") << QByteArrayList{"198.51.100.17", "192.0.2.43"};
        QTest::newRow("for in the middle")
            << QByteArray("by=a;for=192.0.2.1;host=b") << QByteArrayList{"192.0.2.1"};
        QTest::newRow("no for") << QByteArray("for=a,proto=http,for=b") << QByteArrayList{"b", "", "a"};
        QTest::newRow("empty pairs") << QByteArray(";for=a;;,;") << QByteArrayList{"", "a"};
        QTest::newRow("empty elements") << QByteArray(", for=a , ,\tfor=b, ") << QByteArrayList{"b", "a"};
        QTest::newRow("extension") << QByteArray("for=a;secret=egreg;x=\"1;2,3\"") << QByteArrayList{"a"};
        QTest::newRow("commas and fors in quotes")
            << QByteArray("for=a;host=\"x, for=10.0.0.1\"") << QByteArrayList{"a"};
        QTest::newRow("escaped quotes")
            << QByteArray("for=a;host=\"x\\\", for=\\\"10.0.0.1\"") << QByteArrayList{"a"};
        QTest::newRow("escaped backslash before the closing quote")
            << QByteArray("for=a;host=\"x\\\\\", for=b") << QByteArrayList{"b", "a"};
        QTest::newRow("empty quotes") << QByteArray("for=\"\"") << QByteArrayList{""};
        QTest::newRow("backslashes stay") << QByteArray("for=\"\\1.2.3.4\"") << QByteArrayList{"\\1.2.3.4"};
        QTest::newRow("spaces in quotes") << QByteArray("for=\" 1.2.3.4\"") << QByteArrayList{" 1.2.3.4"};
    }

    void forwarded() {
        QFETCH(QByteArray, value);
        const Walk result = walk(value.toStdString(), ForwardedReader::Syntax::Forwarded);
        QTEST(result.nodes, "nodes");
        QVERIFY(!result.malformed);
    }

    /// What stands right of a malformed element was written by nearer hops and is read; the rest is not.
    void malformed_data() {
        QTest::addColumn<QByteArray>("value");
        QTest::addColumn<QByteArrayList>("nodes");

        QTest::newRow("no equals sign") << QByteArray("for") << QByteArrayList();
        QTest::newRow("no name") << QByteArray("=192.0.2.1") << QByteArrayList();
        QTest::newRow("no value") << QByteArray("for=") << QByteArrayList();
        QTest::newRow("spaces around the equals sign") << QByteArray("for = 192.0.2.1") << QByteArrayList();
        QTest::newRow("space after the semicolon") << QByteArray("for=192.0.2.1; proto=http") << QByteArrayList();
        QTest::newRow("space before the semicolon") << QByteArray("for=192.0.2.1 ;proto=http") << QByteArrayList();
        QTest::newRow("space for a separator") << QByteArray("for=192.0.2.1 proto=http") << QByteArrayList();
        QTest::newRow("port without quotes") << QByteArray("for=192.0.2.1:80") << QByteArrayList();
        QTest::newRow("IPv6 without quotes") << QByteArray("for=[::1]") << QByteArrayList();
        QTest::newRow("for twice") << QByteArray("for=192.0.2.1;for=192.0.2.2") << QByteArrayList();
        QTest::newRow("for twice, other case") << QByteArray("For=192.0.2.1;FOR=192.0.2.2") << QByteArrayList();
        QTest::newRow("open quote") << QByteArray("for=\"192.0.2.1") << QByteArrayList();
        QTest::newRow("open quote further left")
            << QByteArray("for=\"192.0.2.1, for=192.0.2.2") << QByteArrayList{"192.0.2.2"};
        QTest::newRow("closing quote only") << QByteArray("for=192.0.2.1\"") << QByteArrayList();
        QTest::newRow("escaped closing quote") << QByteArray("for=\"192.0.2.1\\\"") << QByteArrayList();
        QTest::newRow("text after quotes") << QByteArray("for=\"192.0.2.1\"x") << QByteArrayList();
        QTest::newRow("quote without name") << QByteArray("\"192.0.2.1\"") << QByteArrayList();
        QTest::newRow("control character in quotes") << QByteArray("for=\"a\x01\"") << QByteArrayList();
        QTest::newRow("nonsense left of good") << QByteArray("<>, for=192.0.2.9") << QByteArrayList{"192.0.2.9"};
        QTest::newRow("nonsense right of good") << QByteArray("for=192.0.2.9, <>") << QByteArrayList();
    }

    void malformed() {
        QFETCH(QByteArray, value);
        const Walk result = walk(value.toStdString(), ForwardedReader::Syntax::Forwarded);
        QTEST(result.nodes, "nodes");
        QVERIFY(result.malformed);
    }

    void malformedStaysMalformed() {
        ForwardedReader reader("for=192.0.2.1, <>", ForwardedReader::Syntax::Forwarded);
        std::string_view node = "untouched";
        QVERIFY(!reader.next(node));
        QVERIFY(node.empty());
        QVERIFY(!reader.next(node));
        QVERIFY(reader.malformed());
    }

    void elementsAreBounded() {
        QCOMPARE(
            walk(repeated("10.0.0.1,", 1000) + "10.0.0.2", ForwardedReader::Syntax::XForwardedFor).nodes.size(),
            64);
        QCOMPARE(walk(repeated("for=a,", 1000) + "for=b", ForwardedReader::Syntax::Forwarded).nodes.size(), 64);
        QCOMPARE(walk("for=a" + repeated(",", 1000), ForwardedReader::Syntax::Forwarded).nodes.size(), 0);
    }
};

QTEST_APPLESS_MAIN(TestForwarded)
#include "test_forwarded.moc"
