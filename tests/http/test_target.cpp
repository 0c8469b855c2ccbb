// SPDX-License-Identifier: MIT
#include "http/target.h"

#include <QTest>

using namespace reverxy::http;

namespace {

QString text(std::string_view view) {
    return QString::fromLatin1(view.data(), static_cast<qsizetype>(view.size()));
}

std::string_view view(const QByteArray& bytes) {
    return {bytes.constData(), static_cast<size_t>(bytes.size())};
}

} // namespace

class TestTarget : public QObject {
    Q_OBJECT

  private Q_SLOTS:

    /// RFC 3986 section 3.2.
    void validAuthority_data() {
        QTest::addColumn<QByteArray>("authority");
        QTest::addColumn<QString>("host");
        QTest::addColumn<QString>("port");

        QTest::newRow("name") << QByteArray("example.com") << "example.com"
                              << "";
        QTest::newRow("name and port") << QByteArray("example.com:8080") << "example.com"
                                       << "8080";
        QTest::newRow("empty port") << QByteArray("example.com:") << "example.com"
                                    << "";
        QTest::newRow("port 0") << QByteArray("a:0") << "a"
                                << "0";
        QTest::newRow("highest port") << QByteArray("a:65535") << "a"
                                      << "65535";
        QTest::newRow("port with leading zeros") << QByteArray("a:000000080") << "a"
                                                 << "000000080";
        QTest::newRow("IPv4") << QByteArray("127.0.0.1:80") << "127.0.0.1"
                              << "80";
        QTest::newRow("IPv6") << QByteArray("[::1]") << "[::1]"
                              << "";
        QTest::newRow("IPv6 and port") << QByteArray("[2001:db8::7]:443") << "[2001:db8::7]"
                                       << "443";
        QTest::newRow("IPv6 and empty port") << QByteArray("[::1]:") << "[::1]"
                                             << "";
        QTest::newRow("IPv6 with IPv4 tail") << QByteArray("[::ffff:192.0.2.1]") << "[::ffff:192.0.2.1]"
                                             << "";
        QTest::newRow("sub-delims") << QByteArray("a!$&'()*+,;=b") << "a!$&'()*+,;=b"
                                    << "";
        QTest::newRow("unreserved") << QByteArray("A-z_0.9~") << "A-z_0.9~"
                                    << "";
        QTest::newRow("percent-encoded") << QByteArray("caf%C3%a9:1") << "caf%C3%a9"
                                         << "1";
        QTest::newRow("looks like IPv4, is a name") << QByteArray("999.1.1.1") << "999.1.1.1"
                                                    << "";
    }

    void validAuthority() {
        QFETCH(QByteArray, authority);
        const std::optional<Authority> result = parseAuthority(view(authority));
        QVERIFY(result);
        QTEST(text(result->host), "host");
        QTEST(text(result->port), "port");
    }

    void invalidAuthority_data() {
        QTest::addColumn<QByteArray>("authority");

        QTest::newRow("empty") << QByteArray();
        QTest::newRow("empty host, RFC 9110 section 4.2.1") << QByteArray(":80");
        QTest::newRow("userinfo, RFC 9110 section 4.2.4") << QByteArray("user@example.com");
        QTest::newRow("userinfo with password") << QByteArray("user:secret@example.com");
        QTest::newRow("port past 65535") << QByteArray("a:65536");
        QTest::newRow("port past 32 bits") << QByteArray("a:4294967376");
        QTest::newRow("port past 64 bits") << QByteArray("a:18446744073709551696");
        QTest::newRow("letters for a port") << QByteArray("a:http");
        QTest::newRow("signed port") << QByteArray("a:+80");
        QTest::newRow("port and space") << QByteArray("a:80 ");
        QTest::newRow("two ports") << QByteArray("a:80:81");
        QTest::newRow("space") << QByteArray("a b");
        QTest::newRow("slash") << QByteArray("a/b");
        QTest::newRow("question mark") << QByteArray("a?b");
        QTest::newRow("fragment") << QByteArray("a#b");
        QTest::newRow("backslash") << QByteArray("a\\b");
        QTest::newRow("quote") << QByteArray("\"a\"");
        QTest::newRow("NUL") << QByteArray("a\0b", 3);
        QTest::newRow("beyond ASCII") << QByteArray("caf\xc3\xa9");
        QTest::newRow("percent without digits") << QByteArray("a%");
        QTest::newRow("percent with one digit") << QByteArray("a%4");
        QTest::newRow("percent with other letters") << QByteArray("a%4g");
        QTest::newRow("percent reaching into the port") << QByteArray("a%4:1");
        QTest::newRow("IPv6 without brackets") << QByteArray("2001:db8::7");
        QTest::newRow("open bracket") << QByteArray("[::1");
        QTest::newRow("closing bracket alone") << QByteArray("::1]");
        QTest::newRow("empty brackets") << QByteArray("[]");
        QTest::newRow("IPv4 in brackets") << QByteArray("[127.0.0.1]");
        QTest::newRow("name in brackets") << QByteArray("[localhost]");
        QTest::newRow("text after brackets") << QByteArray("[::1]a");
        QTest::newRow("port without colon after brackets") << QByteArray("[::1]80");
        QTest::newRow("two elisions") << QByteArray("[1::2::3]");
        QTest::newRow("five digits in a group") << QByteArray("[12345::]");
        QTest::newRow("zone") << QByteArray("[fe80::1%25eth0]");
        QTest::newRow("unknown address version, RFC 3986 section 3.2.2") << QByteArray("[v1.a:b]");
    }

    void invalidAuthority() {
        QFETCH(QByteArray, authority);
        QVERIFY(!parseAuthority(view(authority)));
    }

    void pathEndsAtTheQuery() {
        QCOMPARE(pathOf("/a/b?c=/d?e"), std::string_view("/a/b"));
        QCOMPARE(pathOf("/a"), std::string_view("/a"));
        QCOMPARE(pathOf("?a"), std::string_view());
    }

    void dotSegments_data() {
        QTest::addColumn<QByteArray>("path");
        QTest::addColumn<bool>("expected");

        QTest::newRow("root") << QByteArray("/") << false;
        QTest::newRow("plain") << QByteArray("/a/b.c") << false;
        QTest::newRow("hidden file") << QByteArray("/.a/..b/c.") << false;
        QTest::newRow("three dots") << QByteArray("/...") << false;
        QTest::newRow("empty segments") << QByteArray("//a//") << false;
        QTest::newRow("one dot inside") << QByteArray("/a/./b") << true;
        QTest::newRow("two dots inside") << QByteArray("/a/../b") << true;
        QTest::newRow("one dot at the end") << QByteArray("/a/.") << true;
        QTest::newRow("two dots at the end") << QByteArray("/a/..") << true;
        QTest::newRow("encoded dot") << QByteArray("/a/%2e/b") << true;
        QTest::newRow("encoded in capitals") << QByteArray("/%2E%2E/") << true;
        QTest::newRow("half encoded") << QByteArray("/a/.%2e/") << true;
        QTest::newRow("other half encoded") << QByteArray("/%2E.") << true;
        QTest::newRow("three encoded dots") << QByteArray("/%2e%2e%2e") << false;
        QTest::newRow("encoded percent sign") << QByteArray("/%252e") << false;
        QTest::newRow("cut encoding") << QByteArray("/%2") << false;
    }

    void dotSegments() {
        QFETCH(QByteArray, path);
        QTEST(hasDotSegments(view(path)), "expected");
    }

    /// RFC 3986 section 5.2.4.
    void removal_data() {
        QTest::addColumn<QByteArray>("target");
        QTest::addColumn<QString>("expected");

        QTest::newRow("the section's first example") << QByteArray("/a/b/c/./../../g") << "/a/g";
        QTest::newRow("the section's second example") << QByteArray("mid/content=5/../6") << "/mid/6";
        QTest::newRow("nothing to remove") << QByteArray("/a/b/") << "/a/b/";
        QTest::newRow("root") << QByteArray("/") << "/";
        QTest::newRow("empty") << QByteArray() << "/";
        QTest::newRow("one dot") << QByteArray("/.") << "/";
        QTest::newRow("two dots") << QByteArray("/..") << "/";
        QTest::newRow("above the root") << QByteArray("/../../a") << "/a";
        QTest::newRow("dot at the end") << QByteArray("/a/b/.") << "/a/b/";
        QTest::newRow("two dots at the end") << QByteArray("/a/b/..") << "/a/";
        QTest::newRow("two dots after an empty segment") << QByteArray("/a//../b") << "/a/b";
        QTest::newRow("empty segments stay") << QByteArray("//a//b") << "//a//b";
        QTest::newRow("encoded") << QByteArray("/a/%2e%2E/b") << "/b";
        QTest::newRow("half encoded") << QByteArray("/a/b/.%2e/%2e/c") << "/a/c";
        QTest::newRow("encoded dot in a name") << QByteArray("/a%2Eb/%2ehidden") << "/a.b/.hidden";
        QTest::newRow("encoded slash is no separator") << QByteArray("/a/..%2fb") << "/a/..%2fb";
        QTest::newRow("decoded once only") << QByteArray("/a/%252e%252e/b") << "/a/%252e%252e/b";
        QTest::newRow("query stays") << QByteArray("/a/../b?c=/../%2e") << "/b?c=/../%2e";
        QTest::newRow("query only") << QByteArray("?a/../b") << "/?a/../b";
        QTest::newRow("relative climbing") << QByteArray("../a") << "/a";
    }

    void removal() {
        QFETCH(QByteArray, target);
        const std::string result = removeDotSegments(view(target));
        QTEST(text(result), "expected");
        QVERIFY(!hasDotSegments(pathOf(result)));
    }
};

QTEST_APPLESS_MAIN(TestTarget)
#include "test_target.moc"
